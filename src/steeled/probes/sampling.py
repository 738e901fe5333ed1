"""Which test rows are attacked, and which count as broken before any attack."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Ints
from steeled.core.case import Case
from steeled.core.labels import labels
from steeled.probes.asking import ask_all


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows in random order.

    Args:
        drawn: positions in ``case.test``; only rows of the classes that the attacker wants changed.
        attacked: those of ``drawn`` that the model answers rightly, in the same order.
        reference: of the attacked rows: right labels, or the model's own answers for regression.
        reason: why there is nothing to attack; empty when there is.
    """

    drawn: Ints
    attacked: Ints
    reference: Array
    reason: str = ""

    def seen(self, searched: int) -> int:
        """How many rows were drawn up to the last searched one, wrongly answered ones included."""
        if searched >= len(self.attacked):
            return len(self.drawn)
        return int(np.flatnonzero(self.drawn == self.attacked[searched - 1])[0]) + 1


def draw(case: Case) -> Sample:
    """Rows by ``case.rng`` until ``case.rows`` of them can be attacked, or all are drawn, or the time is over.

    Stopping at the last row that can be attacked leaves the Clopper-Pearson interval of the share of right answers
    valid: it contains the one of inverse sampling (Haldane 1945, Biometrika 33).

    Cost: one query for each row drawn.

    Raises:
        PredictionError: the model does not answer.
    """
    goal, y = case.threat.goal, case.test.y
    is_classifier = case.target.signature.is_classifier
    if not is_classifier and goal.tolerance is None:
        return _nothing("a regression is attacked beyond a tolerance: declare how far the answer must move")
    pool = np.flatnonzero(y != goal.wanted) if is_classifier and goal.wanted is not None else np.arange(len(y))
    order = case.rng.permutation(pool)
    if not len(order):
        return _nothing("no test row belongs to a class that the attacker wants changed")
    if not is_classifier:
        drawn = order[: case.rows]
        return Sample(drawn, drawn, ask_all(case.target, case.test.x[drawn]))
    right = _right(case, order)
    drawn = order[: len(right)]
    if not right.any():
        return _nothing(f"the model answers none of {len(drawn)} rows rightly, so there is no right answer to attack")
    if right.sum() >= case.rows:
        last = int(np.flatnonzero(right)[case.rows - 1]) + 1
        drawn, right = drawn[:last], right[:last]
    return Sample(drawn, drawn[right], y[drawn][right])


def _right(case: Case, order: Ints) -> Bools:
    """Whether the model answers rightly, for as many of the rows as it takes to find ``case.rows`` that it does."""
    right, size = np.zeros(0, dtype=bool), case.rows
    while len(right) < len(order) and right.sum() < case.rows and not (len(right) and case.clock.is_over):
        rows = order[len(right) : len(right) + size]
        right = np.concatenate([right, labels(ask_all(case.target, case.test.x[rows])) == case.test.y[rows]])
        # the next part is twice what should be missing, and at most as many as were asked already
        size = min(len(right), 1 + int(2 * (case.rows - right.sum()) * len(right) / max(int(right.sum()), 1)))
    return right


def _nothing(reason: str) -> Sample:
    none = np.zeros(0, dtype=np.int64)
    return Sample(none, none, none, reason)
