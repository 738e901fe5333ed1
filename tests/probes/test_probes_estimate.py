import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.probes._estimate import difference_of, growth_of, mean_of, root_of, share_of, spread_of


@given(st.integers(0, 60), st.integers(1, 60))
def test_share_lies_in_its_interval(successes, n):
    share = share_of(min(successes, n), n)

    assert 0 <= share.low <= share.value <= share.high <= 1


@given(st.lists(st.booleans(), min_size=2, max_size=50), st.lists(st.booleans(), min_size=1, max_size=50))
def test_difference_of_swapped_shares_is_mirrored(a, b):
    first, second = share_of(sum(a), len(a)), share_of(sum(b), len(b))

    one, other = difference_of(first, second), difference_of(second, first)

    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert -1 <= one.low <= one.value <= one.high <= 1


def test_difference_of_shares_covers():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        one = difference_of(share_of(rng.binomial(80, 0.9), 80), share_of(rng.binomial(60, 0.7), 60))
        covered += one.low <= 0.2 <= one.high

    assert covered / 400 >= 0.93


def test_mean_over_rows_and_seeds_covers_where_rows_alone_would_not():
    rng = np.random.default_rng(1)
    covered, naive = 0, 0
    for _ in range(300):
        seeds = rng.normal(scale=0.05, size=4)
        hits = (rng.random((4, 300)) < 0.8 + seeds[:, None]).astype(float)
        spread = spread_of([hits.mean(axis=1)])
        whole = mean_of(hits.mean(axis=0), (0, 1), retraining=spread.error(1 / 4))
        rows = mean_of(hits.mean(axis=0), (0, 1))
        covered += whole.low <= 0.8 <= whole.high
        naive += rows.low <= 0.8 <= rows.high

    assert covered / 300 >= 0.93
    assert naive / 300 < 0.6


def test_equal_values_give_no_interval_of_width_zero():
    always = mean_of(np.ones(100), (0, 1))

    assert always.high == 1
    assert 0.95 < always.low < 0.98


def test_growth_of_error_covers():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(300):
        error = rng.normal(size=400)
        growth = growth_of(error**2, (1.2 * error + 0.5 * rng.normal(size=400)) ** 2)
        covered += growth.low <= 0.3 <= growth.high

    assert covered / 300 >= 0.92


def test_root_mean_square_covers():
    rng = np.random.default_rng(3)
    covered = sum(r.low <= 2 <= r.high for r in (root_of((2 * rng.normal(size=300)) ** 2) for _ in range(300)))

    assert covered / 300 >= 0.92


def test_spread_of_single_trainings_is_unknown_and_adds_nothing():
    spread = spread_of([np.array([0.5]), np.array([0.7])])

    assert spread.freedom == 0
    assert spread.error(1.0) == 0


def test_spread_is_pooled_within_settings_not_between_them():
    spread = spread_of([np.array([0.0, 2.0]), np.array([10.0, 12.0])])

    assert spread.freedom == 2
    assert spread.variance == pytest.approx(2.0)
