import numpy as np
import pytest
from small_models import SmallRecipe, blobs, case_of, gaussian, least_squares, line, shaky, values_of

from steeled.core.artifact import CurveRole
from steeled.core.clock import Clock
from steeled.core.threat_model import Goal, ThreatModel
from steeled.probes._flips import KEPT, Flips, surest_flips
from steeled.probes.poisoning.label_flips import LabelFlips


def trials(seed=0, recipe=None, share=0.2, wanted=None, probe=None, n=400, **more):
    rng = np.random.default_rng(seed)
    recipe = recipe or SmallRecipe(gaussian)
    threat = ThreatModel(goal=Goal(wanted=wanted), poisoned_share=share)
    case = case_of(blobs(n, rng), blobs(500, rng), recipe, seed=seed, threat=threat, **more)
    return (probe or LabelFlips()).inspect(case), case, recipe


def test_chosen_flips_cost_accuracy_and_more_than_random_ones():
    result, _, _ = trials(share=0.2)

    drop = values_of(result)["accuracy_drop"]
    attack, baseline = result.curves
    at_share = {p.x: p.y for p in attack.points}[0.2]
    assert drop.low > 0
    assert at_share < {p.x: p.y for p in baseline.points}[0.2]
    assert drop.value == pytest.approx(values_of(result)["accuracy_clean"].value - at_share)


def test_recipe_that_ignores_labels_loses_nothing():
    recipe = SmallRecipe(lambda data, rng: lambda x: np.eye(2)[(x.sum(axis=1) > 2).astype(int)])

    result, _, _ = trials(recipe=recipe)

    drop = values_of(result)["accuracy_drop"]
    assert drop.value == 0
    assert -0.02 < drop.low < 0 < drop.high < 0.02


def test_curves_start_at_the_clean_model_and_reach_twice_the_share():
    result, _, _ = trials(share=0.1)

    attack, baseline = result.curves
    assert (attack.role, baseline.role) == (CurveRole.ATTACK, CurveRole.BASELINE)
    assert [p.x for p in attack.points] == [0, 0.025, 0.05, 0.1, 0.2]
    assert [p.x for p in baseline.points] == [0, 0.1, 0.2]
    assert attack.points[0].y == values_of(result)["accuracy_clean"].value


def test_never_more_labels_than_the_attacker_controls_are_changed_for_the_measure():
    result, case, recipe = trials(share=0.1, n=300)

    changed = {int((data.y != case.train.y).sum()) for data in recipe.seen}
    assert changed == {0, 8, 15, 30, 60}
    assert "10 %" in values_of(result)["accuracy_drop"].note
    assert all((data.x == case.train.x).all() for data in recipe.seen)


def test_wanted_class_is_the_only_one_that_labels_move_to():
    _, case, recipe = trials(wanted=1, probe=LabelFlips(seeds=1), n=300)

    flipped = recipe.seen[1]
    moved = flipped.y != case.train.y
    assert moved.sum() == 60
    assert (flipped.y[moved] == 1).all()


def test_some_rows_of_each_class_keep_their_label():
    _, case, recipe = trials(wanted=1, share=0.45, n=200)

    assert all(((data.y == 0) & (case.train.y == 0)).sum() >= KEPT for data in recipe.seen)


def test_seed_dependent_recipe_has_a_wider_interval():
    steady, _, _ = trials(n=60)
    shaken, _, _ = trials(n=60, recipe=SmallRecipe(shaky))

    width = [m.high - m.low for m in (values_of(steady)["accuracy_clean"], values_of(shaken)["accuracy_clean"])]
    assert width[1] > width[0]


def test_same_seed_gives_the_same_result():
    assert trials(seed=5)[0] == trials(seed=5)[0]


def test_clock_that_is_over_leaves_the_clean_and_the_attacked_model():
    result, _, recipe = trials(clock=Clock(0.0))

    drop = values_of(result)["accuracy_drop"]
    assert len(recipe.seen) == 2
    assert drop.is_measured
    assert "one seed" in drop.note


def test_cost_declares_the_trainings_that_are_made():
    probe = LabelFlips(seeds=3)

    _, _, recipe = trials(probe=probe)

    assert len(recipe.seen) == probe.cost(100).trainings


def test_regression_error_grows_and_the_true_growth_is_covered():
    rng = np.random.default_rng(1)
    train, test = line(400, rng), line(600, rng)

    result = LabelFlips().inspect(case_of(train, test, SmallRecipe(least_squares)))

    growth = values_of(result)["error_growth"]
    assert growth.low > 0
    assert growth.low <= growth.value <= growth.high
    assert values_of(result)["error_clean"].value == pytest.approx(0.5, abs=0.05)
    assert {curve.name for curve in result.curves} == {"error"}


def test_regression_without_any_error_is_not_measurable():
    rng = np.random.default_rng(1)
    train = line(50, rng, noise=0.0)
    oracle = SmallRecipe(lambda data, rng: lambda x: x.sum(axis=1))

    result = LabelFlips().inspect(case_of(train, train, oracle))

    assert not values_of(result)["error_growth"].is_measured


@pytest.mark.parametrize(("train_n", "test_n", "one_class"), [(100, 5, False), (100, 100, True), (12, 100, False)])
def test_data_that_cannot_be_flipped_are_not_measurable(train_n, test_n, one_class):
    rng = np.random.default_rng(0)
    train = blobs(train_n, rng)
    train = train.relabel(np.zeros_like(train.y)) if one_class else train.relabel(np.arange(train_n) % 2)

    result = LabelFlips().inspect(case_of(train, blobs(test_n, rng), SmallRecipe(gaussian)))

    assert not any(m.is_measured for m in result.measurements)
    assert all(m.note for m in result.measurements)


def test_seeds_outside_their_range_are_refused():
    with pytest.raises(ValueError, match="1 to 20"):
        LabelFlips(seeds=0)


def test_labels_move_in_one_direction_until_a_class_is_used_up():
    _, case, recipe = trials(share=0.2, probe=LabelFlips(seeds=1), n=300)

    moved = recipe.seen[1].y != case.train.y
    assert moved.sum() == 60
    assert set(case.train.y[moved]) == {np.bincount(case.train.y).argmax()}


def test_one_direction_costs_more_than_both():
    rng = np.random.default_rng(0)
    train, test = blobs(400, rng), blobs(2000, rng)
    sure = gaussian(train, rng)(train.x)
    one = surest_flips(train, sure, None, rng)
    both = Flips(*(a[np.argsort(-sure[one.rows, train.y[one.rows]], kind="stable")] for a in (one.rows, one.labels)))

    accuracy = [
        (gaussian(flips.apply(train, 80)[0], rng)(test.x).argmax(axis=1) == test.y).mean() for flips in (one, both)
    ]

    assert accuracy[0] < accuracy[1]


def test_note_says_when_random_flips_cost_more():
    def fragile(data, rng):
        """Breaks when labels of class 1 are changed as well; flips in one direction leave them alone."""
        intact = (data.y[data.x.sum(axis=1) > 6] == 1).all()
        return lambda x: np.eye(2)[(x.sum(axis=1) > 2).astype(int) if intact else np.zeros(len(x), dtype=int)]

    rng = np.random.default_rng(0)
    train, test = blobs(400, rng, shift=1.5), blobs(400, rng, shift=1.5)
    train = train.take(np.r_[np.flatnonzero(train.y == 0), np.flatnonzero(train.y == 1)[:100]])

    note = values_of(LabelFlips().inspect(case_of(train, test, SmallRecipe(fragile))))["accuracy_drop"].note

    assert "random flips cost even more" in note
