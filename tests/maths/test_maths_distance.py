import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from steeled.core.threat_model import Norm
from steeled.maths.distance import distance

NORMS = [Norm.L0, Norm.L1, Norm.L2, Norm.LINF]
ORDER = {Norm.L0: 0, Norm.L1: 1, Norm.L2: 2, Norm.LINF: np.inf}
deltas = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=2, max_dims=4, max_side=5), elements=st.floats(-1e6, 1e6, width=32)
)


@pytest.mark.parametrize("norm", NORMS)
@settings(max_examples=40)
@given(delta=deltas)
def test_distance_equals_the_vector_norm_of_each_row(norm: Norm, delta: np.ndarray) -> None:
    expected = [np.linalg.norm(row.ravel(), ord=ORDER[norm]) for row in delta]

    found = distance(delta, norm)

    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("norm", [Norm.L1, Norm.L2, Norm.LINF])
@settings(max_examples=40)
@given(delta=deltas, scale=st.floats(-100, 100))
def test_distance_scales_with_the_change(norm: Norm, delta: np.ndarray, scale: float) -> None:
    scaled = distance(scale * delta, norm)

    np.testing.assert_allclose(scaled, abs(scale) * distance(delta, norm), rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_distance_keeps_the_dtype(norm: Norm, dtype: type) -> None:
    delta = np.ones((3, 2, 2), dtype=dtype)

    assert distance(delta, norm).dtype == dtype


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("shape", [(0, 4), (0, 2, 2), (3, 0)])
def test_no_rows_and_no_columns_have_no_distance(norm: Norm, shape: tuple[int, ...]) -> None:
    found = distance(np.zeros(shape), norm)

    assert found.shape == shape[:1]
    assert not found.any()


@pytest.mark.parametrize("size", [1e30, 1e-30])
def test_squares_neither_overflow_nor_vanish_in_float32(size: float) -> None:
    delta = np.full((1, 4), size, dtype=np.float32)

    assert distance(delta, Norm.L2)[0] == pytest.approx(2 * size, rel=1e-6)


def test_cost_is_refused_with_the_way_to_get_it() -> None:
    with pytest.raises(ValueError, match=r"FeatureSpace\.cost"):
        distance(np.ones((1, 2)), Norm.COST)


@pytest.mark.parametrize("norm", NORMS)
def test_torch_tensors_stay_torch_tensors(norm: Norm) -> None:
    torch = pytest.importorskip("torch")
    delta = torch.tensor([[3.0, -4.0, 0.0]], dtype=torch.float32)

    found = distance(delta, norm)

    assert isinstance(found, torch.Tensor)
    assert found.dtype == torch.float32
    assert float(found[0]) == {Norm.L0: 2, Norm.L1: 7, Norm.L2: 5, Norm.LINF: 4}[norm]
