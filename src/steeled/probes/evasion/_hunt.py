"""Asking sets of changes of all rows at once, and reducing the best to one cheapest success each."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Array, Bools, Floats, Ints
from steeled.core.case import Case
from steeled.probes.asking import ask, reached
from steeled.probes.candidates import Candidates
from steeled.probes.combinations import Sets, just_enough, promising, unforeseen
from steeled.probes.levers import levers
from steeled.probes.margins import advantage
from steeled.probes.reduction import Reduction, differs
from steeled.probes.submission import as_submitted

_BLOCK = 1 << 22  # numbers held in memory at once


@dataclass(frozen=True, slots=True)
class Hunt:
    """Rows under attack, and the single changes that they may combine.

    Args:
        case: metered target, space, goal.
        x, y: rows and their reference.
        options: single changes.
        need: gain that reaches the goal, (n,).
    """

    case: Case
    x: Floats
    y: Array
    options: Candidates
    need: Floats

    @classmethod
    def begin(cls, case: Case, x: Floats, y: Array, options: Candidates) -> "Hunt":
        """Ask the rows themselves. Cost: one query a row."""
        scores = case.target.scores(x)
        return cls(case, x, y, options, -advantage(scores, case.threat.goal, y, case.target.signature.score_kind))

    def singles(self) -> Sets:
        """Every single change. Cost: at most ``len(options)`` queries a row."""
        return self._asked(np.tile(np.arange(len(self.options))[:, None], (len(self.x), 1, 1)), None)

    def extended(self, latest: Sets, singles: Sets, known: list[Sets], width: int) -> Sets:
        """The ``width`` most promising sets with one member more than ``latest``, asked."""
        best = _cheapest_known(known)
        half = max(1, width // 2)
        chosen = [
            promising(self.options, latest, singles, row, float(self.need[row]), float(best[row]), half)
            for row in range(len(self.x))
        ]
        return self._asked(np.stack(chosen), singles)

    def surprises(self, singles: Sets, known: list[Sets], count: int, limit: float) -> Sets:
        """Random pairs that cost less than what is known and than ``limit``, asked. Cost: ``count`` queries a row."""
        least = np.minimum(_cheapest_known(known), limit)
        chosen = [
            unforeseen(self.options, singles, row, float(least[row]), count, self.case.rng)
            for row in range(len(self.x))
        ]
        return self._asked(np.stack(chosen), singles)

    def cheapest(self, known: list[Sets], finalists: int, bisections: int) -> Floats:
        """The cheapest success of each row after reducing its best sets; the row itself where there is none."""
        found = [(row, members) for row in range(len(self.x)) for members in self._finalists(known, row, finalists)]
        best = self.x.copy()
        if not found:
            return best
        row = np.array([r for r, _ in found])
        longest = max(len(members) for _, members in found)
        members = np.array([[*m, *[-1] * (longest - len(m))] for _, m in found])
        x, y = self.x[row], self.y[row]
        target, space, goal = self.case.target, self.case.test.space, self.case.threat.goal
        reduction = Reduction(
            space,
            works=lambda i, z: reached(target, goal, z, y[i]),
            cast=lambda i, z: as_submitted(target, space, x[i], z),
            bisections=bisections,
            clock=self.case.clock,
        )
        z = as_submitted(target, space, x, self._points(row, members))
        z = reduction(x, z, self._inefficiency(row, members, known[0]))
        for i in np.argsort(-space.cost(x, z), kind="stable"):
            best[row[i]] = z[i]
        return best

    def _asked(self, members: Ints, singles: Sets | None) -> Sets:
        """Ask the feasible sets; ``singles`` is None when those are what is asked."""
        shape = members.shape[:2]
        gain, cost, won = np.full(shape, -np.inf), np.full(shape, np.inf), np.zeros(shape, dtype=bool)
        rows = max(1, _BLOCK // max(1, shape[1] * self.x.shape[1]))
        for start in range(0, len(self.x), rows):
            # set by set, so that a budget that runs out cuts the same sets of all rows
            column, row = np.nonzero(members[start : start + rows, :, 0].T >= 0)
            self._ask(row + start, column, members, gain, cost, won)
        single_gain, single_cost = (gain, cost) if singles is None else (singles.gain, singles.cost)
        soft_gain, soft_cost = np.zeros(shape), np.zeros(shape)
        for slot in range(members.shape[2]):
            choice = members[:, :, slot]
            counts = self.options.divisible[choice] & np.isfinite(cost)
            soft_gain += np.where(counts, np.take_along_axis(single_gain, choice, axis=1), 0.0)
            soft_cost += np.where(counts, np.take_along_axis(single_cost, choice, axis=1), 0.0)
        estimate = just_enough(gain, cost, soft_gain, soft_cost, self.need[:, None])
        return Sets(members, gain, cost, won, soft_gain, soft_cost, np.where(won, np.minimum(estimate, cost), estimate))

    def _ask(self, row: Ints, column: Ints, members: Ints, gain: Floats, cost: Floats, won: Bools) -> None:
        """Fill in, in place, what is feasible and affordable."""
        target, space, goal = self.case.target, self.case.test.space, self.case.threat.goal
        x = self.x[row]
        points = as_submitted(target, space, x, self._points(row, members[row, column]))
        fair = np.flatnonzero(space.feasible(x, points) & differs(x, points).any(axis=1))
        scores = ask(target, points[fair])
        fair = fair[: len(scores)]
        if len(fair):
            place, y = (row[fair], column[fair]), self.y[row[fair]]
            cost[place] = space.cost(x[fair], points[fair])
            gain[place] = advantage(scores, goal, y, target.signature.score_kind) + self.need[row[fair]]
            won[place] = goal.reached(scores, y)

    def _points(self, row: Ints, members: Ints) -> Floats:
        points = self.x[row]
        for slot in range(members.shape[1]):
            points = self.options.apply(points, members[:, slot])
        return points

    def _finalists(self, known: list[Sets], row: int, count: int) -> list[list[int]]:
        """Members of the successes with the smallest estimates, of different levers."""
        wins = [
            (float(sets.estimate[row, m]), sets.members[row, m].tolist())
            for sets in known
            for m in np.flatnonzero(sets.won[row])
        ]
        chosen: dict[frozenset[int], list[int]] = {}
        for _, members in sorted(wins, key=lambda win: win[0]):
            chosen.setdefault(frozenset(self.options.lever[members].tolist()), members)
            if len(chosen) == count:
                break
        return list(chosen.values())

    def _inefficiency(self, row: Ints, members: Ints, singles: Sets) -> Floats:
        """Cost for each gain of the levers that a set pulls, (rows, levers); -1 for the others."""
        worth = np.full((len(row), len(levers(self.case.test.space))), -1.0)
        for slot in range(members.shape[1]):
            there = np.flatnonzero(members[:, slot] >= 0)
            choice = members[there, slot]
            gain, cost = singles.gain[row[there], choice], singles.cost[row[there], choice]
            worth[there, self.options.lever[choice]] = np.where(gain > 0, cost / np.where(gain > 0, gain, 1.0), np.inf)
        return worth


def _cheapest_known(known: list[Sets]) -> Floats:
    """Estimated cost of the cheapest success of each row, (n,); infinity where there is none."""
    return np.asarray(np.min([np.where(sets.won, sets.estimate, np.inf).min(axis=1) for sets in known], axis=0))
