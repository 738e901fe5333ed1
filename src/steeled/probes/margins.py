"""How far an answer is from what the attacker wants, on a scale where gains of changes roughly add up."""

import numpy as np

from steeled.core.array import Array, Floats
from steeled.core.signature import ScoreKind
from steeled.core.threat_model import Goal

_LEAST = 1e-12


def advantage(scores: Array, goal: Goal, reference: Array, kind: ScoreKind) -> Floats:
    """Largest log-odds or logit gap in the attacker's favor, shape (n,); at least 0 where the goal is reached.

    Args:
        scores: (n, k), or (n,) for regression, where the gap is the answer's move beyond the tolerance.
        goal: what success is.
        reference: right labels, or the original answers for regression, shape (n,).
        kind: of the scores; probabilities are turned into logarithms, no smaller than 1e-12.
    """
    values = np.asarray(scores, dtype=float)
    if goal.tolerance is not None:
        return np.asarray(np.abs(values - reference) - goal.tolerance)
    if kind is ScoreKind.PROBABILITIES:
        values = np.log(np.maximum(values, _LEAST))
    own = np.asarray(reference, dtype=np.int64) if goal.wanted is None else np.full(len(values), goal.wanted)
    rows = np.arange(len(values))
    others = values.copy()
    others[rows, own] = -np.inf
    gap = others.max(axis=1) - values[rows, own]
    return np.asarray(gap if goal.wanted is None else -gap)
