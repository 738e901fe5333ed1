"""From the labels of a file to class names, class indices, or values of a regression.

The name of a class is ``str(label)``, with one exception: whole floats are named like integers. So 1, 1.0 and the text
"1" are one class, "1"; ``True`` is "True", never "1", because the two may stand side by side in different files.
Names are in the order of the labels, as the frameworks sort them: numbers by size (2 before 10), truth values false
first, text by code point ("10" before "2").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steeled.core.array import Array
from steeled.core.signature import Task
from steeled.data.names import did_you_mean
from steeled.errors import ConfigurationError, DataError

_MANY = 20  # distinct floats that make a label a measured quantity
_MANY_WHOLE = 100  # distinct whole numbers, when they are also more than a fifth of the rows


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels of one or more files, coded alike.

    Args:
        codes: one (n,) array for each file: int64 class indices, or float64 values for regression.
        classes: names of the classes; empty for regression.
        note: how the task was guessed, when that could be wrong; else empty.
    """

    codes: tuple[Array, ...]
    classes: tuple[str, ...]
    note: str = ""


def class_name(label: Any) -> str:
    """Name of one class: ``str(label)``, whole floats as integers."""
    value = label.item() if isinstance(label, np.generic) else label
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def class_names(values: Iterable[Any]) -> tuple[str, ...]:
    """Names of the distinct labels, in the order of the labels.

    Args:
        values: labels of rows, or a fitted model's ``classes_``; no missing ones.

    Returns:
        Each name once.
    """
    if isinstance(values, np.ndarray) and values.dtype != object:
        values = np.unique(values)
    named = {class_name(value): value for value in values}
    return tuple(sorted(named, key=lambda name: _order(named[name])))


def match_classes(labels: Iterable[Any], classes: Sequence[str]) -> tuple[int, ...] | None:
    """Where each of a model's labels stands in a dataset's ``_classes``.

    Equal names match; so do the truth values of one side and the numbers 0 and 1 of the other.

    Args:
        labels: a fitted model's ``classes_``, in its own order.
        classes: names in the dataset.

    Returns:
        One position for each label, or None when some label has no counterpart.
    """
    names = [class_name(label) for label in labels]
    for spelling in ({}, {"False": "0", "True": "1"}, {"0": "False", "1": "True"}):
        spelled = [spelling.get(name, name) for name in names]
        if set(spelled) <= set(classes):
            return tuple(classes.index(name) for name in spelled)
    return None


def code_labels(files: Sequence[Array], classes: Sequence[str] = (), task: Task | None = None) -> Labels:
    """Code the labels of all files alike.

    Args:
        files: for each file, its labels (n,).
        classes: names in the wanted order; empty for the order of the labels. Names that do not occur are allowed.
        task: None to guess: floats with more than 20 distinct values, and whole numbers with more than 100 distinct
            values that are more than a fifth of the rows, are a regression.

    Raises:
        DataError: missing or infinite labels, labels that are not numbers in a regression, or one class only.
        ConfigurationError: ``_classes`` does not name a label that occurs.
    """
    values = [np.asarray(file) for file in files]
    for file in values:
        _refuse_gaps(file)
    joint = _join(values)
    guessed = task or (Task.CLASSIFICATION if classes else _guess(joint))
    if guessed is Task.REGRESSION:
        note = "" if task else "The label is read as a measured value (regression); set the task if it names classes."
        return Labels(tuple(_as_values(file) for file in values), (), note)
    found = class_names(joint)
    names = _ordered(found, classes)
    if len(found) < 2:
        raise DataError(f"all labels are {found[0]!r}; at least two classes are needed")
    return Labels(tuple(_as_indices(file, names) for file in values), names)


def _order(value: Any) -> tuple[int, float, str]:
    """Sort key: numbers and truth values by size, then text as the frameworks sort it ("10" before "2")."""
    return (0, float(value), "") if isinstance(value, int | float | np.number | np.bool_) else (1, 0.0, str(value))


def _join(values: Sequence[Array]) -> Array:
    kinds = {file.dtype.kind for file in values}
    if len(kinds) > 1 and not kinds <= set("iuf"):
        return np.concatenate([file.astype(object) for file in values])
    return np.concatenate(values)


def _refuse_gaps(values: Array) -> None:
    """Refuse labels that are not there."""
    if len(values) == 0:
        raise DataError("there are no rows, so there are no labels")
    if values.dtype == object:
        gaps = np.array([value is None or value != value for value in values], dtype=bool)
    elif values.dtype.kind == "f":
        gaps = ~np.isfinite(values)
    else:
        return
    if gaps.any():
        rows = ", ".join(str(row) for row in np.flatnonzero(gaps)[:3])
        raise DataError(
            f"{gaps.sum()} of {len(values)} labels are missing or infinite (rows {rows}, counted from 0); "
            "fill them in or delete these rows"
        )


def _guess(values: Array) -> Task:
    if values.dtype.kind not in "iuf":
        return Task.CLASSIFICATION
    distinct = len(np.unique(values))
    many = distinct > _MANY if values.dtype.kind == "f" else distinct > max(_MANY_WHOLE, len(values) / 5)
    return Task.REGRESSION if many else Task.CLASSIFICATION


def _as_values(values: Array) -> Array:
    if values.dtype.kind not in "iufb":
        raise DataError(f"a regression needs numbers as labels, got {class_name(values[0])!r}; is the task right?")
    return values.astype(np.float64)


def _ordered(found: tuple[str, ...], wanted: Sequence[str]) -> tuple[str, ...]:
    """The wanted order, once it is known to name every label."""
    if not wanted:
        return found
    if len(set(wanted)) < len(wanted):
        raise ConfigurationError(f"classes names a class twice: {', '.join(wanted)}")
    for name in found:
        if name not in wanted:
            raise ConfigurationError(f"label {name!r} is not among the declared classes{did_you_mean(name, wanted)}")
    return tuple(wanted)


def _as_indices(values: Array, names: tuple[str, ...]) -> Array:
    position = {name: index for index, name in enumerate(names)}
    if values.dtype == object:
        return np.array([position[class_name(value)] for value in values], dtype=np.int64)
    distinct, inverse = np.unique(values, return_inverse=True)
    return np.array([position[class_name(value)] for value in distinct], dtype=np.int64)[inverse]
