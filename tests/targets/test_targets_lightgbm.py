"""LightGBM estimators, boosters and files answer as they do themselves."""

import lightgbm
import numpy as np
import pytest

from steeled.core.digest import digest_file
from steeled.core.signature import ScoreKind
from steeled.errors import ModelError
from steeled.targets.lightgbm import open_file, open_object
from steeled.targets.opening import Opening
from steeled.testing.targets import check_target

QUIET = {"verbose": -1, "n_jobs": 1, "random_state": 0}


@pytest.fixture(scope="module")
def categorical(mixed):
    """A classifier on pandas categories, with white space in a name."""
    frame = mixed.frame.astype({"job": "category", "children": "category"})
    return lightgbm.LGBMClassifier(n_estimators=8, **QUIET).fit(frame, mixed.labels), frame


def test_pandas_categories_are_rebuilt(categorical, mixed):
    model, frame = categorical

    target = open_object(model, Opening(mixed.data)).target

    np.testing.assert_array_equal(target.scores(mixed.data.x), model.predict_proba(frame))
    assert target.signature.dtype == "float64"
    check_target(target, mixed.data)


def test_a_file_answers_as_the_classifier(categorical, mixed, tmp_path):
    model, frame = categorical
    path = tmp_path / "model.txt"
    model.booster_.save_model(path)

    opened = open_file(path, "lightgbm_text", Opening(mixed.data, digest_file(path)))

    np.testing.assert_allclose(opened.target.scores(mixed.data.x), model.predict_proba(frame), atol=1e-12)
    assert opened.target.signature.score_kind is ScoreKind.PROBABILITIES
    assert opened.recipe is None
    check_target(opened.target, mixed.data)


def test_a_model_fitted_on_a_matrix_takes_one(wine):
    model = lightgbm.LGBMClassifier(n_estimators=4, **QUIET).fit(wine.frame.to_numpy(), wine.labels)

    for opened in (open_object(model, Opening(wine.data)), open_object(model.booster_, Opening(wine.data))):
        np.testing.assert_allclose(
            opened.target.scores(wine.data.x), model.predict_proba(wine.frame.to_numpy()), atol=1e-12
        )


def test_regression_gives_values(diabetes):
    model = lightgbm.LGBMRegressor(n_estimators=4, **QUIET).fit(diabetes.frame, diabetes.labels)

    opened = open_object(model, Opening(diabetes.data))

    np.testing.assert_array_equal(opened.target.scores(diabetes.data.x), model.predict(diabetes.frame))
    check_target(opened.recipe.fit(diabetes.data, seed=0), diabetes.data)


def test_the_recipe_is_deterministic_and_leaves_the_model_alone(categorical, mixed):
    model, _ = categorical
    before = model.booster_.model_to_string(), model.n_jobs
    recipe = open_object(model, Opening(mixed.data)).recipe

    one, two = recipe.fit_many([mixed.data, mixed.data], [5, 5])

    np.testing.assert_array_equal(one.scores(mixed.data.x), two.scores(mixed.data.x))
    assert one.digest == two.digest
    assert (model.booster_.model_to_string(), model.n_jobs) == before


def test_an_unfitted_model_and_a_broken_file_are_refused(wine, tmp_path):
    path = tmp_path / "model.txt"
    path.write_text("tree\nversion=v4\n")

    with pytest.raises(ModelError, match="not fitted"):
        open_object(lightgbm.LGBMClassifier(), Opening(wine.data))
    with pytest.raises(ModelError, match="not readable by lightgbm"):
        open_file(path, "lightgbm_text", Opening(wine.data))
