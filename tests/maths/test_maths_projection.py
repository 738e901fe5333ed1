import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import LinearConstraint, minimize

from steeled.core.threat_model import Norm
from steeled.maths.distance import distance
from steeled.maths.projection import project

NORMS = [Norm.L0, Norm.L1, Norm.L2, Norm.LINF]
numbers = st.floats(-1e4, 1e4, width=32).filter(lambda value: value == 0 or abs(value) > 1e-6)
shapes = hnp.array_shapes(min_dims=2, max_dims=4, max_side=6)
epsilons = st.floats(0.01, 1e4)


def deltas(dtype: type) -> st.SearchStrategy[np.ndarray]:
    return hnp.arrays(dtype, shapes, elements=numbers)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=40)
@given(data=st.data(), epsilon=epsilons)
def test_projection_is_never_outside_the_ball(norm: Norm, dtype: type, data: st.DataObject, epsilon: float) -> None:
    delta = data.draw(deltas(dtype))

    found = project(delta, epsilon, norm)

    assert found.dtype == dtype
    assert found.shape == delta.shape
    assert (distance(found.astype(np.float64), norm) <= epsilon * (1 + 1e-6)).all()


@pytest.mark.parametrize("norm", NORMS)
@settings(max_examples=40)
@given(delta=deltas(np.float32), epsilon=epsilons)
def test_projection_is_the_identity_inside(norm: Norm, delta: np.ndarray, epsilon: float) -> None:
    inside = distance(delta, norm) <= epsilon

    found = project(delta, epsilon, norm)

    np.testing.assert_array_equal(found[inside], delta[inside])


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@settings(max_examples=40)
@given(data=st.data(), epsilon=epsilons)
def test_projection_is_idempotent(norm: Norm, dtype: type, data: st.DataObject, epsilon: float) -> None:
    once = project(data.draw(deltas(dtype)), epsilon, norm)

    twice = project(once, epsilon, norm)

    np.testing.assert_allclose(twice, once, rtol=1e-6, atol=1e-6 * epsilon)


@pytest.mark.parametrize("norm", [Norm.L1, Norm.L2, Norm.LINF])
@settings(max_examples=40)
@given(delta=deltas(np.float64), epsilon=epsilons, seed=st.integers(0, 2**31))
def test_no_point_of_the_ball_is_nearer(norm: Norm, delta: np.ndarray, epsilon: float, seed: int) -> None:
    found = project(delta, epsilon, norm)
    rival = project(np.random.default_rng(seed).normal(size=delta.shape) * epsilon, epsilon, norm)

    # the variational inequality that only the nearest point of a convex set fulfills
    towards = ((delta - found) * (rival - found)).reshape(len(delta), -1).sum(axis=1)

    size = np.abs(delta).reshape(len(delta), -1).sum(axis=1) + epsilon
    assert (towards <= 1e-9 * size**2).all()


@pytest.mark.parametrize("seed", range(8))
def test_l1_projection_is_the_solution_of_the_quadratic_program(seed: int) -> None:
    rng = np.random.default_rng(seed)
    delta, epsilon = rng.normal(size=5) * 3, rng.uniform(0.2, 3)
    # delta = plus - minus with both >= 0 and their sum at most epsilon
    program = minimize(
        lambda v: 0.5 * ((v[:5] - v[5:] - delta) ** 2).sum(),
        np.zeros(10),
        jac=lambda v: np.concatenate([v[:5] - v[5:] - delta, delta - v[:5] + v[5:]]),
        bounds=[(0, None)] * 10,
        constraints=LinearConstraint(np.ones((1, 10)), ub=epsilon),
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )

    found = project(delta[None], epsilon, Norm.L1)[0]

    np.testing.assert_allclose(found, program.x[:5] - program.x[5:], atol=1e-5)


@settings(max_examples=40)
@given(delta=hnp.arrays(np.float64, (3, 5), elements=numbers), count=st.integers(0, 6), part=st.floats(0.01, 0.99))
def test_l0_keeps_the_largest_entries_as_they_are(delta: np.ndarray, count: int, part: float) -> None:
    found = project(delta, count + part, Norm.L0)

    for before, after in zip(delta, found, strict=True):
        kept, lost = np.sort(np.abs(after[after != 0])), np.sort(np.abs(before[after == 0]))
        assert ((after == before) | (after == 0)).all()
        assert len(kept) == min(count, np.count_nonzero(before))
        assert not len(kept) or not len(lost) or kept[0] >= lost[-1]


@pytest.mark.parametrize("norm", [Norm.L1, Norm.L2])
def test_a_thousand_float32_entries_stay_in_the_ball(norm: Norm) -> None:
    delta = np.random.default_rng(0).normal(size=(20, 1, 40, 40)).astype(np.float32)

    found = project(delta, 0.5, norm)

    assert found.dtype == np.float32
    np.testing.assert_allclose(distance(found.astype(np.float64), norm), 0.5, rtol=1e-6)


@pytest.mark.parametrize("norm", NORMS)
def test_no_rows_project_to_no_rows(norm: Norm) -> None:
    assert project(np.zeros((0, 2, 3)), 1.0, norm).shape == (0, 2, 3)


@pytest.mark.parametrize("epsilon", [0.0, -1.0, float("nan")])
def test_a_ball_needs_a_radius(epsilon: float) -> None:
    with pytest.raises(ValueError, match="epsilon must be > 0"):
        project(np.ones((1, 2)), epsilon, Norm.L2)


def test_cost_is_refused_with_the_way_to_get_it() -> None:
    with pytest.raises(ValueError, match=r"FeatureSpace\.project"):
        project(np.ones((1, 2)), 1.0, Norm.COST)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_torch_and_numpy_agree(norm: Norm, dtype: str) -> None:
    torch = pytest.importorskip("torch")
    delta = np.random.default_rng(1).normal(size=(7, 3, 4)).astype(dtype)

    found = project(torch.asarray(delta), 2.0, norm)

    assert isinstance(found, torch.Tensor)
    assert str(found.dtype) == f"torch.{dtype}"
    np.testing.assert_allclose(found.numpy(), project(delta, 2.0, norm), rtol=1e-5, atol=1e-6)
