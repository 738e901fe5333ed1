"""Sets of single changes of a table row, guessed as sums of their parts: which are worth asking next."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Bools, Floats, Ints
from steeled.probes.candidates import Candidates

_PARENTS = {1: 160}  # of each row, by size of the set that is extended; 8 for the others
_FEW = 8
_PARTNERS = 160
_DOUBLES = 4  # one set is reached along several ways
_DRAWN = 8  # random pairs for each one that is wanted


@dataclass(frozen=True, slots=True)
class Sets:
    """Combinations of each row, with what is known of them; m of them a row.

    Args:
        members: candidate numbers, (n, m, size); -1 throughout where there is none.
        gain: how much closer to the goal than the row itself, (n, m); minus infinity where not asked.
        cost: in cost units, (n, m); infinity where not asked.
        won: whether the goal is reached, (n, m).
        soft_gain, soft_cost: parts of both that come from divisible members, by their single changes, (n, m).
        estimate: cost of just reaching the goal, (n, m); infinity where hopeless or not asked.
    """

    members: Ints
    gain: Floats
    cost: Floats
    won: Bools
    soft_gain: Floats
    soft_cost: Floats
    estimate: Floats

    def order(self, row: int, count: int) -> Ints:
        """The sets of one row with the smallest finite estimates, best first."""
        return _smallest(self.estimate[row], count)


def just_enough(gain: Floats, cost: Floats, soft_gain: Floats, soft_cost: Floats, need: Floats | float) -> Floats:
    """Cost of reaching ``need``, were gain proportional to cost along the divisible part; exact for a linear model.

    Args:
        gain, cost: of the whole set; all arguments broadcast.
        soft_gain, soft_cost: of the part that can be taken in smaller or larger amounts.
        need: gain that reaches the goal.

    Returns:
        Infinity for a set that brings the goal no closer.
    """
    with np.errstate(invalid="ignore"):
        hard_gain, hard_cost = gain - soft_gain, cost - soft_cost
        part = np.maximum(need - hard_gain, 0) / np.where(soft_gain > 0, soft_gain, np.inf)
        scaled = hard_cost + soft_cost * part
        whole = np.where(gain >= need, cost, cost * (need / np.where(gain > 0, gain, 1.0)))
        estimate = np.where((soft_gain > 0) & np.isfinite(part), scaled, whole)
    return np.asarray(np.where((gain > 0) & np.isfinite(cost), estimate, np.inf))


def promising(options: Candidates, latest: Sets, singles: Sets, row: int, need: float, best: float, half: int) -> Ints:
    """Sets of one row with one member more: half the cheapest that should win, half by their estimate.

    Args:
        options: what the members mean.
        latest: sets to extend.
        singles: gain and cost of one more member.
        row: which row.
        need: gain that reaches the goal.
        best: sets whose estimate is not below this are dropped.
        half: of the number of sets returned at most.

    Returns:
        (2 * half, size + 1), -1 where there are fewer.
    """
    size = latest.members.shape[2]
    base, more = latest.order(row, _PARENTS.get(size, _FEW)), singles.order(row, _PARTNERS)
    members, divisible = latest.members[row, base], options.divisible[more]
    gain = latest.gain[row, base][:, None] + singles.gain[row, more]
    cost = latest.cost[row, base][:, None] + singles.cost[row, more]
    soft_gain = latest.soft_gain[row, base][:, None] + divisible * singles.gain[row, more]
    soft_cost = latest.soft_cost[row, base][:, None] + divisible * singles.cost[row, more]
    estimate = just_enough(gain, cost, soft_gain, soft_cost, need)
    clash = (options.lever[members][:, :, None] == options.lever[more]).any(axis=1)
    estimate[clash | (estimate >= best)] = np.inf
    sure = np.where((gain >= need) & np.isfinite(estimate), cost, np.inf)
    chosen: dict[tuple[int, ...], None] = {}
    for score, enough in ((sure, half), (estimate, 2 * half)):
        for place in _smallest(score.ravel(), _DOUBLES * half).tolist():
            if len(chosen) == enough:
                break
            chosen[tuple(sorted([*members[place // len(more)].tolist(), int(more[place % len(more)])]))] = None
    result = np.full((2 * half, size + 1), -1)
    result[: len(chosen)] = list(chosen) if chosen else result[:0]
    return result


def unforeseen(
    options: Candidates, singles: Sets, row: int, limit: float, count: int, rng: np.random.Generator
) -> Ints:
    """Random pairs of single changes of one row, whatever their gains: trees may yield to two that do nothing alone.

    Args:
        options: what the members mean.
        singles: whose finite costs say what may be asked.
        row: which row.
        limit: the pairs cost less than this by the sum of their members.
        count: of the pairs at most; fewer where most of what is drawn is too dear.

    Returns:
        (count, 2), -1 where there are fewer.
    """
    result = np.full((count, 2), -1)
    usable = np.flatnonzero(singles.cost[row] < limit)
    if len(usable) < 2:
        return result
    drawn = np.sort(usable[rng.integers(len(usable), size=(_DRAWN * count, 2))], axis=1)
    fits = singles.cost[row][drawn].sum(axis=1) < limit
    fits &= options.lever[drawn[:, 0]] != options.lever[drawn[:, 1]]
    pairs = np.unique(drawn[fits], axis=0)
    chosen = pairs[np.sort(rng.permutation(len(pairs))[:count])]
    result[: len(chosen)] = chosen
    return result


def _smallest(values: Floats, count: int) -> Ints:
    """Positions of the ``count`` smallest finite values, smallest first; ties in their order."""
    few = np.sort(np.argpartition(values, count)[:count]) if count < len(values) else np.arange(len(values))
    few = few[np.argsort(values[few], kind="stable")]
    return np.asarray(few[np.isfinite(values[few])])
