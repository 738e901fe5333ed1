import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.maths.calibration import calibration_error, calibration_p


def answers(rng: np.random.Generator, n: int, bias: float = 0.0, power: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Stated confidences and outcomes of a model whose true chances are ``stated ** power - bias``."""
    stated = rng.uniform(0.3, 1.0, n)
    return stated, rng.random(n) < stated**power - bias


def plain(stated: np.ndarray, right: np.ndarray, edges: np.ndarray) -> float:
    """The textbook sum, bin by bin."""
    index, total = np.searchsorted(edges, stated, side="right"), 0.0
    for b in np.unique(index):
        gap = (stated - right)[index == b]
        total += len(gap) / len(stated) * (gap.mean() ** 2 - gap.var(ddof=1) / len(gap))
    return total


@given(seed=st.integers(0, 2**31), n=st.integers(60, 400), bins=st.integers(1, 15))
def test_the_error_equals_the_textbook_sum(seed: int, n: int, bins: int) -> None:
    stated, right = answers(np.random.default_rng(seed), n, power=2)
    edges = np.quantile(stated, np.linspace(0, 1, bins + 1)[1:-1])

    found = calibration_error(stated, right, bins)

    assert found.squared == pytest.approx(plain(stated, right, edges), abs=1e-12)
    assert found.rms == pytest.approx(np.sqrt(max(found.squared, 0)))


@pytest.mark.parametrize(
    ("bias", "power", "truth"),
    [(0.0, 1.0, 0.0), (0.1, 1.0, 0.01), (0.0, 2.0, None)],
)
def test_the_squared_error_is_unbiased_and_its_interval_covers(bias: float, power: float, truth: float | None) -> None:
    if truth is None:  # binned truth of a large sample
        stated, _ = answers(np.random.default_rng(9), 200_000)
        pieces = np.array_split(np.sort(stated), 15)
        truth = float(np.mean([(p - p**power).mean() ** 2 for p in pieces]))

    runs = [calibration_error(*answers(np.random.default_rng(seed), 600, bias, power)) for seed in range(500)]

    squares = np.array([run.squared for run in runs])
    assert abs(squares.mean() - truth) < 3.5 * squares.std() / np.sqrt(len(runs))
    assert np.mean([run.low <= truth <= run.high for run in runs]) >= 0.93


def test_plain_calibration_error_would_have_been_biased() -> None:
    runs = [calibration_error(*answers(np.random.default_rng(seed), 600)) for seed in range(100)]

    plain_error = np.mean([[abs(b.stated - b.observed) for b in run.bins] for run in runs])
    debiased = np.sqrt(max(np.mean([run.squared for run in runs]), 0))

    assert plain_error > 0.04
    assert debiased < 0.015


def test_the_test_has_its_size_and_power() -> None:
    rng = np.random.default_rng(0)

    honest = np.mean([calibration_p(*answers(rng, 300), rng, simulations=99) <= 0.05 for _ in range(400)])
    boastful = np.mean([calibration_p(*answers(rng, 300, bias=0.15), rng, simulations=99) <= 0.05 for _ in range(40)])

    assert 0.03 <= honest <= 0.07
    assert boastful >= 0.95


@given(seed=st.integers(0, 2**31))
def test_the_test_compares_the_debiased_error_with_simulated_ones(seed: int) -> None:
    stated, right = answers(np.random.default_rng(seed), 20)
    drawn = np.random.default_rng(1).random((19, 20)) < np.sort(stated)
    null = [calibration_error(np.sort(stated), outcome, bins=1).squared for outcome in drawn]

    p = calibration_p(stated, right, np.random.default_rng(1), simulations=19, bins=1)

    as_large = sum(square >= calibration_error(stated, right, bins=1).squared for square in null)
    assert p == pytest.approx((1 + as_large) / 20)


@given(seed=st.integers(0, 2**31))
def test_the_order_of_rows_does_not_count(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stated, right = answers(rng, 80)
    stated, mixed = np.round(stated, 1), rng.permutation(80)

    error, p = calibration_error(stated, right), calibration_p(stated, right, np.random.default_rng(1), 19)

    assert calibration_error(stated[mixed], right[mixed]) == error
    assert calibration_p(stated[mixed], right[mixed], np.random.default_rng(1), 19) == p


@given(
    stated=st.lists(st.sampled_from([0.2, 0.5, 0.9, 1.0]), min_size=2, max_size=60),
    bins=st.integers(1, 20),
    data=st.data(),
)
def test_bins_hold_every_row_once_and_at_least_two(stated: list[float], bins: int, data: st.DataObject) -> None:
    right = data.draw(st.lists(st.booleans(), min_size=len(stated), max_size=len(stated)))

    found = calibration_error(np.array(stated), np.array(right), bins)

    assert sum(b.n for b in found.bins) == len(stated)
    assert min(b.n for b in found.bins) >= 2
    assert len(found.bins) <= bins
    assert [b.stated for b in found.bins] == sorted(b.stated for b in found.bins)
    assert all(b.low <= b.observed <= b.high for b in found.bins)
    assert found.low <= found.squared <= found.high


def test_a_model_that_is_always_sure_and_right_is_calibrated() -> None:
    stated, right = np.ones(50), np.ones(50, dtype=bool)

    found = calibration_error(stated, right)

    assert (found.squared, found.low, found.high) == (0, 0, 0)
    assert calibration_p(stated, right, np.random.default_rng(0), 19) == 1


def test_a_model_that_is_sure_and_guesses_is_found() -> None:
    rng = np.random.default_rng(0)
    stated, right = np.full(500, 0.95), rng.random(500) < 0.5

    found = calibration_error(stated, right)

    assert found.rms == pytest.approx(0.45, abs=0.07)
    assert calibration_p(stated, right, rng) == 1 / 500


@pytest.mark.parametrize(("n", "bins"), [(0, 15), (1, 15), (10, 0)])
def test_too_few_rows_or_bins_are_refused(n: int, bins: int) -> None:
    with pytest.raises(ValueError, match="at least 2 rows"):
        calibration_error(np.full(n, 0.5), np.zeros(n, dtype=bool), bins)


def test_float32_confidences_give_the_same_error() -> None:
    stated, right = answers(np.random.default_rng(2), 500)
    short = stated.astype(np.float32)

    assert calibration_error(short, right) == calibration_error(short.astype(np.float64), right)
