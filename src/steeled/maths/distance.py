"""How far a change goes, row by row."""

import math

from array_api_compat import array_namespace

from steeled.core.array import Array
from steeled.core.threat_model import Norm


def distance(delta: Array, norm: Norm) -> Array:
    """Norm of each row's change over all axes but the first.

    Never negative, 0 only where nothing changed, and ``distance(s * delta) = |s| * distance(delta)`` but for L0.
    L2 is scaled by the largest change first, so that squares neither overflow nor vanish.

    Args:
        delta: changes, shape (n, ...), float, any array-API array.
        norm: L0 (number of changed entries), L1, L2 or LINF.

    Returns:
        shape (n,), dtype and device of ``delta``.

    Raises:
        ValueError: ``Norm.COST``, which depends on the columns: use ``FeatureSpace.cost``.

    Cost: O(n d).
    """
    xp = array_namespace(delta)
    size = xp.abs(flat(delta))
    length: Array
    match norm:
        case Norm.L0:
            length = xp.sum(xp.astype(size != 0, delta.dtype), axis=1)
        case Norm.L1:
            length = xp.sum(size, axis=1)
        case Norm.L2:
            largest = _largest(size)
            scale = xp.where(largest > 0, largest, xp.ones_like(largest))
            length = scale * xp.sqrt(xp.sum((size / scale[:, None]) ** 2, axis=1))
        case Norm.LINF:
            length = _largest(size)
        case Norm.COST:
            raise ValueError("a cost depends on the columns; use FeatureSpace.cost(before, after)")
    return length


def flat(delta: Array) -> Array:
    """The same values as one row each, shape (n, d); also for n = 0."""
    xp = array_namespace(delta)
    rows: Array = xp.reshape(delta, (delta.shape[0], math.prod(delta.shape[1:])))
    return rows


def _largest(size: Array) -> Array:
    """Largest entry of each row, 0 for rows without entries."""
    xp = array_namespace(size)
    largest: Array = xp.max(size, axis=1) if size.shape[1] else xp.sum(size, axis=1)
    return largest
