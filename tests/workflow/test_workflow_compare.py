from dataclasses import replace

import pytest

from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.record import Record
from steeled.core.rule import Rule
from steeled.core.verdict import Finding, Outcome, Verdict
from steeled.workflow.compare import Trend, compare

AT_MOST = Rule("EVA-01", "evasion.success_rate", maximum=0.15)
AT_LEAST = Rule("EVA-02", "evasion.robust_accuracy", minimum=0.5)


def record(rule: Rule, value: float, half: float = 0.05, measured: bool = True) -> Record:
    number = Measurement("m", value, value - half, value + half, 100, Unit.SHARE, Bound.AT_LEAST)
    finding = Finding(rule, Outcome.PASS, "", number if measured else None)
    return Record("run-1", "m", "", "", "", "", "", "quick", 60.0, 0, "", 1.0, (), Verdict(Outcome.PASS, (finding,)))


@pytest.mark.parametrize(
    ("rule", "before", "after", "trend"),
    [
        (AT_MOST, 0.2, 0.4, Trend.WORSE),
        (AT_MOST, 0.4, 0.2, Trend.BETTER),
        (AT_LEAST, 0.2, 0.4, Trend.BETTER),
        (AT_LEAST, 0.4, 0.2, Trend.WORSE),
        (AT_MOST, 0.2, 0.25, Trend.NO_CHANGE),
        (AT_MOST, 0.2, 0.3, Trend.NO_CHANGE),  # the intervals touch
    ],
)
def test_only_intervals_that_do_not_touch_are_a_change(rule: Rule, before: float, after: float, trend: Trend) -> None:
    (found,) = compare(record(rule, before), record(rule, after))

    assert found.trend is trend


def test_what_was_not_measured_on_both_sides_is_not_compared() -> None:
    (unmeasured,) = compare(record(AT_MOST, 0.2), record(AT_MOST, 0.9, measured=False))
    (new_rule,) = compare(record(AT_MOST, 0.2), record(replace(AT_MOST, id="NEW-01"), 0.9))

    assert unmeasured.trend is Trend.UNKNOWN
    assert new_rule.trend is Trend.UNKNOWN
