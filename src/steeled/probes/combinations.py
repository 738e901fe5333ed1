"""Sets of single changes of table rows, all rows at once: asked, guessed as sums of their parts, and reduced."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.case import Case
from steeled.probes.asking import ask, reached
from steeled.probes.candidates import Candidates
from steeled.probes.levers import levers
from steeled.probes.margins import advantage
from steeled.probes.reduction import Reduction
from steeled.probes.submission import as_submitted

_BLOCK = 1 << 22  # numbers held in memory at once
_MOST_SINGLES = 160  # of each row, that enter pairs


@dataclass(frozen=True, slots=True)
class Sets:
    """Combinations of each row, with what is known of them; m of them a row.

    Args:
        members: candidate numbers, (n, m, size); -1 throughout where there is none.
        gain: how much closer to the goal than the row itself, (n, m); minus infinity where not asked.
        cost: in cost units, (n, m); infinity where not feasible.
        won: whether the goal is reached, (n, m).
        estimate: cost of just reaching the goal, were gains proportional to cost along divisible changes, (n, m).
    """

    members: Ints
    gain: Floats
    cost: Floats
    won: Bools
    estimate: Floats


@dataclass(frozen=True, slots=True)
class Hunt:
    """Rows under attack, and the single changes they may combine.

    Args:
        case: target (metered), space, goal.
        x, y: rows and their reference.
        options: single changes.
        score: advantage of the rows themselves, (n,), below 0.
    """

    case: Case
    x: Floats
    y: Array
    options: Candidates
    score: Floats

    def singles(self) -> Sets:
        """Every single change. Cost: at most ``len(options)`` queries a row."""
        alone = np.tile(np.arange(len(self.options))[:, None], (len(self.x), 1, 1))
        unknown = np.full(alone.shape[:2], np.nan)
        return self._asked(alone, unknown, unknown)

    def extended(self, latest: Sets, singles: Sets, known: list[Sets], width: int, parents: int) -> Sets:
        """The most promising sets with one member more: half the cheapest that should win, half by estimate.

        Args:
            latest: sets to extend.
            singles: what each further member gains and costs.
            known: all that was asked; sets that look dearer than the best of them are not asked.
            width: sets asked for each row.
            parents: how many of ``latest`` are extended for each row.
        """
        size = latest.members.shape[2] + 1
        chosen = np.full((len(self.x), 2 * (width // 2), size), -1)
        rows = max(1, _BLOCK // (8 * min(parents, latest.cost.shape[1]) * min(_MOST_SINGLES, singles.cost.shape[1])))
        for start in range(0, len(self.x), rows):
            block = slice(start, start + rows)
            chosen[block] = self._promising(block, latest, singles, known, width // 2, parents)
        return self._asked(self._distinct(chosen), singles.gain, singles.cost)

    def cheapest(self, known: list[Sets], finalists: int, bisections: int) -> Floats:
        """The cheapest success of each row after reducing its best sets; the row itself where there is none."""
        row, members = self._finalists(known, finalists)
        best = self.x.copy()
        if not len(row):
            return best
        x, y = self.x[row], self.y[row]
        target, space, goal = self.case.target, self.case.test.space, self.case.threat.goal
        reduction = Reduction(
            space,
            works=lambda i, z: reached(target, goal, z, y[i]),
            cast=lambda i, z: as_submitted(target, space, x[i], z),
            bisections=bisections,
        )
        z = reduction(x, as_submitted(target, space, x, self._points(row, members)), self._priority(row, members, known[0]))
        cost = space.cost(x, z)
        for i in np.lexsort((cost, row))[::-1]:
            best[row[i]] = z[i]
        return best

    def _asked(self, members: Ints, gains: Floats, costs: Floats) -> Sets:
        """Ask the feasible ones; ``gains`` and ``costs`` of the single changes, NaN when those are being asked now."""
        n, m, _ = members.shape
        gain, cost, won = np.full((n, m), -np.inf), np.full((n, m), np.inf), np.zeros((n, m), dtype=bool)
        rows = max(1, _BLOCK // max(1, m * self.x.shape[1]))
        for start in range(0, n, rows):
            block = np.arange(start, min(start + rows, n))
            row, column = (axis.ravel() for axis in np.meshgrid(block, np.arange(m), indexing="ij"))
            # candidate by candidate, so that a budget that runs out cuts the same candidates of all rows
            order = np.argsort(column, kind="stable")
            self._ask(row[order], column[order], members, gain, cost, won)
        known = (gain, cost) if np.isnan(gains).all() else (gains, costs)
        return Sets(members, gain, cost, won, self._estimate(members, gain, cost, *known))

    def _ask(self, row: Ints, column: Ints, members: Ints, gain: Floats, cost: Floats, won: Bools) -> None:
        """Fill ``gain``, ``cost`` and ``won`` at the given places, where feasible and affordable."""
        target, space, goal = self.case.target, self.case.test.space, self.case.threat.goal
        there = members[row, column, 0] >= 0
        row, column = row[there], column[there]
        points = as_submitted(target, space, self.x[row], self._points(row, members[row, column]))
        x = self.x[row]
        fair = space.feasible(x, points) & ((points != x) & ~(np.isnan(points) & np.isnan(x))).any(axis=1)
        row, column, points = row[fair], column[fair], points[fair]
        scores = ask(target, points)
        row, column, points = row[: len(scores)], column[: len(scores)], points[: len(scores)]
        if not len(row):
            return
        cost[row, column] = space.cost(self.x[row], points)
        gain[row, column] = advantage(scores, goal, self.y[row], target.signature.score_kind) - self.score[row]
        won[row, column] = goal.reached(scores, self.y[row])

    def _points(self, row: Ints, members: Ints) -> Floats:
        points = self.x[row]
        for slot in range(members.shape[1]):
            points = self.options.apply(points, members[:, slot])
        return points

    def _estimate(self, members: Ints, gain: Floats, cost: Floats, single_gain: Floats, single_cost: Floats) -> Floats:
        flexible_gain, flexible_cost = np.zeros_like(gain), np.zeros_like(cost)
        for slot in range(members.shape[2]):
            choice = members[:, :, slot]
            counts = self.options.divisible[choice] & (choice >= 0)
            flexible_gain += np.where(counts, np.take_along_axis(single_gain, choice, axis=1), 0.0)
            flexible_cost += np.where(counts, np.take_along_axis(single_cost, choice, axis=1), 0.0)
        return just_enough(gain, cost, flexible_gain, flexible_cost, -self.score[:, None])

    def _promising(
        self, block: slice, latest: Sets, singles: Sets, known: list[Sets], half: int, parents: int
    ) -> Ints:
        """Members of ``2 * half`` new sets for each row of the block, -1 where there are fewer."""
        need = -self.score[block]
        base = _smallest(latest.estimate[block], parents)
        more = _smallest(singles.estimate[block], _MOST_SINGLES)
        pick_base, pick_more = (lambda a: np.take_along_axis(a[block], base, axis=1)), (
            lambda a: np.take_along_axis(a[block], more, axis=1)
        )
        gain = pick_base(latest.gain)[:, :, None] + pick_more(singles.gain)[:, None, :]
        cost = pick_base(latest.cost)[:, :, None] + pick_more(singles.cost)[:, None, :]
        members = np.take_along_axis(latest.members[block], base[:, :, None], axis=1)
        levers_of = np.where(members >= 0, self.options.lever[members], -1)
        clash = (levers_of[:, :, None, :] == self.options.lever[more][:, None, :, None]).any(axis=3)
        if members.shape[2] == 1:
            clash |= base[:, :, None] > more[:, None, :]
        flexible = self._flexible(members, singles.gain[block], singles.cost[block])
        further = self.options.divisible[more]
        estimate = just_enough(
            gain,
            cost,
            flexible[0][:, :, None] + np.where(further, pick_more(singles.gain), 0.0)[:, None, :],
            flexible[1][:, :, None] + np.where(further, pick_more(singles.cost), 0.0)[:, None, :],
            need[:, None, None],
        )
        best_estimate = _least([s.estimate[block] for s in known], [s.won[block] for s in known])
        best_cost = _least([s.cost[block] for s in known], [s.won[block] for s in known])
        estimate = np.where(clash | ~(estimate < best_estimate[:, None, None]), np.inf, estimate)
        sure = np.where(clash | (gain < need[:, None, None]) | ~(cost < best_cost[:, None, None]), np.inf, cost)
        n, b, c = cost.shape
        first = _smallest(sure.reshape(n, -1), half)
        usable = [np.isfinite(np.take_along_axis(sure.reshape(n, -1), first, axis=1))]
        estimate = estimate.reshape(n, -1)
        np.put_along_axis(estimate, np.where(usable[0], first, first), np.inf, axis=1)
        second = _smallest(estimate, half)
        usable.append(np.isfinite(np.take_along_axis(estimate, second, axis=1)))
        place = np.concatenate([first, second], axis=1)
        fresh = np.concatenate(
            [
                np.take_along_axis(members, (place // c)[:, :, None], axis=1),
                np.take_along_axis(more, place % c, axis=1)[:, :, None],
            ],
            axis=2,
        )
        return np.where(np.concatenate(usable, axis=1)[:, :, None], fresh, -1)
