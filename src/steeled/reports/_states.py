"""In which state a rule, a probe and a risk are shown: a word first, then a shape, then a color."""

from dataclasses import dataclass

from steeled.core.evidence import Evidence, Status
from steeled.core.measurement import Measurement
from steeled.core.record import Record
from steeled.core.risk import Risk
from steeled.core.rule import Mode, Rule, Severity
from steeled.core.verdict import Finding, Outcome
from steeled.reports._text import clip


@dataclass(frozen=True, slots=True)
class State:
    """What is written, and which mark stands beside it: fail, pass, open or none."""

    word: str
    look: str


FAIL = State("Fail", "fail")
PASS = State("Pass", "pass")
INCONCLUSIVE = State("Inconclusive", "open")
NOT_TESTED = State("Not tested", "none")
NOT_JUDGED = State("Not judged", "none")
_STATUS = {
    Status.FAILED: State("Probe failed", "none"),
    Status.TIMED_OUT: State("Timed out", "none"),
    Status.SKIPPED: State("Skipped", "none"),
}
_UNSUITED = "does not apply to "
_OUTCOME = {Outcome.FAIL: FAIL, Outcome.PASS: PASS, Outcome.INCONCLUSIVE: INCONCLUSIVE}
_WORST = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.PASS)
_GRAVEST = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one risk stands.

    Args:
        risk: which.
        state: of its headline.
        headline: the finding that stands for the risk, or None where no rule asks about it.
        findings: all of the risk, in the order of the verdict.
        evidence: all of the risk, in the order of the plan.
    """

    risk: Risk
    state: State
    headline: Finding | None
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]


def state_of(finding: Finding) -> State:
    """Pass, fail or inconclusive; an inconclusive rule without any measurement is shown as not tested."""
    if finding.outcome is Outcome.INCONCLUSIVE and finding.measurement is None:
        return NOT_TESTED
    return _OUTCOME[finding.outcome]


def state_of_probe(evidence: Evidence) -> State:
    """Skipped, timed out or failed; a completed probe by itself is not judged."""
    return _STATUS.get(evidence.status, NOT_JUDGED)


def state_of_verdict(outcome: Outcome) -> State:
    """The one word above everything."""
    return _OUTCOME[outcome]


def standing(record: Record, risk: Risk) -> Standing:
    """How a risk stands: its blocking rules first, of these the worst outcome, of these the gravest."""
    findings = tuple(f for f in record.verdict.findings if f.rule.risk == risk)
    evidence = tuple(e for e in record.evidence if e.risk == risk)
    headline = min(findings, key=weight, default=None)
    if headline is not None:
        state = state_of(headline)
    else:
        state = NOT_JUDGED if any(e.is_completed for e in evidence) else NOT_TESTED
    return Standing(risk, state, headline, findings, evidence)


def weight(finding: Finding) -> tuple[bool, int, int]:
    """Sorts the findings that matter most to the front."""
    return finding.rule.mode is not Mode.BLOCK, _WORST.index(finding.outcome), _GRAVEST.index(finding.rule.severity)


def source(record: Record, finding: Finding) -> Evidence | None:
    """The evidence whose measurement decided a finding."""
    measures = [e for e in record.evidence if e.risk == finding.rule.risk and e.probe == finding.probe]
    return next((e for e in measures if e.measurement(finding.rule.measure) is not None), None)


def unfinished(record: Record) -> tuple[Evidence, ...]:
    """The probes that gave no usable evidence."""
    return tuple(e for e in record.evidence if not e.is_completed)


def unmeasured_risks(record: Record) -> tuple[Risk, ...]:
    """The risks that no completed probe looked at."""
    seen = {e.risk for e in record.evidence if e.is_completed}
    return tuple(risk for risk in Risk if risk not in seen)


def unsuited(evidence: tuple[Evidence, ...]) -> str:
    """What no probe of a risk can be applied to, such as ``regression``; empty where one could run."""
    if not evidence or any(e.status is not Status.SKIPPED for e in evidence):
        return ""
    reasons = [e.reason.removeprefix(_UNSUITED) for e in evidence if e.reason.startswith(_UNSUITED)]
    return clip(reasons[0]) if reasons else ""


def in_vain(record: Record, finding: Finding) -> Measurement | None:
    """Of a rule without a number: what a completed probe left of it, if one completed."""
    if finding.measurement is not None:
        return None
    rule = finding.rule
    found = (e.measurement(rule.measure) for e in record.evidence if e.is_completed and _concerns(rule, e))
    return next((m for m in found if m is not None), None)


def _concerns(rule: Rule, evidence: Evidence) -> bool:
    return evidence.risk == rule.risk and rule.probe in (None, evidence.probe)


def in_short(record: Record, finding: Finding) -> str:
    """Why a rule was not tested, in a few words that fit a column; the whole reason stands elsewhere."""
    found = in_vain(record, finding)
    if found is not None:
        return f"too few cases: {found.needed:,} needed" if found.needed else "not measurable here"
    concerned = [e for e in record.evidence if _concerns(finding.rule, e)]
    for status, state in _STATUS.items():
        kind = next((e for e in concerned if e.status is status), None)
        if kind is not None:
            return f"{state.word.lower()}: {kind.probe}"
    return "not measured"


def measured(evidence: tuple[Evidence, ...]) -> tuple[tuple[Evidence, Measurement], ...]:
    """Each measurement with the completed evidence that holds it."""
    return tuple((e, m) for e in evidence if e.is_completed for m in e.result.measurements)


def why_untested(evidence: tuple[Evidence, ...]) -> tuple[str, str]:
    """Reason and remedy of the first probe that gave nothing; a sentence of our own where there was no probe."""
    first = next((e for e in evidence if not e.is_completed), None)
    if first is None:
        return "no probe of this risk was part of the run", "a profile that holds one"
    kind = unsuited(evidence)
    if kind:
        return (
            f"no probe of this risk applies to {kind}",
            "an examination by other means; steeled has no such probe yet",
        )
    word = state_of_probe(first).word.lower()
    return f"{first.probe}: {first.reason or word}", first.remedy
