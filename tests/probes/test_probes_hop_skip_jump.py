"""Decisions alone, an exact budget, and a start that fails for one row only."""

from dataclasses import replace

import numpy as np
import pytest
from evasion_stubs import Linear, array_case, blobs, mixed_rows, mixed_space, mixed_weights, numeric_model, table_case
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.column import Column, Direction, Kind
from steeled.core.feature_space import table_space
from steeled.core.meter import Meter
from steeled.core.relation import Relation
from steeled.core.signature import ScoreKind
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.probes.conduct import conduct
from steeled.probes.evasion.hop_skip_jump import HopSkipJump
from steeled.probes.evasion.noise import Noise


def labels_only(w, b, dtype="float32"):
    return Linear(w, b, kind=ScoreKind.LABELS, dtype=dtype)


@pytest.mark.parametrize(("norm", "slack"), [(Norm.L2, 1.1), (Norm.LINF, 1.2)])
@pytest.mark.parametrize("seed", [0, 1])
def test_linear_models_are_crossed_near_the_closest_point(norm, slack, seed):
    x, y, w, b = blobs(d=20, n=60, seed=seed)
    target = labels_only(w, b)

    z = HopSkipJump().search(array_case(target, x, y, ThreatModel(norm=norm)), x, y, 1.0)

    order = 2 if norm is Norm.L2 else np.inf
    spent = np.linalg.norm(z.astype(float) - x, ord=order, axis=1)
    closest = np.abs(x @ w + b) / np.linalg.norm(w, ord=2 if norm is Norm.L2 else 1)
    assert (target.logits(z).argmax(axis=1) != y).all()
    assert (spent >= closest * (1 - 1e-5)).all()
    assert np.quantile(spent / closest, 0.9) < slack


def test_a_float32_model_is_only_asked_float32_and_bounds_are_kept():
    x, y, w, b = blobs(n=30)
    x = np.clip(x, -1, 1)
    target = labels_only(w, b)

    z = HopSkipJump(queries=200).search(array_case(target, x, y, ThreatModel(norm=Norm.L2), low=-1, high=1), x, y, 1.0)

    assert {asked.dtype for asked in target.asked} == {np.dtype(np.float32)}
    assert all(((asked >= -1) & (asked <= 1)).all() for asked in target.asked)
    assert z.dtype == np.float32


def test_a_row_without_a_start_is_returned_and_the_others_go_on():
    class Stubborn(Linear):
        def scores(self, x):
            stuck = np.abs(np.asarray(x)[:, 0]) > 5
            scores = super().scores(x)
            scores[stuck] = [0.0, 1.0, 0.0]
            return scores

    w = np.random.default_rng(0).standard_normal((4, 3))
    w[:, 2] = -5
    rng = np.random.default_rng(0)
    x = rng.uniform(0.1, 1, (20, 4)).astype(np.float32)
    target = Stubborn(w, kind=ScoreKind.LABELS)
    y = target.logits(x).argmax(axis=1)
    y[0] = 2
    case = array_case(target, x, y, ThreatModel(norm=Norm.L2, goal=Goal(wanted=1)), low=0.0, high=1.0)
    rows = y == 0

    z = HopSkipJump(queries=200).search(case, x, y, 1.0)

    assert rows.any()
    assert (target.logits(z[rows]).argmax(axis=1) == 1).all()


def test_rows_whose_goal_no_input_serves_come_back_unchanged():
    x, _, w, _ = blobs(n=10)
    target = labels_only(w, 1e6)
    y = np.ones(10, dtype=int)

    z = HopSkipJump(queries=100).search(array_case(target, x, y, ThreatModel(norm=Norm.L2)), x, y, 1.0)

    assert np.array_equal(z, x)


@pytest.mark.parametrize("limit", [0, 9, 50, 333, 2000, 10_000])
@pytest.mark.parametrize("is_table", [True, False])
def test_the_budget_is_exact(limit, is_table):
    if is_table:
        x, w = mixed_rows(30), mixed_weights()
        target = labels_only(w, -np.median(np.nan_to_num(x) @ w), dtype="float64")
        y = target.logits(x).argmax(axis=1)
        case = table_case(target, mixed_space(), x, y, ThreatModel())
    else:
        x, y, w, b = blobs(n=30)
        target = labels_only(w, b)
        case = array_case(target, x, y, ThreatModel(norm=Norm.L2))

    z = HopSkipJump().search(replace(case, subject=Meter(target, limit=limit)), x, y, 1.0)

    assert target.queries <= limit
    assert z.shape == x.shape


