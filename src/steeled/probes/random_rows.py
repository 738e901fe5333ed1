"""Random feasible changes of table rows."""

import numpy as np

from steeled.core.array import Floats
from steeled.core.feature_space import FeatureSpace
from steeled.probes.levers import levers, membership

_WIDEST = 10.0  # units: how far a number goes that costs nothing


def random_rows(space: FeatureSpace, x: Floats, epsilon: float, rng: np.random.Generator) -> Floats:
    """One random row for each of ``x``: some levers in random order, each moved as far as the rest of epsilon can pay.

    Properties: ``space.feasible(x, z)`` and ``space.cost(x, z) <= epsilon`` for every row.

    Args:
        space: a table's.
        x: original rows, (n, d).
        epsilon: largest cost, > 0.
        rng: the only source of randomness.
    """
    found = levers(space)
    if not found:
        return x
    member, proposal, z = membership(space, found), _random_values(space, x, epsilon, rng), x.copy()
    numeric = np.array([lever.is_numeric for lever in found])
    order = rng.permuted(np.tile(np.arange(len(found)), (len(x), 1)), axis=1)
    pulled = rng.integers(1, len(found) + 1, len(x))
    for place in range(len(found)):
        lever = order[:, place]
        columns = member[lever]
        left = epsilon - space.cost(x, z)
        price = space.cost(x, space.project(x, np.where(columns, proposal, x)))
        share = np.where(numeric[lever] & (price > left), left / np.where(price > 0, price, 1.0), 1.0)
        trial = space.project(x, np.where(columns, x + share[:, None] * (proposal - x), z))
        paid = (space.cost(x, trial) <= epsilon) & space.feasible(x, trial) & (place < pulled)
        z[paid] = trial[paid]
    return z


def _random_values(space: FeatureSpace, x: Floats, epsilon: float, rng: np.random.Generator) -> Floats:
    """A random value for every cell: any level, or a number that ``epsilon`` can pay; not yet projected."""
    units = np.array([column.unit for column in space.columns])
    free = space.prices <= 0
    reach = np.where(free, _WIDEST * units, epsilon / np.where(free, 1.0, space.prices))
    is_name = space.nominal | np.array([bool(column.group) for column in space.columns])
    low = np.where(is_name, space.lows - 0.5, space.project(x, x - reach))
    high = np.where(is_name, space.highs + 0.5, space.project(x, x + reach))
    return np.asarray(low + rng.random(x.shape) * (high - low))
