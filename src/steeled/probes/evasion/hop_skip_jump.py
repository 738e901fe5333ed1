"""HopSkipJump (Chen, Jordan & Wainwright 2020, IEEE S&P): needs nothing but decisions, and walks along their boundary.

Arrays follow the paper. Rows of tables start from a real row that the model answers as wanted, give back every change
that is not needed, and hop along the single column that the estimated boundary shows to be worth most.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.case import Case
from steeled.core.feature_space import Modality
from steeled.core.meter import Meter
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.probes.asking import affordable
from steeled.probes.evasion._boundary import walk_arrays
from steeled.probes.evasion._hops import walk_rows


@dataclass(frozen=True, slots=True)
class HopSkipJump:
    """The smallest change by decisions alone.

    Every row starts from the nearest of a pool of test rows that the model answers as wanted, else from noise. A row
    without a start is returned as it is; the others go on. All rows are asked together.

    Args:
        queries: rows asked for each attacked array at most, 20 to 1,000,000; the attacker's budget counts if smaller.
        queries_of_tables: the same for rows of tables.
        draws: random directions of the first estimate of the boundary, 2 to 10,000; grows with the root of the round.
        pool: test rows asked in search of starts, for each batch, 2 to 100,000.

    Cost: exactly within the budget, the pool included.
    """

    queries: int = 1000
    queries_of_tables: int = 600
    draws: int = 40
    pool: int = 256

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    minimizes: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs(access=Access.LABELS, modalities=frozenset({Modality.TABLE, Modality.ARRAY}))
    references: ClassVar[tuple[str, ...]] = ("AML.T0043.001", "arXiv:1904.02144")

    def __post_init__(self) -> None:
        for name, low, high in (
            ("queries", 20, 1_000_000),
            ("queries_of_tables", 20, 1_000_000),
            ("draws", 2, 10_000),
            ("pool", 2, 100_000),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be in {low}..{high}, got {getattr(self, name)}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows * max(self.queries, self.queries_of_tables))

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        """See ``Attack.search``; returns the nearest success at any distance."""
        is_table = case.test.space.modality is Modality.TABLE
        most = (self.queries_of_tables if is_table else self.queries) * len(x)
        limit = int(min(most, affordable(case.target)))
        pool = np.sort(case.rng.permutation(len(case.test))[: min(self.pool, limit // 10)])
        if not len(x) or not len(pool):
            return x
        metered = replace(case, subject=Meter(case.target, knowledge=case.threat.knowledge, limit=limit))
        walk = walk_rows if is_table else walk_arrays
        return walk(metered, x, y, case.test.x[pool], self.draws)