def test_its_own_budget_is_nearly_used_up_and_not_exceeded():
    x, y, w, b = blobs(n=30)
    target = labels_only(w, b)

    HopSkipJump(queries=500).search(array_case(target, x, y, ThreatModel(norm=Norm.L2)), x, y, 1.0)

    assert 450 * 30 <= target.queries <= 500 * 30


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_only_rows_that_could_be_submitted_are_asked_and_returned(seed):
    space, x = mixed_space([Relation.parse("up <= 2 * rank + 9")]), mixed_rows(25, seed)
    rng = np.random.default_rng(seed)
    target = labels_only(mixed_weights() * rng.normal(1, 1, 10), 0.1, dtype="float64")
    y = target.logits(x).argmax(axis=1)

    z = HopSkipJump(queries_of_tables=150).search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    works = target.logits(z).argmax(axis=1) != y
    assert space.feasible(x, z).all()
    assert np.array_equal(z[~works], x[~works], equal_nan=True)
    asked = np.concatenate(target.asked)
    assert np.isin(asked[:, 3], x[:, 3]).all()
    assert (asked[:, 7:].sum(axis=1) == 1).all()


def test_table_rows_cost_little_more_than_the_optimum():
    space, target, x, y, best = numeric_model(60, kind=ScoreKind.LABELS)

    z = HopSkipJump().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    ratio = space.cost(x, z) / best
    assert (target.logits(z).argmax(axis=1) != y).all()
    assert ratio.min() >= 1 - 1e-9
    assert np.quantile(ratio, 0.9) < 1.1


def test_directions_that_undo_the_nearest_starts_do_not_stop_the_search():
    space = table_space(
        [Column("up", Kind.INTEGER, 0, 20, direction=Direction.INCREASE), Column("c", Kind.REAL, -3, 3, cost=2.0)]
    )
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.integers(0, 20, 80), rng.uniform(-3, 3, 80)]).astype(float)
    target = labels_only(np.array([-0.3, 1.0]), 2.5, dtype="float64")
    y = target.logits(x).argmax(axis=1)

    z = HopSkipJump().search(table_case(target, space, x, y, ThreatModel()), x, y, 2.0)

    reachable = np.where(y == 1, True, -0.3 * x[:, 0] + 3 + 2.5 > 0.05)
    assert (target.logits(z).argmax(axis=1) != y)[reachable].mean() > 0.95


class Wavy(Linear):
    """A boundary on which a step along the estimated normal often leads astray."""

    def logits(self, x):
        z = np.sin(4 * np.asarray(x, dtype=float)).sum(axis=1)
        return np.stack([np.zeros(len(z)), z], axis=1)


def test_a_hop_that_leads_astray_is_not_taken():
    x = np.random.default_rng(0).uniform(-2, 2, (60, 5)).astype(np.float32)
    target = Wavy(np.ones(5), kind=ScoreKind.LABELS)
    y = target.logits(x).argmax(axis=1)

    first, last = (
        HopSkipJump(queries=queries, pool=8).search(array_case(target, x, y, ThreatModel(norm=Norm.L2)), x, y, 1.0)
        for queries in (20, 60)
    )

    before, after = (np.linalg.norm(z - x, axis=1) for z in (first, last))
    assert (after <= before).all()
    assert after.mean() < before.mean()


def test_noise_is_beaten_on_tables_and_arrays():
    space, target, x, y, _ = numeric_model(kind=ScoreKind.LABELS)
    table = table_case(target, space, x, y, ThreatModel(epsilon=1.5))
    pixels, y, v, b = blobs(d=30)
    array = array_case(labels_only(v, b), pixels, y, ThreatModel(norm=Norm.L2, epsilon=0.6))

    for case in (table, array):
        noise = conduct(Noise(), replace(case, rng=np.random.default_rng(0))).measurements[0]
        hops = conduct(HopSkipJump(), replace(case, rng=np.random.default_rng(0))).measurements[0]

        assert hops.value > noise.value + 0.07


def test_equal_seeds_give_equal_points():
    x, y, w, b = blobs(n=20)
    runs = [
        HopSkipJump(queries=200).search(
            array_case(labels_only(w, b), x, y, ThreatModel(norm=Norm.L2), seed=4), x, y, 1.0
        )
        for _ in range(2)
    ]

    assert np.array_equal(*runs)


@pytest.mark.parametrize("wrong", [{"queries": 1}, {"queries_of_tables": 1}, {"draws": 1}, {"pool": 0}])
def test_nonsense_is_refused_with_the_range(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be in"):
        HopSkipJump(**wrong)
