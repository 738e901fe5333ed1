"""Whether a found input really works: asked of the target afresh, by code that is not the attack's."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Floats
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.target import Target
from steeled.core.threat_model import Norm, ThreatModel
from steeled.errors import ConfigurationError
from steeled.maths.distance import distance
from steeled.maths.intervals import clopper_pearson
from steeled.probes.submission import as_submitted

_DRAWS = 20
_SLACK = 1 + 1e-6


@dataclass(frozen=True, slots=True)
class Verified:
    """The truth about found inputs, one entry a row.

    Args:
        points: what was asked: the found inputs in the model's own dtype.
        success: feasible, and the model answers as the attacker wants, at any distance.
        distance: cost or norm of the change.
        scores_before, scores_after: the model's answers to the original and the found rows.
    """

    points: Array
    success: Bools
    distance: Floats
    scores_before: Array
    scores_after: Array


def verify(target: Target, space: FeatureSpace, threat: ThreatModel, x: Array, y: Array, z: Array) -> Verified:
    """Check found inputs on the target itself, in its own dtype.

    A stochastic target is asked 20 times; success means that the 95 % interval of its yielding lies above one half.

    Args:
        target: the model; these questions are not part of the attacker's budget.
        space: what an input may be.
        threat: goal, norm and epsilon.
        x: original rows.
        y: their right labels, or the model's answers for regression, shape (n,).
        z: found rows, the shape of ``x``.

    Cost: 2 queries a row, 40 for a stochastic target.
    """
    points = as_submitted(target, space, x, z)
    spent = _spent(space, threat, x, points)
    both = np.concatenate([x, points])
    answers = [target.scores(both) for _ in range(_DRAWS if target.stochastic else 1)]
    yielded = sum(np.asarray(threat.goal.reached(scores[len(x) :], y), dtype=int) for scores in answers)
    success = space.feasible(x, points) & _mostly(np.asarray(yielded), len(answers))
    return Verified(
        points=points,
        success=success,
        distance=spent,
        scores_before=answers[0][: len(x)],
        scores_after=answers[0][len(x) :],
    )


def within(distance: Floats, epsilon: float) -> Bools:
    """Whether each change keeps to the budget, up to 1e-6 relative for rounding; infinity never does."""
    return np.asarray(distance <= epsilon * _SLACK)


def norm_of(space: FeatureSpace, threat: ThreatModel) -> Norm:
    """How changes are measured here: cost for tables, the attacker's norm for arrays.

    Raises:
        ConfigurationError: an array has no cost.
    """
    if space.modality is Modality.TABLE:
        return Norm.COST
    if threat.norm is Norm.COST:
        raise ConfigurationError("threat.norm must be l0, l1, l2 or linf for arrays, got cost: only tables have prices")
    return threat.norm


def _spent(space: FeatureSpace, threat: ThreatModel, x: Array, z: Array) -> Floats:
    norm = norm_of(space, threat)
    if norm is Norm.COST:
        return space.cost(x, z)
    return np.asarray(distance(np.asarray(z, dtype=float) - np.asarray(x, dtype=float), norm))


def _mostly(yielded: Array, draws: int) -> Bools:
    if draws == 1:
        return np.asarray(yielded == 1)
    least = next(k for k in range(draws + 1) if clopper_pearson(k, draws).low > 0.5)
    return np.asarray(yielded >= least)
