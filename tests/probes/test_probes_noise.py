"""Random changes stay inside what is allowed, and are random."""

import numpy as np
import pytest
from evasion_stubs import Linear, array_case, blobs, mixed_rows, mixed_space, mixed_weights, table_case
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.column import Column, Kind
from steeled.core.feature_space import table_space
from steeled.core.relation import Relation
from steeled.core.threat_model import Norm, ThreatModel
from steeled.probes.evasion.noise import Noise
from steeled.probes.random_rows import random_rows


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), epsilon=st.floats(0.05, 6))
def test_random_rows_are_feasible_and_within_budget(seed, epsilon):
    space, x = mixed_space([Relation.parse("up <= 2 * rank + 9")]), mixed_rows(30, seed)

    z = random_rows(space, x, epsilon, np.random.default_rng(seed))

    assert space.feasible(x, z).all()
    assert (space.cost(x, z) <= epsilon).all()


def test_every_movable_column_is_moved_sometimes_and_no_other():
    space, x = mixed_space(), mixed_rows(400)

    z = random_rows(space, x, 4.0, np.random.default_rng(0))

    moved = (x != z) & ~np.isnan(x)
    assert moved[:, space.mutable].any(axis=0).all()
    assert not moved[:, ~space.mutable].any()


def test_free_unbounded_columns_move_a_finite_way():
    space = table_space([Column("a", Kind.REAL, -np.inf, np.inf, cost=0.0), Column("b", Kind.REAL, -np.inf, np.inf)])
    x = np.zeros((50, 2))

    z = random_rows(space, x, 1.0, np.random.default_rng(0))

    assert np.isfinite(z).all()
    assert (z != 0).any(axis=0).all()


@pytest.mark.parametrize("norm", [Norm.L0, Norm.L1, Norm.L2, Norm.LINF])
def test_arrays_stay_in_the_ball_and_bounds(norm):
    x, y, w, b = blobs()
    x = np.clip(x, 0, 1)
    case = array_case(Linear(w, b), x, y, ThreatModel(norm=norm, epsilon=2.0), low=0.0, high=1.0)

    z = Noise().search(case, x, y, 2.0)

    delta = (z.astype(float) - x).reshape(len(x), -1)
    order = {Norm.L0: 0, Norm.L1: 1, Norm.L2: 2, Norm.LINF: np.inf}[norm]
    assert (np.linalg.norm(delta, ord=order, axis=1) <= 2.0 * (1 + 1e-6)).all()
    assert ((z >= 0) & (z <= 1)).all()
    assert z.dtype == x.dtype
    assert (delta != 0).any()


def test_a_broken_row_is_left_alone_and_queries_are_counted():
    x, w = mixed_rows(), mixed_weights()
    target = Linear(w, 0.0)
    y = target.logits(x).argmax(axis=1)
    case = table_case(target, mixed_space(), x, y, ThreatModel())

    z = Noise(draws=20).search(case, x, y, 2.0)

    broken = (z != x) & ~np.isnan(x)
    assert broken.any()
    assert case.target.tally.queries == target.queries < 20 * len(x)


def test_equal_seeds_give_equal_noise():
    x, w = mixed_rows(), mixed_weights()
    target = Linear(w, 0.0)
    y = target.logits(x).argmax(axis=1)

    first, again, other = (
        Noise().search(table_case(target, mixed_space(), x, y, ThreatModel(), seed=s), x, y, 2.0) for s in (1, 1, 2)
    )

    assert np.array_equal(first, again, equal_nan=True)
    assert not np.array_equal(first, other, equal_nan=True)


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="draws must be in 1"):
        Noise(draws=0)
