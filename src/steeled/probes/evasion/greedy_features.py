"""How little must a person change on a table row to get another answer, if the model shows its scores?

What it tests. Every single change that the owner of the row could make is asked: levels, one-hot groups as one, numbers
seen in the data. Combinations are chosen as if the gains of their parts added up (exact for a linear model), and some
pairs at random, as trees may yield to two changes that do nothing alone. The cheapest successes are reduced: changes
that are not needed are undone, numbers shrunk.

How to read it. ``success_rate`` is the share of rightly answered rows that break within the budget; ``median_distance``
the cost of the cheapest change found for half of all rows, those without any counting as farthest. On small tree models
it was within 5 % of the best one or two changes on 77 to 97 % of rows (exhaustive search, six columns).

What it cannot show. That a row which it does not break is safe: a certificate could. Changes of more than
``max_changes`` levers, unless a finalist happens to need them. Costs mean what the configuration says they mean.

References. MITRE ATLAS AML.T0043.001 (black-box optimization of adversarial data); NIST AI 100-2 NISTAML.022.
"""

from dataclasses import dataclass
from typing import ClassVar

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.case import Case
from steeled.core.feature_space import Modality
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind
from steeled.probes.asking import affordable
from steeled.probes.candidates import candidates
from steeled.probes.evasion._hunt import Hunt
from steeled.probes.levers import levers

_BISECTIONS = 12
_TYPICAL_QUERIES = 500


@dataclass(frozen=True, slots=True)
class GreedyFeatures:
    """Searches single changes, then pairs and more, for the cheapest that the model yields to.

    A one-hot group moves as one; rows that their owner could not submit are never asked. Random are only the pairs that
    are asked without a sign that they work: trees may yield to two changes that do nothing alone.

    Args:
        max_changes: levers pulled at once, 1 to 8.
        values: numbers tried of each column, 2 to 100; more where ``singles`` leaves room.
        singles: single changes tried of each row, 1 to 100,000; of wide tables, the most extreme of each column.
        pairs: random pairs asked for each row, each within epsilon and cheaper than what is known, 0 to 10,000.
        width: combinations asked for each row and size, 2 to 1,000.
        finalists: successes of each row that are reduced, 1 to 20.

    Cost: one query for each single change and each pair, ``width`` for each further size, about 20 for each finalist;
    never more than the attacker's budget.
    """

    max_changes: int = 4
    values: int = 10
    singles: int = 400
    pairs: int = 100
    width: int = 24
    finalists: int = 5

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    minimizes: ClassVar[bool] = True
    needs: ClassVar[Needs] = Needs(
        access=Access.SCORES,
        modalities=frozenset({Modality.TABLE}),
        score_kinds=frozenset({ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.VALUES}),
    )
    references: ClassVar[tuple[str, ...]] = ("AML.T0043.001",)

    def __post_init__(self) -> None:
        for name, low, high in (
            ("max_changes", 1, 8),
            ("values", 2, 100),
            ("singles", 1, 100_000),
            ("pairs", 0, 10_000),
            ("width", 2, 1000),
            ("finalists", 1, 20),
        ):
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be in {low}..{high}, got {getattr(self, name)}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows * _TYPICAL_QUERIES)

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        """See ``Attack.search``; returns the cheapest success at any cost."""
        room = affordable(case.target) / max(1, len(x))
        most = int(min(self.singles, 0.6 * room))
        dense = max(self.values, most // max(1, len(levers(case.test.space))))
        options = candidates(case.test.space, case.test.x, dense).first(most)
        if not len(options) or not len(x):
            return x
        hunt = Hunt.begin(case, x, y, options)
        known = [hunt.singles()]
        pairs = int(min(self.pairs, affordable(case.target) / len(x) / 3))
        if pairs and self.max_changes > 1:
            known.append(hunt.surprises(known[0], known, pairs, epsilon))
        latest = known[0]
        for _ in range(2, self.max_changes + 1):
            width = int(min(self.width, affordable(case.target) / len(x) / 2))
            if width < 2 or case.clock.is_over:
                break
            latest = hunt.extended(latest, known[0], known, width)
            known.append(latest)
        return hunt.cheapest(known, self.finalists, _BISECTIONS)
