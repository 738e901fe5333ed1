"""Which test rows are attacked, and which count as broken before any attack."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Ints
from steeled.core.case import Case
from steeled.core.labels import labels


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
    """At most ``case.rows`` rows, by ``case.rng``. Cost: one query a row.

    Raises:
        PredictionError: the model does not answer.
    """
    goal, y = case.threat.goal, case.test.y
    is_classifier = case.target.signature.is_classifier
    if not is_classifier and goal.tolerance is None:
        return _nothing("a regression is attacked beyond a tolerance: declare how far the answer must move")
    pool = np.flatnonzero(y != goal.wanted) if is_classifier and goal.wanted is not None else np.arange(len(y))
    drawn = case.rng.permutation(pool)[: case.rows]
    if not len(drawn):
        return _nothing("no test row belongs to a class that the attacker wants changed")
    scores = np.asarray(case.target.scores(case.test.x[drawn]))
    if not is_classifier:
        return Sample(drawn, drawn, scores)
    right = labels(scores) == y[drawn]
    if not right.any():
        return _nothing(f"the model answers none of {len(drawn)} rows rightly, so there is no right answer to attack")
    return Sample(drawn, drawn[right], y[drawn][right])


def _nothing(reason: str) -> Sample:
    none = np.zeros(0, dtype=np.int64)
    return Sample(none, none, none, reason)
