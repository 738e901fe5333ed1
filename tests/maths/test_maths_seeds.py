import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steeled.maths.seeds import rng_of, seed_of


@given(key=st.text())
def test_equal_keys_draw_equal_numbers(key: str) -> None:
    np.testing.assert_array_equal(rng_of(key).random(5), rng_of(key).random(5))
    assert seed_of(key) == seed_of(key)


@given(one=st.text(), other=st.text())
def test_other_keys_draw_other_numbers(one: str, other: str) -> None:
    same = one == other

    assert (rng_of(one).integers(0, 2**62, 4) == rng_of(other).integers(0, 2**62, 4)).all() == same


@given(key=st.text())
def test_a_seed_fits_into_31_bits(key: str) -> None:
    assert 0 <= seed_of(key) < 2**31


def test_another_process_draws_the_same() -> None:
    code = "from steeled.maths.seeds import rng_of, seed_of; print(seed_of('k'), rng_of('k').integers(0, 2**62))"

    elsewhere = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert elsewhere == [str(seed_of("k")), str(rng_of("k").integers(0, 2**62))]


def test_the_drawn_numbers_never_change() -> None:
    assert seed_of("sha256:00") == 1521535225
    assert rng_of("sha256:00").integers(0, 1000, 4).tolist() == [349, 368, 970, 651]
