"""The boundary walk of HopSkipJump over table rows: real starts, reduction, and hops along single columns."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.case import Case
from steeled.probes.asking import affordable, reached
from steeled.probes.candidates import candidates
from steeled.probes.levers import levers, membership
from steeled.probes.random_rows import random_rows
from steeled.probes.reduction import Reduction, differs
from steeled.probes.starts import yielding
from steeled.probes.submission import as_submitted

_NEAREST = 3  # starts asked for each row
_KEPT = 2  # starts reduced for each row
_FAR = 3  # starts from farther away, for rows whose constraints undo a near copy
_DRAWS = 5  # mixtures, and random rows, for each row without a start
_TRIES = 5
_WIDEST = 4  # times epsilon: cost of random starts
_SINGLES = 120  # single changes tried for each row
_COLUMNS = 2  # hops tried for each row and round
_PATIENCE = 2  # rounds without progress
_PROGRESS = 0.99
_BISECTIONS = 12


def walk_rows(case: Case, x: Array, y: Array, pool: Array, draws: int) -> Array:
    """The cheapest success found for each row; the row itself where no start was found.

    Args:
        case: metered target; the walk ends where its budget or the clock does.
        x, y: rows and their reference.
        pool: rows that may serve as starts; only what a person can change is copied from them.
        draws: random looks around the boundary in each round, for each row.
    """
    best = _Best.of(case, x, y)
    best.start(pool)
    best.try_singles()
    stalled = np.where(np.isfinite(best.cost), 0, _PATIENCE)
    while True:
        rows = np.flatnonzero(stalled < _PATIENCE)
        if not len(rows) or affordable(case.target) < 2 * draws * len(rows) or case.clock.is_over:
            return best.z
        before = best.cost[rows]
        best.hop(rows, draws)
        stalled[rows] = np.where(best.cost[rows] < _PROGRESS * before, 0, stalled[rows] + 1)


@dataclass(frozen=True, slots=True)
class _Best:
    """The cheapest success of each row so far; ``z`` and ``cost`` change in place.

    Args:
        case: metered target, space, goal.
        x, y: rows and their reference.
        z: successes; the row itself where there is none yet.
        cost: of each success; infinity where there is none.
    """

    case: Case
    x: Floats
    y: Array
    z: Floats
    cost: Floats

    @classmethod
    def of(cls, case: Case, x: Floats, y: Array) -> "_Best":
        return cls(case, x, y, x.copy(), np.full(len(x), np.inf))

    def start(self, pool: Floats) -> None:
        """Copies of rows that serve; where none works, mixtures of several and noise."""
        serves = yielding(self.case, pool, self.y)
        self._take_cheapest(*self._copies(pool, serves))
        for _ in range(_TRIES):
            lost = np.flatnonzero(np.isinf(self.cost))
            if not len(lost) or affordable(self.case.target) < 2 * _DRAWS * len(lost):
                return
            self._take_cheapest(*self._mixtures(lost, pool, serves))

    def try_singles(self) -> None:
        """Ask single changes that would be cheaper than what there is."""
        space = self.case.test.space
        room = int(min(_SINGLES, affordable(self.case.target) / max(1, len(self.x)) / 2))
        options = candidates(space, self.case.test.x, per_column=6).first(room)
        row = np.repeat(np.arange(len(self.x)), len(options))
        points = self._cast(row, options.apply(self.x[row], np.tile(np.arange(len(options)), len(self.x))))
        cost = self._cost(row, points)
        cheaper = np.flatnonzero((cost < self.cost[row]) & self._fair(row, points))
        self._take_cheapest(row[cheaper], points[cheaper])

    def hop(self, rows: Ints, draws: int) -> None:
        """Move each row along its most rewarding columns by as much as it costs now, then give the rest back."""
        found = levers(self.case.test.space)
        numeric = np.array([lever.columns[0] for lever in found if lever.is_numeric], dtype=np.int64)
        if not len(numeric):
            return
        slope = self._slope(rows, numeric, draws)
        worth = np.full((len(rows), len(found)), np.inf)
        worth[:, [lever.is_numeric for lever in found]] = 1 / np.maximum(np.abs(slope), 1e-12)
        count = min(_COLUMNS, len(numeric))
        each = np.repeat(np.arange(len(rows)), count)
        best = np.argsort(-np.abs(slope), axis=1, kind="stable")[:, :count].ravel()
        length = self.cost[rows[each]] / self._price()[numeric[best]]
        moved = self.z[rows[each]].copy()
        moved[np.arange(len(each)), numeric[best]] += np.sign(slope[each, best]) * length
        points = self._cast(rows[each], self.case.test.space.project(self.x[rows[each]], moved))
        ready = self._fair(rows[each], points) & differs(self.z[rows[each]], points).any(axis=1)
        won = np.flatnonzero(ready)
        won = won[self._works(rows[each[won]], points[won])]
        self._reduced(rows[each[won]], points[won], worth[each[won]])

    def _slope(self, rows: Ints, numeric: Ints, draws: int) -> Floats:
        """What each number is worth to the attacker for its cost near ``z``, (rows, numbers), by regression."""
        space, price = self.case.test.space, self._price()
        origin, row = np.repeat(self.z[rows], draws, axis=0), np.repeat(rows, draws)
        radius = 0.3 * self.cost[row][:, None] / price[numeric]
        look = origin.copy()
        look[:, numeric] += radius * self.case.rng.standard_normal((len(row), len(numeric)))
        points = self._cast(row, space.project(self.x[row], look))
        fair = np.flatnonzero(self._fair(row, points))
        sign = np.zeros(len(row))
        sign[fair] = np.where(self._works(row[fair], points[fair]), 1.0, -1.0)
        moved = np.nan_to_num((points - origin)[:, numeric]) * price[numeric] * (sign != 0)[:, None]
        move = moved.reshape(len(rows), draws, -1)
        move = move - move.mean(axis=1, keepdims=True)
        spread = (move**2).sum(axis=1)
        drift = (move * sign.reshape(len(rows), draws, 1)).sum(axis=1)
        return np.asarray(drift / np.where(spread > 0, spread, np.inf))

    def _copies(self, pool: Floats, serves: Bools) -> tuple[Ints, Floats]:
        """For each row, copies of the nearest pool rows that serve, and of some far ones: row numbers and points."""
        rows, points = [np.zeros(0, dtype=np.int64)], [self.x[:0]]
        for row in range(len(self.x)):
            those = pool[serves[row]]
            repeated = np.full(len(those), row)
            copy = self._cast(repeated, self.case.test.space.project(self.x[repeated], those))
            fair = np.flatnonzero(self._fair(repeated, copy))
            order = fair[np.argsort(self._cost(repeated[fair], copy[fair]), kind="stable")]
            far = np.unique(np.linspace(0, len(order) - 1, _FAR + 1, dtype=np.int64)) if len(order) else order
            chosen = order[np.union1d(np.arange(min(_NEAREST, len(order))), far)]
            rows.append(repeated[chosen])
            points.append(copy[chosen])
        return np.concatenate(rows), np.concatenate(points)

    def _mixtures(self, lost: Ints, pool: Floats, serves: Bools) -> tuple[Ints, Floats]:
        """For each lost row, some whose levers come from several rows that serve, and as many random ones."""
        space, rng = self.case.test.space, self.case.rng
        rows = np.repeat(lost, _DRAWS)
        noise = random_rows(space, self.x[rows], _WIDEST * self.case.threat.epsilon, rng)
        mixed = self.x[rows].copy()
        member = membership(space, levers(space))
        for place, row in enumerate(rows):
            those = np.flatnonzero(serves[row])
            if len(those):
                donors = pool[rng.choice(those, len(member))]
                for columns, donor in zip(member, donors, strict=True):
                    mixed[place, columns] = donor[columns]
        both = np.concatenate([rows, rows])
        points = self._cast(both, np.concatenate([space.project(self.x[rows], mixed), noise]))
        fair = self._fair(both, points)
        return both[fair], points[fair]

    def _take_cheapest(self, row: Ints, points: Floats) -> None:
        """Ask feasible points, several a row, and reduce the cheapest that work."""
        won = np.flatnonzero(self._works(row, points))
        order = won[np.lexsort((self._cost(row[won], points[won]), row[won]))]
        rank = np.arange(len(order)) - np.searchsorted(row[order], row[order])
        order = order[rank < _KEPT]
        self._reduced(row[order], points[order], None)

    def _reduced(self, rows: Ints, points: Floats, priority: Floats | None) -> None:
        """Reduce successes of ``rows``, and keep what is cheaper."""
        reduction = Reduction(
            self.case.test.space,
            works=lambda i, z: self._works(rows[i], z),
            cast=lambda i, z: self._cast(rows[i], z),
            bisections=_BISECTIONS,
            clock=self.case.clock,
        )
        points = reduction(self.x[rows], points, priority)
        cost = self._cost(rows, points)
        for i in np.argsort(-cost, kind="stable"):
            if cost[i] < self.cost[rows[i]]:
                self.z[rows[i]], self.cost[rows[i]] = points[i], cost[i]

    def _price(self) -> Floats:
        prices = self.case.test.space.prices
        return np.where(prices > 0, prices, 1 / np.array([column.unit for column in self.case.test.space.columns]))

    def _works(self, rows: Ints, points: Floats) -> Bools:
        return reached(self.case.target, self.case.threat.goal, points, self.y[rows])

    def _fair(self, rows: Ints, points: Floats) -> Bools:
        return self.case.test.space.feasible(self.x[rows], points) & differs(self.x[rows], points).any(axis=1)

    def _cost(self, rows: Ints, points: Floats) -> Floats:
        return self.case.test.space.cost(self.x[rows], points)

    def _cast(self, rows: Ints, points: Floats) -> Floats:
        return as_submitted(self.case.target, self.case.test.space, self.x[rows], points)
