"""How many inputs break within epsilon, if the attacker can follow the model's gradient?

What it tests. Projected gradient ascent (Madry et al. 2018) with momentum and shrinking steps (Croce and Hein 2020),
from the row itself and from random points, with cross-entropy and margin loss in turn. Under L1 and the cost of tables
it is Frank-Wolfe ascent (Jaggi 2013): steepest steps there go to a corner of the ball cut by the bounds, and mixtures
of such points stay inside. Projection happens outside any autograd graph.

How to read it. ``robust_accuracy`` is the share of all sampled rows, wrong ones included as broken, that keep their
right answer: the model is no more robust than this at epsilon.

What it cannot show. A lower bound: stronger attacks (more steps, other losses) find some percent more. Gradients that
are masked look like robustness; an attack with less knowledge that does better is reported as a contradiction.

References. Madry et al. 2018, arXiv:1706.06083; Croce and Hein 2020, arXiv:2003.01690; Jaggi 2013, ICML; MITRE ATLAS
AML.T0043.000.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from array_api_compat import array_namespace

from steeled.core.access import Access
from steeled.core.array import Array, Bools
from steeled.core.case import Case
from steeled.core.feature_space import Modality
from steeled.core.loss import Loss, LossValue
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind
from steeled.maths.losses import cross_entropy, margin, squared, targeted_margin
from steeled.probes.asking import affordable
from steeled.probes.reach import Reach, reach_of
from steeled.probes.submission import as_submitted
from steeled.probes.verification import norm_of


@dataclass(frozen=True, slots=True)
class Pgd:
    """Follows the gradient of the model's loss within epsilon.

    The first climb starts at the row itself, later ones at random points; cross-entropy and margin alternate, so that a
    saturated loss cannot hide a weakness. A row is left alone from its first success on; success is read from the same
    pass as the gradient. Projection happens outside any autograd graph.

    Args:
        steps: gradient steps of a climb, 1 to 100,000.
        restarts: climbs, 1 to 1,000.
        step: length of the first step, as a share of epsilon, in (0, 4]; falls to 0 along a cosine.
        momentum: weight of the new step against the previous move, in (0, 1]; 1 is none.

    Cost: at most ``restarts * (steps + 1)`` queries and ``restarts * steps`` gradients a row.
    """

    steps: int = 40
    restarts: int = 2
    step: float = 1.0
    momentum: float = 0.75

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    minimizes: ClassVar[bool] = False
    needs: ClassVar[Needs] = Needs(
        access=Access.GRADIENTS,
        continuous=True,
        modalities=frozenset({Modality.TABLE, Modality.ARRAY}),
        score_kinds=frozenset({ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.VALUES}),
    )
    references: ClassVar[tuple[str, ...]] = ("AML.T0043.000", "arXiv:1706.06083", "arXiv:2003.01690")

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= 100_000:
            raise ValueError(f"steps must be in 1..100000, got {self.steps}")
        if not 1 <= self.restarts <= 1_000:
            raise ValueError(f"restarts must be in 1..1000, got {self.restarts}")
        if not 0 < self.step <= 4:
            raise ValueError(f"step must be in (0, 4], got {self.step}; it is a share of epsilon")
        if not 0 < self.momentum <= 1:
            raise ValueError(f"momentum must be in (0, 1], got {self.momentum}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows * self.restarts * (self.steps + 1), gradients=rows * self.restarts * self.steps)

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        """See ``Attack.search``. Stops before a call that the query budget or the clock does not allow."""
        space = case.test.space
        whole = reach_of(space, norm_of(space, case.threat), x, epsilon)
        losses, best, active = _losses(case), x.copy(), np.arange(len(x))
        for climb in range(self.restarts):
            reach = whole.take(active)
            start = reach.random(case.rng) if climb else np.zeros_like(reach.x)
            won, points = self._climb(case, reach, y[active], start, losses[climb % len(losses)])
            best[active[won]] = points[won]
            active = active[~won]
            if not len(active) or _must_stop(case, len(active)):
                break
        return best

    def _climb(self, case: Case, reach: Reach, y: Array, delta: Array, loss: Loss) -> tuple[Bools, Array]:
        """Which rows were broken, and where; rows leave the batch as they break."""
        broken, points, active, before = np.zeros(len(y), dtype=bool), reach.x.copy(), np.arange(len(y)), delta
        for i in range(self.steps + 1):
            if _must_stop(case, len(active)):
                break
            z = as_submitted(case.target, case.test.space, reach.x, reach.point(delta))
            scores, gradient = _look(case, z, y, loss, with_gradient=i < self.steps)
            won = case.threat.goal.reached(scores, y) & case.test.space.feasible(reach.x, z)
            broken[active[won]], points[active[won]] = True, z[won]
            left = np.flatnonzero(~won)
            if not len(left) or gradient is None:
                break
            active, y, reach, delta, before = active[left], y[left], reach.take(left), delta[left], before[left]
            length = self.step * (1 + math.cos(math.pi * i / self.steps)) / 2
            delta, before = reach.step(delta, before, gradient[left], i, length, self.momentum), delta
        return broken, points


def _look(case: Case, z: Array, y: Array, loss: Loss, *, with_gradient: bool) -> tuple[Array, Array | None]:
    if not with_gradient:
        return np.asarray(case.target.scores(z)), None
    seen = case.target.loss_gradient(z, y, loss)
    gradient = np.asarray(seen.gradient)
    return np.asarray(seen.scores), np.nan_to_num(gradient, nan=0.0, posinf=0.0, neginf=0.0)


def _must_stop(case: Case, rows: int) -> bool:
    return affordable(case.target) < rows or case.clock.is_over


def _losses(case: Case) -> tuple[Loss, ...]:
    if not case.target.signature.is_classifier:
        return (_rise, _fall)
    wanted = case.threat.goal.wanted
    return (cross_entropy, margin) if wanted is None else (targeted_margin(wanted),)


def _rise(logits: Array, y: Array) -> LossValue:
    """Pushes a regression's answer up."""
    return LossValue(squared(logits, y).value, array_namespace(logits).ones_like(logits))


def _fall(logits: Array, y: Array) -> LossValue:
    """Pushes a regression's answer down."""
    return LossValue(squared(logits, y).value, -array_namespace(logits).ones_like(logits))
