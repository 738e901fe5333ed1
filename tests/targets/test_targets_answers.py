"""Raw outputs become scores in the data's order, and gradients go back the same way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.signature import ScoreKind
from steeled.errors import ModelError, PredictionError
from steeled.maths.losses import cross_entropy
from steeled.targets._answers import Answers, Form
from steeled.targets._classes import MISSING
from steeled.targets._find_answers import find_answers, stretched

CLASSES = ("a", "b", "c")


def rows(y, classes):
    y = np.asarray(y)
    return Dataset(np.zeros((len(y), 1)), y, FeatureSpace(Modality.ARRAY, shape=(1,)), tuple(classes))


@st.composite
def readings(draw):
    """A reading with a raw output that it accepts."""
    form = draw(st.sampled_from([Form.COLUMNS, Form.LOGIT, Form.PROBABILITY]))
    names = CLASSES if form is Form.COLUMNS else CLASSES[:2]
    kind = draw(st.sampled_from([ScoreKind.PROBABILITIES, ScoreKind.LOGITS])) if form is Form.COLUMNS else None
    kind = kind or (ScoreKind.LOGITS if form is Form.LOGIT else ScoreKind.PROBABILITIES)
    columns = draw(st.permutations(range(len(names))))
    if draw(st.booleans()):
        columns = [*columns, MISSING]
    shape = (4, len(names)) if form is Form.COLUMNS else (4, 1)
    bounds = (0.01, 0.99) if kind is ScoreKind.PROBABILITIES else (-20.0, 20.0)
    raw = draw(arrays(np.float64, shape, elements=st.floats(*bounds)))
    if form is Form.COLUMNS and kind is ScoreKind.PROBABILITIES:
        raw = raw / raw.sum(axis=1, keepdims=True)
    return Answers(form, kind, tuple(columns), names), raw


@given(readings())
def test_scores_and_logits_decide_alike(reading):
    answers, raw = reading

    scores, logits = answers.scores(raw, 4), answers.logits(raw)

    assert scores.shape == logits.shape == (4, len(answers.columns))
    assert not np.isnan(logits).any()
    top = logits.max(axis=1)
    np.testing.assert_allclose(logits[np.arange(4), scores.argmax(axis=1)], top, atol=1e-9)
    if MISSING in answers.columns:
        assert answers.columns.index(MISSING) not in scores.argmax(axis=1)


@given(readings(), st.lists(st.integers(0, 5), min_size=4, max_size=4))
def test_pull_is_the_gradient_of_the_loss_on_the_raw_output(reading, y):
    answers, raw = reading
    y, step = np.array(y) % len(answers.columns), 1e-6

    _, pulled = answers.backward(raw, y, cross_entropy)

    for j in range(raw.shape[1]):
        ahead, behind = raw.copy(), raw.copy()
        ahead[:, j] += step
        behind[:, j] -= step
        losses = [cross_entropy(answers.logits(side), y).value for side in (ahead, behind)]
        ties = np.sort(raw, axis=1)  # the smallest logit has a kink where two are equal
        smooth = (raw.shape[1] == 1) | (ties[:, 1 % raw.shape[1]] - ties[:, 0] > 1e-4)
        smooth &= (np.abs(raw) > 1e-4).all(axis=1)
        np.testing.assert_allclose(
            pulled[smooth, j], ((losses[0] - losses[1]) / (2 * step))[smooth], rtol=1e-3, atol=1e-3
        )


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (np.full((3, 3), np.nan), "NaN or infinity for 3 of 3 rows"),
        (np.array([[0, 1, 2], [0, np.inf, 1], [1, 2, 3.0]]), "1 of 3 rows, first for row 1"),
        (np.zeros((2, 3)), "expected 3 rows"),
        (np.zeros((3, 4)), "expected 3 numbers for each row, the model gave 4"),
        ([["x"] * 3] * 3, "expected numbers"),
        ([[1.0], [1.0, 2.0], [3.0]], "rows of one length"),
        (None, "gave None"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_came(raw, message):
    answers = Answers(Form.COLUMNS, ScoreKind.LOGITS, (0, 1, 2), CLASSES)

    with pytest.raises(PredictionError, match=message):
        answers.scores(raw, 3)


def test_an_unknown_label_is_refused():
    answers = Answers(Form.LABELS, ScoreKind.LABELS, (0, 1, 2), CLASSES)

    with pytest.raises(PredictionError, match="answered 'd', expected one of a, b, c"):
        answers.scores(["a", "d", "b"], 3)


def test_scores_keep_single_precision():
    answers = Answers(Form.COLUMNS, ScoreKind.LOGITS, (2, 0, 1), CLASSES)
    raw = np.arange(6, dtype=np.float32).reshape(2, 3)

    scores = answers.scores(raw, 2)

    assert scores.dtype == np.float32
    np.testing.assert_array_equal(scores, raw[:, [2, 0, 1]])
    assert answers.pull(raw, np.ones((2, 3))).dtype == np.float32


def test_softmax_is_not_taken_for_logits_nor_logits_for_softmax():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(50, 3))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    data = rows(rng.integers(0, 3, 50), CLASSES)

    kinds = [find_answers(raw, data).kind for raw in (logits, softmax, softmax.astype(np.float32), np.log(softmax))]

    assert kinds == [ScoreKind.LOGITS, ScoreKind.PROBABILITIES, ScoreKind.PROBABILITIES, ScoreKind.LOGITS]


def test_independent_sigmoids_are_no_probabilities():
    raw = np.random.default_rng(0).uniform(size=(50, 3))
    data = rows(np.arange(50) % 3, CLASSES)

    assert find_answers(raw, data).kind is ScoreKind.LOGITS
    with pytest.raises(ModelError, match="no probabilities: rows sum to"):
        find_answers(raw, data, wanted=ScoreKind.PROBABILITIES)


def test_few_rows_are_too_few_to_tell_a_probability():
    data = rows([1, 1, 1], ("no", "yes"))

    with pytest.raises(ModelError, match="cannot tell a probability from a logit on 3 rows"):
        find_answers(np.array([0.7, 0.8, 0.9]), data)
    assert find_answers(np.array([0.7, 0.8, 0.9]), data, wanted=ScoreKind.LOGITS).form is Form.LOGIT


def test_labels_are_read_by_name_or_by_position():
    by_name = find_answers(np.array([1, 2, 3]), rows([0, 1, 2], ("1", "2", "3")))
    by_position = find_answers(np.array([0, 1, 2]), rows([0, 1, 2], ("low", "middle", "high")))

    np.testing.assert_array_equal(by_name.scores([3, 1], 2).argmax(axis=1), [2, 0])
    np.testing.assert_array_equal(by_position.scores([2, 0], 2).argmax(axis=1), [2, 0])


def test_stretching_leaves_codes_of_levels_alone(mixed):
    far = stretched(mixed.data.x, mixed.data.space, 10.0)

    real = [j for j, column in enumerate(mixed.data.space.columns) if not column.on_grid]
    rest = [j for j in range(far.shape[1]) if j not in real]
    np.testing.assert_array_equal(far[:, rest], mixed.data.x[:, rest])
    np.testing.assert_allclose(np.nanstd(far[:, real], axis=0), 10 * np.nanstd(mixed.data.x[:, real], axis=0))


def test_answers_that_are_no_labels_and_have_no_order_are_told():
    answers = Answers(Form.LABELS, ScoreKind.LABELS, (0, 1, 2), CLASSES)

    with pytest.raises(PredictionError, match="the model answered 'None', expected one of a, b, c"):
        answers.scores(np.array(["b", None, "a"], dtype=object), 3)
    with pytest.raises(ModelError, match=r"the model answers .*score.*; expected the classes a, b, c"):
        find_answers([{"score": 1}, {"score": 2}], rows([0, 1], CLASSES))
