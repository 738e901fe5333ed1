import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.maths.intervals import clopper_pearson
from steeled.maths.roc import auc, roc, tpr_at

groups = st.tuples(
    st.lists(st.integers(0, 8), min_size=1, max_size=30), st.lists(st.integers(0, 8), min_size=1, max_size=30)
)


def joined(inside: list[int], outside: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(inside + outside, dtype=float), np.arange(len(inside) + len(outside)) < len(inside)


@given(groups=groups)
def test_each_point_counts_the_scores_at_or_above_its_threshold(groups: tuple[list[int], list[int]]) -> None:
    score, member = joined(*groups)

    found = roc(score, member)

    for tpr, fpr, threshold in zip(found.tpr, found.fpr, found.threshold, strict=True):
        assert tpr == pytest.approx((score[member] >= threshold).mean())
        assert fpr == pytest.approx((score[~member] >= threshold).mean())


@given(groups=groups)
def test_the_curve_runs_from_corner_to_corner_with_one_step_for_each_score(
    groups: tuple[list[int], list[int]],
) -> None:
    score, member = joined(*groups)

    found = roc(score, member)

    assert len(found.threshold) == len(set(score)) + 1
    assert (found.tpr[0], found.fpr[0], found.tpr[-1], found.fpr[-1]) == (0, 0, 1, 1)
    assert (np.diff(found.tpr) >= 0).all()
    assert (np.diff(found.fpr) >= 0).all()


@given(groups=groups)
def test_auc_is_the_share_of_pairs_won_and_the_area_under_the_curve(groups: tuple[list[int], list[int]]) -> None:
    score, member = joined(*groups)
    gap = score[member][:, None] - score[~member][None, :]
    curve = roc(score, member)

    value, low, high = auc(score, member)

    assert value == pytest.approx(((gap > 0) + 0.5 * (gap == 0)).mean())
    assert value == pytest.approx(np.trapezoid(curve.tpr, curve.fpr))
    assert 0 <= low <= value <= high <= 1


@given(groups=groups)
def test_swapped_groups_mirror_the_auc(groups: tuple[list[int], list[int]]) -> None:
    score, member = joined(*groups)

    there, back = auc(score, member), auc(score, ~member)

    assert there == pytest.approx((1 - back.value, 1 - back.high, 1 - back.low), abs=1e-9)


@pytest.mark.parametrize(("shift", "n"), [(0.0, 60), (0.7, 60), (2.0, 60), (0.7, 12)])
def test_auc_interval_covers(shift: float, n: int) -> None:
    from scipy.special import ndtr  # the closed form of two normal groups

    rng, truth = np.random.default_rng(n), ndtr(shift / np.sqrt(2))
    member = np.arange(2 * n) < n

    runs = [auc(rng.normal(size=2 * n) + shift * member, member) for _ in range(600)]

    covered = np.mean([low <= truth <= high for _, low, high in runs])
    assert covered >= 0.93


def test_perfect_separation_of_few_rows_is_not_certainty() -> None:
    value, low, high = auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True]))

    assert (value, high) == (1, 1)
    assert low == pytest.approx(clopper_pearson(2, 2).low)


def test_constant_scores_tell_nothing() -> None:
    score, member = np.ones(400), np.arange(400) < 200

    curve, area = roc(score, member), auc(score, member)

    assert curve.tpr.tolist() == [0, 1]
    assert curve.fpr.tolist() == [0, 1]
    assert area.value == 0.5
    assert 0.48 < area.low < 0.5 < area.high < 0.52
    assert tpr_at(score, member, 0.5).tpr == 0


@given(seed=st.integers(0, 2**31), levels=st.integers(2, 500), fpr=st.floats(0.05, 0.9))
def test_tpr_at_is_the_best_point_of_the_curve_within_the_allowance(seed: int, levels: int, fpr: float) -> None:
    rng, member = np.random.default_rng(seed), np.arange(500) < 200
    score = rng.integers(0, levels, 500) + levels // 3 * member
    curve = roc(score, member)

    found = tpr_at(score, member, fpr)

    best = curve.tpr[curve.fpr <= fpr + 1e-9].max()
    assert found is not None
    assert found.tpr == pytest.approx(best)
    inside = clopper_pearson(round(best * 200), 200)
    assert found.low <= inside.low + 1e-12
    assert found.high >= inside.high - 1e-12
    assert found.fpr_low <= fpr
    assert found.n == 200


@pytest.mark.parametrize(("shift", "n", "fpr"), [(0.0, 200, 0.05), (1.5, 250, 0.05), (2.5, 1000, 0.01)])
def test_the_interval_of_members_found_allows_for_the_threshold_being_a_guess(shift: float, n: int, fpr: float) -> None:
    from scipy.special import ndtr, ndtri  # the closed form of two normal groups

    rng, member, truth = np.random.default_rng(n), np.arange(2 * n) < n, ndtr(shift - ndtri(1 - fpr))

    runs = [tpr_at(rng.normal(size=2 * n) + shift * member, member, fpr) for _ in range(400)]

    covered = np.mean([run is not None and run.low <= truth <= run.high for run in runs])
    assert covered >= 0.93


def test_tpr_needs_ten_false_alarms() -> None:
    rng = np.random.default_rng(0)
    score, member = rng.random(11_000), np.arange(11_000) < 1000

    assert tpr_at(score, member, 0.001) is not None
    assert tpr_at(score[:-1], member[:-1], 0.001) is None
    assert tpr_at(score, member, 0.0001) is None


def test_a_share_that_floats_round_down_allows_its_whole_number() -> None:
    score, member = np.arange(200.0), np.arange(200) % 2 == 0

    assert 0.29 * 100 < 29
    assert tpr_at(score, member, 0.29).fpr_high == clopper_pearson(29, 100).high


def test_the_true_share_of_false_alarms_is_within_its_interval() -> None:
    # 10 of 10,000 may truly be .05 to .18 %: facts of the binomial, not of the attack
    score, member = np.random.default_rng(1).random(11_000), np.arange(11_000) < 1000

    found = tpr_at(score, member, 0.001)

    assert found is not None
    assert (found.fpr_low, found.fpr_high) == pytest.approx((0.00048, 0.00184), abs=1e-5)
    assert found.low < 0.001 < found.high


@pytest.mark.parametrize("measure", [roc, auc, lambda score, member: tpr_at(score, member, 0.1)])
@pytest.mark.parametrize(
    ("score", "member", "why"),
    [
        ([1.0, 2.0], [True, True], "both groups"),
        ([1.0, 2.0], [False, False], "both groups"),
        ([1.0, np.nan], [True, False], "NaN"),
    ],
)
def test_scores_that_compare_nothing_are_refused(measure: object, score: list, member: list, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        measure(np.array(score), np.array(member))


@pytest.mark.parametrize("fpr", [0.0, 1.0])
def test_the_allowance_is_a_share(fpr: float) -> None:
    with pytest.raises(ValueError, match="fpr must be in"):
        tpr_at(np.arange(4.0), np.arange(4) < 2, fpr)
