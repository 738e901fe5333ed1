"""An interval for a mean that holds at every moment at once, so that one may look and stop at any time."""

import math

import numpy as np

from steeled.core.array import Array, Floats

_CAP = 0.75
_FRACTIONS = np.geomspace(0.005, _CAP, 7)
_BLOCK = 32
_NOTHING = 1e-200


class ConfidenceSequence:
    """Hedged betting on every candidate mean; candidates against which one would have grown rich are dropped.

    With probability at least ``1 - alpha`` the true mean lies within ``[low, high]`` after every value seen, whenever
    one stops. The interval only shrinks. Values handed over in pieces or at once give the same interval.

    Values must lie in [0, 1], and each must have the same mean given those before it (independent draws do).
    Candidates stand on a grid, .001 apart and finer towards 0 and 1; the ends are rounded outwards to it.

    Args:
        alpha: allowed chance of ever being wrong, in (0, 1).

    Source: Waudby-Smith & Ramdas 2024, JRSS B 86: hedged capital; half of it bets by the predictable plug-in rule,
    half is spread over constant fractions (grid Kelly). Cost: 0.1 to 0.3 s for 10,000 values; some 200 KB.
    """

    def __init__(self, alpha: float = 0.05) -> None:
        if not 0 < alpha < 1:
            raise ValueError(f"alpha must be in (0, 1), got {alpha}")
        self._rich = 2 / alpha
        self._candidates = _grid()
        start = np.array([0.5] + [0.5 / len(_FRACTIONS)] * len(_FRACTIONS))
        self._above = np.repeat(start[:, None], len(self._candidates), axis=1)
        self._below = self._above.copy()
        self._n, self._sum, self._spread = 0, 0.0, 0.0
        self._low, self._high = 0.0, 1.0

    @property
    def low(self) -> float:
        return self._low

    @property
    def high(self) -> float:
        return self._high

    @property
    def n(self) -> int:
        """How many values were seen."""
        return self._n

    def update(self, values: Array) -> None:
        """See more values.

        Args:
            values: shape (m,), numbers in [0, 1] or truth values, in the order in which they came.

        Raises:
            ValueError: a value outside [0, 1], or NaN; nothing of this call is then counted.
        """
        seen = np.asarray(values, dtype=float).ravel()
        outside = ~((seen >= 0) & (seen <= 1))
        if outside.any():
            raise ValueError(f"values must lie in [0, 1], got {seen[outside][0]}")
        for start in range(0, len(seen), _BLOCK):
            block = seen[start : start + _BLOCK]
            self._bet(block[:, None], self._stakes(block)[:, None])

    def _stakes(self, block: Floats) -> Floats:
        """Plug-in stake on each value, from the values before it only."""
        count = self._n + np.arange(1, len(block) + 1)
        total = self._sum + np.cumsum(block)
        mean = (0.5 + total) / (count + 1)
        spread = self._spread + np.cumsum((block - mean) ** 2)
        variance = (0.25 + np.concatenate([[self._spread], spread[:-1]])) / count
        self._n, self._sum, self._spread = int(count[-1]), float(total[-1]), float(spread[-1])
        return np.asarray(np.sqrt(2 * math.log(self._rich) / (variance * count * np.log1p(count))))

    def _bet(self, block: Floats, stakes: Floats) -> None:
        """Let the capital of both sides grow at every candidate, and drop the candidates that are refuted."""
        m = self._candidates
        most_above, self._above = _grow(self._above, block / m - 1, stakes * m)
        most_below, self._below = _grow(self._below, (1 - block) / (1 - m) - 1, stakes * (1 - m))
        # capital above falls with the candidate, capital below rises: the refuted lie at the two ends
        self._low = max(self._low, float(m[most_above >= self._rich].max(initial=0.0)))
        # both ends can only cross when the mean is not constant; the interval then stays at one point
        self._high = max(self._low, min(self._high, float(m[most_below >= self._rich].min(initial=1.0))))
        alive = (m > self._low) & (m < self._high)
        self._candidates, self._above, self._below = m[alive], self._above[:, alive], self._below[:, alive]


def _grow(capital: Floats, gain: Floats, plug_in: Floats) -> tuple[Floats, Floats]:
    """Largest total capital on the way, shape (g,), and capital of each bettor at the end.

    Args:
        capital: of each bettor and candidate, shape (k, g).
        gain: what one staked unit wins or loses at each value, >= -1, shape (t, g).
        plug_in: fraction that the first bettor would stake, shape (t, g); the others stake constant fractions.
    """
    total = np.zeros_like(gain)
    after = np.empty_like(capital)
    for k, fraction in enumerate([np.minimum(plug_in, _CAP), *_FRACTIONS]):
        course = capital[k] * np.cumprod(1 + fraction * gain, axis=0)
        total += course
        after[k] = course[-1]
    after[after < _NOTHING] = 0.0
    return total.max(axis=0, initial=0.0), after


def _grid() -> Floats:
    """Candidates inside (0, 1): every thousandth, and 60 more for each power of ten towards both ends."""
    near = np.geomspace(1e-6, 0.01, 241)
    return np.unique(np.concatenate([np.linspace(0, 1, 1001)[1:-1], near, 1 - near]))
