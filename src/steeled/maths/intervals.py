"""Intervals that cover: for a share, for a paired difference of shares, and for a mean."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, betaincinv, ndtri, stdtrit

from steeled.core.array import Bools, Floats

_HALVINGS = 60


class Interval(NamedTuple):
    """Both ends belong to it."""

    low: float
    high: float


def clopper_pearson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Exact interval of a share; covers the truth with at least ``confidence``, whatever n.

    Args:
        successes: 0 to n.
        n: cases looked at; 0 says nothing and gives (0, 1).
        confidence: in (0, 1).

    Raises:
        ValueError: successes outside 0..n, or confidence outside (0, 1).

    Source: Clopper & Pearson 1934, Biometrika 26.
    """
    _check(confidence)
    if not 0 <= successes <= n:
        raise ValueError(f"successes must be between 0 and n = {n}, got {successes}")
    tail = (1 - confidence) / 2
    low = float(betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    high = float(betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return Interval(low, high)


def paired_difference(before: Bools, after: Bools, confidence: float = 0.95) -> Interval:
    """Interval of ``mean(after) - mean(before)`` over the same rows.

    The score interval with half a row of continuity correction: over all trinomials tried (exact enumeration) it
    covers at least 95 % for n >= 10 and 93 % for n = 5. Swapping the arguments mirrors it.

    Args:
        before, after: shape (n,), one truth value for each row.
        confidence: in (0, 1).

    Returns:
        Within [-1, 1]; (-1, 1) for n = 0.

    Source: Tango 1998, Statistics in Medicine 17.
    """
    _check(confidence)
    n, lost, won = _discordant(before, after)
    if n == 0:
        return Interval(-1.0, 1.0)
    z = float(ndtri((1 + confidence) / 2))
    estimate = (won - lost) / n

    def is_below(shift: float) -> bool:
        return won - lost - n * shift - 0.5 > z * _deviation(shift, n, lost, won)

    def is_above(shift: float) -> bool:
        return n * shift - (won - lost) - 0.5 > z * _deviation(shift, n, lost, won)

    return Interval(_last(is_below, -1.0, estimate), _last(is_above, 1.0, estimate))


def mcnemar(before: Bools, after: Bools) -> float:
    """Exact two-sided p-value of "before and after are true equally often" on the same rows.

    Args:
        before, after: shape (n,), one truth value for each row.

    Source: McNemar 1947, Psychometrika 12; binomial form.
    """
    _, lost, won = _discordant(before, after)
    if lost + won == 0:
        return 1.0
    return min(1.0, 2 * float(bdtr(min(lost, won), lost + won, 0.5)))


def mean_interval(values: Floats, confidence: float = 0.95) -> Interval:
    """Student's interval of a mean; exact for normal values, close for others once n is some dozens.

    Args:
        values: shape (n,).
        confidence: in (0, 1).

    Returns:
        (-inf, inf) for n < 2: one value says nothing of the spread.
    """
    _check(confidence)
    n = len(values)
    if n < 2:
        return Interval(-math.inf, math.inf)
    wide = np.asarray(values, dtype=float)
    half = float(stdtrit(n - 1, (1 + confidence) / 2) * wide.std(ddof=1) / math.sqrt(n))
    return Interval(float(wide.mean()) - half, float(wide.mean()) + half)


def _discordant(before: Bools, after: Bools) -> tuple[int, int, int]:
    """Number of rows, of rows true only before, of rows true only after."""
    old, new = np.asarray(before, dtype=bool), np.asarray(after, dtype=bool)
    if old.shape != new.shape:
        raise ValueError(f"before and after must be about the same rows, got shapes {old.shape} and {new.shape}")
    return old.size, int((old & ~new).sum()), int((~old & new).sum())


def _deviation(shift: float, n: int, lost: int, won: int) -> float:
    """Standard deviation of ``won - lost`` if the true difference were ``shift`` (likelihood under that bond)."""
    b = (2 * n - won + lost) * shift - won - lost
    c = -lost * shift * (1 - shift)
    losing = (math.sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    return math.sqrt(max(n * (2 * losing + shift * (1 - shift)), 0.0))


def _last(is_rejected: Callable[[float], bool], outer: float, inner: float) -> float:
    """Where the rejected part of [outer, inner] ends, found by halving, rounded outwards."""
    for _ in range(_HALVINGS):
        middle = (outer + inner) / 2
        if is_rejected(middle):
            outer = middle
        else:
            inner = middle
    return outer


def _check(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be in (0, 1), got {confidence}")
