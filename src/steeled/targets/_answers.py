"""How the raw output of a model becomes scores, and how a gradient on scores goes back to the raw output."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from steeled.core.array import Array
from steeled.core.labels import labels
from steeled.core.loss import Loss, LossValue
from steeled.core.signature import ScoreKind
from steeled.data.labels import class_name
from steeled.errors import PredictionError
from steeled.targets._classes import MISSING

_TINY = 1e-30  # 1 / tiny must be finite in float32
_UNKNOWN = 50.0  # a class that the model does not know lies this far below its smallest logit


class Form(StrEnum):
    """What the raw output holds."""

    COLUMNS = "columns"  # (n, k): a number for each class
    PROBABILITY = "probability"  # (n,) or (n, 1): of the second of two classes
    LOGIT = "logit"  # (n,) or (n, 1): z, read as the two logits [0, z]
    LABELS = "labels"  # (n,): the class itself, by name or by number
    VALUES = "values"  # (n,) or (n, 1): regression


@dataclass(frozen=True, slots=True)
class Answers:
    """The reading of one model's raw output, settled on opening.

    Args:
        form: what the raw output holds.
        kind: what the scores are; labels when the user wants no more than the decision to count.
        columns: for each class of the data, its column in the raw output; -1 when the model does not know it.
        names: what the model calls its classes, in the order of its columns.
    """

    form: Form
    kind: ScoreKind
    columns: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def scores(self, raw: object, rows: int) -> Array:
        """Scores in the order of the data's classes: (n, k), or (n,) for regression.

        Raises:
            PredictionError: NaN or infinity, another number of rows or columns, or an unknown label.
        """
        if self.form is Form.LABELS:
            return self._place(self._one_hot(raw, rows))
        values = self._checked(numbers(raw, rows))
        if self.form is Form.VALUES:
            return values[:, 0]
        placed = self._place(_spread(values, self.form))
        if self.kind is ScoreKind.LABELS:
            return one_hot(labels(placed), len(self.columns))
        return placed

    def logits(self, raw: Array) -> Array:
        """Logits (n, k) of the data's classes, or values (n,), from a raw output that ``scores`` has accepted.

        Probabilities become ``log(max(p, tiny))``.
        """
        values = raw.reshape(len(raw), -1)
        if self.form is Form.VALUES:
            return values[:, 0]
        spread = _spread(values, self.form)
        if self._is_probability:
            placed = self._place(spread, ScoreKind.PROBABILITIES)
            return np.asarray(np.log(np.maximum(placed, _TINY)))
        return self._place(spread, ScoreKind.LOGITS)

    def pull(self, raw: Array, cotangent: Array) -> Array:
        """Gradient on the raw output, its shape and dtype, from the gradient on the logits."""
        values = raw.reshape(len(raw), -1)
        if self.form is Form.VALUES:
            return cotangent.reshape(raw.shape).astype(raw.dtype)
        width = values.shape[1] if self.form is Form.COLUMNS else 2
        pulled = np.zeros((len(values), width))
        lowest = _spread(values, self.form).argmin(axis=1)
        for index, column in enumerate(self.columns):
            if column != MISSING:
                pulled[:, column] += cotangent[:, index]
            elif not self._is_probability:  # it hangs below the smallest logit
                pulled[np.arange(len(values)), lowest] += cotangent[:, index]
        if self._is_probability:
            pulled /= np.maximum(_spread(values, self.form), _TINY)
        if self.form is Form.PROBABILITY:
            pulled = pulled[:, 1:] - pulled[:, :1]
        if self.form is Form.LOGIT:
            pulled = pulled[:, 1:]
        return np.asarray(pulled.reshape(raw.shape), dtype=raw.dtype)

    def backward(self, raw: Array, y: Array, loss: Loss) -> tuple[LossValue, Array]:
        """The loss of each row, computed in float64, and its gradient on the raw output."""
        value = loss(self.logits(raw).astype(np.float64), y)
        return value, self.pull(raw, np.asarray(value.cotangent))

    @property
    def width(self) -> int:
        """Numbers in the raw output of one row."""
        return len(self.names) if self.form is Form.COLUMNS else 1

    @property
    def _is_probability(self) -> bool:
        return self.form is Form.PROBABILITY or (self.form is Form.COLUMNS and self.kind is ScoreKind.PROBABILITIES)

    def _checked(self, values: Array) -> Array:
        if values.shape[1] != self.width:
            raise PredictionError(f"expected {self.width} numbers for each row, the model gave {values.shape[1]}")
        if self.form is Form.PROBABILITY and not ((values >= -1e-6) & (values <= 1 + 1e-6)).all():
            raise PredictionError(
                f"the model's single number was within [0, 1] on the first rows and was taken for a probability, "
                f"now it is {values.min():g} to {values.max():g}; say --score-kind logits if it is a logit"
            )
        return values

    def _place(self, spread: Array, kind: ScoreKind | None = None) -> Array:
        """Columns in the order of the data's classes; an unknown class gets probability 0, or a very low logit."""
        if self.columns == tuple(range(spread.shape[1])):
            return spread
        placed = spread[:, list(self.columns)]
        unknown = [index for index, column in enumerate(self.columns) if column == MISSING]
        if unknown:
            lowest = spread.min(axis=1, keepdims=True) - _UNKNOWN
            placed[:, unknown] = lowest if (kind or self.kind) is ScoreKind.LOGITS else 0.0
        return placed

    def _one_hot(self, raw: object, rows: int) -> Array:
        given = as_array(raw)
        if given.size != rows:
            raise PredictionError(f"expected {rows} labels, the model gave an answer of shape {given.shape}")
        found, positions = distinct(given)
        unknown = [name for name in found if name not in self.names]
        if unknown:
            raise PredictionError(f"the model answered {unknown[0]!r}, expected one of {', '.join(self.names)}")
        index = np.array([self.names.index(name) for name in found], dtype=int)
        return one_hot(index[positions], len(self.names))


