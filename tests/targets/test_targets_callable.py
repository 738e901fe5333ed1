"""Any function from rows to answers becomes a target."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steeled.core.access import Access
from steeled.core.signature import ScoreKind
from steeled.errors import ModelError, PredictionError
from steeled.targets.callable import open_object
from steeled.targets.opening import Opening
from steeled.testing.targets import check_target


def radius_probability(x):
    return 1 / (1 + np.exp(-np.clip(x[:, 0] - 15, -50, 50)))


def two_probabilities(x):
    return [[1 - p, p] for p in radius_probability(x).tolist()]


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (radius_probability, ScoreKind.PROBABILITIES),
        (lambda x: radius_probability(x)[:, None], ScoreKind.PROBABILITIES),
        (two_probabilities, ScoreKind.PROBABILITIES),
        (lambda x: x[:, 0] - 15, ScoreKind.LOGITS),
        (lambda x: np.stack([15 - x[:, 0], x[:, 0] - 15], axis=1), ScoreKind.LOGITS),
        (lambda x: (x[:, 0] > 15).astype(int), ScoreKind.LABELS),
        (lambda x: x[:, 0] > 15, ScoreKind.LABELS),
        (lambda x: (x[:, 0] > 15).astype(float), ScoreKind.LABELS),
        (lambda x: np.where(x[:, 0] > 15, "malignant", "benign"), ScoreKind.LABELS),
        (lambda x: ["malignant" if row[0] > 15 else "benign" for row in x], ScoreKind.LABELS),
    ],
)  # fmt: skip
def test_every_kind_of_answer_means_the_same_decision(cancer, function, kind):
    target = open_object(function, Opening(cancer.data)).target

    assert target.signature.score_kind is kind
    assert target.grants is (Access.LABELS if kind is ScoreKind.LABELS else Access.SCORES)
    np.testing.assert_array_equal(target.scores(cancer.data.x).argmax(axis=1), cancer.data.x[:, 0] > 15)
    check_target(target, cancer.data)


def test_a_table_with_names_comes_as_a_frame(mixed):
    def function(frame):
        return np.where((frame["job"] == "nurse") & frame["owner"], "good", "bad")

    target = open_object(function, Opening(mixed.data)).target

    good = (mixed.frame["job"] == "nurse").fillna(value=False) & mixed.frame["owner"]
    np.testing.assert_array_equal(target.scores(mixed.data.x)[:, 1], good)


def test_a_table_of_numbers_comes_as_a_matrix_or_as_a_frame_where_that_fails(cancer):
    kinds = []

    def by_name(rows):
        kinds.append(type(rows).__name__)
        return rows["mean radius"] - 15

    target = open_object(by_name, Opening(cancer.data)).target

    assert kinds[0] == "ndarray"
    assert kinds[-1] == "DataFrame"
    np.testing.assert_allclose(target.scores(cancer.data.x)[:, 1], cancer.data.x[:, 0] - 15)


def test_the_method_of_a_pipeline_gets_what_the_pipeline_was_fitted_on(cancer):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(cancer.frame.iloc[:, ::-1], cancer.labels)

    target = open_object(model.predict_proba, Opening(cancer.data)).target

    np.testing.assert_allclose(target.scores(cancer.data.x), model.predict_proba(cancer.frame.iloc[:, ::-1]))


def test_a_logit_within_zero_and_one_on_the_data_is_found_out_far_from_it(cancer):
    def timid(x):
        return 0.5 + (x[:, 0] - 15) / 100

    target = open_object(timid, Opening(cancer.data)).target

    assert target.signature.score_kind is ScoreKind.LOGITS
    np.testing.assert_allclose(target.scores(cancer.data.x)[:, 1], timid(cancer.data.x))


def test_a_probability_that_later_leaves_its_range_is_refused(cancer):
    answers = [radius_probability]
    target = open_object(lambda x: answers[-1](x), Opening(cancer.data)).target
    answers.append(lambda x: x[:, 0])

    with pytest.raises(PredictionError, match="taken for a probability"):
        target.scores(cancer.data.x)


def test_texts_and_arrays_come_as_they_are(texts, digits):
    of_text = open_object(lambda rows: ["sad" if "bad" in row else "happy" for row in rows], Opening(texts)).target
    of_array = open_object(lambda x: x.sum(axis=(1, 2, 3)).astype(int) % 10, Opening(digits)).target

    check_target(of_text, texts)
    check_target(of_array, digits)


def test_regression_gives_values(diabetes):
    target = open_object(lambda x: 100 + 50 * x[:, 2], Opening(diabetes.data)).target

    np.testing.assert_allclose(target.scores(diabetes.data.x), 100 + 50 * diabetes.data.x[:, 2])


def test_unknown_labels_and_other_widths_are_refused(cancer, wine):
    with pytest.raises(ModelError, match="answers yes; expected the classes benign, malignant"):
        open_object(lambda x: ["yes"] * len(x), Opening(cancer.data))
    with pytest.raises(ModelError, match="gives 2 numbers for each row, expected 3"):
        open_object(lambda x: x[:, :2], Opening(wine.data))
    with pytest.raises(ModelError, match="gives 1 numbers for each row, expected 3"):
        open_object(lambda x: x[:, 0], Opening(wine.data))


def test_a_function_never_shares_a_digest(cancer):
    one, two = (open_object(radius_probability, Opening(cancer.data)).digest for _ in range(2))

    assert one != two
