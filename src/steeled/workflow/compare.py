"""What changed from one audited version to the next, measure by measure, beyond chance."""

from dataclasses import dataclass
from enum import StrEnum

from steeled.core.measurement import Measurement
from steeled.core.record import Record
from steeled.core.rule import Rule


class Trend(StrEnum):
    """Where a measure went."""

    BETTER = "better"
    WORSE = "worse"
    NO_CHANGE = "no measurable change"
    UNKNOWN = "not comparable"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One rule's measure before and after.

    Args:
        rule: whose measure it is; says which direction is worse.
        before, after: None where it was not measured.
        trend: better or worse only when the 95 % intervals do not touch.
    """

    rule: Rule
    before: Measurement | None
    after: Measurement | None
    trend: Trend


def compare(before: Record, after: Record) -> tuple[Comparison, ...]:
    """For every rule of ``after``, the measures of both.

    Disjoint 95 % intervals are stricter than a 5 % test of the difference: fewer changes are called real.
    """
    earlier = {finding.rule.id: finding.measurement for finding in before.verdict.findings}
    return tuple(
        Comparison(f.rule, earlier.get(f.rule.id), f.measurement, _trend(f.rule, earlier.get(f.rule.id), f.measurement))
        for f in after.verdict.findings
    )


def _trend(rule: Rule, before: Measurement | None, after: Measurement | None) -> Trend:
    if before is None or after is None or before.value is None or after.value is None:
        return Trend.UNKNOWN
    old_low, old_high = _ends(before)
    new_low, new_high = _ends(after)
    if new_low <= old_high and old_low <= new_high:
        return Trend.NO_CHANGE
    rose = new_low > old_high
    return Trend.WORSE if rose == (rule.maximum is not None) else Trend.BETTER


def _ends(measurement: Measurement) -> tuple[float, float]:
    assert measurement.value is not None
    low = measurement.value if measurement.low is None else measurement.low
    high = measurement.value if measurement.high is None else measurement.high
    return low, high
