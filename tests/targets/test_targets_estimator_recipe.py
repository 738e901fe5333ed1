"""A cloned estimator is trained as the first one was."""

import numpy as np
import pytest
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from steeled.errors import DataError, PredictionError
from steeled.targets._estimator_recipe import seeded, unfitted
from steeled.targets.opening import Opening
from steeled.targets.sklearn import open_object
from steeled.testing.targets import check_target


def test_the_same_seed_gives_the_same_model_and_others_another(wine):
    model = RandomForestClassifier(5).fit(wine.frame, wine.labels)
    recipe = open_object(model, Opening(wine.data)).recipe

    one, two, three = recipe.fit_many([wine.data] * 3, [1, 1, 2])

    np.testing.assert_array_equal(one.scores(wine.data.x), two.scores(wine.data.x))
    assert not np.array_equal(one.scores(wine.data.x), three.scores(wine.data.x))
    assert one.digest == two.digest != three.digest
    check_target(one, wine.data)


def test_a_recipe_trains_what_the_estimator_would_train(mixed):
    frame = mixed.frame[["income net", "children"]]
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3, random_state=7)).fit(
        frame, mixed.labels
    )
    recipe = open_object(model, Opening(mixed.data)).recipe

    again = recipe.fit(mixed.data, seed=7)

    np.testing.assert_array_equal(again.scores(mixed.data.x), model.predict_proba(frame))


def test_every_nested_seed_is_set():
    model = make_pipeline(StandardScaler(), BaggingClassifier(SGDClassifier(random_state=3), random_state=4))

    estimator = seeded(model, 11)

    assert estimator[-1].random_state == estimator[-1].estimator.random_state == 11
    assert model[-1].random_state == 4


@pytest.mark.parametrize("final", [DecisionTreeClassifier(), LinearSVC()], ids=["probabilities", "logits"])
@pytest.mark.parametrize("lost", [0, 1, 2])
def test_a_lost_class_is_never_answered(wine, final, lost):
    model = make_pipeline(StandardScaler(), final).fit(wine.frame, wine.labels)
    recipe = open_object(model, Opening(wine.data)).recipe
    kept = wine.data.take(wine.data.y != lost)

    target = recipe.fit(kept, seed=0)

    decided = target.scores(wine.data.x).argmax(axis=1)
    assert lost not in decided
    assert np.mean(decided[wine.data.y != lost] == kept.y) > 0.95
    if final.__class__ is LinearSVC:
        check_target(target, kept)


def test_one_class_gives_a_constant_model(wine):
    model = LinearSVC().fit(wine.frame, wine.labels)
    recipe = open_object(model, Opening(wine.data)).recipe

    target = recipe.fit(wine.data.take(wine.data.y == 2), seed=0)

    assert (target.scores(wine.data.x).argmax(axis=1) == 2).all()


def test_labels_go_back_to_their_own_type(wine):
    shifted = wine.labels * 10.0
    data = type(wine.data)(wine.data.x, wine.data.y, wine.data.space, ("0", "10", "20"))
    model = DecisionTreeClassifier(random_state=0).fit(wine.frame, shifted)

    target = open_object(model, Opening(data)).recipe.fit(data, seed=0)

    assert target.model.classes_.tolist() == [0.0, 10.0, 20.0]
    np.testing.assert_array_equal(target.scores(data.x).argmax(axis=1), data.y)


def test_no_rows_and_failing_fits_are_told(wine):
    recipe = open_object(DecisionTreeClassifier().fit(wine.frame, wine.labels), Opening(wine.data)).recipe
    broken = wine.data.x.copy()
    broken[0, 0] = np.inf

    with pytest.raises(DataError, match="no rows"):
        recipe.fit(wine.data.take([]), seed=0)
    with pytest.raises(PredictionError, match=r"ValueError.*infinity"):
        recipe.fit(type(wine.data)(broken, wine.data.y, wine.data.space, wine.data.classes), seed=0)


def test_recipes_of_equal_estimators_share_a_digest_and_others_do_not(wine):
    models = [DecisionTreeClassifier(max_depth=d).fit(wine.frame, wine.labels) for d in (2, 2, 3)]

    digests = [open_object(model, Opening(wine.data)).recipe.digest for model in models]

    assert digests[0] == digests[1] != digests[2]


def test_what_cannot_be_cloned_has_no_recipe():
    class Stubborn(DecisionTreeClassifier):
        def __init__(self, depth=1):
            super().__init__(max_depth=depth)
            self.depth = [depth]

    assert unfitted(Stubborn()) is None
    assert unfitted(object()) is None
