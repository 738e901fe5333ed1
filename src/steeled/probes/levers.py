"""What the person behind a table row can move: a number, a name, or a one-hot group as one."""

from dataclasses import dataclass

import numpy as np

from steeled.core.array import Bools, Floats
from steeled.core.feature_space import FeatureSpace


@dataclass(frozen=True, slots=True)
class Lever:
    """Columns that change together.

    Args:
        columns: one column number; several for a one-hot group.
        is_numeric: whether values between the old and the new one make sense.
    """

    columns: tuple[int, ...]
    is_numeric: bool


def levers(space: FeatureSpace) -> tuple[Lever, ...]:
    """Everything that can be moved, in the order of the columns; a group with a frozen member cannot."""
    grouped = {j for group in space.groups for j in group}
    single = [
        Lever((j,), not column.kind.is_nominal)
        for j, column in enumerate(space.columns)
        if column.mutable and j not in grouped
    ]
    groups = [Lever(group, False) for group in space.groups if space.mutable[list(group)].all()]
    return tuple(sorted([*single, *groups], key=lambda lever: lever.columns))


def membership(space: FeatureSpace, found: tuple[Lever, ...]) -> Bools:
    """Which columns belong to which lever, shape (levers, d)."""
    member = np.zeros((len(found), len(space.columns)), dtype=bool)
    for number, lever in enumerate(found):
        member[number, list(lever.columns)] = True
    return member


def lever_costs(space: FeatureSpace, found: tuple[Lever, ...], x: Floats, z: Floats) -> Floats:
    """Effort spent on each lever, shape (n, levers), in cost units; their sum is ``space.cost(x, z)``."""
    return np.stack([space.cost(x, np.where(columns, z, x)) for columns in membership(space, found)], axis=1)
