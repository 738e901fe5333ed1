"""Where label-only attacks start: real rows that the model already answers as the attacker wants."""

import numpy as np

from steeled.core.array import Array, Bools
from steeled.core.case import Case
from steeled.probes.asking import ask


def yielding(case: Case, pool: Array, y: Array) -> Bools:
    """Which pool rows serve the attacker of which attacked row, shape (n, pool). Cost: one query for each pool row.

    Args:
        case: metered target and goal.
        pool: rows to ask, (p, ...).
        y: reference of the attacked rows, (n,).
    """
    scores = ask(case.target, pool)
    serves = np.zeros((len(y), len(pool)), dtype=bool)
    for row, reference in enumerate(y):
        serves[row, : len(scores)] = case.threat.goal.reached(scores, np.full(len(scores), reference))
    return serves
