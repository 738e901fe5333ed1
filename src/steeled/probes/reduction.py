"""Making a successful change of a table row cheaper: undo what is not needed, then shrink the numbers."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.feature_space import FeatureSpace
from steeled.probes.levers import Lever, lever_costs, levers, membership

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
    """

    space: FeatureSpace
    works: Works
    cast: Callable[[Ints, Array], Array]
    bisections: int = 8

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
        order = np.argsort(-weight, axis=1, kind="stable")
        return self._shrink(found, x, self._undo(found, x, z, order), order)

    def _undo(self, found: tuple[Lever, ...], x: Floats, z: Floats, order: Ints) -> Floats:
        member, best = membership(self.space, found), z.copy()
        for place in range(order.shape[1]):
            columns = member[order[:, place]]
            changed = np.flatnonzero((columns & _differs(x, best)).any(axis=1))
            candidate = np.where(columns[changed], x[changed], best[changed])
            self._accept(x, best, changed, candidate)
        return best

    def _shrink(self, found: tuple[Lever, ...], x: Floats, z: Floats, order: Ints) -> Floats:
        column = np.array([lever.columns[0] if lever.is_numeric else -1 for lever in found])
        best = z.copy()
        for place in range(order.shape[1]):
            where = column[order[:, place]]
            rows = np.flatnonzero((where >= 0) & _differs(x, best)[np.arange(len(x)), where])
            rows = rows[~np.isnan(x[rows, where[rows]]) & ~np.isnan(best[rows, where[rows]])]
            self._bisect(x, best, rows, where[rows])
        return best

    def _bisect(self, x: Floats, best: Floats, rows: Ints, column: Ints) -> None:
        """Move ``best[rows, column]`` towards ``x``, in place, as long as it works."""
        grid = np.array([c.on_grid for c in self.space.columns], dtype=bool)[column]
        fails, works = x[rows, column].copy(), best[rows, column].copy()
        for _ in range(self.bisections):
            middle = (fails + works) / 2
            middle = np.where(grid, np.rint(middle), middle)
            live = np.flatnonzero((middle != fails) & (middle != works))
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
        if not len(rows):
            return taken
        point = self.cast(rows, candidate)
        fair = self.space.feasible(x[rows], point)
        fair &= self.space.cost(x[rows], point) <= self.space.cost(x[rows], best[rows])
        taken[fair] = self.works(rows[fair], point[fair]) if fair.any() else False
        best[rows[taken]] = point[taken]
        return taken


def _differs(x: Floats, z: Floats) -> Bools:
    return np.asarray((x != z) & ~(np.isnan(x) & np.isnan(z)))
