from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_models import SmallRecipe, blobs, case_of, gaussian, nearest, values_of

from steeled.core.clock import Clock
from steeled.core.signature import ScoreKind
from steeled.probes.privacy.membership import Membership, ratio, stratified_half


def audit(train_by, seed=0, n=300, probe=None, k=2, **more):
    rng = np.random.default_rng(seed)
    train, test = (blobs(n, rng, wrong=0.3, k=k) for _ in range(2))
    recipe = SmallRecipe(train_by)
    return (probe or Membership()).inspect(case_of(train, test, recipe, seed=seed, **more)), recipe


def control(result, name):
    return next(row for row in result.tables[0].rows if row[0] == name)


def test_memorizer_is_found_and_its_healthy_twin_is_not():
    leaking, healthy = (values_of(audit(kind)[0]) for kind in (nearest, gaussian))

    assert leaking["auc"].low > 0.6
    assert leaking["accuracy_gap"].low > 0.2
    assert healthy["auc"].low < 0.5 + 0.02
    assert healthy["auc"].high < leaking["auc"].low


def test_shadow_of_a_memorizer_leaks_as_the_model_does():
    result, _ = audit(nearest)

    assert control(result, "a shadow model of ours")[2] > 0.55


def test_shuffled_membership_is_covered_by_its_interval():
    covered = []
    for seed in range(40):
        row = control(audit(nearest, seed=seed, n=60)[0], "membership shuffled")
        covered.append(row[2] <= 0.5 <= row[3])

    assert np.mean(covered) >= 0.85


def test_false_alarm_rates_beyond_the_sample_are_not_given():
    measures = values_of(audit(nearest, n=300)[0])

    assert not measures["tpr_at_0_1pct_fpr"].is_measured
    assert measures["tpr_at_0_1pct_fpr"].needed == 10_000
    assert not measures["tpr_at_1pct_fpr"].is_measured
    assert measures["tpr_at_5pct_fpr"].is_measured
    assert measures["tpr_at_5pct_fpr"].n == 300


def test_records_left_out_by_a_parameter_are_said_where_they_are_missed():
    measures = values_of(audit(nearest, probe=Membership(records=150))[0])

    assert "`records`" in measures["tpr_at_5pct_fpr"].note
    assert "`records`" not in values_of(audit(nearest, n=150)[0])["tpr_at_5pct_fpr"].note


def test_each_record_is_inside_half_of_the_shadows():
    _, recipe = audit(gaussian, n=101)

    seen = [{row.tobytes() for row in data.x} for data in recipe.seen]
    assert len(seen) == 4
    for pair in (seen[:2], seen[2:]):
        assert not pair[0] & pair[1]
        assert len(pair[0] | pair[1]) == 202


def test_more_records_than_allowed_are_sampled_in_balance():
    result, _ = audit(gaussian, probe=Membership(records=50))

    assert values_of(result)["auc"].n == 100


def test_logits_and_probabilities_give_the_same_result():
    def log(data, rng):
        model = gaussian(data, rng)
        return lambda x: np.log(np.maximum(model(x), 1e-300)) + 3.0

    rng = np.random.default_rng(0)
    train, test = blobs(100, rng), blobs(100, rng)

    logits = Membership().inspect(case_of(train, test, SmallRecipe(log, kind=ScoreKind.LOGITS)))
    chances = Membership().inspect(case_of(train, test, SmallRecipe(gaussian)))

    assert values_of(logits)["auc"].value == pytest.approx(values_of(chances)["auc"].value)


def test_curve_rises_in_both_directions_and_takes_blocks_whole():
    result, _ = audit(nearest)

    points = result.curves[0].points
    assert all(a.x < b.x and a.y <= b.y for a, b in pairwise(points))
    assert points[-1].x == points[-1].y == 1
    assert all(p.low <= p.y <= p.high for p in points)


def test_certainties_give_finite_scores():
    def certain(data, rng):
        model = nearest(data, rng)
        return lambda x: np.round(model(x))

    assert values_of(audit(certain)[0])["auc"].low > 0.6


def test_constant_model_leaks_nothing():
    result, _ = audit(lambda data, rng: lambda x: np.full((len(x), 2), 0.5))

    auc = values_of(result)["auc"]
    assert auc.value == 0.5
    assert auc.low < 0.5 < auc.high


def test_clock_that_is_over_leaves_one_pair():
    result, recipe = audit(nearest, clock=Clock(0.0))

    assert len(recipe.seen) == 2
    assert "2 shadow models" in values_of(result)["auc"].note


def test_same_seed_gives_the_same_result():
    assert audit(nearest, seed=2, n=80)[0] == audit(nearest, seed=2, n=80)[0]


def test_declared_trainings_are_made():
    probe = Membership(shadows=6)

    _, recipe = audit(gaussian, probe=probe)

    assert len(recipe.seen) == probe.cost(100).trainings


def test_classes_of_few_rows_are_left_out():
    rng = np.random.default_rng(0)
    train, test = blobs(100, rng), blobs(100, rng)
    y = train.y.copy()
    y[:2] = 2
    train, test = (d.__class__(d.x, t, d.space, ("a", "b", "c")) for d, t in ((train, y), (test, test.y)))
    recipe = SmallRecipe(gaussian)

    result = Membership().inspect(case_of(train, test, recipe))

    assert values_of(result)["auc"].n == 2 * 98
    assert all((data.y < 2).all() for data in recipe.seen)


@pytest.mark.parametrize("y", [None, 0])
def test_few_rows_or_one_class_are_not_measurable(y):
    rng = np.random.default_rng(0)
    train, test = (blobs(10 if y is None else 100, rng) for _ in range(2))
    if y is not None:
        train, test = (d.relabel(np.zeros_like(d.y)) for d in (train, test))

    result = Membership().inspect(case_of(train, test, SmallRecipe(gaussian)))

    assert not any(m.is_measured for m in result.measurements)
    assert {m.name for m in result.measurements} == set(values_of(audit(gaussian)[0]))


@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_ratio_is_finite_and_rises_with_the_targets_probability(seed, n):
    rng = np.random.default_rng(seed)
    target, references = np.round(rng.random(n)), np.round(rng.random((4, n)))

    score, surer = ratio(target, references), ratio(np.minimum(target + 0.1, 1), references)

    assert np.isfinite(score).all()
    assert ((surer > score) | (target == 1)).all()


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, 3), min_size=1, max_size=60))
def test_half_holds_half_of_each_class(seed, labels):
    y = np.array(labels)

    half = stratified_half(y, np.random.default_rng(seed))

    for label in np.unique(y):
        assert abs(int(half[y == label].sum()) - int((~half)[y == label].sum())) <= 1


@pytest.mark.parametrize("wrong", [{"shadows": 3}, {"shadows": 0}, {"records": 5}])
def test_parameters_outside_their_range_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        Membership(**wrong)
