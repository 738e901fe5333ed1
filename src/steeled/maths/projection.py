"""Nearest point within a norm ball: what keeps an attack inside its budget."""

import math

from array_api_compat import array_namespace
from array_api_compat import device as device_of

from steeled.core.array import Array
from steeled.core.threat_model import Norm
from steeled.maths.distance import distance, flat


def project(delta: Array, epsilon: float, norm: Norm) -> Array:
    """Nearest point to each row of ``delta`` within the ball of radius ``epsilon``.

    Identity inside the ball, idempotent, never outside it (each up to 1e-6 relative).

    Args:
        delta: changes, shape (n, ...), float, in input units, any array-API array.
        epsilon: radius, > 0, same units as ``delta``; for L0 the number of entries that may change, rounded down.
        norm: L0, L1, L2 or LINF.

    Returns:
        Shape, dtype and device of ``delta``.

    Raises:
        ValueError: ``Norm.COST``, or epsilon <= 0.

    Source: Duchi et al. 2008, ICML, fig. 1 (L1). Cost: O(n d log d) for L0 and L1, else O(n d).
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon must be > 0, got {epsilon}")
    match norm:
        case Norm.LINF:
            return _clip(delta, epsilon)
        case Norm.L2:
            return _shrink(delta, epsilon, norm)
        case Norm.L1:
            return _shrink(_soften(delta, epsilon), epsilon, norm)
        case Norm.L0:
            return _keep_largest(delta, math.floor(epsilon))
        case Norm.COST:
            raise ValueError("a cost has no ball in input units; use FeatureSpace.project and FeatureSpace.cost")


def _clip(delta: Array, epsilon: float) -> Array:
    xp = array_namespace(delta)
    clipped: Array = xp.clip(delta, -epsilon, epsilon)
    return clipped


def _shrink(delta: Array, epsilon: float, norm: Norm) -> Array:
    """Rows outside the ball are scaled onto its surface."""
    xp = array_namespace(delta)
    length = distance(delta, norm)
    outside = length > epsilon
    factor = xp.where(outside, epsilon / xp.where(outside, length, xp.ones_like(length)), xp.ones_like(length))
    shrunk: Array = delta * xp.reshape(factor, (delta.shape[0],) + (1,) * (delta.ndim - 1))
    return shrunk


def _soften(delta: Array, epsilon: float) -> Array:
    """Rows outside the L1 ball lose one threshold in every entry, so that their L1 norm becomes ``epsilon``."""
    xp = array_namespace(delta)
    rows = flat(delta)
    size = xp.abs(rows)
    outside = xp.sum(size, axis=1) > epsilon
    if not xp.any(outside):
        return delta
    ordered = xp.sort(size, axis=1, descending=True)
    rank = xp.arange(1, rows.shape[1] + 1, dtype=delta.dtype, device=device_of(delta))
    threshold = (xp.cumulative_sum(ordered, axis=1) - epsilon) / rank
    # thresholds rise with the rank as long as the entry of that rank survives, and fall after it
    theta = xp.max(threshold, axis=1)
    shorter = xp.sign(rows) * xp.clip(size - theta[:, None], 0, None)
    softened: Array = xp.reshape(xp.where(outside[:, None], shorter, rows), delta.shape)
    return softened


def _keep_largest(delta: Array, count: int) -> Array:
    """All but the ``count`` largest entries of each row become 0; of equal entries, the first stay."""
    xp = array_namespace(delta)
    rows = flat(delta)
    if count >= rows.shape[1]:
        return delta
    order = xp.argsort(-xp.abs(rows), axis=1, stable=True)
    rank = xp.argsort(order, axis=1, stable=True)
    kept: Array = xp.reshape(xp.where(rank < count, rows, xp.zeros_like(rows)), delta.shape)
    return kept
