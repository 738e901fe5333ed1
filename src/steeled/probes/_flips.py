"""Which training labels an attacker changes, and to what."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Floats, Ints
from steeled.core.dataset import Dataset

KEPT = 10
"""So many rows of each class keep their label: a training set without one of its classes would not pass unnoticed."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Rows in the order in which their labels are changed, each with its new label.

    Args:
        rows: row numbers, most wanted first; the first ones are taken.
        labels: the new label of each, in the same order.
    """

    rows: Ints
    labels: Array

    def apply(self, data: Dataset, count: int) -> tuple[Dataset, int]:
        """The data with the first ``count`` labels changed, and how many could be changed.

        At least ``KEPT`` rows of each class keep their label.
        """
        rows = self.rows[:count]
        labels = self.labels[:count]
        if data.classes:
            spared = _spare(data.y[self.rows])
            rows, labels = self.rows[spared][:count], self.labels[spared][:count]
        y = data.y.copy()
        y[rows] = labels
        return data.relabel(y), len(rows)


def random_flips(data: Dataset, rng: np.random.Generator) -> Flips:
    """Rows at random; another class at random, or the value of another row."""
    rows = rng.permutation(len(data))
    if not data.classes:
        return Flips(rows, data.y[rng.permutation(rows)])
    others = (data.y[rows] + rng.integers(1, len(data.classes), size=len(rows))) % len(data.classes)
    return Flips(rows, others)


def surest_flips(data: Dataset, sure: Floats, wanted: int | None, rng: np.random.Generator) -> Flips:
    """Rows of the largest class go to their runner-up class, or to the wanted one; the surest ones first.

    Flips in one direction move a decision; the same number spread over all classes partly cancels out. When the
    largest class is used up, the next one follows.

    Args:
        data: training rows of a classifier with at least two classes.
        sure: class probabilities of those rows by a model trained on them, shape (n, k).
        wanted: class that the attacker wants; None for any but the right one.
    """
    every = np.arange(len(data))
    rivals = sure.copy()
    rivals[every, data.y] = -np.inf
    labels = rivals.argmax(axis=1) if wanted is None else np.full(len(data), wanted)
    margin = sure[every, data.y] - sure[every, labels]
    order = _descending(margin, rng)
    size = np.bincount(data.y, minlength=sure.shape[1]) - np.arange(sure.shape[1]) / sure.shape[1]  # no two are equal
    order = order[np.argsort(-size[data.y[order]], kind="stable")]
    order = order[data.y[order] != labels[order]]
    return Flips(order, labels[order])


def extreme_flips(data: Dataset, rng: np.random.Generator) -> Flips:
    """Regression: values go to the far end of their range, those that move furthest first."""
    far = np.where(data.y > np.median(data.y), data.y.min(), data.y.max())
    order = _descending(np.abs(far - data.y), rng)
    return Flips(order, far[order])


def _descending(score: Floats, rng: np.random.Generator) -> Ints:
    """Largest first, ties at random."""
    shuffled = rng.permutation(len(score))
    return np.asarray(shuffled[np.argsort(-score[shuffled], kind="stable")])


def _spare(y: Ints) -> Array:
    """Mask over rows in order: False for the last ``KEPT`` of each class."""
    allowed = np.ones(len(y), dtype=bool)
    for label in np.unique(y):
        mine = np.flatnonzero(y == label)
        allowed[mine[max(len(mine) - KEPT, 0) :]] = False
    return allowed
