"""How well a score tells two groups apart: curve, area, and hits at a fixed rate of false alarms."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, expit, logit, ndtri

from steeled.core.array import Array, Bools, Floats
from steeled.maths.intervals import Interval, clopper_pearson

_FEWEST_FALSE_ALARMS = 10


@dataclass(frozen=True, slots=True)
class Roc:
    """One point for each distinct score, from (0, 0) to (1, 1); equal scores move together.

    Args:
        tpr: share of members at or above the threshold, shape (m,), rising.
        fpr: share of the others at or above it, shape (m,), rising.
        threshold: shape (m,), falling from infinity.
    """

    tpr: Floats
    fpr: Floats
    threshold: Floats


class Auc(NamedTuple):
    """Chance that a member scores above another row, ties counting one half, with its 95 % interval."""

    value: float
    low: float
    high: float


class TprAt(NamedTuple):
    """Members found at an allowed share of false alarms, with 95 % intervals.

    Args:
        tpr, low, high: share of members found; the interval allows for both groups being samples.
        fpr_low, fpr_high: where the true share of false alarms lies.
        n: number of members that the share rests on.
    """

    tpr: float
    low: float
    high: float
    fpr_low: float
    fpr_high: float
    n: int


def roc(score: Floats, member: Bools) -> Roc:
    """The curve, without interpolation: blocks of equal scores are taken whole.

    Args:
        score: shape (n,), larger = more likely a member.
        member: shape (n,), both groups present.

    Raises:
        ValueError: one group is empty, or a score is NaN.

    Cost: O(n log n).
    """
    inside, outside = _groups(score, member)
    levels = np.unique(np.concatenate([inside, outside]))[::-1]
    tpr = 1 - np.searchsorted(inside, levels, side="left") / len(inside)
    fpr = 1 - np.searchsorted(outside, levels, side="left") / len(outside)
    return Roc(np.append(0.0, tpr), np.append(0.0, fpr), np.append(np.inf, levels))


def auc(score: Floats, member: Bools) -> Auc:
    """Area under the curve, with DeLong's variance on the logit scale.

    Where all pairs agree (perfect separation, or all scores equal) that variance is 0; then the interval is the
    exact one of ``min(members, others)`` disjoint pairs that agree.

    Args:
        score: shape (n,), larger = more likely a member.
        member: shape (n,), both groups present.

    Raises:
        ValueError: one group is empty, or a score is NaN.

    Source: DeLong et al. 1988, Biometrics 44. Cost: O(n log n).
    """
    inside, outside = _groups(score, member)
    wins = _share_below(inside, outside)
    losses = _share_below(outside, inside)
    value = float(wins.mean())
    variance = _variance_of_mean(wins) + _variance_of_mean(losses)
    if variance == 0 or not 0 < value < 1:
        pairs = min(len(inside), len(outside))
        agreeing = clopper_pearson(pairs, pairs).low
        low, high = value * agreeing, value * agreeing + 1 - agreeing
    else:
        half = float(ndtri(0.975)) * math.sqrt(variance) / (value * (1 - value))
        low, high = float(expit(logit(value) - half)), float(expit(logit(value) + half))
    # rounding must not carry an end past the value
    return Auc(value, min(low, value), max(min(high, 1.0), value))


def tpr_at(score: Floats, member: Bools, fpr: float) -> TprAt | None:
    """Share of members found when at most ``fpr`` of the others may be accused.

    The threshold comes from the others alone. Two chances make the interval: which members were drawn (Clopper-Pearson
    at that threshold), and where the threshold for ``fpr`` truly lies (between order statistics of the others). The
    two are independent, so their half-widths add in quadrature (Zou and Donner 2008).

    Args:
        score: shape (n,), larger = more likely a member.
        member: shape (n,), both groups present.
        fpr: allowed share of false alarms, in (0, 1).

    Returns:
        None where fewer than 10 false alarms are allowed: ``10 / fpr`` others would be needed.

    Raises:
        ValueError: one group is empty, a score is NaN, or fpr is outside (0, 1).
    """
    if not 0 < fpr < 1:
        raise ValueError(f"fpr must be in (0, 1), got {fpr}")
    inside, outside = _groups(score, member)
    # 1e-9: 0.29 * 100 is a little less than 29
    allowed = math.floor(len(outside) * fpr + 1e-9)
    if allowed < _FEWEST_FALSE_ALARMS:
        return None
    found, accused = _above(inside, outside[-allowed - 1]), _above(outside, outside[-allowed - 1])
    tpr, hits = found / len(inside), clopper_pearson(found, len(inside))
    fewest, most = (_above(inside, threshold) / len(inside) for threshold in _thresholds(outside, fpr))
    low, high = tpr - math.hypot(tpr - hits.low, tpr - fewest), tpr + math.hypot(hits.high - tpr, most - tpr)
    alarms: Interval = clopper_pearson(accused, len(outside))
    return TprAt(tpr, max(low, 0.0), min(high, 1.0), alarms.low, alarms.high, len(inside))


def _thresholds(outside: Floats, fpr: float) -> tuple[float, float]:
    """Where the score that a share ``fpr`` of all others exceeds may lie, 95 %: the upper end, then the lower one.

    Args:
        outside: sorted scores of the others.
    """
    n = len(outside)
    chance = bdtr(np.arange(n + 1), n, fpr)
    fewest, most = (int(np.searchsorted(chance, tail)) for tail in (0.025, 0.975))
    return float(outside[n - 1 - fewest]), float(outside[n - 1 - most]) if most < n else -math.inf


def _above(scores: Floats, threshold: float) -> int:
    return int((scores > threshold).sum())


def _groups(score: Array, member: Array) -> tuple[Floats, Floats]:
    """Sorted scores of members and of the others."""
    values, inside = np.asarray(score, dtype=float), np.asarray(member, dtype=bool)
    if np.isnan(values).any():
        raise ValueError("scores must be numbers, got NaN")
    if inside.all() or not inside.any():
        raise ValueError(f"both groups must be present, got {int(inside.sum())} members of {len(inside)} rows")
    return np.sort(values[inside]), np.sort(values[~inside])


def _share_below(these: Floats, those: Floats) -> Floats:
    """For each of ``these``, the share of ``those`` that lies below it, ties counting one half."""
    below = np.searchsorted(those, these, side="left") + np.searchsorted(those, these, side="right")
    return np.asarray(below / (2 * len(those)))


def _variance_of_mean(shares: Floats) -> float:
    """Variance of the mean of values in [0, 1]; the largest possible one for a single value."""
    if len(shares) == 1:
        return float(shares[0] * (1 - shares[0]))
    return float(shares.var(ddof=1) / len(shares))
