import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.array import Array
from steeled.core.loss import Loss
from steeled.maths.losses import cross_entropy, dlr, margin, squared, targeted_margin

LOSSES: dict[str, Loss] = {
    "cross_entropy": cross_entropy,
    "margin": margin,
    "dlr": dlr,
    "targeted_margin": targeted_margin(1),
}


def central_difference(loss: Callable[[Array], Array], logits: Array, step: float = 1e-6) -> Array:
    slope = np.empty_like(logits)
    for j in range(logits.shape[1]):
        move = np.zeros_like(logits)
        move[:, j] = step
        slope[:, j] = (loss(logits + move) - loss(logits - move)) / (2 * step)
    return slope


def spread_out(rng: np.random.Generator, n: int, k: int) -> Array:
    """Logits at least .01 apart, so that no tie lies within a step."""
    return rng.permuted(np.cumsum(rng.uniform(0.01, 2, size=(n, k)), axis=1) - k / 2, axis=1)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("k", [2, 3, 4, 10])
@settings(max_examples=40)
@given(seed=st.integers(0, 2**31))
def test_cotangent_is_the_central_difference(name: str, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, y = spread_out(rng, n=5, k=k), rng.integers(0, k, 5)

    found = LOSSES[name](logits, y)

    expected = central_difference(lambda moved: LOSSES[name](moved, y).value, logits)
    np.testing.assert_allclose(found.cotangent, expected, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("name", ["margin", "dlr"])
@pytest.mark.parametrize("k", [2, 3, 4, 10])
@settings(max_examples=40)
@given(seed=st.integers(0, 2**31))
def test_margins_are_above_zero_exactly_where_the_answer_is_wrong(name: str, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, y = spread_out(rng, n=20, k=k), rng.integers(0, k, 20)

    found = LOSSES[name](logits, y)

    np.testing.assert_array_equal(found.value > 0, logits.argmax(axis=1) != y)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), k=st.integers(2, 6))
def test_targeted_margin_is_above_zero_exactly_where_the_class_is_reached(seed: int, k: int) -> None:
    logits = spread_out(np.random.default_rng(seed), n=20, k=k)

    found = targeted_margin(1)(logits, np.zeros(20, dtype=int))

    np.testing.assert_array_equal(found.value > 0, logits.argmax(axis=1) == 1)
    assert (found.cotangent[:, 1] == 1).all()


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), scale=st.floats(0.01, 100))
def test_dlr_does_not_depend_on_the_scale_of_the_logits(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    logits, y = spread_out(rng, n=6, k=5), rng.integers(0, 5, 6)

    np.testing.assert_allclose(dlr(scale * logits + 3, y).value, dlr(logits, y).value, rtol=1e-6, atol=1e-9)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), k=st.integers(2, 8))
def test_dlr_is_the_margin_over_the_spread_of_the_three_largest(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    logits, y = spread_out(rng, n=6, k=k), rng.integers(0, k, 6)
    ordered = np.sort(logits, axis=1)[:, ::-1]

    found = dlr(logits, y).value

    spread = ordered[:, 0] - ordered[:, 2] if k > 3 else 1.0
    np.testing.assert_allclose(found, margin(logits, y).value / spread, rtol=1e-9)


def test_dlr_of_equal_logits_has_a_finite_gradient() -> None:
    found = dlr(np.zeros((2, 5)), np.array([0, 3]))

    assert (found.value == 0).all()
    np.testing.assert_array_equal(found.cotangent, margin(np.zeros((2, 5)), np.array([0, 3])).cotangent)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), k=st.integers(2, 8))
