"""scikit-learn estimators and pipelines answer as they do themselves."""

import dataclasses
import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import DBSCAN, KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from steeled.core.access import Access
from steeled.core.loss import LossValue
from steeled.core.signature import ScoreKind, Task
from steeled.errors import ModelError, PredictionError
from steeled.targets.opening import Opening
from steeled.targets.sklearn import open_object
from steeled.testing.targets import check_target


def mixed_pipeline(final):
    gaps = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["income net", "debt", "children"]),
            ("names", gaps, ["job", "region"]),
            ("truth", FunctionTransformer(feature_names_out="one-to-one"), ["owner"]),
        ]
    )
    return make_pipeline(columns, final)


def test_a_pipeline_on_a_mixed_table_answers_as_itself(mixed):
    model = mixed_pipeline(RandomForestClassifier(20, random_state=0)).fit(mixed.frame, mixed.labels)

    target = open_object(model, Opening(mixed.data)).target

    np.testing.assert_allclose(target.scores(mixed.data.x), model.predict_proba(mixed.frame), atol=1e-12)
    assert target.signature.score_kind is ScoreKind.PROBABILITIES
    assert target.grants is Access.SCORES
    check_target(target, mixed.data)


def test_columns_are_selected_and_ordered_as_the_model_was_fitted(cancer):
    some = list(cancer.frame.columns[[7, 3, 20]])
    model = LogisticRegression(max_iter=5000).fit(cancer.frame[some], cancer.labels)

    target = open_object(model, Opening(cancer.data)).target

    np.testing.assert_allclose(target.scores(cancer.data.x), model.predict_proba(cancer.frame[some]), atol=1e-12)
    unseen = np.setdiff1d(np.arange(30), [7, 3, 20])
    gradient = target.loss_gradient(cancer.data.x[:5], cancer.data.y[:5], _first_logit).gradient
    assert np.abs(gradient[:, [7, 3, 20]]).min() > 0
    assert not gradient[:, unseen].any()


def test_missing_columns_are_named(cancer, wine):
    model = LogisticRegression(max_iter=5000).fit(cancer.frame[["mean radius", "mean area"]], cancer.labels)

    with pytest.raises(ModelError, match="lacks 'mean radius', 'mean area'"):
        open_object(model, Opening(wine.data))


def test_another_number_of_columns_is_refused(cancer, wine):
    model = DecisionTreeClassifier().fit(cancer.frame.to_numpy(), cancer.labels)

    with pytest.raises(ModelError, match="expects 30 columns, the data has 13"):
        open_object(model, Opening(wine.data))


def test_the_order_of_the_data_s_classes_rules(wine):
    swapped = (wine.data.classes[2], wine.data.classes[0], wine.data.classes[1])
    data = type(wine.data)(wine.data.x, (wine.data.y + 1) % 3, wine.data.space, swapped)
    model = DecisionTreeClassifier(max_depth=2, random_state=0).fit(wine.frame, wine.labels)

    scores = open_object(model, Opening(data)).target.scores(data.x)

    np.testing.assert_array_equal(scores, model.predict_proba(wine.frame)[:, [2, 0, 1]])


def test_numbered_classes_are_taken_by_position_when_the_names_differ(cancer):
    numbered = (cancer.labels == cancer.data.classes[1]).astype(int)
    model = DecisionTreeClassifier(max_depth=2).fit(cancer.frame, numbered)

    scores = open_object(model, Opening(cancer.data)).target.scores(cancer.data.x)

    np.testing.assert_array_equal(scores, model.predict_proba(cancer.frame))


def test_other_classes_are_refused_with_both_named(cancer):
    renamed = np.where(cancer.labels == "benign", "yes", "no")
    model = DecisionTreeClassifier(max_depth=2).fit(cancer.frame, renamed)

    with pytest.raises(ModelError, match=r"2 \(no, yes\).*2 \(benign, malignant\)"):
        open_object(model, Opening(cancer.data))


def test_fewer_classes_are_refused(wine):
    some = wine.labels != 2
    model = DecisionTreeClassifier().fit(wine.frame[some], wine.labels[some])

    with pytest.raises(ModelError, match=r"knows the classes 2 \(0, 1\), the data has 3"):
        open_object(model, Opening(wine.data))


def test_a_model_of_one_class_is_refused(wine):
    model = DecisionTreeClassifier().fit(wine.frame[:50], wine.labels[:50])

    with pytest.raises(ModelError, match="one class only"):
        open_object(model, Opening(wine.data))


