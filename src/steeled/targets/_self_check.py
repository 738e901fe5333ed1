"""The check of every adapter on opening: it must answer as the model itself does."""

from collections.abc import Callable

import numpy as np

from steeled.core.array import Array
from steeled.core.labels import labels
from steeled.core.target import Target
from steeled.errors import ModelError, PredictionError

_TOLERANCE = 1e-5
_BATCH_TOLERANCE = 1e-4
_SINGLE_ROWS = 5
_BY_BATCH = (
    "batch normalization or dropout was left in training mode, or rows are normalized over the batch: "
    "put the model into evaluation mode"
)


def is_stochastic(target: Target, x: Array) -> bool:
    """Whether the same rows, asked twice, get different answers.

    Raises:
        PredictionError: the model does not answer.
    """
    first = target.scores(x)
    return not np.allclose(first, target.scores(x), rtol=0, atol=1e-6 * _scale(first))


def check(target: Target, x: Array, native: Array, decided: Array | None = None) -> None:
    """Refuse a target that differs from the model's own answers, or whose answers hang on the batch.

    A stochastic target is not compared: its answers differ from themselves.

    Args:
        target: to be checked.
        x: rows.
        native: the model's own scores in the order of the data's classes, by the shortest way.
        decided: the model's own decisions as class numbers, shape (n,); None when it makes none.

    Raises:
        ModelError: they differ by more than 1e-5, or single rows by more than 1e-4 (relative to the largest score
            above 1).
    """
    if target.stochastic:
        return
    scores = target.scores(x)
    gap = float(np.abs(scores - native).max(initial=0.0))
    if gap > _TOLERANCE * _scale(native):
        raise ModelError(f"the opened model differs from its own prediction by {gap:.3g}, at most 1e-5 is allowed")
    if decided is not None and disagreement(scores, decided):
        raise ModelError(
            f"the scores and the model's own decisions differ on {disagreement(scores, decided)} of {len(x)} rows"
        )
    _check_single_rows(target, x[:_SINGLE_ROWS], scores[:_SINGLE_ROWS])


def disagreement(scores: Array, decided: Array) -> int:
    """Rows where the largest score is not the decision; ties up to 1e-6 are forgiven."""
    top = scores.max(axis=1)
    given = scores[np.arange(len(scores)), decided]
    return int(((labels(scores) != decided) & (top - given > 1e-6 * _scale(scores))).sum())


def check_gradient(logits: Callable[[Array], Array], vjp: Callable[[Array, Array], Array], row: Array) -> bool:
    """Whether an analytic gradient agrees with central differences at one row, along its own direction.

    Args:
        logits: from rows to logits (n, k), or values (n,).
        vjp: from rows and a cotangent on the logits to the gradient on the rows.
        row: shape (1, ...), without missing values.

    Cost: at most two forward passes for each of six step sizes, and one backward pass.
    """
    at = np.asarray(row, dtype=np.float64)
    here = logits(at)
    weights = np.cos(np.arange(here.size) + 1.0).reshape(here.shape)
    weights = weights - weights.mean() if here.ndim > 1 else np.ones_like(weights)
    gradient = np.asarray(vjp(at, weights), dtype=np.float64)
    length = float(np.linalg.norm(gradient))
    if not np.isfinite(length):
        return False
    direction = gradient / length if length > 0 else np.ones_like(gradient) / np.sqrt(gradient.size)
    size = max(1.0, float(np.abs(at).max()))
    precision = float(np.finfo(here.dtype).eps) * 8 * _scale(here)
    steps = np.logspace(-7, -2, 6) if here.dtype == np.float64 else np.logspace(-4, -1, 4)
    for step in steps * size:
        ahead, behind = logits(at + step * direction), logits(at - step * direction)
        slope = float(((ahead - behind) * weights).sum()) / (2 * step)
        noise = precision / step
        if abs(slope - length) <= 0.05 * length + min(noise, 0.1 * length) or max(abs(slope), length) <= noise:
            return True
    return False


def _check_single_rows(target: Target, x: Array, together: Array) -> None:
    try:
        alone = np.concatenate([target.scores(x[i : i + 1]) for i in range(len(x))])
    except PredictionError as error:
        target.scores(x)  # a model that no longer answers at all says so itself
        raise ModelError(f"the model takes many rows, but not one: {error}; {_BY_BATCH}") from error
    gap = float(np.abs(alone - together).max(initial=0.0))
    if gap > _BATCH_TOLERANCE * _scale(together):
        raise ModelError(f"a row asked alone and in a batch gets answers that differ by {gap:.3g}; {_BY_BATCH}")


def _scale(scores: Array) -> float:
    return max(1.0, float(np.abs(scores).max(initial=0.0)))
