"""Probabilities as training data for any learner: each row is repeated, its copies share out the classes."""

import numpy as np

from steeled.core.array import Floats, Ints
from steeled.core.dataset import Dataset


def repeated(data: Dataset, chances: Floats, copies: int) -> Dataset:
    """Each row ``copies`` times, with labels in proportion to its probabilities.

    Args:
        data: n rows; their own labels do not count.
        chances: shape (n, k).
        copies: of each row, >= 1.

    Returns:
        ``copies * n`` rows, copies of a row next to each other.
    """
    shares = apportioned(chances, copies)
    every = np.tile(np.arange(chances.shape[1]), len(data))
    return data.take(np.repeat(np.arange(len(data)), copies)).relabel(np.repeat(every, shares.ravel()))


def apportioned(chances: Floats, copies: int) -> Ints:
    """Whole numbers in proportion to each row, by largest remainders, shape (n, k); rows sum to ``copies``."""
    wished = chances / chances.sum(axis=1, keepdims=True) * copies
    whole = np.floor(wished).astype(np.int64)
    rank = np.argsort(np.argsort(whole - wished, axis=1, kind="stable"), axis=1)
    return np.asarray(whole + (rank < (copies - whole.sum(axis=1))[:, None]))
