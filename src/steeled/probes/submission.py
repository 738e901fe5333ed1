"""What reaches a model of a found input: attacks ask, and verification checks, the numbers after this cast."""

import numpy as np

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.target import Target


def as_submitted(target: Target, space: FeatureSpace, x: Array, z: Array) -> Array:
    """``z`` with every changed value as a number of the model's own dtype.

    Unchanged values stay as they are. A value that the cast would push over its bound, or past the original, takes the
    next number towards the original. Idempotent.

    Args:
        target: whose ``signature.dtype`` counts; a dtype that is not numeric leaves ``z`` alone.
        space: what an input may be.
        x: original rows.
        z: found rows, the shape of ``x``.

    Returns:
        The shape and dtype of ``x``.
    """
    if space.modality is Modality.TEXT:
        return z
    found = np.asarray(z, dtype=x.dtype)
    dtype = _numeric(target.signature.dtype)
    if dtype is None or np.can_cast(x.dtype, dtype, casting="safe"):
        return found
    seen = _cast(found, dtype)
    low, high = (space.lows, space.highs) if space.modality is Modality.TABLE else (space.low, space.high)
    outside = (seen < low) & (found >= low) | (seen > high) & (found <= high)
    inward = _cast(np.nextafter(seen.astype(dtype), x.astype(dtype)), dtype).astype(x.dtype)
    seen = np.where(outside & (dtype.kind == "f"), inward, seen)
    passed = np.sign(seen - x) * np.sign(found - x) < 0
    return np.asarray(np.where((found == x) | passed, x, seen), dtype=x.dtype)


def _numeric(name: str) -> np.dtype[np.generic] | None:
    try:
        dtype = np.dtype(name)
    except TypeError:  # such as "mixed": the adapter casts column by column
        return None
    return dtype if dtype.kind in "fiu" else None


def _cast(values: Array, dtype: np.dtype[np.generic]) -> Array:
    whole = np.rint(values) if dtype.kind in "iu" else values
    return np.asarray(whole.astype(dtype).astype(values.dtype))
