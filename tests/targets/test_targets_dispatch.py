"""The root module of a model's classes names its adapter."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from sklearn.tree import DecisionTreeClassifier

from steeled.errors import MissingDependency, ModelError
from steeled.targets._dispatch import adapter, open_object
from steeled.targets.opening import Opening


class OwnEstimator(DecisionTreeClassifier):
    """A subclass outside of the framework."""


class OwnModule(torch.nn.Module):
    def forward(self, x):
        return x[:, :3]


def test_subclasses_go_to_the_adapter_of_their_framework(wine):
    estimator = open_object(OwnEstimator(max_depth=2).fit(wine.frame, wine.labels), Opening(wine.data))
    module = open_object(OwnModule(), Opening(wine.data))
    function = open_object(lambda x: x[:, :3], Opening(wine.data))

    assert "OwnEstimator" in estimator.family
    assert module.family.startswith("PyTorch")
    assert function.family.startswith("Python function")


def test_what_cannot_be_asked_is_refused(wine):
    with pytest.raises(ModelError, match="cannot ask an object of type int"):
        open_object(3, Opening(wine.data))
    with pytest.raises(ModelError, match="no adapter for keras"):
        adapter("keras")


def test_a_missing_framework_is_told_with_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "catboost", None)
    monkeypatch.delitem(sys.modules, "steeled.targets.catboost", raising=False)

    with pytest.raises(MissingDependency, match=r"pip install 'steeled\[catboost\]'"):
        adapter("catboost")


class _Duck:
    """Has the interface of scikit-learn, and none of its classes."""

    classes_ = np.array(["class_0", "class_1", "class_2"])

    def fit(self, x, y):
        return self

    def get_params(self, deep=True):
        return {}

    def predict_proba(self, x):
        odds = np.exp(np.asarray(x)[:, :3] / 100)
        return odds / odds.sum(axis=1, keepdims=True)

    def predict(self, x):
        return self.classes_[self.predict_proba(x).argmax(axis=1)]


def test_an_object_that_only_has_the_interface_of_scikit_learn_is_asked(wine):
    data = replace(wine.data, classes=tuple(_Duck.classes_))

    target = open_object(_Duck(), Opening(data)).target

    np.testing.assert_allclose(target.scores(data.x), _Duck().predict_proba(data.x), atol=1e-12)
