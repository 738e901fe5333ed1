"""The parts that the searches over table rows share."""

import time

import numpy as np
import pytest
from evasion_stubs import Linear, mixed_rows, mixed_space, mixed_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.clock import Clock
from steeled.core.column import Column, Kind
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.relation import Relation
from steeled.core.signature import ScoreKind
from steeled.core.threat_model import Goal
from steeled.probes.candidates import candidates
from steeled.probes.combinations import just_enough
from steeled.probes.levers import lever_costs, levers
from steeled.probes.margins import advantage
from steeled.probes.pictures import picture
from steeled.probes.random_rows import random_rows
from steeled.probes.reduction import Reduction, differs


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_reduction_never_costs_more_stays_feasible_and_keeps_what_works(seed):
    space, x, rng = mixed_space(), mixed_rows(20, seed), np.random.default_rng(seed)
    w = mixed_weights() * rng.normal(1, 1, 10)
    z = random_rows(space, x, 6.0, rng)

    def works(rows, points):
        return np.nan_to_num(points) @ w > threshold[rows]

    threshold = np.nan_to_num(z) @ w - 0.3 * np.abs(np.nan_to_num(z - x) @ w) - 1e-6
    reduced = Reduction(space, works, cast=lambda rows, points: points)(x, z)

    assert space.feasible(x, reduced).all()
    assert (space.cost(x, reduced) <= space.cost(x, z) + 1e-12).all()
    assert works(np.arange(20), reduced).all()
    assert np.array_equal(differs(x, reduced) & ~differs(x, z), np.zeros_like(x, dtype=bool))


def test_reduction_asks_nothing_once_the_clock_is_over_and_returns_what_works():
    space = table_space([Column("a", Kind.REAL, 0, 9), Column("b", Kind.REAL, 0, 9)])
    x, z, asked = np.zeros((1, 2)), np.array([[4.0, 3.0]]), []

    def works(rows, points):
        asked.append(points[0].tolist())
        time.sleep(0.02)
        return points.sum(axis=1) >= 2.5

    reduced = Reduction(space, works, cast=lambda rows, points: points, clock=Clock(0.01))(x, z)

    assert asked == [[0.0, 3.0]]
    assert reduced.tolist() == [[0.0, 3.0]]


def test_reduction_undoes_the_heaviest_first_and_shrinks_the_rest_to_the_boundary():
    space = table_space([Column("a", Kind.REAL, 0, 9), Column("b", Kind.REAL, 0, 9), Column("c", Kind.INTEGER, 0, 9)])
    x, z = np.zeros((2, 3)), np.array([[4.0, 3.0, 2.0], [4.0, 3.0, 2.0]])
    asked = []

    def works(rows, points):
        asked.append(len(points))
        return points.sum(axis=1) >= np.array([2.5, 4.5])[rows]

    by_cost = Reduction(space, works, cast=lambda rows, points: points, bisections=20)(x, z)
    by_weight = Reduction(space, works, cast=lambda rows, points: points, bisections=20)(
        x, z, np.array([[1.0, 2.0, np.inf], [1.0, 2.0, np.inf]])
    )

    assert by_cost == pytest.approx(np.array([[0, 2.5, 0], [0, 2.5, 2]]), rel=2e-3)
    assert by_weight == pytest.approx(np.array([[2.5, 0, 0], [4.0, 0.5, 0]]), rel=2e-3)
    assert sum(asked) < 2 * 2 * (3 + 2 * 12)


def test_a_change_that_a_relation_needs_is_not_undone():
    space = table_space(
        [Column("a", Kind.REAL, 0, 9, cost=0.1), Column("b", Kind.REAL, 0, 9)], [Relation.parse("a <= b")]
    )
    x, z = np.array([[1.0, 2.0]]), np.array([[6.0, 7.0]])

    reduced = Reduction(space, lambda rows, points: points[:, 0] >= 5, cast=lambda rows, points: points, bisections=20)(
        x, z
    )

    assert reduced == pytest.approx(np.array([[5.0, 6.0]]), rel=1e-2)
    assert space.feasible(x, reduced).all()


def test_unanswered_questions_change_nothing():
    space, x = mixed_space(), mixed_rows(10)
    z = random_rows(space, x, 5.0, np.random.default_rng(0))

    kept = Reduction(space, lambda rows, points: np.zeros(len(rows), dtype=bool), cast=lambda rows, points: points)(
        x, z
    )

    assert np.array_equal(kept, z, equal_nan=True)


@settings(deadline=None)
@given(seed=st.integers(0, 10_000))
def test_costs_of_levers_add_up_to_the_cost_of_the_row(seed):
    space, x = mixed_space(), mixed_rows(10, seed)
    z = random_rows(space, x, 5.0, np.random.default_rng(seed))

    assert lever_costs(space, levers(space), x, z).sum(axis=1) == pytest.approx(space.cost(x, z))


