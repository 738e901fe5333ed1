"""Scores alone give the cheapest feasible change."""

from dataclasses import replace

import numpy as np
import pytest
from evasion_stubs import Linear, mixed_rows, mixed_space, mixed_weights, numeric_model, table_case
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from steeled.core.column import Column, Direction, Kind
from steeled.core.feature_space import table_space
from steeled.core.meter import Meter
from steeled.core.relation import Relation
from steeled.core.signature import ScoreKind, Task
from steeled.core.threat_model import Goal, ThreatModel
from steeled.probes.conduct import conduct
from steeled.probes.evasion.greedy_features import GreedyFeatures
from steeled.probes.evasion.noise import Noise

SMALL = table_space(
    [
        Column("a", Kind.INTEGER, 0, 6, cost=0.6),
        Column("b", Kind.INTEGER, 0, 8, direction=Direction.INCREASE, cost=0.45),
        Column("c", Kind.CATEGORICAL, 0, 3, levels=tuple("wxyz"), cost=1.1),
        Column("f", Kind.BINARY, 0, 1, cost=0.8),
        *[Column(f"g{i}", Kind.BINARY, 0, 1, group="g", cost=1.3) for i in range(3)],
    ]
)
GRID = np.array(
    [[a, b, c, f, *g] for a in range(7) for b in range(9) for c in range(4) for f in (0, 1) for g in np.eye(3)],
    dtype=float,
)


def small_model(seed, kind=ScoreKind.PROBABILITIES):
    rng = np.random.default_rng(seed)
    w = rng.normal(size=7) * [0.5, 0.4, 0.6, 1.2, 1, 1, 1]
    target = Linear(w, -np.quantile(GRID @ w, 0.85), kind=kind)
    x = GRID[rng.permutation(len(GRID))[:60]]
    return target, x, target.logits(x).argmax(axis=1)


def cheapest(target, space, x, y):
    """By trying every row of the grid."""
    answers, best = target.logits(GRID).argmax(axis=1), []
    for row, label in zip(x, y, strict=True):
        copies = np.tile(row, (len(GRID), 1))
        there = (answers != label) & space.feasible(copies, GRID)
        best.append(space.cost(copies, GRID)[there].min(initial=np.inf))
    return np.array(best)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", [ScoreKind.PROBABILITIES, ScoreKind.LOGITS])
def test_it_finds_what_brute_force_finds(seed, kind):
    target, x, y = small_model(seed, kind)

    z = GreedyFeatures().search(table_case(target, SMALL, x, y, ThreatModel()), x, y, 2.0)

    best = cheapest(target, SMALL, x, y)
    works = target.logits(z).argmax(axis=1) != y
    assert (works == np.isfinite(best)).all()
    assert SMALL.cost(x, z)[works] == pytest.approx(best[works])


def test_few_questions_are_spent_where_they_pay():
    hits = []
    for seed in range(12):
        target, x, y = small_model(seed)

        z = GreedyFeatures(width=4).search(table_case(target, SMALL, x, y, ThreatModel()), x, y, 2.0)

        best, works = cheapest(target, SMALL, x, y), target.logits(z).argmax(axis=1) != y
        hits.append((works & (SMALL.cost(x, z) <= best * 1.0001))[np.isfinite(best)].mean())

    assert np.mean(hits) > 0.97


def test_a_relation_is_kept_and_costs_no_more_than_brute_force():
    space = replace(SMALL, relations=(Relation.parse("a <= b + 2"),))
    target, x, y = small_model(1)

    z = GreedyFeatures().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    best, works = cheapest(target, space, x, y), target.logits(z).argmax(axis=1) != y
    assert space.feasible(x, z).all()
    assert works[np.isfinite(best)].mean() > 0.95
    assert np.mean(space.cost(x, z)[works] <= best[works] * 1.0001) > 0.8


def test_real_numbers_stop_just_behind_the_boundary():
    space = table_space([Column(f"c{j}", Kind.REAL, -3, 3, cost=1 + j / 4) for j in range(5)])
    x = np.random.default_rng(0).uniform(-2, 2, (100, 5))
    w = np.array([0.5, 1.0, -0.8, 0.3, 1.2])
    target = Linear(w, 0.2)
    y = target.logits(x).argmax(axis=1)
    need = np.abs(x @ w + 0.2)
    best = np.full(len(x), np.nan)
    for i in range(len(x)):
        left, best[i] = need[i], 0.0
        push = -w if y[i] else w
        for j in np.argsort(-np.abs(w) / space.prices):
            room = 3 - x[i, j] if push[j] > 0 else x[i, j] + 3
            gain = min(left, room * abs(w[j]))
            best[i] += gain / abs(w[j]) * space.prices[j]
            left -= gain

    z = GreedyFeatures().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    assert (target.logits(z).argmax(axis=1) != y).all()
    ratio = space.cost(x, z) / best
    assert ratio.min() > 1 - 1e-9
    assert np.quantile(ratio, 0.95) < 1.02
    assert ratio.max() < 1.1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), dtype=st.sampled_from(["float64", "float32"]))
