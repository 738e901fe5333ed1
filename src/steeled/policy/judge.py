"""From evidence to a verdict: every rule compares an interval with its limit, and what is unknown never passes."""

import math
from collections.abc import Sequence

from steeled.core.evidence import Evidence, Status
from steeled.core.measurement import Measurement
from steeled.core.rule import Against, Mode, Rule, Severity
from steeled.core.verdict import Doubt, Finding, Outcome, Verdict
from steeled.policy.cross_examination import cross_examine

_WORST_FIRST = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS)
_HOPELESS = 100  # times as many cases: nobody collects them
_SEVEREST_FIRST = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


def judge(rules: Sequence[Rule], evidence: Sequence[Evidence]) -> Verdict:
    """Apply the rules; runs nothing, so the same evidence can be judged again under another policy.

    Properties: fail if and only if a blocking rule fails; pass only if every blocking rule passes, no probe crashed
    or timed out, and at least one rule blocks.
    """
    doubts = cross_examine(evidence)
    findings = [_finding(rule, evidence, doubts) for rule in rules]
    order = {Mode.BLOCK: 0, Mode.COMMENT: 1, Mode.MONITOR: 2}
    findings.sort(
        key=lambda f: (
            order[f.rule.mode],
            _WORST_FIRST.index(f.outcome),
            _SEVEREST_FIRST.index(f.rule.severity),
            f.rule.id,
        )
    )
    return Verdict(_overall(findings, evidence), tuple(findings), doubts)


def compare(rule: Rule, measurement: Measurement) -> Outcome:
    """On which side of the limit the interval lies; the limit itself is allowed."""
    if measurement.value is None:
        return Outcome.INCONCLUSIVE
    low = measurement.value if measurement.low is None else measurement.low
    high = measurement.value if measurement.high is None else measurement.high
    match rule.against:
        case Against.LOWER:
            high = low
        case Against.UPPER:
            low = high
        case Against.ESTIMATE:
            low = high = measurement.value
    if rule.maximum is not None:
        low, high, limit = low, high, rule.maximum
    else:
        low, high, limit = -high, -low, -rule.limit
    if high <= limit:
        return Outcome.PASS
    return Outcome.FAIL if low > limit else Outcome.INCONCLUSIVE


def cases_to_decide(rule: Rule, measurement: Measurement) -> int:
    """About how many more cases would move the interval off the limit; 0 when no number would.

    The half-width shrinks with the square root of n; the estimate is taken to stay where it is.
    """
    if measurement.value is None or measurement.low is None or measurement.high is None or measurement.n == 0:
        return measurement.needed
    gap = abs(measurement.value - rule.limit)
    toward = (
        measurement.high - measurement.value if measurement.value < rule.limit else measurement.value - measurement.low
    )
    if gap <= 1e-9:
        return 0
    return max(math.ceil(measurement.n * ((toward / gap) ** 2 - 1)), 0)


def _finding(rule: Rule, evidence: Sequence[Evidence], doubts: Sequence[Doubt]) -> Finding:
    concerned = [e for e in evidence if e.risk.value == rule.risk and rule.probe in (None, e.probe)]
    keys = tuple(e.key for e in concerned)
    found = [(e, m) for e in concerned if e.is_completed and (m := e.measurement(rule.measure)) is not None]
    measured = [(compare(rule, m), e, m) for e, m in found if m.is_measured]
    if not measured:
        reason, remedy = _why_unmeasured(concerned, [m for _, m in found])
        return Finding(rule, Outcome.INCONCLUSIVE, reason, evidence=keys, would_decide=remedy)
    sign = 1 if rule.maximum is not None else -1
    outcome, worst, number = min(measured, key=lambda x: (_WORST_FIRST.index(x[0]), -sign * _number(x[2])))
    broken = [e for e in concerned if e.status in (Status.FAILED, Status.TIMED_OUT)]
    doubt = next((d for d in doubts if d.risk == rule.risk), None)
    reason, decides = f"{worst.probe}: {number.note}".rstrip(": "), ""
    if outcome is Outcome.PASS and broken:
        outcome = Outcome.INCONCLUSIVE
        reason = f"{broken[0].probe} {_ended(broken[0])}, so a stronger attack may be missing"
        decides = broken[0].remedy or "run it again with a larger budget"
    elif outcome is Outcome.PASS and doubt is not None:
        outcome, reason, decides = Outcome.INCONCLUSIVE, doubt.sentence, "resolve the contradiction"
    elif outcome is Outcome.INCONCLUSIVE:
        more = cases_to_decide(rule, number)
        decides = _more_cases(more, number.n)
    return Finding(rule, outcome, reason, number, worst.probe, keys, decides)


def _more_cases(more: int, n: int) -> str:
    if more == 0:
        return "no number of cases: the estimate is at the limit"
    if more > _HOPELESS * n:
        return f"more than {_HOPELESS} times as many cases: the estimate is almost at the limit"
    return f"about {more:,} more cases"


def _number(measurement: Measurement) -> float:
    assert measurement.value is not None
    return measurement.value


def _why_unmeasured(concerned: Sequence[Evidence], found: Sequence[Measurement]) -> tuple[str, str]:
    """Why there is no number, and what would give one."""
    if found:
        needed = f"about {found[0].needed:,} cases" if found[0].needed else ""
        return f"not measurable here: {found[0].note}", needed
    for status in (Status.FAILED, Status.TIMED_OUT, Status.SKIPPED):
        for each in concerned:
            if each.status is status:
                return f"{each.probe} {_ended(each)}", each.remedy
    return "no probe gives this measure", "check the rule's metric"


def _ended(evidence: Evidence) -> str:
    words = {Status.SKIPPED: "was skipped", Status.FAILED: "failed", Status.TIMED_OUT: "timed out"}
    return f"{words.get(evidence.status, evidence.status.value)} ({evidence.reason})"


def _overall(findings: Sequence[Finding], evidence: Sequence[Evidence]) -> Outcome:
    blocking = [f.outcome for f in findings if f.rule.mode is Mode.BLOCK]
    if Outcome.FAIL in blocking:
        return Outcome.FAIL
    broken = any(e.status in (Status.FAILED, Status.TIMED_OUT) for e in evidence)
    undecided = broken or not blocking or Outcome.INCONCLUSIVE in blocking
    return Outcome.INCONCLUSIVE if undecided else Outcome.PASS
