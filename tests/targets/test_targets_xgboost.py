"""XGBoost estimators, boosters and files answer as they do themselves."""

import numpy as np
import pytest
import xgboost

from steeled.core.access import Access
from steeled.core.signature import ScoreKind
from steeled.errors import ModelError
from steeled.targets.opening import Opening
from steeled.targets.xgboost import open_file, open_object
from steeled.testing.targets import check_target


@pytest.fixture(scope="module")
def categorical(mixed):
    """A classifier on pandas categories, one of them an integer column of the data."""
    frame = mixed.frame.astype({"job": "category", "children": "category"})
    numbered = (mixed.labels == "good").astype(int)
    model = xgboost.XGBClassifier(n_estimators=8, enable_categorical=True, n_jobs=2, random_state=0)
    return model.fit(frame, numbered), frame


def test_pandas_categories_are_rebuilt(categorical, mixed):
    model, frame = categorical

    target = open_object(model, Opening(mixed.data)).target

    np.testing.assert_array_equal(target.scores(mixed.data.x), model.predict_proba(frame))
    assert target.signature.dtype == "float32"
    assert target.grants is Access.SCORES
    check_target(target, mixed.data)


@pytest.mark.parametrize("ending", ["json", "ubj"])
def test_a_file_answers_as_the_classifier(categorical, mixed, tmp_path, ending):
    model, frame = categorical
    path = tmp_path / f"model.{ending}"
    model.save_model(path)

    opened = open_file(path, f"xgboost_{ending}", Opening(mixed.data))

    np.testing.assert_allclose(opened.target.scores(mixed.data.x), model.predict_proba(frame), atol=1e-6)
    assert opened.recipe is None
    assert "does not say how it was trained" in opened.description


def test_a_file_uses_the_trees_up_to_the_best_one(cancer, tmp_path):
    numbered = (cancer.labels == "malignant").astype(int)
    model = xgboost.XGBClassifier(n_estimators=60, learning_rate=0.5, early_stopping_rounds=5, random_state=0)
    model.fit(cancer.frame[:400], numbered[:400], eval_set=[(cancer.frame[400:], numbered[400:])], verbose=False)
    path = tmp_path / "model.json"
    model.save_model(path)

    opened = open_file(path, "xgboost_json", Opening(cancer.data))

    there = model.get_booster().num_boosted_rounds()
    assert model.best_iteration + 1 < there
    np.testing.assert_allclose(opened.target.scores(cancer.data.x), model.predict_proba(cancer.frame), atol=1e-6)
    assert f"{model.best_iteration + 1} of {there} boosting rounds" in opened.description


def test_the_recipe_of_an_early_stopped_model_has_the_best_number_of_trees(cancer):
    numbered = (cancer.labels == "malignant").astype(int)
    model = xgboost.XGBClassifier(n_estimators=60, learning_rate=0.5, early_stopping_rounds=5, random_state=0)
    model.fit(cancer.frame[:400], numbered[:400], eval_set=[(cancer.frame[400:], numbered[400:])], verbose=False)

    again = open_object(model, Opening(cancer.data)).recipe.fit(cancer.data, seed=1)

    assert again.model.get_booster().num_boosted_rounds() == model.best_iteration + 1


@pytest.mark.parametrize(
    ("objective", "kind"),
    [
        ("binary:logistic", ScoreKind.PROBABILITIES),
        ("binary:logitraw", ScoreKind.LOGITS),
        ("binary:hinge", ScoreKind.LABELS),
    ],
)
def test_the_kind_of_scores_follows_the_objective(cancer, objective, kind):
    numbered = (cancer.labels == "malignant").astype(int)
    matrix = xgboost.DMatrix(cancer.frame.to_numpy(), numbered)
    booster = xgboost.train({"objective": objective, "nthread": 1}, matrix, 5)

    target = open_object(booster, Opening(cancer.data)).target

    assert target.signature.score_kind is kind
    assert np.mean(target.scores(cancer.data.x).argmax(axis=1) == cancer.data.y) > 0.9
    check_target(target, cancer.data)


@pytest.mark.parametrize("objective", ["multi:softprob", "multi:softmax"])
def test_several_classes_decide_as_the_booster(wine, objective):
    matrix = xgboost.DMatrix(wine.frame, wine.labels)
    booster = xgboost.train({"objective": objective, "num_class": 3, "nthread": 1}, matrix, 5)
    native = booster.predict(matrix)

    target = open_object(booster, Opening(wine.data)).target

    decided = native if native.ndim == 1 else native.argmax(axis=1)
    np.testing.assert_array_equal(target.scores(wine.data.x).argmax(axis=1), decided)
    check_target(target, wine.data)


def test_regression_gives_values(diabetes):
    model = xgboost.XGBRegressor(n_estimators=5, n_jobs=1).fit(diabetes.frame, diabetes.labels)

    target = open_object(model, Opening(diabetes.data)).target

    np.testing.assert_array_equal(target.scores(diabetes.data.x), model.predict(diabetes.frame))
    check_target(target, diabetes.data)


def test_a_regression_booster_on_classes_is_refused(cancer):
    numbered = (cancer.labels == "malignant").astype(int)
    booster = xgboost.train({"objective": "reg:squarederror"}, xgboost.DMatrix(cancer.frame, numbered), 2)

    with pytest.raises(ModelError, match="objective is reg:squarederror"):
        open_object(booster, Opening(cancer.data))


def test_the_user_s_objects_stay_as_they_are(categorical, mixed):
    model, _ = categorical
    before = model.get_booster().save_raw(), model.n_jobs

    opened = open_object(model, Opening(mixed.data))
    opened.recipe.fit(mixed.data, seed=3)

    assert (model.get_booster().save_raw(), model.n_jobs) == before
    assert opened.target.model.n_jobs == 1


def test_the_recipe_trains_when_a_class_is_missing(wine):
    model = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(wine.frame, wine.labels)
    recipe = open_object(model, Opening(wine.data)).recipe

    for lost in range(3):
        scores = recipe.fit(wine.data.take(wine.data.y != lost), seed=0).scores(wine.data.x)

        assert not scores[:, lost].any()
        kept = wine.data.y != lost
        assert np.mean(scores.argmax(axis=1)[kept] == wine.data.y[kept]) > 0.95


def test_an_unfitted_model_and_a_broken_file_are_refused(wine, tmp_path):
    path = tmp_path / "model.json"
    path.write_text('{"learner": {}}')

    with pytest.raises(ModelError, match="not fitted"):
        open_object(xgboost.XGBClassifier(), Opening(wine.data))
    with pytest.raises(ModelError, match="not readable by xgboost"):
        open_file(path, "xgboost_json", Opening(wine.data))
