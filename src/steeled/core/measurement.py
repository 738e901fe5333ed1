"""One number with its interval, its unit, and the side on which the truth lies."""

import math
from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """What the method can show, whatever the sample: interval is chance, bound is method."""

    AT_LEAST = "at_least"  # an attack found it: the truth is this or higher
    AT_MOST = "at_most"  # a proof: the truth is this or lower
    EITHER = "either_side"  # an estimate
    EXACT = "exact"  # every case was inspected: no sample, no interval


class Unit(StrEnum):
    """What the number counts; reports format by it."""

    SHARE = "share"
    POINTS = "points"  # a difference of shares
    COUNT = "count"
    COST = "cost"
    DISTANCE = "distance"
    QUERIES = "queries"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Measurement:
    """An estimate, or the reason why there is none.

    Args:
        name: the measure, such as ``success_rate``; a rule asks for ``<risk>.<name>``.
        value: estimate; None when it cannot be measured here.
        low, high: 95 % interval; None when exact or not measurable.
        n: how many cases it rests on.
        unit: share, points, count, ...
        bound: on which side the truth lies.
        note: why there is no value, or what the reader must know of it.
        needed: how many cases would make it measurable; 0 if unknown.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: Unit
    bound: Bound
    note: str = ""
    needed: int = 0

    def __post_init__(self) -> None:
        for number in (self.value, self.low, self.high):
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{self.name}: numbers must be finite, got {number}; use not_measurable")
        if self.value is None or self.low is None or self.high is None:
            return
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name}: {self.value} lies outside its interval [{self.low}, {self.high}]")

    @property
    def is_measured(self) -> bool:
        return self.value is not None


def not_measurable(name: str, unit: Unit, bound: Bound, note: str, n: int = 0, needed: int = 0) -> Measurement:
    """A measure that these data cannot give, with the reason and, where known, the n that would."""
    return Measurement(name, None, None, None, n, unit, bound, note, needed)
