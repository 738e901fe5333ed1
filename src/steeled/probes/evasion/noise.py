"""How often does a random change of the allowed size break the answer?

What it tests. Several random inputs a row, each feasible and within epsilon. Nobody needs skill for this: it is the
floor that every other attack must beat, and what careless typing or a bad camera does.

How to read it. ``success_rate`` above a few percent means that answers hang on trifles. An attack that does worse than
noise has failed, and its result is not believed.

What it cannot show. Anything about an attacker who searches: a model without a single failure here may break on every
row.

References. MITRE ATLAS AML.T0043; Carlini et al. 2019, arXiv:1902.06705, section 5.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Floats
from steeled.core.artifact import CurveRole
from steeled.core.case import Case
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.threat_model import Norm
from steeled.maths.distance import distance
from steeled.probes.asking import affordable, reached
from steeled.probes.random_rows import random_rows
from steeled.probes.submission import as_submitted
from steeled.probes.verification import norm_of

_TOGETHER = 5  # draws of a row in one call: a foreign model's call costs more than its rows


@dataclass(frozen=True, slots=True)
class Noise:
    """Several random inputs a row, each feasible and at most epsilon away.

    Tables: some levers in random order, each to a random value that the rest of the budget can pay. Arrays: uniform in
    the Linf ball, on the sphere for L1 and L2, random entries for L0; clipped to the bounds.

    Args:
        draws: random inputs tried for each row, 1 to 100,000.

    Cost: at most ``draws`` queries a row.
    """

    draws: int = 20

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    minimizes: ClassVar[bool] = False
    curve_role: ClassVar[CurveRole] = CurveRole.BASELINE
    needs: ClassVar[Needs] = Needs(access=Access.LABELS, modalities=frozenset({Modality.TABLE, Modality.ARRAY}))
    references: ClassVar[tuple[str, ...]] = ("AML.T0043", "arXiv:1902.06705")

    def __post_init__(self) -> None:
        if not 1 <= self.draws <= 100_000:
            raise ValueError(f"draws must be in 1..100000, got {self.draws}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows * self.draws)

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        """See ``Attack.search``; a row is left alone after the call in which it broke."""
        space, best, active = case.test.space, x.copy(), np.arange(len(x))
        for start in range(0, self.draws, _TOGETHER):
            count = min(_TOGETHER, self.draws - start)
            if not len(active) or affordable(case.target) < count * len(active) or case.clock.is_over:
                break
            rows = np.tile(active, count)
            z = _changed(space, norm_of(space, case.threat), x[rows], epsilon, case.rng)
            z = as_submitted(case.target, space, x[rows], z)
            won = reached(case.target, case.threat.goal, z, y[rows])
            best[rows[won]] = z[won]
            active = np.setdiff1d(active, rows[won])
        return best


def _changed(space: FeatureSpace, norm: Norm, x: Array, epsilon: float, rng: np.random.Generator) -> Array:
    if norm is Norm.COST:
        return random_rows(space, x, epsilon, rng)
    return space.project(x, (x + _random_delta(x, epsilon, norm, space.high - space.low, rng)).astype(x.dtype))


def _random_delta(x: Array, epsilon: float, norm: Norm, width: float, rng: np.random.Generator) -> Floats:
    if norm is Norm.LINF:
        single = x.dtype == np.float32  # drawn in single precision: twice as fast
        share = rng.random(x.shape, dtype=np.float32) if single else rng.random(x.shape)
        return np.asarray((2 * share - 1) * epsilon)
    if norm is Norm.L0:
        rank = rng.random((len(x), int(np.prod(x.shape[1:])))).argsort(axis=1)
        return np.where(rank < epsilon // 1, rng.uniform(-width, width, rank.shape), 0.0).reshape(x.shape)
    delta = rng.standard_normal(x.shape)
    factor = epsilon / np.asarray(distance(delta, norm))
    return np.asarray(delta * factor.reshape(-1, *[1] * (x.ndim - 1)))
