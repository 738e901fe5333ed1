"""A fitted estimator with the scikit-learn interface as a Target, whatever library it is from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.dataset import Dataset
from steeled.core.labels import labels as decisions
from steeled.core.loss import Loss
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.target import Gradient
from steeled.errors import AccessError, ModelError
from steeled.targets._answers import Answers, as_array
from steeled.targets._asking import ask, ask_gradient, guarded
from steeled.targets._find_answers import find_answers
from steeled.targets._inputs import Inputs
from steeled.targets._self_check import disagreement
from steeled.targets._sklearn_gradient import Differentiable
from steeled.targets.opening import Opening

Arguments = tuple[tuple[str, object], ...]

_METHODS: dict[ScoreKind | None, tuple[tuple[str, ScoreKind | None], ...]] = {
    None: (("predict_proba", None), ("decision_function", ScoreKind.LOGITS), ("predict", None)),
    ScoreKind.PROBABILITIES: (("predict_proba", ScoreKind.PROBABILITIES),),
    ScoreKind.LOGITS: (("decision_function", ScoreKind.LOGITS),),
    ScoreKind.LABELS: (("predict", None),),
    ScoreKind.VALUES: (),
}
_OTHER_KINDS: dict[str | None, str] = {
    "clusterer": "a clusterer, whose numbers are no labels",
    "outlier_detector": "a detector of outliers, which learns no labels",
    "density_estimator": "a density estimator, which learns no labels",
}


@dataclass(frozen=True, slots=True)
class EstimatorTarget:
    """A fitted estimator that answers by one of its methods.

    Args:
        model: with one thread; not the user's own object.
        method: predict_proba, decision_function or predict.
        inputs: how rows go in.
        answers: how its answer is read.
        signature, digest, lineage, stochastic: as in ``Target``.
        arguments: passed to the method, such as a number of threads.
        derivative: its logits and their gradient; None when it has none.
    """

    model: Any
    method: str
    inputs: Inputs
    answers: Answers
    signature: Signature
    digest: str
    lineage: tuple[str, ...] = ()
    stochastic: bool = False
    arguments: Arguments = ()
    derivative: Differentiable | None = None

    @property
    def grants(self) -> Access:
        if self.answers.kind is ScoreKind.LABELS:
            return Access.LABELS
        return Access.GRADIENTS if self.derivative else Access.SCORES

    def scores(self, x: Array) -> Array:
        return ask(self._call, self.answers, x)

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        if self.derivative is None or self.grants < Access.GRADIENTS:
            raise AccessError("this model has no gradients; use attacks on scores or labels")
        return ask_gradient(partial(self._backward, loss, self.derivative), x, y)

    def _call(self, x: Array) -> object:
        return getattr(self.model, self.method)(self.inputs.native(x), **dict(self.arguments))

    def _backward(self, loss: Loss, derivative: Differentiable, x: Array, y: Array) -> Gradient:
        raw, pullback = derivative.forward(x)
        value, cotangent = derivative.answers.backward(raw, y, loss)
        return Gradient(self.scores(x), np.asarray(value.value), pullback(cotangent).astype(x.dtype))


def fitted_classes(model: Any) -> Sequence[object] | None:
    """The model's classes in the order of its columns; None for a regressor.

    Raises:
        ModelError: a model with several outputs.
    """
    classes = getattr(model, "classes_", None)
    if classes is None or not len(classes):
        return None
    if isinstance(classes, list) and not np.isscalar(classes[0]):
        raise ModelError(f"the model has {len(classes)} outputs; only models with one output can be opened")
    return list(np.asarray(classes).ravel())


def check_task(model: Any, data: Dataset) -> None:
    """Refuse a regressor on classes, a classifier on values, and what does neither.

    Raises:
        ModelError: model and data have different tasks, or the model only clusters, finds outliers or transforms.
    """
    kind = _kind(model)
    if kind in _OTHER_KINDS or not hasattr(model, "predict"):
        raise ModelError(
            f"{type(model).__name__} is {_OTHER_KINDS.get(kind, 'a model without a predict method')}; "
            "only classifiers and regressors can be opened: wrap it in a function that gives the answers in the labels"
        )
    classes = fitted_classes(model)
    if data.task is Task.REGRESSION and classes is not None:
        raise ModelError(f"the model is a classifier of {len(classes)} classes, and the labels are read as values")
    if data.task is Task.CLASSIFICATION and kind == "regressor":
        raise ModelError(
            f"the model is a regressor, and the labels are read as {len(data.classes)} classes; "
            "set `task: regression` for the data if that is wrong"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """The method that a model is asked by.

    Args:
        method: predict_proba, decision_function or predict.
        answers: how its answer is read.
        decided: what ``predict`` says on the sample as class numbers, shape (n,); None for regression.
        note: what was passed over, and why; may be empty.
    """

    method: str
    answers: Answers
    decided: Array | None = None
    note: str = ""


def choose_method(model: Any, inputs: Inputs, request: Opening, arguments: Arguments = ()) -> Choice:
    """The richest method whose answers agree with ``predict``.

    Scores that disagree with ``predict`` (an SVC's probabilities, a tuned threshold) would describe another model.

    Raises:
        ModelError: no method fits the data, or gives the kind of scores that the user names.
    """
    sample = request.sample
    rows = inputs.native(sample.x)
    labels = fitted_classes(model)
    lenient = request.may_lack_classes

    def raw(method: str) -> Any:
        return guarded(lambda given: getattr(model, method)(given, **dict(arguments)), rows)

    if sample.task is Task.REGRESSION:
        return Choice("predict", find_answers(raw("predict"), sample, wanted=request.score_kind))
    by_label = find_answers(np.asarray(raw("predict")).ravel(), sample, labels, ScoreKind.LABELS, lenient)
    decided = decisions(by_label.scores(np.asarray(raw("predict")).ravel(), len(sample)))
    note = ""
    for method, wanted in _METHODS[request.score_kind]:
        if not hasattr(model, method):
            continue
        if method == "predict":
            return Choice(method, by_label, decided, note)
        given = raw(method)
        if method == "decision_function" and not _fits(given, len(labels or sample.classes)):
            note = f"decision_function has the shape {np.shape(given)} and is not used"
            continue
        answers = find_answers(given, sample, labels, wanted, lenient)
        apart = disagreement(answers.scores(given, len(sample)), decided)
        if request.score_kind or not apart:
            return Choice(method, answers, None if apart else decided, note)
        note = f"{method} contradicts predict on {apart} of {len(sample)} rows and is not used"
    raise ModelError(f"the model has no method that gives {request.score_kind or 'scores or labels'}")


def _fits(raw: object, classes: int) -> bool:
    """Whether there is one number for each class, or one for two."""
    shape = as_array(raw).shape
    return len(shape) <= 2 and (int(np.prod(shape[1:])) == classes or (classes == 2 and int(np.prod(shape[1:])) == 1))


def _kind(model: Any) -> str | None:
    """What scikit-learn calls the model: classifier, regressor, clusterer, ...; None when it does not say."""
    try:
        kind = model.__sklearn_tags__().estimator_type
    except AttributeError:  # scikit-learn before 1.6, or a class that only has its interface
        kind = getattr(model, "_estimator_type", None)
    return kind if isinstance(kind, str) else None