def test_a_decision_function_becomes_two_logits(cancer):
    model = make_pipeline(StandardScaler(), LinearSVC()).fit(cancer.frame, cancer.labels)

    target = open_object(model, Opening(cancer.data)).target

    decision = model.decision_function(cancer.frame)
    np.testing.assert_allclose(target.scores(cancer.data.x), np.stack([0 * decision, decision], axis=1), atol=1e-9)
    assert target.signature.score_kind is ScoreKind.LOGITS
    check_target(target, cancer.data)


def test_scores_that_contradict_predict_are_passed_over(wine):
    model = make_pipeline(StandardScaler(), SVC(decision_function_shape="ovo")).fit(wine.frame, wine.labels)

    opened = open_object(model, Opening(wine.data))

    assert opened.target.grants is Access.LABELS
    decided = opened.target.scores(wine.data.x).argmax(axis=1)
    np.testing.assert_array_equal(decided, model.predict(wine.frame))
    assert "decision_function contradicts predict" in opened.description


def test_a_threshold_of_its_own_is_the_model_s_decision(cancer):
    plain = make_pipeline(StandardScaler(), LogisticRegression()).fit(cancer.frame, cancer.labels)
    model = FixedThresholdClassifier(plain, threshold=0.9, pos_label="malignant").fit(cancer.frame, cancer.labels)

    target = open_object(model, Opening(cancer.data)).target

    decided = np.array(cancer.data.classes)[target.scores(cancer.data.x).argmax(axis=1)]
    assert (plain.predict(cancer.frame) != model.predict(cancer.frame)).any()
    np.testing.assert_array_equal(decided, model.predict(cancer.frame))


@pytest.mark.parametrize("kind", [ScoreKind.LABELS, ScoreKind.LOGITS, ScoreKind.PROBABILITIES])
def test_the_user_chooses_the_kind_of_scores(cancer, kind):
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(cancer.frame, cancer.labels)

    target = open_object(model, Opening(cancer.data, score_kind=kind)).target

    assert target.signature.score_kind is kind
    check_target(target, cancer.data)


def test_regression_gives_values(diabetes):
    model = LinearRegression().fit(diabetes.frame, diabetes.labels)

    target = open_object(model, Opening(diabetes.data)).target

    np.testing.assert_allclose(target.scores(diabetes.data.x), model.predict(diabetes.frame))
    check_target(target, diabetes.data)


def test_a_regressor_on_classes_is_refused(wine):
    model = LinearRegression().fit(wine.frame, wine.labels)

    with pytest.raises(ModelError, match="is a regressor"):
        open_object(model, Opening(wine.data))


def test_a_classifier_on_values_is_refused(diabetes):
    model = DecisionTreeClassifier(max_depth=2).fit(diabetes.frame, diabetes.labels > 100)

    with pytest.raises(ModelError, match="is a classifier"):
        open_object(model, Opening(diabetes.data))


def test_an_unfitted_estimator_is_refused(wine):
    with pytest.raises(ModelError, match="not fitted"):
        open_object(LogisticRegression(), Opening(wine.data))


def test_trees_on_bare_rows_compute_in_float32_and_others_in_float64(wine):
    forest = RandomForestClassifier(5, random_state=0)
    models = [
        (forest, "float32"),
        (GradientBoostingClassifier(n_estimators=2), "float32"),
        (HistGradientBoostingClassifier(max_iter=2), "float64"),
        (make_pipeline("passthrough", forest), "float32"),
        (make_pipeline(StandardScaler(), forest), "float64"),
    ]

    found = [open_object(m.fit(wine.frame, wine.labels), Opening(wine.data)).target.signature.dtype for m, _ in models]

    assert found == [dtype for _, dtype in models]


def test_the_user_s_object_stays_as_it_is(wine):
    model = make_pipeline(StandardScaler(), RandomForestClassifier(5, n_jobs=2, random_state=0))
    model.fit(wine.frame, wine.labels)
    before = pickle.dumps(model)

    opened = open_object(model, Opening(wine.data))
    opened.recipe.fit(wine.data, seed=0)

    assert pickle.dumps(model) == before
    assert opened.target.model[-1].n_jobs == 1


def test_arrays_are_flattened_for_estimators(digits):
    model = DecisionTreeClassifier(max_depth=6, random_state=0).fit(digits.x.reshape(len(digits), -1), digits.y)

    target = open_object(model, Opening(digits)).target

    np.testing.assert_array_equal(target.scores(digits.x), model.predict_proba(digits.x.reshape(len(digits), -1)))
    check_target(target, digits)


