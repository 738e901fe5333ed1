"""Finding out on real rows what a model's raw output is; nothing is assumed from a name."""

from collections.abc import Callable, Sequence

import numpy as np

from steeled.core.array import Array
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.signature import ScoreKind, Task
from steeled.data.labels import class_name
from steeled.errors import ModelError, PredictionError
from steeled.targets._answers import Answers, Form, as_array, distinct, numbers
from steeled.targets._asking import guarded
from steeled.targets._classes import columns_of

_ENOUGH_ROWS = 20


def find_answers(
    raw: object,
    data: Dataset,
    labels: Sequence[object] | None = None,
    wanted: ScoreKind | None = None,
    may_lack_classes: bool = False,
    ask: Callable[[Array], object] | None = None,
) -> Answers:
    """The reading of ``raw``, the model's output for the rows of ``data``.

    Rows within [0, 1] that sum to 1 are probabilities, other columns are logits; whole numbers or text in one column
    are labels; one real number for two classes is a probability within [0, 1], else a logit.

    Args:
        raw: (n, k), (n, 1) or (n,), as the model gave it.
        data: the rows asked, n >= 1.
        labels: the model's own classes in the order of its columns; None when it has only positions.
        wanted: what the user says it is.
        may_lack_classes: whether classes without a row may be unknown to the model.
        ask: the model itself, for more evidence where one number could be a probability or a logit.

    Raises:
        ModelError: the shape fits no reading, the classes are others, or it is not what the user says.
    """
    if data.task is Task.REGRESSION:
        _one_number(numbers(raw, len(data)), wanted)
        return Answers(Form.VALUES, ScoreKind.VALUES)
    if wanted is ScoreKind.VALUES:
        raise ModelError("score kind `values` is for regression, and the data has classes")
    needed = np.unique(data.y).tolist() if may_lack_classes else None
    if labels is not None and len(labels) == 1 and not may_lack_classes:
        raise ModelError(f"the model knows one class only ({class_name(labels[0])}); it was trained on one class")
    given = as_array(raw)
    if given.size == len(data) and _are_labels(given, wanted):
        return _label_answers(given, data.classes, labels, needed)
    values = numbers(raw, len(data))
    names = tuple(class_name(label) for label in (labels if labels is not None else range(len(data.classes))))
    if values.shape[1] == 1 and len(names) == 2:
        form = _single(values[:, 0], data.y, wanted)
        if form is Form.PROBABILITY and wanted is None and ask is not None and _escapes(ask, data):
            form = Form.LOGIT
        kind = ScoreKind.LOGITS if form is Form.LOGIT else ScoreKind.PROBABILITIES
    elif values.shape[1] == len(names):
        form, kind = Form.COLUMNS, _kind_of_columns(values, wanted)
    else:
        raise ModelError(
            f"the model gives {values.shape[1]} numbers for each row, expected {len(names)}, one for each class of "
            f"{', '.join(names[:10])}; do model and data belong together?"
        )
    kind = ScoreKind.LABELS if wanted is ScoreKind.LABELS else kind
    columns = columns_of(names if labels is None else labels, data.classes, needed)
    return Answers(form, kind, columns, names)


def _kind_of_columns(values: Array, wanted: ScoreKind | None) -> ScoreKind:
    within = bool(((values >= -1e-6) & (values <= 1 + 1e-6)).all())
    sums_to_one = bool(np.allclose(values.sum(axis=1), 1.0, atol=1e-4))
    if wanted is ScoreKind.PROBABILITIES and not (within and sums_to_one):
        raise ModelError(
            f"the scores are no probabilities: rows sum to {values.sum(axis=1).min():.4g} to "
            f"{values.sum(axis=1).max():.4g}, values are {values.min():.4g} to {values.max():.4g}"
        )
    if wanted is ScoreKind.LOGITS:
        return ScoreKind.LOGITS
    return ScoreKind.PROBABILITIES if within and sums_to_one else ScoreKind.LOGITS


def _single(values: Array, y: Array, wanted: ScoreKind | None) -> Form:
    """One number for two classes: within [0, 1] on enough rows, or splitting the labels better there, it is p."""
    within = bool(((values >= 0) & (values <= 1)).all())
    if wanted is ScoreKind.LOGITS:
        return Form.LOGIT
    if wanted is ScoreKind.PROBABILITIES and not within:
        raise ModelError(f"the scores are no probabilities: values are {values.min():.4g} to {values.max():.4g}")
    if not within:
        return Form.LOGIT
    splits_better = np.mean((values > 0.5) == y) > np.mean((values > 0) == y)
    if wanted or len(values) >= _ENOUGH_ROWS or splits_better:
        return Form.PROBABILITY
    raise ModelError(
        f"cannot tell a probability from a logit on {len(values)} rows, all within [0, 1]; "
        "say which with --score-kind, or give more rows"
    )


def _escapes(ask: Callable[[Array], object], data: Dataset) -> bool:
    """Whether the number leaves [0, 1] on rows far out, where a logit grows and a probability cannot."""
    for factor in (10.0, 1000.0):
        far = stretched(data.x, data.space, factor)
        try:
            values = numbers(guarded(ask, far), len(far))
        except PredictionError:  # a model may refuse rows that do not exist; then they are no evidence
            return False
        if not ((values >= 0) & (values <= 1)).all():
            return True
    return False


def stretched(x: Array, space: FeatureSpace, factor: float) -> Array:
    """Rows whose real numbers lie ``factor`` times as far from their mean; codes of levels stay."""
    if space.modality is Modality.TEXT:
        return x
    free = [not column.on_grid for column in space.columns] if space.columns else True
    center = np.nanmean(x, axis=0, keepdims=True) if len(x) else x
    return np.asarray(np.where(free, center + factor * (x - center), x), dtype=x.dtype)


def _are_labels(given: Array, wanted: ScoreKind | None) -> bool:
    """Text, booleans, integers, or floats that are all whole, unless the user says that they are scores."""
    if given.dtype.kind != "f":
        return given.dtype.kind not in "iub" or wanted in (None, ScoreKind.LABELS)
    if wanted not in (None, ScoreKind.LABELS):
        return False
    return bool(np.isfinite(given).all() and (given == np.round(given)).all())


def _label_answers(
    given: Array, classes: tuple[str, ...], labels: Sequence[object] | None, needed: Sequence[int] | None
) -> Answers:
    seen, _ = distinct(given)
    if labels is not None:
        names = tuple(class_name(label) for label in labels)
        return Answers(Form.LABELS, ScoreKind.LABELS, columns_of(names, classes, needed), names)
    positions = tuple(range(len(classes)))
    numbered = tuple(str(position) for position in positions)
    for names in (classes, numbered, ("False", "True")):
        if set(seen) <= set(names) and len(names) == len(classes):
            return Answers(Form.LABELS, ScoreKind.LABELS, positions, tuple(names))
    raise ModelError(f"the model answers {', '.join(seen[:10])}; expected the classes {', '.join(classes[:10])}")


def _one_number(values: Array, wanted: ScoreKind | None) -> None:
    if wanted not in (None, ScoreKind.VALUES):
        raise ModelError(f"score kind `{wanted}` is for classes, and the data is for regression")
    if values.shape[1] != 1:
        raise ModelError(f"expected one value for each row, the model gives {values.shape[1]}; is it a classifier?")
