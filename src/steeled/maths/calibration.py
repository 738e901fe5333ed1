"""Whether stated confidence is true: the error with its small-sample bias removed, an interval, and a test.

Methods: Kumar, Liang & Ma 2019 (arXiv 1909.10155) for the debiased square; Bröcker & Smith 2007 for the test.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from steeled.core.array import Bools, Floats
from steeled.maths.intervals import clopper_pearson

_BLOCK = 1 << 22  # simulated answers at once


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows of like confidence: what was stated, what came true with its 95 % interval, how many rows."""

    stated: float
    observed: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class CalibrationError:
    """Binned calibration error; binning can only hide error, so the truth is this or more.

    Args:
        squared: unbiased mean square of stated minus observed; below 0 by chance where the model is calibrated.
        low, high: 95 % interval of the square; may reach below 0: clip for display only.
        rms: square root of ``max(squared, 0)``.
        bins: by rising confidence.
    """

    squared: float
    low: float
    high: float
    rms: float
    bins: tuple[Bin, ...]


def calibration_error(confidence: Floats, correct: Bools, bins: int = 15) -> CalibrationError:
    """Mean squared gap between stated and observed over bins of equal mass, minus its own sampling variance.

    Unbiased; does not depend on the order of rows. Assumes independent rows.

    Args:
        confidence: stated chance of being right, shape (n,), in [0, 1].
        correct: whether it was, shape (n,).
        bins: most bins used, >= 1; ties and small n give fewer, of at least two rows each.

    Raises:
        ValueError: fewer than two rows, or bins < 1.

    Cost: O(n log n).
    """
    stated, right, starts = _binned(confidence, correct, bins)
    pieces = list(zip(np.split(stated, starts), np.split(right, starts), strict=True))
    weight = np.array([len(chance) / len(stated) for chance, _ in pieces])
    mean, variance = np.concatenate([_gap(chance, came[None, :]) for chance, came in pieces], axis=1)
    square = mean**2 - variance
    spread = weight**2 * (4 * np.maximum(square, 0) * variance + 2 * variance**2)
    squared, half = float(weight @ square), float(ndtri(0.975)) * math.sqrt(float(spread.sum()))
    shown = tuple(_bin(chance, came) for chance, came in pieces)
    return CalibrationError(squared, squared - half, squared + half, math.sqrt(max(squared, 0.0)), shown)


def calibration_p(
    confidence: Floats, correct: Bools, rng: np.random.Generator, simulations: int = 499, bins: int = 15
) -> float:
    """Monte Carlo p-value of "each answer is right with its stated confidence".

    Args:
        confidence: shape (n,), in [0, 1].
        correct: shape (n,).
        rng: draws ``simulations * n`` numbers.
        simulations: >= 1; the smallest p-value is ``1 / (simulations + 1)``.
        bins: as in ``calibration_error``.

    Returns:
        In (0, 1]; for a calibrated model at most ``alpha`` with probability at most ``alpha``. Does not depend on
        the order of rows.

    Raises:
        ValueError: fewer than two rows, or bins < 1.

    Cost: about 1 ms per simulation at n = 20,000; memory of about 100 MB at most.
    """
    stated, right, starts = _binned(confidence, correct, bins)
    observed, null = 0.0, np.zeros(simulations)
    for chance, came in zip(np.split(stated, starts), np.split(right, starts), strict=True):
        weight, size = len(chance) / len(stated), max(1, _BLOCK // len(chance))
        observed += weight * _squared_gap(chance, came[None, :])[0]
        for start in range(0, simulations, size):
            part = slice(start, min(start + size, simulations))
            drawn = (rng.random((part.stop - start, len(chance))) < chance).astype(float)
            null[part] += weight * _squared_gap(chance, drawn)
    return float((1 + (null >= observed).sum()) / (simulations + 1))


def _binned(confidence: Floats, correct: Bools, bins: int) -> tuple[Floats, Floats, list[int]]:
    """Rows by rising confidence, and where each bin but the first starts; equal confidences share a bin."""
    chance, came = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    if chance.shape != came.shape or len(chance) < 2 or bins < 1:
        raise ValueError(
            f"calibration needs at least 2 rows and 1 bin, got {chance.shape}, {came.shape} and {bins} bins"
        )
    order = np.lexsort((came, chance))
    chance, came = chance[order], came[order]
    edges = np.quantile(chance, np.linspace(0, 1, bins + 1)[1:-1])
    starts = [0]
    for start in np.searchsorted(chance, edges, side="left").tolist():
        # a bin of one row has no variance to remove
        if start - starts[-1] >= 2 and len(chance) - start >= 2:
            starts.append(start)
    return chance, came, starts[1:]


def _squared_gap(chance: Floats, came: Floats) -> Floats:
    """Unbiased square of the gap of one bin, (s,); arguments as in ``_gap``."""
    mean, variance = _gap(chance, came)
    return np.asarray(mean**2 - variance)


def _gap(chance: Floats, came: Floats) -> Floats:
    """Mean of stated minus observed in one bin of m rows, and the sampling variance of that mean, shape (2, s).

    Args:
        chance: shape (m,).
        came: 0 or 1, shape (s, m), one line for each simulation.
    """
    m = len(chance)
    share = came.mean(axis=1)
    mean = chance.mean() - share
    # came**2 == came
    mean_square = (chance @ chance) / m - 2 * (came @ chance) / m + share
    return np.stack([mean, np.maximum(mean_square - mean**2, 0) / (m - 1)])


def _bin(chance: Floats, came: Floats) -> Bin:
    inside = clopper_pearson(int(came.sum()), len(came))
    return Bin(float(chance.mean()), float(came.mean()), inside.low, inside.high, len(came))
