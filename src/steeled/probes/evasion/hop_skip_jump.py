"""How little must be changed if the attacker sees nothing but the model's decisions?

What it tests. HopSkipJump (Chen, Jordan and Wainwright 2020): from an input that the model already answers as wanted,
it walks along the border between the answers towards the original. Arrays follow the paper. Rows of tables start from
a real row, give back every change that is not needed, and hop along the single columns that the estimated border shows
to be worth most.

How to read it. As ``greedy_features``: share broken within the budget, and distance of the nearest success for half of
all rows. With a thousand questions a picture, distances were 1.3 to 2 times what gradients find on small networks for
digits: hiding scores makes the attack dearer, not impossible.

What it cannot show. The smallest distance: more ``queries`` come closer. On tables with many columns it stays behind
``greedy_features``, which sees scores.

References. Chen, Jordan and Wainwright 2020, arXiv:1904.02144; MITRE ATLAS AML.T0043.001.
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
