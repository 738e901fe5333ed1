"""Single feasible changes worth trying on a table row: levels, and numbers seen in the data."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Bools, Floats, Ints
from steeled.core.column import Column
from steeled.core.feature_space import FeatureSpace
from steeled.probes.levers import Lever, levers, membership

_MOST_LEVELS = 24


@dataclass(frozen=True, slots=True)
class Candidates:
    """Changes that any row could try, most different first and lever by lever, so that a prefix is a fair choice.

    Args:
        lever: which lever each pulls, shape (c,).
        mask: which columns each writes, (c, d).
        values: what it writes there, (c, d).
        divisible: whether values between old and new were not all listed, so that shrinking may pay, (c,).
    """

    lever: Ints
    mask: Bools
    values: Floats
    divisible: Bools

    def __len__(self) -> int:
        return len(self.lever)

    def first(self, count: int) -> "Candidates":
        return Candidates(self.lever[:count], self.mask[:count], self.values[:count], self.divisible[:count])

    def apply(self, z: Floats, choice: Ints) -> Floats:
        """Rows with one change each; choice -1 changes nothing.

        Args:
            z: (n, d).
            choice: (n,), candidate numbers.
        """
        written = self.mask[choice] & (choice >= 0)[:, None]
        return np.asarray(np.where(written, self.values[choice], z))


def candidates(space: FeatureSpace, data: Floats, per_column: int) -> Candidates:
    """List the changes of every lever.

    Args:
        space: a table's.
        data: rows seen, (n, d): their values are the numbers tried, besides the bounds.
        per_column: at most this many numbers of one column; more only where all whole numbers fit.
    """
    found = levers(space)
    member = membership(space, found)
    entries: list[tuple[int, int, Floats, bool]] = []
    for number, lever in enumerate(found):
        options, divisible = _options(space, lever, data, per_column)
        entries += [(rank, number, option, divisible) for rank, option in enumerate(options)]
    entries.sort(key=lambda entry: entry[:2])
    values = np.zeros((len(entries), len(space.columns)))
    for c, (_, number, option, _) in enumerate(entries):
        values[c, list(found[number].columns)] = option
    lever_of = np.array([number for _, number, _, _ in entries], dtype=np.int64)
    divisible_of = np.array([divisible for *_, divisible in entries], dtype=bool)
    return Candidates(lever_of, member[lever_of], values, divisible_of)


def _options(space: FeatureSpace, lever: Lever, data: Floats, per_column: int) -> tuple[list[Floats], bool]:
    if len(lever.columns) > 1:
        return list(np.eye(len(lever.columns))), False
    j = lever.columns[0]
    column, seen = space.columns[j], data[:, j][~np.isnan(data[:, j])]
    if lever.is_numeric:
        numbers, complete = _numbers(column, seen, per_column)
        options = [np.array([v]) for v in _extremes_first(numbers)]
    else:
        options, complete = [np.array([v]) for v in _levels(column, seen)], True
    if column.may_be_missing:
        options.append(np.array([np.nan]))
    return options, not complete


def _numbers(column: Column, seen: Floats, per_column: int) -> tuple[Floats, bool]:
    """Values to try in order, and whether they are all there are."""
    if column.on_grid and column.high - column.low < 2 * per_column:
        return np.arange(np.ceil(column.low), np.floor(column.high) + 1), True
    bounds = np.array([b for b in (column.low, column.high) if np.isfinite(b)])
    inside = seen[(seen >= column.low) & (seen <= column.high)]
    if column.on_grid:
        bounds, inside = np.round(bounds), np.round(inside)
    values = np.unique(inside)
    if len(values) > per_column:
        values = np.unique(np.quantile(inside, np.linspace(0, 1, per_column), method="nearest"))
    return np.unique(np.concatenate([values, bounds])), False


def _levels(column: Column, seen: Floats) -> Floats:
    """Every level, or the most frequent ones where there are too many."""
    low, high = int(np.ceil(column.low)), int(np.floor(column.high))
    if high - low < _MOST_LEVELS:
        return np.arange(low, high + 1, dtype=float)
    values, counts = np.unique(seen[(seen >= low) & (seen <= high)], return_counts=True)
    return np.asarray(values[np.argsort(-counts, kind="stable")[:_MOST_LEVELS]])


def _extremes_first(values: Floats) -> Floats:
    """Both ends, then the middles of ever smaller parts."""
    order: list[int] = [len(values) - 1, 0] if len(values) > 1 else [0] * len(values)
    parts = [(0, len(values) - 1)]
    while parts:
        low, high = parts.pop(0)
        middle = (low + high) // 2
        if middle in (low, high):
            continue
        order.append(middle)
        parts += [(low, middle), (middle, high)]
    return np.asarray(values[order])
