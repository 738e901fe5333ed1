"""What one column of a table may hold, who can change it, in which direction, and at what cost."""

import math
from dataclasses import dataclass
from enum import StrEnum

Level = str | int | float | bool


class Kind(StrEnum):
    """How the codes of a column behave."""

    REAL = "real"
    INTEGER = "integer"
    ORDINAL = "ordinal"
    CATEGORICAL = "categorical"
    BINARY = "binary"

    @property
    def is_nominal(self) -> bool:
        """Codes are names without an order: any change costs the same."""
        return self in (Kind.CATEGORICAL, Kind.BINARY)


class Direction(StrEnum):
    """Which way the person behind the row can move the value."""

    ANY = "any"
    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, in codes: numbers as they are; levels as their index 0, 1, ...; NaN where missing.

    Args:
        name: as in the file.
        kind: real, integer, ordinal, categorical or binary.
        low, high: smallest and largest code that may be submitted; low <= high.
        levels: what the codes 0, 1, ... stand for; empty for plain numbers.
        dtype: what a data frame holds: float64, int64, bool, str, category, datetime64[ns], ...
        may_be_missing: whether the model accepts rows without this value.
        mutable: whether the person behind the row can change it at all.
        direction: any, increase only, decrease only.
        cost: price of moving by one ``unit``; for categorical and binary columns, of any change.
        unit: size of one step of effort, in codes, > 0 (of one standard deviation when inferred).
        group: name of the one-hot group, or empty; exactly one column of a group is 1.
    """

    name: str
    kind: Kind
    low: float
    high: float
    levels: tuple[Level, ...] = ()
    dtype: str = "float64"
    may_be_missing: bool = False
    mutable: bool = True
    direction: Direction = Direction.ANY
    cost: float = 1.0
    unit: float = 1.0
    group: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"column {self.name!r}: low must be at most high, got {self.low} and {self.high}")
        if not (self.unit > 0 and math.isfinite(self.unit)):
            raise ValueError(f"column {self.name!r}: unit must be > 0, got {self.unit}")
        if not self.cost >= 0:
            raise ValueError(f"column {self.name!r}: cost must be >= 0, got {self.cost}")

    @property
    def on_grid(self) -> bool:
        """Whether only whole codes are allowed."""
        return self.kind is not Kind.REAL
