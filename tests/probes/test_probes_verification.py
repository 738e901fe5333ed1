"""Nothing that an attack hands over is believed."""

from dataclasses import replace

import numpy as np
import pytest
from evasion_stubs import Linear, mixed_rows, mixed_space, mixed_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.column import Column, Kind
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.errors import ConfigurationError
from steeled.probes.submission import as_submitted
from steeled.probes.verification import norm_of, verify, within

REAL = table_space([Column("a", Kind.REAL, -1, 1), Column("b", Kind.REAL, -1, 1, mutable=False)])


def test_a_success_must_be_feasible_adversarial_and_near():
    target = Linear(np.array([1.0, 1.0]))
    x = np.full((4, 2), -0.2)
    z = np.array([[0.5, -0.2], [0.1, -0.2], [-0.2, 0.9], [0.99, -0.2]])

    truth = verify(target, REAL, ThreatModel(epsilon=1.0), x, np.zeros(4, dtype=int), z)

    assert truth.success.tolist() == [True, False, False, True]
    assert truth.distance == pytest.approx([0.7, 0.3, 1.1, 1.19])
    assert (truth.success & within(truth.distance, 1.0)).tolist() == [True, False, False, False]


@pytest.mark.parametrize(
    ("distance", "is_within"),
    [(0.0, True), (2.0, True), (2.0 * (1 + 0.9e-6), True), (2.0 * (1 + 1.1e-6), False), (2.01, False), (np.inf, False)],
)
def test_the_budget_forgives_rounding_and_nothing_more(distance, is_within):
    assert within(np.array([distance]), 2.0)[0] == is_within


def test_a_success_in_float64_only_is_none_on_a_float32_model():
    target = Linear(np.array([1.0, 0.0]), dtype="float32")
    x, z = np.array([[-0.5, 0.1]]), np.array([[1e-50, 0.1]])

    truth = verify(target, REAL, ThreatModel(), x, np.array([0]), z)

    assert not truth.success[0]
    assert truth.points[0, 1] == 0.1


def test_a_wanted_class_must_be_reached_exactly():
    target = Linear(np.array([[1.0, 0.0, -1.0]]))
    space = table_space([Column("a", Kind.REAL, -1, 1)])
    threat = ThreatModel(goal=Goal(wanted=2))

    truth = verify(target, space, threat, np.array([[0.5], [0.5]]), np.zeros(2, dtype=int), np.array([[-0.5], [0.9]]))

    assert truth.success.tolist() == [True, False]


def test_array_distance_follows_the_norm_of_the_attacker():
    space = FeatureSpace(Modality.ARRAY, shape=(2,), low=-9, high=9)
    x, z = np.zeros((1, 2), np.float32), np.array([[3.0, 4.0]], np.float32)
    lengths = {Norm.L0: 2, Norm.L1: 7, Norm.L2: 5, Norm.LINF: 4}

    for norm, length in lengths.items():
        truth = verify(Linear(np.ones(2)), space, ThreatModel(norm=norm), x, np.array([0]), z)

        assert truth.distance[0] == pytest.approx(length)


def test_arrays_have_no_cost():
    with pytest.raises(ConfigurationError, match="arrays"):
        norm_of(FeatureSpace(Modality.ARRAY, shape=(2,)), ThreatModel(norm=Norm.COST))


class Coin(Linear):
    """Yields with a given chance wherever x is asked."""

    chance = 0.5

    def logits(self, x):
        yields = np.random.default_rng(len(self.asked)).random(len(x)) < self.chance
        return np.stack([~yields, yields], axis=1).astype(float)


@pytest.mark.parametrize(("chance", "believed"), [(0.3, False), (0.5, False), (0.99, True)])
def test_a_stochastic_model_must_yield_mostly(chance, believed):
    target = Coin(np.ones(2), stochastic=True)
    target.chance = chance

    truth = verify(target, REAL, ThreatModel(), np.zeros((1, 2)), np.array([0]), np.array([[0.5, 0.0]]))

    assert truth.success[0] == believed
    assert len(target.asked) == 20


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), dtype=st.sampled_from(["float32", "float16", "float64"]))
def test_the_cast_is_idempotent_feasible_and_leaves_unchanged_cells(seed, dtype):
    rng, space, x = np.random.default_rng(seed), mixed_space(), mixed_rows(8, seed)
    x[:, 0] = np.where(np.isnan(x[:, 0]), np.nan, np.clip(x[:, 0], -2.9, 2.9))
    wish = np.where(rng.random(x.shape) < 0.5, x, x + rng.normal(0, 3, x.shape))
    z = space.project(x, wish)
    target = Linear(mixed_weights(), dtype=dtype)

    seen = as_submitted(target, space, x, z)

    assert np.array_equal(as_submitted(target, space, x, seen), seen, equal_nan=True)
    assert space.feasible(x, seen).all()
    same = (z == x) | np.isnan(x)
    assert np.array_equal(seen[same], x[same], equal_nan=True)
    assert np.array_equal(target.logits(seen[:, :]), target.logits(seen.astype(dtype)), equal_nan=True)


def test_a_value_at_a_bound_that_the_dtype_cannot_hold_stays_inside():
    space = table_space([Column("a", Kind.REAL, 0.0, 0.1), Column("b", Kind.REAL, 0.7, 1.0)])
    x, z = np.array([[0.05, 0.9]]), np.array([[0.1, 0.7]])

    seen = as_submitted(Linear(np.ones(2), dtype="float32"), space, x, z)

    assert space.feasible(x, seen).all()
    assert seen == pytest.approx(z, rel=1e-6)


def test_a_dtype_without_a_number_leaves_rows_alone():
    target = replace(Linear(np.ones(2)), dtype="mixed")

    assert np.array_equal(as_submitted(target, REAL, np.zeros((1, 2)), np.full((1, 2), 1 / 3)), np.full((1, 2), 1 / 3))
