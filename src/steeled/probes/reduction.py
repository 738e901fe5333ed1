"""Making a successful change of a table row cheaper: undo what is not needed, then shrink the numbers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.clock import Clock
from steeled.core.feature_space import FeatureSpace
from steeled.probes.levers import Lever, lever_costs, levers, membership

_PRECISION = 1e-3  # of the cost: what is not worth another question

Works = Callable[[Ints, Array], Bools]
"""Takes row numbers (q,) and points (q, d); says which points serve the attacker. Unanswered means no."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """Never returns a dearer, an infeasible, or (by what ``works`` said) an unsuccessful point.

    Args:
        space: what a row may be.
        works: asks the model.
        cast: turns candidate rows, given row numbers, into what reaches the model.
        bisections: halvings of each changed number; precision 2**-bisections of the change.
        clock: when it is over nothing more is asked: what is known by then is returned.
    """

    space: FeatureSpace
    works: Works
    cast: Callable[[Ints, Array], Array]
    bisections: int = 8
    clock: Clock = field(default_factory=Clock)

    def __call__(self, x: Floats, z: Floats, priority: Floats | None = None) -> Floats:
        """Cheaper successes.

        Args:
            x: original rows, (n, d).
            z: successful rows, (n, d).
            priority: (n, levers): which lever to reduce first, largest first; by default the dearest.

        Cost: at most one query for each changed lever and ``bisections`` for each changed number, a row.
        """
        found = levers(self.space)
        if not found or not len(x):
            return z
        weight = lever_costs(self.space, found, x, z) if priority is None else priority
        return self._shrink(found, x, self._undo(found, x, z, weight), weight)

    def _undo(self, found: tuple[Lever, ...], x: Floats, z: Floats, weight: Floats) -> Floats:
        member, best = membership(self.space, found), z.copy()
        for rows, lever in _turns(weight, differs(x, z) @ member.T):
            self._accept(x, best, rows, np.where(member[lever], x[rows], best[rows]))
        return best

    def _shrink(self, found: tuple[Lever, ...], x: Floats, z: Floats, weight: Floats) -> Floats:
        column, best = np.array([lever.columns[0] for lever in found]), z.copy()
        numeric = np.array([lever.is_numeric for lever in found])
        changed = numeric & (x != z)[:, column] & ~np.isnan(x)[:, column] & ~np.isnan(z)[:, column]
        for rows, lever in _turns(weight, changed):
            self._bisect(x, best, rows, column[lever])
        return best

    def _bisect(self, x: Floats, best: Floats, rows: Ints, column: Ints) -> None:
        """Move ``best[rows, column]`` towards ``x``, in place, as long as it works."""
        grid = np.array([c.on_grid for c in self.space.columns], dtype=bool)[column]
        fails, works = x[rows, column].copy(), best[rows, column].copy()
        price = self.space.prices[column]
        for _ in range(self.bisections):
            middle = (fails + works) / 2
            middle = np.where(grid, np.rint(middle), middle)
            worthwhile = np.abs(works - fails) * price > _PRECISION * self.space.cost(x[rows], best[rows])
            live = np.flatnonzero((middle != fails) & (middle != works) & worthwhile)
            if not len(live):
                return
            candidate = best[rows[live]].copy()
            candidate[np.arange(len(live)), column[live]] = middle[live]
            taken = self._accept(x, best, rows[live], candidate)
            works[live[taken]] = best[rows[live[taken]], column[live[taken]]]
            fails[live[~taken]] = middle[live[~taken]]

    def _accept(self, x: Floats, best: Floats, rows: Ints, candidate: Floats) -> Bools:
        """Keep, in place, the candidates that are feasible, cheaper or equal, and work; says which."""
        taken = np.zeros(len(rows), dtype=bool)
        if not len(rows) or self.clock.is_over:
            return taken
        point = self.cast(rows, candidate)
        fair = self.space.feasible(x[rows], point)
        fair &= self.space.cost(x[rows], point) <= self.space.cost(x[rows], best[rows])
        taken[fair] = self.works(rows[fair], point[fair]) if fair.any() else False
        best[rows[taken]] = point[taken]
        return taken


def differs(x: Array, z: Array) -> Bools:
    """Which cells changed, (n, d); a missing cell that stays missing did not."""
    return np.asarray((x != z) & ~(np.isnan(x) & np.isnan(z)))


def _turns(weight: Floats, changed: Bools) -> Iterator[tuple[Ints, Ints]]:
    """Turn by turn, the rows that still have a changed lever and that lever, the heaviest first.

    Args:
        weight: (n, levers).
        changed: which levers of which rows take part, (n, levers).
    """
    order = np.argsort(np.where(changed, -weight, np.inf), axis=1, kind="stable")
    # an infinite weight must not stand behind what did not change
    order = np.take_along_axis(order, np.argsort(~np.take_along_axis(changed, order, axis=1), axis=1, kind="stable"), 1)
    count = changed.sum(axis=1)
    for turn in range(int(count.max(initial=0))):
        rows = np.flatnonzero(count > turn)
        yield rows, order[rows, turn]
