"""Gradient ascent reaches the closed form on linear models, inside every rule."""

from dataclasses import replace

import numpy as np
import pytest
from evasion_stubs import Linear, array_case, blobs, case_of, table_case
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.column import Column, Direction, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import table_space
from steeled.core.meter import Meter
from steeled.core.relation import Relation
from steeled.core.signature import ScoreKind, Task
from steeled.core.target import Gradient
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.probes.conduct import conduct
from steeled.probes.evasion.noise import Noise
from steeled.probes.evasion.pgd import Pgd

DUAL = {Norm.L1: np.inf, Norm.L2: 2, Norm.LINF: 1}


def broken(target, z, y):
    return target.logits(z).argmax(axis=1) != y


@pytest.mark.parametrize("norm", [Norm.L1, Norm.L2, Norm.LINF])
@pytest.mark.parametrize("two_logits", [False, True])
def test_exactly_the_rows_within_the_dual_norm_distance_break(norm, two_logits):
    x, y, w, b = blobs()
    target = Linear(np.stack([-w / 2, w / 2], axis=1), np.array([0, b]) if two_logits else b, dtype="float32")
    target = target if two_logits else Linear(w, b, dtype="float32")
    closest = np.abs(x @ w + b) / np.linalg.norm(w, ord=DUAL[norm])
    epsilon = float(np.median(closest))

    z = Pgd().search(array_case(target, x, y, ThreatModel(norm=norm, epsilon=epsilon)), x, y, epsilon)

    assert broken(target, z, y)[closest < 0.99 * epsilon].all()
    assert not broken(target, z, y)[closest > 1.0001 * epsilon].any()


def test_under_l0_the_best_entries_change():
    x, y, w, b = blobs()
    x, target = np.clip(x, -3, 3), Linear(w, b, dtype="float32")
    threat = ThreatModel(norm=Norm.L0, epsilon=2.0)

    z = Pgd().search(array_case(target, x, y, threat, low=-3, high=3), x, y, 2.0)

    push = np.where(y[:, None] == 1, -w, w)
    gain = np.sort(np.abs(w) * np.where(push > 0, 3 - x, x + 3), axis=1)[:, -2:].sum(axis=1)
    assert (broken(target, z, y) == (gain > np.abs(x @ w + b)))[np.abs(gain - np.abs(x @ w + b)) > 1e-3].all()
    assert ((z != x).sum(axis=1) <= 2).all()


PRICED = table_space(
    [
        Column("free_way", Kind.REAL, -3, 3, cost=1.0),
        Column("dear", Kind.REAL, -3, 3, cost=4.0),
        Column("up", Kind.REAL, -3, 3, cost=0.5, direction=Direction.INCREASE, unit=0.5),
        Column("fixed", Kind.REAL, -3, 3, mutable=False),
        Column("whole", Kind.INTEGER, -5, 5, cost=0.7),
    ]
)


def priced_rows(n=300, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-2.5, 2.5, (n, 5))
    x[:, 4] = rng.integers(-5, 6, n)
    return x


def best_gain(space, x, weight, epsilon):
    """Most that ``weight @ x`` can rise for ``epsilon``, whole numbers taken as real: the fractional knapsack."""
    gains = np.zeros(len(x))
    for i, row in enumerate(x):
        left = epsilon
        for j in np.argsort(-np.abs(weight) / space.prices):
            column = space.columns[j]
            room = column.high - row[j] if weight[j] > 0 else row[j] - column.low
            barred = Direction.DECREASE if weight[j] > 0 else Direction.INCREASE
            if column.mutable and column.direction is not barred:
                amount = min(room, left / space.prices[j])
                gains[i] += amount * abs(weight[j])
                left -= amount * space.prices[j]
    return gains


def test_under_cost_the_knapsack_of_prices_bounds_and_directions_is_solved():
    weight, epsilon = np.array([1.0, 3.0, 0.9, 2.0, 0.0]), 4.0
    x = priced_rows()
    target = Linear(weight, 0.0)
    y = target.logits(x).argmax(axis=1)
    gain = np.where(y == 0, best_gain(PRICED, x, weight, epsilon), best_gain(PRICED, x, -weight, epsilon))
    gap = np.abs(x @ weight)

    z = Pgd().search(table_case(target, PRICED, x, y, ThreatModel(epsilon=epsilon)), x, y, epsilon)

    clear = np.abs(gain - gap) > 1e-3
    assert (broken(target, z, y) == (gain > gap))[clear].all()
    assert 0.2 < broken(target, z, y).mean() < 0.8


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), epsilon=st.floats(0.2, 5))
def test_rows_of_tables_keep_grid_bounds_directions_relations_and_budget(seed, epsilon):
    space = replace(PRICED, relations=(Relation.parse("free_way <= whole + 4"),))
    x, rng = priced_rows(40, seed), np.random.default_rng(seed)
    x[rng.random(x.shape) < 0.05] = np.nan
    target = Linear(rng.normal(size=5), 0.1, dtype="float32")
    y = target.logits(x).argmax(axis=1)

    z = Pgd(steps=10).search(table_case(target, space, x, y, ThreatModel(epsilon=epsilon)), x, y, epsilon)

    assert space.feasible(x, z).all()
    assert (space.cost(x, z) <= epsilon * (1 + 1e-6)).all()


