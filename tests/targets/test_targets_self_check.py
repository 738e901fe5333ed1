"""A target that differs from its model is refused."""

from dataclasses import replace

import numpy as np
import pytest

from steeled.errors import ModelError, PredictionError
from steeled.targets._self_check import check, check_gradient, is_stochastic
from steeled.targets.callable import open_object
from steeled.targets.opening import Opening


@pytest.fixture
def target(cancer):
    return open_object(lambda x: x[:, :2] / 100, Opening(cancer.data)).target


def test_a_difference_above_the_tolerance_is_refused(target, cancer):
    x = cancer.data.x[:20]
    native = target.scores(x)

    check(target, x, native + 0.9e-5)
    with pytest.raises(ModelError, match=r"differs from its own prediction by 1\.1e-05"):
        check(target, x, native + 1.1e-5)


def test_other_decisions_are_refused(target, cancer):
    x = cancer.data.x[:20]
    decided = target.scores(x).argmax(axis=1)

    check(target, x, target.scores(x), decided)
    with pytest.raises(ModelError, match="differ on 20 of 20 rows"):
        check(target, x, target.scores(x), 1 - decided)


def test_a_model_that_rolls_dice_is_noticed(target, cancer):
    rng = np.random.default_rng(0)
    noisy = replace(target, call=lambda x: x[:, :2] + rng.normal(size=(len(x), 2)))

    assert is_stochastic(noisy, cancer.data.x)
    assert not is_stochastic(target, cancer.data.x)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_right_gradient_passes_and_wrong_ones_do_not(dtype):
    weight = np.random.default_rng(0).normal(size=(5, 3))

    def logits(x):
        return np.tanh(x @ weight).astype(dtype)

    def vjp(x, cotangent, factor=1.0):
        return factor * (cotangent * (1 - np.tanh(x @ weight) ** 2)) @ weight.T

    row = np.full((1, 5), 0.3)

    assert check_gradient(logits, vjp, row)
    assert not check_gradient(logits, lambda x, c: vjp(x, c, 1.3), row)
    assert not check_gradient(logits, lambda x, c: vjp(x, c, 0.75), row)
    assert not check_gradient(logits, lambda x, c: -vjp(x, c), row)
    assert not check_gradient(logits, lambda x, c: 0 * vjp(x, c), row)
    assert not check_gradient(logits, lambda x, c: np.nan * vjp(x, c), row)
    assert check_gradient(lambda x: 0 * logits(x) + 1, lambda x, c: 0 * vjp(x, c), row)


def test_a_model_that_stops_answering_is_told_as_that_and_not_as_a_matter_of_batches(target, cancer):
    x = cancer.data.x[:20]
    asked = []

    def call(rows):
        asked.append(rows)
        if len(asked) > 1:
            raise RuntimeError("no memory left")
        return rows[:, :2] / 100

    with pytest.raises(PredictionError, match="the model raised RuntimeError: no memory left"):
        check(replace(target, call=call), x, target.scores(x))