def test_groups_move_as_one_and_frozen_columns_are_no_levers():
    found = levers(mixed_space())

    assert [lever.columns for lever in found] == [(0,), (1,), (2,), (4,), (5,), (6,), (7, 8, 9)]
    assert [lever.is_numeric for lever in found] == [True, True, True, True, False, False, False]


def test_candidates_list_levels_gaps_groups_bounds_and_seen_numbers():
    space = mixed_space()
    options = candidates(space, mixed_rows(200), per_column=5)

    written = {tuple(space.names[j] for j in np.flatnonzero(mask)): set() for mask in options.mask}
    for mask, values in zip(options.mask, options.values, strict=True):
        written[tuple(space.names[j] for j in np.flatnonzero(mask))].add(tuple(values[mask].tolist()))
    assert written[("color",)] == {(0.0,), (1.0,), (2.0,)}
    assert len(written[("flag",)]) == 3
    assert len(written[("job_x", "job_y", "job_z")]) == 3
    assert {(-3.0,), (3.0,)} < written[("real",)]
    assert len(written[("up",)]) == 10
    assert ("age",) not in written
    assert set(options.divisible[options.mask[:, 0]]) == {True}
    assert not options.divisible[options.mask[:, 1]].any()


def test_the_first_candidates_take_turns_over_the_levers():
    options = candidates(mixed_space(), mixed_rows(200), per_column=5)

    assert sorted(options.first(7).lever.tolist()) == list(range(7))


@settings(deadline=None)
@given(
    weight=st.lists(st.floats(0.1, 3), min_size=2, max_size=2),
    length=st.lists(st.floats(0.1, 3), min_size=2, max_size=2),
    price=st.lists(st.floats(0.1, 3), min_size=2, max_size=2),
    need=st.floats(0.1, 5),
)
def test_the_estimate_is_exact_for_one_divisible_change_of_a_linear_model(weight, length, price, need):
    gain, cost = weight[0] * length[0], price[0] * length[0]

    estimate = just_enough(np.array(gain), np.array(cost), np.array(gain), np.array(cost), need)

    assert estimate == pytest.approx(need / weight[0] * price[0])


def test_the_estimate_keeps_indivisible_costs_and_gives_up_on_what_does_not_help():
    gain, cost = np.array([2.0, 3.0, -1.0, 1.0]), np.array([1.0, 3.0, 1.0, 1.0])
    soft_gain, soft_cost = np.array([0.0, 2.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0, 0.0])

    assert just_enough(gain, cost, soft_gain, soft_cost, 2.0) == pytest.approx([1.0, 2.5, np.inf, 2.0])


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), wanted=st.sampled_from([None, 0, 2]), kind=st.sampled_from(list(ScoreKind)[:2]))
def test_the_advantage_is_positive_exactly_where_the_goal_is_reached(seed, wanted, kind):
    rng, goal = np.random.default_rng(seed), Goal(wanted=wanted)
    scores = rng.dirichlet(np.ones(3), 20) if kind is ScoreKind.PROBABILITIES else rng.normal(size=(20, 3))
    y = rng.integers(0, 3, 20)

    assert np.array_equal(advantage(scores, goal, y, kind) > 0, goal.reached(scores, y))


def test_certain_probabilities_have_a_finite_advantage():
    scores = np.array([[1.0, 0.0], [0.0, 1.0]])

    value = advantage(scores, Goal(), np.array([0, 0]), ScoreKind.PROBABILITIES)

    assert np.isfinite(value).all()
    assert value[0] < 0 < value[1]


@pytest.mark.parametrize(
    ("shape", "size"), [((8, 6), (6, 8)), ((3, 40, 20), (10, 20)), ((32, 32, 3), (32, 32)), ((1, 33, 33), (17, 17))]
)
def test_pictures_are_at_most_32_wide_and_high(shape, size):
    shown = picture(np.full(shape, 0.5), FeatureSpace(Modality.ARRAY, shape=shape))

    assert (shown.width, shown.height) == size
    assert set(shown.pixels) == {8}


@pytest.mark.parametrize("shape", [(10,), (2, 8, 8), (2, 2, 2, 2)])
def test_what_is_no_picture_is_not_drawn(shape):
    assert picture(np.zeros(shape), FeatureSpace(Modality.ARRAY, shape=shape)) is None


def test_a_picture_goes_from_black_to_white_by_the_bounds():
    space = FeatureSpace(Modality.ARRAY, shape=(1, 3), low=-1.0, high=3.0)

    assert picture(np.array([[-1.0, 1.0, 9.0]]), space).pixels == (0, 8, 15)


def test_the_stub_counts_what_it_is_asked():
    target = Linear(np.ones(2))

    target.scores(np.zeros((3, 2)))

    assert target.queries == 3
