import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.access import Access
from steeled.core.column import Column, Direction, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.signature import ScoreKind, Task
from steeled.core.threat_model import Norm
from steeled.errors import AccessError
from steeled.maths.losses import cross_entropy, margin
from steeled.testing.stubs import LinearRecipe, LinearStub
from steeled.testing.targets import check_target

SPACE = table_space([Column("a", Kind.REAL, -99, 99, cost=2.0), Column("b", Kind.REAL, -99, 99, unit=4.0)])


def stub_of(seed: int, k: int = 3, **changes: object) -> LinearStub:
    rng = np.random.default_rng(seed)
    names = tuple("abc"[:k])
    return LinearStub(rng.normal(size=(2, k)), rng.normal(size=k), SPACE, names, **changes)


def ball(norm: Norm, points: int = 400) -> np.ndarray:
    """Changes of length 1 in every direction."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    length = {
        Norm.L1: np.abs(around).sum(axis=1),
        Norm.L2: np.ones(points),
        Norm.LINF: np.abs(around).max(axis=1),
        Norm.COST: np.abs(around) @ np.array([2.0, 0.25]),
    }
    return around / length[norm][:, None]


@pytest.mark.parametrize("norm", [Norm.L1, Norm.L2, Norm.LINF, Norm.COST])
@given(seed=st.integers(0, 2**31))
def test_minimal_distance_is_what_brute_force_finds(norm: Norm, seed: int) -> None:
    stub, x = stub_of(seed), np.random.default_rng(seed).normal(size=(1, 2)) * 3
    y = stub.logits(x).argmax(axis=1)

    found = stub.minimal_distance(x, y, norm)[0]

    if not np.isfinite(found):
        return
    inside = stub.logits(x + 0.999 * found * ball(norm)).argmax(axis=1)
    outside = stub.logits(x + (1.02 * found + 1e-9) * ball(norm)).argmax(axis=1)
    assert (inside == y).all()
    assert (outside != y).any()


def test_minimal_distance_is_zero_where_the_answer_is_wrong_already() -> None:
    stub, x = stub_of(0), np.zeros((1, 2))

    wrong = (stub.logits(x).argmax(axis=1) + 1) % 3

    assert stub.minimal_distance(x, wrong, Norm.L2)[0] == 0


@pytest.mark.parametrize(
    ("direction", "mutable", "expected"),
    [
        (Direction.ANY, True, 3.0),
        (Direction.INCREASE, True, 3.0),
        (Direction.DECREASE, True, 6.0),
        (Direction.ANY, False, 6.0),
    ],
)
def test_the_cheapest_change_keeps_to_what_the_owner_can_do(
    direction: Direction, mutable: bool, expected: float
) -> None:
    steep = Column("a", Kind.REAL, -99, 99, direction=direction, mutable=mutable)
    space = table_space([steep, Column("b", Kind.REAL, -99, 99)])
    stub = LinearStub(np.array([[0.0, 2.0], [0.0, 1.0]]), np.array([6.0, 0.0]), space)

    found = stub.minimal_distance(np.zeros((1, 2)), np.array([0]), Norm.COST)

    assert found[0] == pytest.approx(expected)


def test_no_closed_form_is_given_for_l0() -> None:
    with pytest.raises(ValueError, match="l0"):
        stub_of(0).minimal_distance(np.zeros((1, 2)), np.array([0]), Norm.L0)


@pytest.mark.parametrize("kind", [ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.LABELS])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_stub_keeps_the_contract_of_a_target(kind: ScoreKind, dtype: str) -> None:
    stub, x = stub_of(1, score_kind=kind, dtype=dtype), np.random.default_rng(0).normal(size=(20, 2))

    check_target(stub, Dataset(x, np.zeros(20, dtype=np.int64), SPACE, stub.classes))

    assert stub.scores(x).dtype == dtype


def test_a_regression_stub_keeps_the_contract_of_a_target() -> None:
    x = np.random.default_rng(0).normal(size=(20, 2))
    stub = LinearStub(np.array([[1.0], [2.0]]), np.zeros(1), SPACE, (), ScoreKind.VALUES)

    check_target(stub, Dataset(x, x[:, 0], SPACE, ()))

    assert stub.signature.task is Task.REGRESSION


def test_an_array_stub_keeps_the_contract_of_a_target() -> None:
    x = np.random.default_rng(0).random((20, 1, 2, 3)).astype(np.float32)
    space = FeatureSpace(Modality.ARRAY, shape=(1, 2, 3))
    stub = LinearStub(np.arange(12.0).reshape(6, 2), np.zeros(2), space, dtype="float32")

    check_target(stub, Dataset(x, np.zeros(20, dtype=np.int64), space, stub.classes))


def test_labels_grant_no_gradient() -> None:
    stub = stub_of(0, score_kind=ScoreKind.LABELS)

    assert stub.grants is Access.LABELS
    with pytest.raises(AccessError):
        stub.loss_gradient(np.zeros((1, 2)), np.array([0]), margin)


def test_the_stub_counts_rows_calls_and_gradients() -> None:
    stub, x = stub_of(0), np.zeros((5, 2))

    stub.scores(x)
    stub.loss_gradient(x[:2], np.zeros(2, dtype=int), cross_entropy)

    assert (stub.tally.queries, stub.tally.calls, stub.tally.gradients) == (7, 2, 2)


def test_equal_weights_have_equal_digests_and_others_do_not() -> None:
    assert stub_of(0).digest == stub_of(0).digest
    assert stub_of(0).digest != stub_of(1).digest
    assert stub_of(0).digest != stub_of(0, dtype="float32").digest


@pytest.mark.parametrize("k", [2, 3])
def test_the_recipe_learns_what_is_linear(k: int) -> None:
    truth, x = stub_of(5, k), np.random.default_rng(0).normal(size=(400, 2)) * 3
    data = Dataset(x, truth.logits(x).argmax(axis=1), SPACE, truth.classes)

    fitted = LinearRecipe().fit(data, seed=0)

    assert (fitted.scores(x).argmax(axis=1) == data.y).mean() > 0.95
    assert fitted.digest == LinearRecipe().fit(data, seed=1).digest


def test_the_recipe_gives_the_probabilities_of_noisy_labels() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4000, 2))
    chance = 1 / (1 + np.exp(-(x @ np.array([1.0, -0.5]) + 0.3)))
    data = Dataset(x, (rng.random(4000) < chance).astype(np.int64), SPACE, ("no", "yes"))

    fitted = LinearRecipe().fit(data, seed=0)

    assert np.abs(fitted.scores(x)[:, 1] - chance).mean() < 0.02


def test_the_recipe_fits_values_exactly_up_to_its_ridge() -> None:
    x = np.random.default_rng(0).normal(size=(200, 2))
    data = Dataset(x, x @ np.array([2.0, -1.0]) + 7, SPACE, ())

    first, second = LinearRecipe(ridge=1e-9).fit_many([data, data], [0, 1])

    np.testing.assert_allclose(first.scores(x), data.y, atol=1e-6)
    assert first.digest == second.digest


def test_a_class_without_rows_does_not_stop_the_recipe() -> None:
    x = np.random.default_rng(0).normal(size=(30, 2))
    data = Dataset(x, (x[:, 0] > 0).astype(np.int64), SPACE, ("a", "b", "c"))

    scores = LinearRecipe().fit(data, seed=0).scores(x)

    assert np.isfinite(scores).all()
    assert scores[:, 2].max() < 0.1
