"""Where a gradient attack may go from each row, and one step of it, under each norm and under cost."""

from dataclasses import dataclass, replace

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.feature_space import FeatureSpace
from steeled.core.threat_model import Norm
from steeled.maths.distance import distance, flat
from steeled.maths.projection import project

_FAR = 1e6  # units: how far an unbounded column that costs nothing can go


@dataclass(frozen=True, slots=True)
class Reach:
    """Changes within epsilon and within the bounds, in the coordinates of the rows.

    Args:
        space: of the rows.
        norm: L0, L1, L2, Linf or cost.
        x: original rows, (n, ...).
        epsilon: radius.
        low, high: smallest and largest change of each cell, low <= 0 <= high; both 0 where frozen or missing.
        price: length of one unit of change of each cell: 1 for arrays, the column's price for tables.
    """

    space: FeatureSpace
    norm: Norm
    x: Array
    epsilon: float
    low: Array
    high: Array
    price: Array

    def take(self, rows: Ints) -> "Reach":
        return replace(self, x=self.x[rows], low=self.low[rows], high=self.high[rows])

    def point(self, delta: Array) -> Array:
        """The input that a change leads to; whole numbers are rounded towards the original."""
        if self.norm is not Norm.COST:
            return self.space.project(self.x, self.x + delta)
        grid = np.array([column.on_grid for column in self.space.columns], dtype=bool)
        whole = np.sign(delta) * np.floor(np.abs(delta) + 1e-9)
        return self.space.project(self.x, np.where(delta == 0, self.x, self.x + np.where(grid, whole, delta)))

    def random(self, rng: np.random.Generator) -> Array:
        """A random change for each row."""
        if self.norm is Norm.LINF:
            return self._within(rng.uniform(-self.epsilon, self.epsilon, self.x.shape))
        direction = rng.standard_normal(self.x.shape)
        radius = rng.random((len(self.x), *[1] * (self.x.ndim - 1)))
        if self.norm is Norm.L2:
            return self._within(direction * (radius * self.epsilon / _column(distance(direction, Norm.L2), direction)))
        return self._typed(radius * self._corner(direction))

    def step(self, delta: Array, before: Array, gradient: Array, number: int, length: float, momentum: float) -> Array:
        """The next change.

        Args:
            delta, before: this change and the previous one.
            gradient: of the loss at ``delta``.
            number: how many steps came before.
            length: of the step, as a share of epsilon (Linf, L2).
            momentum: weight of the new step against ``delta - before`` (Linf, L2).
        """
        if self.norm is Norm.L0:
            return self._typed(self._corner(gradient))
        if self.norm in (Norm.L1, Norm.COST):
            return self._typed(delta + 2 / (number + 2) * (self._corner(gradient) - delta))
        if self.norm is Norm.LINF:
            direction = np.sign(gradient)
        else:
            size = _column(distance(gradient, Norm.L2), gradient)
            direction = gradient / np.where(size > 0, size, 1.0)
        moved = self._within(delta + length * self.epsilon * direction)
        return self._within(delta + momentum * (moved - delta) + (1 - momentum) * (delta - before)) if number else moved

    def _within(self, delta: Array) -> Array:
        return self._typed(np.clip(project(delta, self.epsilon, self.norm), self.low, self.high))

    def _typed(self, delta: Array) -> Array:
        return np.asarray(delta, dtype=self.x.dtype)

    def _corner(self, gradient: Array) -> Array:
        """The change within reach that a linear loss with this gradient likes best.

        Exact for L1 and cost (a fractional knapsack) and for L0 (the cells with the largest gain).
        """
        slope = flat(np.asarray(gradient, dtype=float))
        room = flat(np.where(np.asarray(gradient) > 0, self.high, -self.low))
        room = np.where(slope == 0, 0.0, room)
        if self.norm is Norm.L0:
            rank = np.argsort(np.argsort(-np.abs(slope) * room, axis=1, kind="stable"), axis=1)
            filled = np.where(rank < self.epsilon // 1, room, 0.0)
        else:
            filled = self._fill(np.abs(slope), room)
        return (np.sign(slope) * filled).reshape(self.x.shape)

    def _fill(self, slope: Floats, room: Floats) -> Floats:
        price = np.broadcast_to(flat(self.price), room.shape)
        worth = slope / np.where(price > 0, price, np.finfo(float).tiny ** 0.25)
        order = np.argsort(-worth, axis=1, kind="stable")
        expense = np.take_along_axis(room * price, order, axis=1)
        left = self.epsilon - (np.cumsum(expense, axis=1) - expense)
        share = np.clip(left / np.where(expense > 0, expense, 1.0), 0.0, 1.0)
        share = np.where(expense > 0, share, 1.0)
        filled = np.zeros_like(room)
        np.put_along_axis(filled, order, share * np.take_along_axis(room, order, axis=1), axis=1)
        return filled


def reach_of(space: FeatureSpace, norm: Norm, x: Array, epsilon: float) -> Reach:
    """Everything within epsilon and the rules of ``space``, but for its relations.

    Args:
        x: rows; tables may have missing cells, which stay missing.
    """
    if norm is not Norm.COST:
        low, high = np.minimum(space.low - x, 0), np.maximum(space.high - x, 0)
        return Reach(space, norm, x, epsilon, low, high, np.ones((1, *x.shape[1:])))
    far = _FAR * np.array([column.unit for column in space.columns])
    price = space.prices[None]
    most = np.where(price > 0, epsilon / np.where(price > 0, price, 1.0), far)
    movable = _numbers(space) & ~np.isnan(x)
    low = np.where(movable, space.project(x, x - most) - x, 0.0)
    high = np.where(movable, space.project(x, x + most) - x, 0.0)
    return Reach(space, norm, x, epsilon, low, high, price)


def _numbers(space: FeatureSpace) -> Bools:
    return np.array([c.mutable and not c.kind.is_nominal and not c.group for c in space.columns], dtype=bool)


def _column(values: Array, like: Array) -> Array:
    return np.reshape(np.asarray(values), (-1, *[1] * (like.ndim - 1)))
