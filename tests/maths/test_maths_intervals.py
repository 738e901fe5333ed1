import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import comb

from steeled.maths.intervals import clopper_pearson, mcnemar, mean_interval, paired_difference


def pairs(both: int, lost: int, won: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    before = np.array([True] * both + [True] * lost + [False] * won + [False] * neither)
    after = np.array([True] * both + [False] * lost + [True] * won + [False] * neither)
    return before, after


@pytest.mark.parametrize("n", [1, 5, 20, 100])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.03, 0.2, 0.5, 0.9, 1.0])
def test_clopper_pearson_covers_every_share_by_exact_enumeration(n: int, share: float) -> None:
    chance = [comb(n, k, exact=True) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]

    covered = sum(c for k, c in enumerate(chance) if clopper_pearson(k, n).low <= share <= clopper_pearson(k, n).high)

    assert covered >= 0.95


def test_clopper_pearson_agrees_with_published_values() -> None:
    low, high = clopper_pearson(31, 100)

    assert (low, high) == pytest.approx((0.2213, 0.4103), abs=1e-4)
    assert clopper_pearson(0, 100).high == pytest.approx(1 - 0.025 ** (1 / 100))


@given(n=st.integers(0, 500), data=st.data())
def test_clopper_pearson_holds_the_estimate_and_mirrors(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))

    low, high = clopper_pearson(k, n)
    mirrored = clopper_pearson(n - k, n)

    assert 0 <= low <= (k / n if n else 0.5) <= high <= 1
    assert (low, high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low), abs=1e-12)


def test_no_cases_say_nothing_and_all_or_none_touch_the_end() -> None:
    assert clopper_pearson(0, 0) == (0, 1)
    assert clopper_pearson(0, 10).low == 0
    assert clopper_pearson(10, 10).high == 1


@pytest.mark.parametrize(("k", "n", "confidence"), [(3, 2, 0.95), (-1, 2, 0.95), (1, 2, 0.0), (1, 2, 1.0)])
def test_impossible_counts_are_refused(k: int, n: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        clopper_pearson(k, n, confidence)


@pytest.mark.parametrize(("n", "least"), [(5, 0.93), (12, 0.95), (40, 0.95)])
def test_paired_difference_covers_by_exact_enumeration(n: int, least: float) -> None:
    found = {
        (lost, won): paired_difference(*pairs(0, lost, won, n - lost - won))
        for lost in range(n + 1)
        for won in range(n + 1 - lost)
    }
    truths = [(lose, win) for lose in (0, 0.01, 0.05, 0.2, 0.45) for win in (0, 0.01, 0.05, 0.2, 0.5)]

    for lose, win in truths:
        covered = sum(
            comb(n, lost, exact=True)
            * comb(n - lost, won, exact=True)
            * lose**lost
            * win**won
            * (1 - lose - win) ** (n - lost - won)
            for (lost, won), (low, high) in found.items()
            if low <= win - lose <= high
        )
        assert covered >= least, (lose, win)


counts = st.tuples(*[st.integers(0, 40)] * 4).filter(lambda c: sum(c) > 0)


@given(counts=counts)
def test_paired_difference_holds_the_estimate_and_mirrors(counts: tuple[int, int, int, int]) -> None:
    before, after = pairs(*counts)

    low, high = paired_difference(before, after)
    mirrored = paired_difference(after, before)

    assert -1 <= low <= after.mean() - before.mean() <= high <= 1
    assert (low, high) == pytest.approx((-mirrored.high, -mirrored.low), abs=1e-9)


@given(counts=counts)
def test_more_confidence_is_a_wider_interval(counts: tuple[int, int, int, int]) -> None:
    before, after = pairs(*counts)

    narrow, wide = paired_difference(before, after, 0.8), paired_difference(before, after, 0.99)

    assert wide.low <= narrow.low
    assert narrow.high <= wide.high


def test_a_paired_interval_is_narrower_than_two_separate_ones() -> None:
    before, after = pairs(both=500, lost=2, won=30, neither=468)

    low, high = paired_difference(before, after)
    apart = clopper_pearson(502, 1000), clopper_pearson(530, 1000)

    assert 0 < low < 0.028 < high
    assert high - low < (apart[1].high - apart[0].low) / 3


def test_no_pairs_say_nothing() -> None:
    none = np.zeros(0, dtype=bool)

    assert paired_difference(none, none) == (-1, 1)
    assert mcnemar(none, none) == 1


def test_rows_must_be_the_same() -> None:
    with pytest.raises(ValueError, match="same rows"):
        paired_difference(np.zeros(3, dtype=bool), np.zeros(4, dtype=bool))


@given(lost=st.integers(0, 12), won=st.integers(0, 12))
def test_mcnemar_counts_the_tails_of_a_fair_coin(lost: int, won: int) -> None:
    m = lost + won
    as_far = [k for k in range(m + 1) if abs(2 * k - m) >= abs(lost - won)]

    p = mcnemar(*pairs(3, lost, won, 3))

    assert p == pytest.approx(sum(math.comb(m, k) for k in as_far) / 2**m)


def test_mean_interval_covers_normal_means() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(3, 2, size=(2000, 6))

    covered = np.mean([low <= 3 <= high for low, high in map(mean_interval, draws)])

    assert covered == pytest.approx(0.95, abs=0.015)


def test_mean_interval_is_students() -> None:
    low, high = mean_interval(np.array([1.0, 2.0, 3.0]))

    assert (low, high) == pytest.approx((2 - 4.302653 / math.sqrt(3), 2 + 4.302653 / math.sqrt(3)), abs=1e-5)


@pytest.mark.parametrize("values", [[], [4.0]])
def test_one_value_says_nothing_of_the_spread(values: list[float]) -> None:
    assert mean_interval(np.array(values)) == (-math.inf, math.inf)
