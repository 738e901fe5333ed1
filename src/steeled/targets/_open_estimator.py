"""The steps that open any estimator with the scikit-learn interface: ways in, method, self-check, recipe."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steeled.core.array import Array
from steeled.core.recipe import Recipe
from steeled.core.signature import Signature
from steeled.errors import ModelError, PredictionError
from steeled.targets._asking import guarded
from steeled.targets._classes import MISSING
from steeled.targets._estimator import Arguments, Choice, EstimatorTarget, check_task, choose_method, fitted_classes
from steeled.targets._estimator_recipe import estimator_recipe
from steeled.targets._inputs import Inputs
from steeled.targets._model_digest import model_digest
from steeled.targets._self_check import check, check_gradient, is_stochastic
from steeled.targets._sklearn_gradient import Differentiable, differentiable
from steeled.targets.opened import Opened, opened
from steeled.targets.opening import Opening


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fitted estimator about to be opened.

    Args:
        model: the user's own object, only asked, never changed.
        subject: a copy that predicts on one thread; what the target asks.
        family: for reports, such as ``scikit-learn RandomForestClassifier``.
        inputs: possible ways in, likeliest first.
        dtype: what it computes in.
        template: the estimator unfitted, for its recipe; None when it cannot be trained again.
        arguments: passed to its methods.
        numbered, fit_arguments: as in ``EstimatorRecipe``.
        notes: what the adapter noticed.
    """

    model: Any
    subject: Any
    family: str
    inputs: Sequence[Inputs]
    dtype: str = "float64"
    template: Any = None
    arguments: Arguments = ()
    numbered: bool = False
    fit_arguments: Arguments = ()
    notes: tuple[str, ...] = ()


def open_estimator(candidate: Candidate, request: Opening) -> Opened:
    """The estimator as a target that answers as it does itself, with its recipe.

    Raises:
        ModelError: it does not fit the data, or does not answer as it does itself.
    """
    check_task(candidate.model, request.data)
    inputs, choice = _way_in(candidate, request)
    data = request.data
    target = EstimatorTarget(
        model=candidate.subject,
        method=choice.method,
        inputs=inputs,
        answers=choice.answers,
        signature=Signature(data.space.shape, candidate.dtype, data.task, data.classes, choice.answers.kind),
        digest=request.digest or model_digest(candidate.model),
        arguments=candidate.arguments,
    )
    sample = request.sample
    target = replace(
        target,
        stochastic=is_stochastic(target, sample.x),
        derivative=_trusted_derivative(target, sample.x),
    )
    method = getattr(candidate.model, choice.method)
    native = choice.answers.scores(guarded(method, inputs.native(sample.x)), len(sample))
    check(target, sample.x, native, choice.decided)
    notes = (*candidate.notes, choice.note) if choice.note else candidate.notes
    return opened(target, _recipe(candidate, target), candidate.family, notes)


def _way_in(candidate: Candidate, request: Opening) -> tuple[Inputs, Choice]:
    """The first way in that the model accepts on real rows; the error of the first when there is none."""
    refused: list[PredictionError] = []
    for inputs in candidate.inputs:
        try:
            return inputs, choose_method(candidate.subject, inputs, request, candidate.arguments)
        except PredictionError as error:
            refused.append(error)
    raise refused[0]


def _recipe(candidate: Candidate, target: EstimatorTarget) -> Recipe | None:
    if candidate.template is None or MISSING in target.answers.columns:
        return None
    known = fitted_classes(candidate.model) or ()
    if target.signature.is_classifier and not known:
        return None  # it keeps no ``classes_``, so that what it calls the classes in training is not known
    labels = [known[column] for column in target.answers.columns]
    return estimator_recipe(
        candidate.template, target, labels, numbered=candidate.numbered, fit_arguments=candidate.fit_arguments
    )


def _trusted_derivative(target: EstimatorTarget, x: Array) -> Differentiable | None:
    """The analytic derivative, when its value is the model's own and its slope that of central differences."""
    derivative = differentiable(target.model, target.inputs, target.answers)
    if derivative is None:
        return None
    rows = x[np.isfinite(x.reshape(len(x), -1).astype(float)).all(axis=1)][:20]
    if not len(rows):
        return None
    try:
        same = _same_value(target, derivative, rows)
    except ModelError:
        return None
    return derivative if same and check_gradient(derivative.logits, derivative.vjp, rows[:1]) else None


def _same_value(target: EstimatorTarget, derivative: Differentiable, rows: Array) -> bool:
    logits = derivative.logits(rows)
    if target.signature.is_classifier and not hasattr(target.model, "decision_function"):
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        own, mine = target.scores(rows), odds / odds.sum(axis=1, keepdims=True)
    else:
        method = "decision_function" if target.signature.is_classifier else "predict"
        raw = guarded(getattr(target.model, method), target.inputs.native(rows))
        own, mine = derivative.answers.scores(raw, len(rows)), logits
    return bool(np.allclose(own, mine, rtol=1e-6, atol=1e-6 * max(1.0, float(np.abs(own).max()))))
