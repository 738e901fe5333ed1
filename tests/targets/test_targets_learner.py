"""The general learner learns from any data."""

import numpy as np
import pytest

from steeled.core.dataset import Dataset
from steeled.targets.learner import general_recipe
from steeled.testing.targets import check_target

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.mark.parametrize(("name", "least"), [("mixed", 0.85), ("cancer", 0.92), ("digits", 0.85), ("texts", 0.95)])
def test_it_generalizes(request, name, least):
    given = request.getfixturevalue(name)
    data = given if isinstance(given, Dataset) else given.data
    third = np.arange(len(data)) % 3 == 0

    target = general_recipe(data).fit(data.take(~third), seed=0)

    test = data.take(third)
    assert np.mean(target.scores(test.x).argmax(axis=1) == test.y) >= least
    check_target(target, test)


def test_it_does_regression(diabetes):
    target = general_recipe(diabetes.data).fit(diabetes.data, seed=0)

    assert np.mean((target.scores(diabetes.data.x) - diabetes.data.y) ** 2) < 0.5 * diabetes.data.y.var()
    check_target(target, diabetes.data)


def test_it_repeats_itself_and_survives_a_lost_class(digits):
    recipe = general_recipe(digits)
    kept = digits.take(digits.y != 4)

    one, two = recipe.fit_many([kept, kept], [3, 3])

    np.testing.assert_array_equal(one.scores(digits.x), two.scores(digits.x))
    assert not one.scores(digits.x)[:, 4].any()
