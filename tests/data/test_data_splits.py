"""One file is divided fairly."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset, Role
from steeled.core.feature_space import table_space
from steeled.data.splits import halves

SPACE = table_space([Column("a", Kind.REAL, 0.0, 1e9)])


@given(st.lists(st.integers(0, 3), min_size=2, max_size=60), st.integers(0, 5))
def test_halves_hold_every_row_once_and_each_class_equally(y: list[int], seed: int) -> None:
    data = Dataset(np.arange(len(y), dtype=float)[:, None], np.array(y), SPACE, ("a", "b", "c", "d"))

    first, second = halves(data, seed)

    assert sorted([*first.x[:, 0], *second.x[:, 0]]) == list(range(len(y)))
    assert abs(len(first) - len(second)) <= 1
    assert all(abs((first.y == k).sum() - (second.y == k).sum()) <= 1 for k in range(4))
    assert (first.role, second.role) == (Role.REFERENCE, Role.TEST)


def test_the_seed_decides() -> None:
    data = Dataset(np.arange(50, dtype=float)[:, None], np.zeros(50), SPACE, ())

    one, again, other = (halves(data, seed)[0].x[:, 0].tolist() for seed in (0, 0, 1))

    assert one == again
    assert one != other
