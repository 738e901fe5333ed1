"""CatBoost estimators and files answer as they do themselves."""

import catboost
import numpy as np
import pytest

from steeled.errors import ModelError
from steeled.targets.catboost import open_file, open_object
from steeled.targets.opening import Opening
from steeled.testing.targets import check_target

QUIET = {"iterations": 6, "allow_writing_files": False, "thread_count": 1, "logging_level": "Silent"}


@pytest.fixture(scope="module")
def categorical(mixed):
    """A classifier on strings, integers and gaps written as ``nan``."""
    frame = mixed.frame.astype({"job": object, "region": str})
    frame["job"] = frame["job"].where(frame["job"].notna(), "nan")
    model = catboost.CatBoostClassifier(cat_features=["job", "region", "children"], **QUIET)
    return model.fit(frame, mixed.labels), frame


def test_categorical_features_are_rebuilt(categorical, mixed):
    model, frame = categorical

    target = open_object(model, Opening(mixed.data)).target

    np.testing.assert_array_equal(target.scores(mixed.data.x), model.predict_proba(frame))
    assert target.signature.dtype == "float32"
    check_target(target, mixed.data)


def test_a_file_answers_as_the_classifier(categorical, mixed, tmp_path):
    model, frame = categorical
    path = tmp_path / "model.cbm"
    model.save_model(str(path))

    opened = open_file(path, "catboost_cbm", Opening(mixed.data))

    np.testing.assert_allclose(opened.target.scores(mixed.data.x), model.predict_proba(frame), atol=1e-9)
    assert opened.recipe is None


def test_the_recipe_is_deterministic(categorical, mixed):
    recipe = open_object(categorical[0], Opening(mixed.data)).recipe

    one, two = recipe.fit(mixed.data, seed=2), recipe.fit(mixed.data, seed=2)

    np.testing.assert_array_equal(one.scores(mixed.data.x), two.scores(mixed.data.x))


def test_the_recipe_writes_no_files(wine, tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    monkeypatch.chdir(first)
    model = catboost.CatBoostClassifier(iterations=2, silent=True).fit(wine.frame, wine.labels)
    monkeypatch.chdir(second)

    open_object(model, Opening(wine.data)).recipe.fit(wine.data, seed=0)

    assert list(first.iterdir())
    assert not list(second.iterdir())


def test_several_classes_and_a_missing_one(wine):
    model = catboost.CatBoostClassifier(**QUIET).fit(wine.frame, wine.labels)

    opened = open_object(model, Opening(wine.data))
    scores = opened.recipe.fit(wine.data.take(wine.data.y != 1), seed=0).scores(wine.data.x)

    check_target(opened.target, wine.data)
    assert not scores[:, 1].any()


def test_regression_gives_values_from_object_and_file(diabetes, tmp_path):
    model = catboost.CatBoostRegressor(**QUIET).fit(diabetes.frame.to_numpy(), diabetes.labels)
    path = tmp_path / "model.cbm"
    model.save_model(str(path))

    live, stored = open_object(model, Opening(diabetes.data)), open_file(path, "catboost_cbm", Opening(diabetes.data))

    np.testing.assert_array_equal(live.target.scores(diabetes.data.x), model.predict(diabetes.frame.to_numpy()))
    np.testing.assert_allclose(stored.target.scores(diabetes.data.x), live.target.scores(diabetes.data.x))


def test_an_unfitted_model_another_task_and_a_broken_file_are_refused(wine, diabetes, tmp_path):
    path, broken = tmp_path / "model.cbm", tmp_path / "broken.cbm"
    catboost.CatBoostRegressor(**QUIET).fit(diabetes.frame, diabetes.labels).save_model(str(path))
    broken.write_bytes(path.read_bytes()[:200])

    with pytest.raises(ModelError, match="not fitted"):
        open_object(catboost.CatBoostClassifier(), Opening(wine.data))
    with pytest.raises(ModelError, match="another task"):
        open_file(path, "catboost_cbm", Opening(wine.data))
    with pytest.raises(ModelError, match="not readable by catboost"):
        open_file(broken, "catboost_cbm", Opening(diabetes.data))
