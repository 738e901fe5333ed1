"""Goal, knowledge and budget of an attacker, in the terms of NIST AI 100-2."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Bools
from steeled.core.labels import labels


class Norm(StrEnum):
    """How far an attacked input is from the original; ``COST`` is the business effort of a table row."""

    L0 = "l0"
    L1 = "l1"
    L2 = "l2"
    LINF = "linf"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Goal:
    """What the attacker wants the model to say.

    Args:
        wanted: index of the class to reach; None: any class but the right one.
        tolerance: regression: how far the answer must move, > 0; None for classification.
    """

    wanted: int | None = None
    tolerance: float | None = None

    def reached(self, scores: Array, reference: Array) -> Bools:
        """Whether each answer serves the attacker, shape (n,).

        Args:
            scores: (n, k), or (n,) for regression.
            reference: right labels (n,), or the original answers (n,) for regression.
        """
        if self.tolerance is not None:
            return np.asarray(np.abs(scores - reference) > self.tolerance)
        decided = labels(scores)
        return np.asarray(decided == self.wanted if self.wanted is not None else decided != reference)


@dataclass(frozen=True, slots=True)
class ThreatModel:
    """What the attacker can know and do.

    Args:
        goal: what success is.
        knowledge: labels, scores, gradients or parameters; a probe that needs more is skipped.
        norm: how changes are measured: cost for tables, linf or l2 for arrays.
        epsilon: largest change, > 0, in cost units or input units.
        queries: rows that may be asked per attacked row; None: as many as the probe wants.
        poisoned_share: of the training rows that the attacker controls, in (0, 1).
    """

    goal: Goal = Goal()
    knowledge: Access = Access.PARAMETERS
    norm: Norm = Norm.COST
    epsilon: float = 1.0
    queries: int | None = None
    poisoned_share: float = 0.05

    def __post_init__(self) -> None:
        if not self.epsilon > 0:
            raise ValueError(f"epsilon must be > 0, got {self.epsilon}")
        if not 0 < self.poisoned_share < 1:
            raise ValueError(f"poisoned_share must be in (0, 1), got {self.poisoned_share}")
