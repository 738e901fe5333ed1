import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.maths.confidence_sequence import ConfidenceSequence
from steeled.maths.intervals import clopper_pearson


def after(values: np.ndarray, alpha: float = 0.05) -> ConfidenceSequence:
    sequence = ConfidenceSequence(alpha)
    sequence.update(values)
    return sequence


@pytest.mark.parametrize(
    ("mean", "draw"),
    [
        (0.5, lambda rng: rng.random(400) < 0.5),
        (0.02, lambda rng: rng.random(400) < 0.02),
        (0.8, lambda rng: rng.beta(4, 1, 400)),
    ],
)
def test_the_mean_is_covered_at_every_moment_at_once(mean: float, draw: object) -> None:
    # the interval only shrinks: holding the mean at the end is holding it all the time
    runs = [after(draw(np.random.default_rng(seed)), alpha=0.2) for seed in range(100)]

    missed = sum(not run.low <= mean <= run.high for run in runs)

    assert clopper_pearson(missed, len(runs), confidence=0.99).low <= 0.2


def test_looking_after_every_value_misses_less_often_than_alpha() -> None:
    def ever_missed(seed: int) -> bool:
        sequence, rng = ConfidenceSequence(0.05), np.random.default_rng(seed)
        for value in rng.random(60) < 0.3:
            sequence.update(np.array([value]))
            if not sequence.low <= 0.3 <= sequence.high:
                return True
        return False

    assert sum(ever_missed(seed) for seed in range(60)) <= 7  # 7 of 60 or fewer: 99 % of the time at 5 %


@settings(max_examples=15)
@given(seed=st.integers(0, 2**31), share=st.floats(0, 1))
def test_the_interval_only_shrinks_and_stays_an_interval(seed: int, share: float) -> None:
    rng, sequence = np.random.default_rng(seed), ConfidenceSequence()
    low, high = sequence.low, sequence.high

    for _ in range(8):
        sequence.update(rng.random(20) < share)

        assert low <= sequence.low <= sequence.high <= high
        low, high = sequence.low, sequence.high


@settings(max_examples=10)
@given(seed=st.integers(0, 2**31), cuts=st.lists(st.integers(0, 300), max_size=4))
def test_pieces_give_the_same_interval_as_the_whole(seed: int, cuts: list[int]) -> None:
    values = np.random.default_rng(seed).beta(2, 5, 300)
    pieces = ConfidenceSequence()

    for piece in np.split(values, sorted(cuts)):
        pieces.update(piece)

    whole = after(values)
    assert (pieces.low, pieces.high, pieces.n) == (whole.low, whole.high, 300)


def test_a_stake_is_set_before_its_value_is_seen() -> None:
    # else the bets are not fair, and the coverage is lost however small the leak
    values = np.random.default_rng(0).random(30)
    changed = np.where(np.arange(30) < 10, values, 1 - values)

    stakes, others = ConfidenceSequence()._stakes(values), ConfidenceSequence()._stakes(changed)

    np.testing.assert_array_equal(stakes[:11], others[:11])
    assert (stakes[11:] != others[11:]).any()


def test_mirrored_values_give_the_mirrored_interval() -> None:
    values = np.random.default_rng(3).beta(1, 4, 300)

    there, back = after(values), after(1 - values)

    assert (there.low, there.high) == pytest.approx((1 - back.high, 1 - back.low))


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01])
def test_ten_thousand_values_give_at_most_twice_the_fixed_interval(share: float) -> None:
    values = np.random.default_rng(0).random(10_000) < share

    found, fixed = after(values), clopper_pearson(int(values.sum()), 10_000)

    assert found.low <= fixed.low
    assert fixed.high <= found.high
    assert found.high - found.low <= 2 * (fixed.high - fixed.low)


def test_small_spread_gives_a_small_interval() -> None:
    rng = np.random.default_rng(0)

    calm, wild = after(0.5 + 0.02 * rng.random(2000)), after(rng.random(2000) < 0.51)

    assert calm.high - calm.low < (wild.high - wild.low) / 5


def test_no_success_in_n_is_bounded_like_the_rule_of_three() -> None:
    found = after(np.zeros(1000))

    assert found.low == 0
    assert clopper_pearson(0, 1000).high < found.high < 8 / 1000


def test_before_any_value_nothing_is_known() -> None:
    sequence = ConfidenceSequence()

    sequence.update(np.zeros(0))

    assert (sequence.low, sequence.high, sequence.n) == (0, 1, 0)


@pytest.mark.parametrize("value", [-0.01, 1.01, np.nan])
def test_values_outside_the_unit_interval_are_refused_and_not_counted(value: float) -> None:
    sequence = ConfidenceSequence()

    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        sequence.update(np.array([0.5, value]))

    assert sequence.n == 0


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1])
def test_alpha_is_a_chance(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha must be in"):
        ConfidenceSequence(alpha)


def test_a_mean_that_jumps_leaves_an_interval_not_a_crash() -> None:
    found = after(np.concatenate([np.zeros(2000), np.ones(2000)]))

    assert 0 <= found.low <= found.high <= found.low + 0.001


@pytest.mark.parametrize("share", [0.5, 0.0])
def test_ten_thousand_values_take_less_than_half_a_second(share: float) -> None:
    values = np.random.default_rng(0).random(10_000) < share
    start = time.process_time()

    after(values)

    assert time.process_time() - start < 0.5
