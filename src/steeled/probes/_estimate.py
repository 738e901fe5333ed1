"""Estimates whose interval counts both kinds of chance: other rows, and other retrainings.

The two are independent, so their half-widths add in quadrature (method of variance estimates recovery, Zou and Donner
2008): the wider interval is the honest one wherever a model is trained again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from steeled.core.array import Array, Floats
from steeled.core.artifact import Point
from steeled.core.measurement import Bound, Measurement, Unit
from steeled.maths.intervals import clopper_pearson, mean_interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval, resting on ``n`` cases."""

    value: float
    low: float
    high: float
    n: int

    def measurement(self, name: str, unit: Unit, bound: Bound, note: str = "") -> Measurement:
        return Measurement(name, self.value, self.low, self.high, self.n, unit, bound, note)

    def point(self, x: float) -> Point:
        return Point(x, self.value, self.low, self.high, self.n)


@dataclass(frozen=True, slots=True)
class Spread:
    """Variance between retrainings of one and the same recipe, and the degrees of freedom that it rests on."""

    variance: float
    freedom: int

    def error(self, share: float) -> float:
        """Half-width that retraining adds to a mean whose variance is ``share`` times that of one training."""
        return float(stdtrit(self.freedom, 0.975)) * (self.variance * share) ** 0.5 if self.freedom else 0.0


def share_of(successes: int, n: int, confidence: float = 0.95) -> Estimate:
    """A share with its Clopper-Pearson interval; n > 0."""
    interval = clopper_pearson(successes, n, confidence)
    value = successes / n
    return Estimate(value, min(interval.low, value), max(interval.high, value), n)


def difference_of(a: Estimate, b: Estimate) -> Estimate:
    """``a - b`` of two shares from different rows, limits combined as in Newcombe 1998 (method 10)."""
    value = a.value - b.value
    low = value - ((a.value - a.low) ** 2 + (b.high - b.value) ** 2) ** 0.5
    high = value + ((a.high - a.value) ** 2 + (b.value - b.low) ** 2) ** 0.5
    return Estimate(value, max(low, -1.0), min(high, 1.0), a.n + b.n)


def mean_of(values: Floats, limits: tuple[float, float], retraining: float = 0.0) -> Estimate:
    """Mean over rows, with the rows' and the retrainings' uncertainty.

    Never narrower than what an event not seen in n rows may still amount to, so that equal values give no
    interval of width zero.

    Args:
        values: shape (n,), n > 1, each in ``limits``; averages over trainings where there were several.
        limits: smallest and largest possible value: (0, 1) or (-1, 1).
        retraining: half-width from ``Spread.error``.
    """
    value, n = float(np.mean(values)), len(values)
    half = max(_half_width(values), clopper_pearson(0, n).high)
    half = (half**2 + retraining**2) ** 0.5
    return Estimate(value, max(value - half, limits[0]), min(value + half, limits[1]), n)


def growth_of(before: Floats, after: Floats, retraining: float = 0.0) -> Estimate:
    """Relative growth of the root mean square: sqrt(mean(after) / mean(before)) - 1, on the same rows.

    Interval by the delta method on the logarithm.

    Args:
        before, after: squared errors, shape (n,), n > 1, with means > 0.
        retraining: half-width of log RMSE growth from ``Spread.error``.
    """
    ratio = 0.5 * float(np.log(after.mean() / before.mean()))
    influence = 0.5 * (after / after.mean() - before / before.mean())
    half = (_half_width(influence) ** 2 + retraining**2) ** 0.5
    value, low, high = (float(np.expm1(point)) for point in (ratio, ratio - half, ratio + half))
    return Estimate(value, low, high, len(before))


def root_of(squares: Floats, retraining: float = 0.0) -> Estimate:
    """Root mean square of errors, interval by the delta method on the logarithm; ``squares`` (n,), n > 1, mean > 0."""
    root = float(np.sqrt(squares.mean()))
    half = (_half_width(0.5 * squares / squares.mean()) ** 2 + retraining**2) ** 0.5
    return Estimate(root, root * float(np.exp(-half)), root * float(np.exp(half)), len(squares))


def spread_of(groups: Sequence[Array]) -> Spread:
    """Pooled variance of a measure between retrainings that differ in nothing but the seed.

    Args:
        groups: the measure of each training, one array for each setting.
    """
    freedom = sum(max(len(group) - 1, 0) for group in groups)
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups if len(group))
    return Spread(squares / freedom if freedom else 0.0, freedom)


def _half_width(values: Floats) -> float:
    if len(values) < 2:
        return float("inf")
    interval = mean_interval(values)
    return float(interval.high - interval.low) / 2
