"""The plain trainer learns, starts afresh, and repeats itself."""

import numpy as np
import pytest
import torch
from torch import nn

from steeled.errors import DataError
from steeled.targets._torch_recipe import can_be_reset, fresh
from steeled.targets.opening import Opening
from steeled.targets.torch import open_object
from steeled.testing.targets import check_target


def network(*last):
    return nn.Sequential(nn.BatchNorm1d(30), nn.Linear(30, 8), nn.ReLU(), *last)


@pytest.mark.parametrize(
    "last",
    [
        [nn.Linear(8, 2)],
        [nn.Linear(8, 1)],
        [nn.Linear(8, 1), nn.Sigmoid()],
        [nn.Linear(8, 2), nn.Softmax(1)],
    ],
    ids=["logits", "logit", "probability", "softmax"],
)
def test_it_learns_whatever_the_output_is(cancer, last):
    torch.manual_seed(0)
    recipe = open_object(network(*last), Opening(cancer.data)).recipe
    train, test = cancer.data.take(slice(0, 400)), cancer.data.take(slice(400, None))

    target = recipe.fit(train, seed=0)

    assert np.mean(target.scores(test.x).argmax(axis=1) == test.y) > 0.93
    check_target(target, test)


def test_it_repeats_itself_and_leaves_the_random_state_alone(cancer):
    recipe = open_object(network(nn.Linear(8, 2)), Opening(cancer.data)).recipe
    few = cancer.data.take(slice(0, 100))
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)

    one, two, three = recipe.fit_many([few] * 3, [1, 1, 2])

    np.testing.assert_array_equal(one.scores(few.x), two.scores(few.x))
    assert one.digest == two.digest != three.digest
    assert not np.array_equal(one.scores(few.x), three.scores(few.x))
    assert torch.rand(1) == expected


def test_regression_learns_on_its_own_scale(diabetes):
    module = nn.Sequential(nn.BatchNorm1d(10), nn.Linear(10, 8), nn.ReLU(), nn.Linear(8, 1))
    recipe = open_object(module, Opening(diabetes.data)).recipe

    values = recipe.fit(diabetes.data, seed=0).scores(diabetes.data.x)

    assert np.mean((values - diabetes.data.y) ** 2) < 0.6 * diabetes.data.y.var()


def test_new_weights_know_nothing_of_the_old_ones():
    module = network(nn.Linear(8, 2))
    with torch.no_grad():
        for value in (*module.parameters(), *(b for b in module.buffers() if b.is_floating_point())):
            value.fill_(77.0)

    renewed = fresh(module)

    assert all((value != 77).all() for value in renewed.state_dict().values())
    assert all((parameter == 77).all() for parameter in module.parameters())


def test_a_parameter_that_cannot_be_drawn_anew_means_no_recipe(cancer):
    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(2, 30))

        def forward(self, x):
            return x @ self.weight.T

    assert not can_be_reset(Own())
    assert can_be_reset(network(nn.Linear(8, 2)))
    assert open_object(Own(), Opening(cancer.data)).recipe is None


def test_a_single_row_is_refused(cancer):
    recipe = open_object(network(nn.Linear(8, 2)), Opening(cancer.data)).recipe

    with pytest.raises(DataError, match="at least 2 rows"):
        recipe.fit(cancer.data.take([0]), seed=0)


def test_a_last_batch_of_one_row_is_left_out(cancer):
    recipe = open_object(network(nn.Linear(8, 2)), Opening(cancer.data)).recipe

    target = recipe.fit(cancer.data.take(slice(0, 129)), seed=0)

    assert np.isfinite(target.scores(cancer.data.x)).all()
