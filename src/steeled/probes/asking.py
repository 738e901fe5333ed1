"""Asking a metered target without ever exceeding its budget: what cannot be asked any more counts as not reached."""

import numpy as np

from steeled.core.array import Array, Bools
from steeled.core.target import Target
from steeled.core.threat_model import Goal

_MOST_NUMBERS = 1 << 24  # in one call: 128 MB of float64


def affordable(target: Target) -> float:
    """How many rows may still be asked; infinity without a meter or a limit."""
    return float(getattr(target, "remaining", float("inf")))


def ask(target: Target, z: Array) -> Array:
    """Scores of the first rows of ``z``, as many as the budget allows: shape (m, k) or (m,), m <= len(z)."""
    return ask_all(target, z[: int(min(len(z), affordable(target)))])


def ask_all(target: Target, z: Array) -> Array:
    """Scores of every row; large batches are split, so that memory stays bounded.

    Raises:
        BudgetExhausted: not all rows may be asked.
    """
    size = max(1, _MOST_NUMBERS // max(1, int(np.prod(z.shape[1:]))))
    parts = [np.asarray(target.scores(z[i : i + size])) for i in range(0, len(z), size)]
    width = () if not target.signature.is_classifier else (len(target.signature.classes),)
    return np.concatenate(parts) if parts else np.empty((0, *width))


def reached(target: Target, goal: Goal, z: Array, reference: Array) -> Bools:
    """Whether each row of ``z`` serves the attacker, shape (n,); False where the budget did not allow to ask."""
    scores = ask(target, z)
    answer = np.zeros(len(z), dtype=bool)
    answer[: len(scores)] = goal.reached(scores, reference[: len(scores)])
    return answer
