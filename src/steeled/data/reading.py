"""What every reader hands on: the rows of each file, with labels as they stand there."""

from dataclasses import dataclass

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace


@dataclass(frozen=True, slots=True)
class Reading:
    """Rows of one or more files in one space.

    Args:
        rows: for each file, codes (n, d), arrays (n, ...) or text (n,).
        labels: for each file, (n,) labels in any dtype, gaps included.
        space: what a row may be.
        notes: sentences about what was guessed or left out.
    """

    rows: tuple[Array, ...]
    labels: tuple[Array, ...]
    space: FeatureSpace
    notes: tuple[str, ...] = ()