def as_array(raw: object) -> Array:
    """A raw output as an array of any dtype.

    Raises:
        PredictionError: rows of different lengths, or nothing.
    """
    try:
        given = np.asarray(raw)
    except ValueError as error:
        raise PredictionError(f"expected rows of one length, the model gave {type(raw).__name__}: {error}") from error
    if raw is None or given.shape == (0,):
        raise PredictionError(f"expected an answer for each row, the model gave {raw!r}")
    return given


def distinct(labels: Array) -> tuple[list[str], Array]:
    """The names of the labels that occur, and for each label the position of its name, shape (size,)."""
    flat = labels.ravel()
    if flat.dtype.kind == "O":  # objects of different types, such as a gap among names, have no order
        flat = np.array([class_name(label) for label in flat])
    values, positions = np.unique(flat, return_inverse=True)
    return [class_name(value) for value in values], positions


def one_hot(positions: Array, width: int) -> Array:
    """Rows (n, width) with a single 1."""
    rows: Array = np.eye(width)[positions]
    return rows


def numbers(raw: object, rows: int) -> Array:
    """A raw output as a finite float matrix (n, m); float32 stays float32.

    Raises:
        PredictionError: not numbers, NaN or infinity, or another number of rows.
    """
    values = as_array(raw)
    try:
        values = values if values.dtype.kind == "f" else values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise PredictionError(f"expected numbers, the model gave {type(raw).__name__}: {error}") from error
    values = values.reshape(1) if values.ndim == 0 else values
    if len(values) != rows:
        raise PredictionError(f"expected {rows} rows, the model gave an answer of shape {values.shape}")
    values = values.reshape(rows, -1) if rows else values.reshape(0, max(1, int(np.prod(values.shape[1:]))))
    bad = ~np.isfinite(values).all(axis=1)
    if bad.any():
        raise PredictionError(
            f"expected finite numbers, the model gave NaN or infinity for {bad.sum()} of {rows} rows, "
            f"first for row {int(bad.argmax())} of the batch"
        )
    return values


def _spread(values: Array, form: Form) -> Array:
    """One number for two classes as two columns."""
    if form is Form.PROBABILITY:
        return np.concatenate([1 - values, values], axis=1)
    if form is Form.LOGIT:
        return np.concatenate([np.zeros_like(values), values], axis=1)
    return values