def test_text_pipelines_take_texts(texts):
    named = np.array(texts.classes)[texts.y]
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit(list(texts.x), named)

    opened = open_object(model, Opening(texts))

    np.testing.assert_allclose(opened.target.scores(texts.x), model.predict_proba(list(texts.x)))
    check_target(opened.target, texts)
    check_target(opened.recipe.fit(texts, seed=0), texts)


def test_a_pipeline_fitted_on_an_object_matrix_gets_one(mixed):
    cells = mixed.frame[["job", "region"]].fillna("none").to_numpy(dtype=object)
    data = type(mixed.data)(
        mixed.data.x[:, 1:3],
        mixed.data.y,
        type(mixed.data.space)(mixed.data.space.modality, columns=mixed.data.space.columns[1:3], shape=(2,)),
        mixed.data.classes,
    )
    model = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()).fit(cells, mixed.labels)

    scores = open_object(model, Opening(data)).target.scores(data.x)

    whole = mixed.frame["job"].notna().to_numpy()
    np.testing.assert_allclose(scores[whole], model.predict_proba(cells)[whole])


class Hostile:
    """A duck-typed classifier whose probabilities misbehave after it was opened."""

    def __init__(self, answer):
        self.classes_ = np.array([0, 1, 2])
        self.answer = answer

    def predict(self, x):
        return np.zeros(len(x), dtype=int)

    def predict_proba(self, x):
        return self.answer(np.asarray(x))


def _thirds(x):
    return np.tile([0.5, 0.3, 0.2], (len(x), 1))


def _raises(x):
    raise RuntimeError("no such device")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: _thirds(x) * np.nan, "NaN"),
        (lambda x: _thirds(x)[:-1], "rows"),
        (_raises, "RuntimeError: no such device"),
        (lambda x: "yes", "expected numbers, the model gave str"),
        (lambda x: [[0.5, 0.5]] * (len(x) - 1) + [[1.0]], "rows of one length"),
        (lambda x: None, "gave None"),
    ],
    ids=["nan", "rows", "raises", "text", "ragged", "nothing"],
)
def test_a_hostile_model_is_refused_with_what_came(wine, answer, message):
    with pytest.raises(PredictionError, match=message):
        open_object(Hostile(answer), Opening(wine.data))


def test_a_model_that_breaks_later_raises_a_prediction_error(wine):
    target = open_object(Hostile(_thirds), Opening(wine.data)).target
    target.model.answer = lambda x: _thirds(x)[:, :2]

    with pytest.raises(PredictionError, match="expected 3 numbers for each row, the model gave 2"):
        target.scores(wine.data.x)


def test_equal_models_share_a_digest_and_others_do_not(wine):
    models = [DecisionTreeClassifier(max_depth=d, random_state=0).fit(wine.frame, wine.labels) for d in (2, 2, 3)]

    digests = [open_object(model, Opening(wine.data)).digest for model in models]

    assert digests[0] == digests[1] != digests[2]


def _first_logit(logits, y):
    return LossValue(logits[:, 1] - logits[:, 0], np.tile([-1.0, 1.0], (len(logits), 1)))


@pytest.mark.parametrize(
    ("model", "what"),
    [
        (KMeans(2, n_init=1), "a clusterer"),
        (IsolationForest(n_estimators=5), "a detector of outliers"),
        (DBSCAN(), "a clusterer"),
        (StandardScaler(), "a model without a predict method"),
        (make_pipeline(StandardScaler(), KMeans(2, n_init=1)), "a clusterer"),
    ],
)
@pytest.mark.parametrize("task", [Task.CLASSIFICATION, Task.REGRESSION])
def test_what_learns_no_labels_is_refused_by_its_kind(cancer, model, what, task):
    data = cancer.data
    if task is Task.REGRESSION:
        data = dataclasses.replace(data, y=data.x[:, 0], classes=())

    with pytest.raises(ModelError, match=f"{type(model).__name__} is {what}"):
        open_object(model.fit(data.x), Opening(data))


class _Threshold(BaseEstimator):
    """Has ``fit`` and ``predict``, and keeps no ``classes_``."""

    def fit(self, x, y):
        self.level_ = np.asarray(x)[:, 0].mean()
        return self

    def predict(self, x):
        return (np.asarray(x)[:, 0] < self.level_).astype(int)


def test_a_classifier_without_classes_is_asked_but_not_trained_again(cancer):
    model = _Threshold().fit(cancer.data.x, None)

    opened = open_object(model, Opening(cancer.data))

    assert opened.recipe is None
    assert opened.target.scores(cancer.data.x).argmax(axis=1).tolist() == model.predict(cancer.data.x).tolist()
