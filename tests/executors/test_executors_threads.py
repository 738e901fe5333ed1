"""Frameworks that have worked with threads before the fork go on in the forked process."""

import copy

import lightgbm
import numpy as np
import pytest

from steeled.executors.local import LocalExecutor


@pytest.fixture(scope="module")
def trained_on_two_threads() -> lightgbm.Booster:
    x = np.random.default_rng(0).normal(size=(2000, 20))
    rows = lightgbm.Dataset(x, (x[:, 0] > 0).astype(int), params={"verbose": -1})
    return lightgbm.train({"objective": "binary", "num_threads": 2, "verbose": -1}, rows, num_boost_round=5)


def test_a_lightgbm_model_that_was_trained_on_threads_is_copied_and_asked_in_the_fork(
    trained_on_two_threads: lightgbm.Booster,
) -> None:
    rows = np.zeros((500, 20))
    expected = float(trained_on_two_threads.predict(rows, num_threads=2)[0])

    def answer(booster: lightgbm.Booster) -> bytes:
        return repr(float(copy.deepcopy(booster).predict(rows, num_threads=2)[0])).encode()

    with LocalExecutor(
        prepare=lambda: trained_on_two_threads, describe=answer, perform=lambda *_: b"", workers=1
    ) as executor:
        given = executor.description(10.0)

    assert float(given) == expected