def test_every_row_returned_could_be_submitted_and_works_or_is_unchanged(seed, dtype):
    space, x = mixed_space([Relation.parse("up <= 2 * rank + 9")]), mixed_rows(40, seed)
    rng = np.random.default_rng(seed)
    target = Linear(mixed_weights() * rng.normal(1, 1, 10), 0.1, dtype=dtype, kind=ScoreKind.PROBABILITIES)
    y = target.logits(x).argmax(axis=1)

    z = GreedyFeatures().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    works = target.logits(z).argmax(axis=1) != y
    assert space.feasible(x, z).all()
    assert np.array_equal(z[~works], x[~works], equal_nan=True)
    assert np.array_equal(z[:, 3], x[:, 3])
    assert (z[:, 7:].sum(axis=1) == 1).all()


def test_a_gap_may_be_left_or_filled_where_the_model_accepts_it():
    space = table_space(
        [Column("a", Kind.REAL, 1, 2, may_be_missing=True), Column("b", Kind.REAL, 0, 1, mutable=False)]
    )
    x = np.array([[1.5, 0.0], [np.nan, 0.0]])
    target = Linear(np.array([1.0, 0.0]), -0.5)
    y = target.logits(x).argmax(axis=1)

    z = GreedyFeatures().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    assert np.isnan(z[0, 0])
    assert z[1, 0] >= 1
    assert space.cost(x, z).tolist() == [1.0, 1.0]


def test_a_wanted_class_of_three_is_reached():
    space = table_space([Column(f"c{j}", Kind.INTEGER, 0, 9) for j in range(4)])
    rng = np.random.default_rng(0)
    x = rng.integers(0, 10, (80, 4)).astype(float)
    target = Linear(rng.normal(size=(4, 3)), kind=ScoreKind.PROBABILITIES)
    y = target.logits(x).argmax(axis=1)
    rows = y != 1
    case = table_case(target, space, x, y, ThreatModel(goal=Goal(wanted=1)))

    z = GreedyFeatures().search(case, x[rows], y[rows], 2.0)

    changed = (z != x[rows]).any(axis=1)
    assert changed.mean() > 0.5
    assert (target.logits(z[changed]).argmax(axis=1) == 1).all()


def test_a_regression_is_moved_beyond_its_tolerance_at_least_cost():
    space = table_space([Column("a", Kind.REAL, -3, 3), Column("b", Kind.REAL, -3, 3, cost=3.0)])
    x = np.random.default_rng(0).uniform(-1, 1, (30, 2))
    target = Linear(np.array([1.0, 1.5]), 0.0, task=Task.REGRESSION, kind=ScoreKind.VALUES)
    case = table_case(target, space, x, target.logits(x), ThreatModel(goal=Goal(tolerance=1.0)))

    z = GreedyFeatures().search(case, x, target.logits(x), 2.0)

    assert (np.abs(target.logits(z) - target.logits(x)) > 1.0).all()
    assert space.cost(x, z) == pytest.approx(np.ones(30), rel=0.02)


@pytest.mark.parametrize("per_row", [0, 1, 2, 5, 30, 100])
def test_the_query_budget_is_never_exceeded_and_more_of_it_never_hurts_much(per_row):
    x, w = mixed_rows(), mixed_weights()
    target = Linear(w, -np.median(np.nan_to_num(x) @ w))
    y = target.logits(x).argmax(axis=1)
    case = replace(
        table_case(target, mixed_space(), x, y, ThreatModel()), subject=Meter(target, limit=per_row * len(x))
    )

    z = GreedyFeatures().search(case, x, y, 2.0)

    assert target.queries <= per_row * len(x)
    assert (target.logits(z).argmax(axis=1) != y).mean() >= {0: 0, 1: 0, 2: 0, 5: 0.1, 30: 0.9, 100: 0.99}[per_row]


def test_noise_is_beaten():
    space, target, x, y, _ = numeric_model()

    noise, greedy = (
        conduct(probe, table_case(target, space, x, y, ThreatModel(epsilon=1.5))).measurements[0]
        for probe in (Noise(), GreedyFeatures())
    )

    assert greedy.value > noise.value + 0.07


def test_equal_data_give_equal_points():
    x, w = mixed_rows(), mixed_weights()
    target = Linear(w, -np.median(np.nan_to_num(x) @ w))
    y = target.logits(x).argmax(axis=1)

    runs = [
        GreedyFeatures().search(table_case(target, mixed_space(), x, y, ThreatModel()), x, y, 2.0) for _ in range(2)
    ]

    assert np.array_equal(*runs, equal_nan=True)