def test_a_wanted_class_is_reached_and_no_other_counts():
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((100, 6)).astype(np.float32), rng.standard_normal((6, 4))
    target = Linear(w)
    y = target.logits(x).argmax(axis=1)
    rows = y != 2
    threat = ThreatModel(goal=Goal(wanted=2), norm=Norm.L2, epsilon=2.0)

    z = Pgd().search(array_case(target, x, y, threat), x[rows], y[rows], 2.0)

    changed = (z != x[rows]).any(axis=1)
    assert (target.logits(z).argmax(axis=1)[changed] == 2).all()
    assert changed.mean() > 0.5


def test_the_clamp_trap_half_of_the_values_at_a_bound_still_move():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (200, 50)).astype(np.float32)
    w = rng.standard_normal(50)
    target = Linear(w, -np.median(x @ w), dtype="float32")
    y = target.logits(x).argmax(axis=1)
    epsilon = 0.2
    push = np.where(y[:, None] == 1, -w, w)
    movable = np.where(push > 0, x < 1, x > 0)
    reach = epsilon * (np.abs(w) * movable).sum(axis=1)
    gap = np.abs(x @ w - np.median(x @ w))

    case = array_case(target, x, y, ThreatModel(norm=Norm.LINF, epsilon=epsilon), low=0, high=1)
    z = Pgd().search(case, x, y, epsilon)

    clear = np.abs(reach - gap) > 1e-3
    assert (broken(target, z, y) == (reach > gap))[clear].all()


def test_a_saturated_loss_does_not_hide_the_boundary():
    x, y, w, b = blobs(d=8)
    target = Linear(1e4 * w, 1e4 * b, dtype="float32")
    closest = np.abs(x @ w + b) / np.linalg.norm(w)

    z = Pgd().search(array_case(target, x, y, ThreatModel(norm=Norm.L2, epsilon=0.5)), x, y, 0.5)

    assert broken(target, z, y)[closest < 0.49].all()


@pytest.mark.parametrize("sign", [1, -1])
def test_a_regression_is_pushed_to_the_side_that_has_room(sign):
    rng = np.random.default_rng(0)
    x = (sign * rng.uniform(8, 9.9, (30, 4))).astype(np.float32)
    w = np.full(4, 0.5)
    target = Linear(w, 0.0, task=Task.REGRESSION, kind=ScoreKind.VALUES)
    threat = ThreatModel(goal=Goal(tolerance=6.0), norm=Norm.LINF, epsilon=4.0)
    y = target.logits(x)

    z = Pgd().search(array_case(target, x, y, threat, classes=()), x, y, 4.0)

    assert (np.abs(target.logits(z) - y) > 6.0).all()


def test_broken_rows_leave_the_batch_and_every_pass_is_counted():
    x, y, w, b = blobs()
    target = Linear(w, b)
    case = array_case(target, x, y, ThreatModel(norm=Norm.L2, epsilon=100.0))

    Pgd().search(case, x, y, 20.0)

    assert case.target.tally.queries == target.queries <= 3 * len(x)
    assert case.target.tally.gradients == target.gradients


def test_robust_rows_cost_what_is_announced_and_never_more():
    x, y, w, b = blobs(n=50)
    far = np.abs(x @ w + b) > 0.1
    x, y, probe = x[far], y[far], Pgd(steps=7, restarts=3)
    case = array_case(Linear(w, b), x, y, ThreatModel(norm=Norm.L2, epsilon=1e-4))

    probe.search(case, x, y, 1e-4)

    tally, cost = case.target.tally, probe.cost(len(x))
    assert (tally.queries, tally.gradients) == (cost.queries, cost.gradients)


@pytest.mark.parametrize("limit", [0, 1, 199, 200, 777, 5000])
def test_a_query_budget_is_never_exceeded(limit):
    x, y, w, b = blobs()
    target = Linear(w, b)
    case = array_case(target, x, y, ThreatModel(norm=Norm.L2, epsilon=0.1))
    case = replace(case, subject=Meter(target, limit=limit))

    z = Pgd().search(case, x, y, 0.1)

    assert target.queries <= limit
    assert z.shape == x.shape


def test_noise_is_beaten_where_it_is_tried():
    x, y, w, b = blobs(d=30)
    threat = ThreatModel(norm=Norm.L2, epsilon=0.6)

    noise, pgd = (conduct(probe, array_case(Linear(w, b), x, y, threat)).measurements[0] for probe in (Noise(), Pgd()))

    assert pgd.low > noise.high


def test_equal_seeds_give_equal_points_and_dtype_is_kept():
    x, y, w, b = blobs()
    runs = [
        Pgd().search(array_case(Linear(w, b), x, y, ThreatModel(norm=Norm.L2), seed=3), x, y, 0.5) for _ in range(2)
    ]

    assert np.array_equal(*runs)
    assert runs[0].dtype == np.float32


def test_a_gradient_that_is_not_a_number_moves_nothing_and_breaks_nothing():
    class Blind(Linear):
        def loss_gradient(self, x, y, loss):
            seen = super().loss_gradient(x, y, loss)
            return Gradient(seen.scores, seen.loss, np.full_like(seen.gradient, np.nan))

    x, y, w, b = blobs(n=20)
    z = Pgd(restarts=1).search(
        case_of(
            Blind(w, b),
            Dataset(x, y, array_case(Linear(w, b), x, y, ThreatModel()).test.space, ("a", "b")),
            ThreatModel(norm=Norm.L2),
        ),
        x,
        y,
        1.0,
    )

    assert np.array_equal(z, x)


@pytest.mark.parametrize(
    "wrong", [{"steps": 0}, {"restarts": 0}, {"step": 0.0}, {"step": 8.0}, {"momentum": 0.0}, {"momentum": 1.5}]
)
def test_nonsense_is_refused_with_the_range(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be in"):
        Pgd(**wrong)
