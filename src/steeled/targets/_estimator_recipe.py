"""Training a scikit-learn-like estimator again: a clone, preprocessing included, with its seeds set."""

import copy
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier

from steeled.core.array import Array
from steeled.core.dataset import Dataset
from steeled.core.digest import digest_value
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.target import Target
from steeled.data.labels import class_name
from steeled.errors import DataError
from steeled.targets._answers import Answers, Form
from steeled.targets._asking import guarded
from steeled.targets._classes import MISSING
from steeled.targets._estimator import Arguments, EstimatorTarget
from steeled.targets._inputs import Inputs
from steeled.targets._model_digest import model_digest
from steeled.targets._single_thread import single_threaded
from steeled.targets._sklearn_gradient import differentiable


@dataclass(frozen=True, slots=True)
class EstimatorRecipe:
    """Copies an unfitted estimator and fits it on the rows in the layout that it was fitted on.

    A class without a row gets probability 0 from the new model; with one class only, a constant model is fitted.

    Args:
        template: unfitted; copied for each training, never changed.
        inputs: how rows go in.
        labels: what the estimator calls each class of the data; empty for regression.
        signature: of the targets to come.
        method: predict_proba, decision_function or predict.
        numbered: whether labels must be 0 to k - 1 without gaps, as XGBoost wants them.
        fit_arguments: passed to ``fit``.
        arguments: passed to the method.
        digest: of the estimator and its parameters.
    """

    template: Any
    inputs: Inputs
    labels: tuple[object, ...]
    signature: Signature
    method: str
    digest: str
    numbered: bool = False
    fit_arguments: Arguments = ()
    arguments: Arguments = ()

    def fit(self, data: Dataset, seed: int) -> Target:
        """Train on ``data``; the same data and seed give the same model.

        Raises:
            DataError: no rows.
            PredictionError: the estimator raised.
        """
        if not len(data):
            raise DataError("there are no rows to train on")
        present = np.unique(data.y).astype(int) if self.labels else np.zeros(0, dtype=int)
        constant = len(present) == 1
        estimator = DummyClassifier() if constant else seeded(self.template, seed)
        rows, labels = self.inputs.native(data.x), self._labels(data.y, present)
        arguments = {} if constant else dict(self.fit_arguments)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the user knows how this estimator converges
            guarded(lambda given: estimator.fit(given, labels, **arguments), rows)
        return self._target(estimator, present, constant, digest_value([self.digest, data.digest, seed]))

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[Target]:
        return [self.fit(data, seed) for data, seed in zip(datasets, seeds, strict=True)]

    def _labels(self, y: Array, present: Array) -> Array:
        if not self.labels:
            return y
        if self.numbered:
            return np.searchsorted(present, y)
        values = np.array(self.labels, dtype=None if _one_type(self.labels) else object)
        return values[y]

    def _target(self, estimator: Any, present: Array, constant: bool, digest: str) -> Target:
        answers = self._answers(estimator, present, constant)
        return EstimatorTarget(
            model=estimator,
            method="predict_proba" if constant and self.method != "predict" else self.method,
            inputs=self.inputs,
            answers=answers,
            signature=self.signature,
            digest=digest,
            arguments=() if constant else self.arguments,
            derivative=None if constant else differentiable(estimator, self.inputs, answers),
        )

    def _answers(self, estimator: Any, present: Array, constant: bool) -> Answers:
        """Columns of the new model for the classes that it has seen."""
        if self.signature.task is Task.REGRESSION:
            return Answers(Form.VALUES, ScoreKind.VALUES)
        own = list(estimator.classes_)
        labels = list(self._labels(present, present))
        columns = [MISSING] * len(self.labels)
        for index, label in zip(present, labels, strict=True):
            columns[index] = own.index(label)
        names = tuple(class_name(label) for label in own)
        if self.method == "predict":
            form = Form.LABELS
        elif self.method == "decision_function" and len(own) == 2:
            form = Form.LOGIT
        else:
            form = Form.COLUMNS
        return Answers(form, self.signature.score_kind, tuple(columns), names)


def estimator_recipe(
    template: Any,
    like: EstimatorTarget,
    labels: Sequence[object],
    numbered: bool = False,
    fit_arguments: Arguments = (),
) -> EstimatorRecipe:
    """The recipe of a fitted estimator, whose clones answer in the same way.

    Args:
        template: unfitted; a copy on one thread is kept.
        like: the opened target.
        labels: what the estimator calls each class of the data.
        numbered, fit_arguments: as in ``EstimatorRecipe``.
    """
    plain = single_threaded(template)
    return EstimatorRecipe(
        template=plain,
        inputs=like.inputs,
        labels=tuple(labels),
        signature=like.signature,
        method=like.method,
        digest=model_digest((plain, like.inputs.layout.value, like.inputs.names, tuple(labels), fit_arguments)),
        numbered=numbered,
        fit_arguments=fit_arguments,
        arguments=like.arguments,
    )


def unfitted(model: Any) -> Any:
    """The estimator as it was before ``fit``; None when it cannot be cloned."""
    if not (hasattr(model, "get_params") and hasattr(model, "fit")):
        return None
    try:
        return clone(model)
    except (TypeError, RuntimeError):  # a constructor that changes its parameters
        return None


def seeded(template: Any, seed: int) -> Any:
    """A copy of an unfitted estimator with every ``random_state`` and ``random_seed``, nested ones too, set."""
    estimator = copy.deepcopy(template)
    names = [
        name for name in estimator.get_params(deep=True) if name.split("__")[-1] in ("random_state", "random_seed")
    ]
    return estimator.set_params(**dict.fromkeys(names, seed)) if names else estimator


def _one_type(labels: Sequence[object]) -> bool:
    return len({type(label) for label in labels}) == 1