class BothNeeded(Linear):
    """Yields where both of the first two columns have moved far: single changes show nothing at all."""

    def logits(self, x):
        moved = (np.abs(x[:, 0]) > 1) & (np.abs(x[:, 1]) > 1)
        return np.stack([~moved, moved], axis=1).astype(float)


def test_a_pair_of_changes_is_found_of_which_neither_shows_anything_alone():
    space = table_space([Column(f"c{j}", Kind.REAL, -3, 3) for j in range(5)])
    seen = np.random.default_rng(0).uniform(-3, 3, (400, 5))
    x, target = seen[:40] / 6, BothNeeded(np.zeros((5, 2)))
    case = table_case(target, space, seen, np.zeros(400, int), ThreatModel(epsilon=4))

    z = GreedyFeatures().search(case, x, np.zeros(40, int), 4.0)

    assert (target.logits(z).argmax(axis=1) == 1).mean() > 0.9
    assert np.median(space.cost(x, z) / (2 - np.abs(x[:, :2]).sum(axis=1))) < 1.2


def test_the_steps_of_a_forest_are_met_nearly_where_they_lie():
    """Against all single changes to any threshold of the forest."""
    x, forest = thresholds()
    space = table_space([Column(f"c{j}", Kind.REAL, -4, 4) for j in range(6)])
    target = Wrapped(np.zeros((6, 2)), kind=ScoreKind.PROBABILITIES)
    target.model = forest
    y = forest.predict(x)
    cuts = np.unique(np.concatenate([tree.tree_.threshold[tree.tree_.feature >= 0] for tree in forest.estimators_]))
    steps = np.r_[cuts.astype(np.float32), np.nextafter(cuts.astype(np.float32), np.float32(9))].astype(float)
    best = np.full(len(x), np.inf)
    for j in range(6):
        z = np.repeat(x, len(steps), axis=0)
        z[:, j] = np.tile(steps, len(x))
        works = (forest.predict(z) != np.repeat(y, len(steps))).reshape(len(x), -1)
        best = np.minimum(best, np.where(works, np.abs(steps - x[:, [j]]), np.inf).min(axis=1))

    z = GreedyFeatures().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    cost = np.where(forest.predict(z) != y, space.cost(x, z), np.inf)
    assert np.mean(cost <= 1.05 * best) > 0.8
    # below 1: pairs beat single changes
    assert np.mean(cost[np.isfinite(best)] / best[np.isfinite(best)]) < 0.91


def thresholds():
    rng = np.random.default_rng(0)
    x = np.clip(rng.normal(size=(760, 6)), -4, 4)
    y = (x[:, 0] * x[:, 1] + x[:, 2] - 0.5 * x[:, 3] + np.sin(2 * x[:, 4]) > 0).astype(int)
    return x[700:], RandomForestClassifier(10, max_depth=6, random_state=0).fit(x[:700], y[:700])


def test_a_table_where_nothing_can_be_changed_is_returned_unchanged():
    space = table_space([Column("a", Kind.REAL, 0, 1, mutable=False)])
    x = np.full((3, 1), 0.2)

    z = GreedyFeatures().search(
        table_case(Linear(np.ones(1)), space, x, np.ones(3, int), ThreatModel()), x, np.ones(3), 1
    )

    assert np.array_equal(z, x)


@pytest.mark.parametrize(
    "wrong", [{"max_changes": 0}, {"values": 1}, {"singles": 0}, {"pairs": -1}, {"width": 1}, {"finalists": 0}]
)
def test_nonsense_is_refused_with_the_range(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be in"):
        GreedyFeatures(**wrong)


class Wrapped(Linear):
    """A scikit-learn classifier behind the codes of its columns."""

    model = None

    def logits(self, x):
        return np.log(np.maximum(self.model.predict_proba(x), 1e-12))


@pytest.fixture(scope="module")
def forest():
    x = mixed_rows(600)
    known = np.nan_to_num(x)
    y = (known @ mixed_weights() + 0.4 * known[:, 0] * known[:, 2] > 1.6).astype(int)
    target = Wrapped(np.zeros((10, 2)), kind=ScoreKind.PROBABILITIES)
    target.model = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(x[:400], y[:400])
    return target, x[400:], y[400:]


def test_boosted_trees_break_at_less_cost_than_by_noise(forest):
    target, x, y = forest

    noise, greedy = (
        conduct(probe, table_case(target, mixed_space(), x, y, ThreatModel(epsilon=1.0), rows=80)).measurements
        for probe in (Noise(), GreedyFeatures())
    )

    assert greedy[0].value > noise[0].value
    assert greedy[3].value < 250


def test_a_column_that_the_model_ignores_is_never_paid_for(forest):
    target, x, y = forest

    result = conduct(GreedyFeatures(), table_case(target, mixed_space(), x, y, ThreatModel(), rows=80))

    for example in result.examples:
        assert len(example.changes) <= 2