def test_cross_entropy_is_minus_the_log_of_softmax(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    logits, y = rng.normal(size=(6, k)) * 3, rng.integers(0, k, 6)
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    found = cross_entropy(logits, y)

    np.testing.assert_allclose(found.value, -np.log(softmax[np.arange(6), y]), rtol=1e-9)
    np.testing.assert_allclose(found.cotangent, softmax - np.eye(k)[y], atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [2, 3, 10])
def test_huge_logits_give_finite_losses(dtype: type, k: int) -> None:
    logits = np.where(np.eye(k, dtype=bool), 1e4, -1e4).astype(dtype)

    for y in range(k):
        for loss in LOSSES.values():
            found = loss(logits, np.full(k, y))
            assert np.isfinite(found.value).all()
            assert np.isfinite(found.cotangent).all()
    assert cross_entropy(logits, np.full(k, 0)).value[1] == pytest.approx(2e4)


def test_cross_entropy_keeps_a_gradient_where_the_probability_rounds_to_one() -> None:
    logits = np.array([[40.0, 0.0]], dtype=np.float32)

    found = cross_entropy(logits, np.array([0]))

    assert found.value[0] == pytest.approx(np.exp(-40.0), rel=1e-5)
    np.testing.assert_allclose(found.cotangent[0], [-np.exp(-40.0), np.exp(-40.0)], rtol=1e-5)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31))
def test_squared_pushes_away_from_the_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, y = rng.normal(size=9), rng.normal(size=9)
    step = 1e-6

    found = squared(values, y)

    expected = (squared(values + step, y).value - squared(values - step, y).value) / (2 * step)
    np.testing.assert_allclose(found.cotangent, expected, atol=1e-6)
    assert (squared(values + 1e-3 * found.cotangent, y).value > found.value).all()


def test_squared_can_start_at_the_reference() -> None:
    found = squared(np.array([2.0, -1.0]), np.array([2.0, -1.0]))

    np.testing.assert_array_equal(found.value, [0, 0])
    np.testing.assert_array_equal(found.cotangent, [1, 1])


@pytest.mark.parametrize("name", LOSSES)
def test_float32_logits_give_float32_losses(name: str) -> None:
    logits = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)

    found = LOSSES[name](logits, np.zeros(4, dtype=np.int64))

    assert found.value.dtype == np.float32
    assert found.cotangent.dtype == np.float32


def test_float32_values_stay_float32_against_a_float64_reference() -> None:
    found = squared(np.ones(3, dtype=np.float32), np.zeros(3))

    assert found.value.dtype == np.float32
    assert found.cotangent.dtype == np.float32


def test_one_logit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 logits"):
        margin(np.zeros((3, 1)), np.zeros(3, dtype=int))


@pytest.mark.parametrize("name", LOSSES)
def test_no_rows_have_no_loss(name: str) -> None:
    found = LOSSES[name](np.zeros((0, 4)), np.zeros(0, dtype=int))

    assert found.value.shape == (0,)
    assert found.cotangent.shape == (0, 4)


def test_a_targeted_loss_can_be_sent_to_a_worker() -> None:
    logits, y = np.array([[1.0, 3.0, 2.0]]), np.array([0])

    sent = pickle.loads(pickle.dumps(targeted_margin(2)))

    assert sent(logits, y).value == targeted_margin(2)(logits, y).value == -1


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("k", [2, 3, 5])
def test_torch_and_numpy_agree(name: str, k: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(k)
    logits, y = spread_out(rng, n=6, k=k).astype(np.float32), rng.integers(0, k, 6)

    found = LOSSES[name](torch.asarray(logits), torch.asarray(y))

    assert found.value.dtype == found.cotangent.dtype == torch.float32
    np.testing.assert_allclose(found.value.numpy(), LOSSES[name](logits, y).value, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.cotangent.numpy(), LOSSES[name](logits, y).cotangent, rtol=1e-5, atol=1e-6)


def test_squared_works_on_torch_values_with_numpy_references() -> None:
    torch = pytest.importorskip("torch")

    found = squared(torch.tensor([1.0, 2.0]), np.array([1.0, 0.0]))

    assert found.value.tolist() == [0, 4]
    assert found.cotangent.tolist() == [1, 4]
