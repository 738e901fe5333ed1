"""Small gray pictures of attacked images, for reports."""

import math

import numpy as np

from steeled.core.array import Array
from steeled.core.artifact import Picture
from steeled.core.feature_space import FeatureSpace

_SIDE = 32
_LEVELS = 16
_CHANNELS = (1, 3, 4)


def picture(image: Array, space: FeatureSpace) -> Picture | None:
    """At most 32 x 32 pixels of 16 gray levels, each the mean of a block and of the channels.

    Args:
        image: (h, w), (c, h, w) or (h, w, c) with 1, 3 or 4 channels, between ``space.low`` and ``space.high``.

    Returns:
        None for anything that is not a picture, such as a signal.
    """
    gray = _gray(np.asarray(image, dtype=float))
    if gray is None:
        return None
    step = math.ceil(max(gray.shape) / _SIDE)
    rows, columns = (range(0, side, step) for side in gray.shape)
    small = np.array([[gray[i : i + step, j : j + step].mean() for j in columns] for i in rows])
    share = np.clip((small - space.low) / (space.high - space.low), 0.0, 1.0)
    levels = np.rint(share * (_LEVELS - 1)).astype(int)
    return Picture(width=levels.shape[1], height=levels.shape[0], pixels=tuple(levels.ravel().tolist()))


def _gray(image: Array) -> Array | None:
    if image.ndim == 2:
        return image
    if image.ndim != 3:
        return None
    if image.shape[0] in _CHANNELS:
        return np.asarray(image.mean(axis=0))
    return np.asarray(image.mean(axis=2)) if image.shape[2] in _CHANNELS else None
