"""Asking a foreign model in bounded batches; whatever it raises becomes one kind of error."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

from steeled.core.array import Array
from steeled.core.target import Gradient
from steeled.errors import PredictionError, SteeledError
from steeled.targets._answers import Answers

T = TypeVar("T")

_VALUES_AT_ONCE = 2**21
_ROWS_AT_ONCE = 4096


def ask(call: Callable[[Array], object], answers: Answers, x: Array) -> Array:
    """Scores of the rows ``x``, asked in batches.

    Args:
        call: from rows to the model's raw output.
        answers: how to read it.

    Raises:
        PredictionError: the model raised, or its answer cannot be used.
    """
    if not len(x):
        return np.zeros((0, len(answers.columns))) if answers.columns else np.zeros(0)
    parts = [answers.scores(guarded(call, rows), len(rows)) for rows in batches(x)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def ask_gradient(call: Callable[[Array, Array], Gradient], x: Array, y: Array) -> Gradient:
    """Gradients of the rows ``x``, asked in batches.

    Args:
        call: from rows and labels to one backward pass.
    """
    rows = list(batches(x))
    ends = np.cumsum([len(part) for part in rows])[:-1]
    parts = [
        guarded(lambda pair: call(*pair), (part, labels))
        for part, labels in zip(rows, np.split(y, ends) if len(rows) else [], strict=True)
    ]
    if not parts:
        return Gradient(np.zeros((0, 0)), np.zeros(0), np.zeros_like(x))
    if len(parts) == 1:
        return parts[0]
    fields = ("scores", "loss", "gradient")
    return Gradient(*(np.concatenate([getattr(part, field) for part in parts]) for field in fields))


def batches(x: Array) -> Iterator[Array]:
    """Consecutive pieces of at most 4,096 rows and about two million values."""
    size = int(np.prod(x.shape[1:])) or 1
    step = max(1, min(_ROWS_AT_ONCE, _VALUES_AT_ONCE // size))
    for start in range(0, len(x), step):
        yield x[start : start + step]


def guarded(call: Callable[[Any], T], rows: Any) -> T:
    """The call's result.

    Raises:
        PredictionError: whatever the model raised.
    """
    try:
        return call(rows)
    except SteeledError:
        raise
    except Exception as error:
        raise PredictionError(f"the model raised {type(error).__name__}: {one_line(error)}") from error


def one_line(error: BaseException) -> str:
    """The start of an error's message, on one line."""
    text = " ".join(str(error).split())
    return text[:300] + ("..." if len(text) > 300 else "") if text else "without a message"
