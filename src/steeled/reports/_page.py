"""The whole page as one record: masthead, plain words, findings, what was not tested, method."""

from collections.abc import Mapping
from dataclasses import dataclass

from steeled.core.record import Record
from steeled.core.risk import Risk
from steeled.core.verdict import Finding, Outcome
from steeled.knowledge.catalogue import entry, taxonomies
from steeled.knowledge.playbook import advice
from steeled.reports._actions import Action, next_actions
from steeled.reports._numbers import THIN, duration, figure, rounded
from steeled.reports._sections import Section, Spent, section, spent
from steeled.reports._sentences import Sentence, asked, cases, counts, lead, price, ruling
from steeled.reports._states import (
    State,
    state_of,
    state_of_probe,
    state_of_verdict,
    unfinished,
    unmeasured_risks,
    unsuited,
)
from steeled.reports._text import clip

_MOST_ROWS = 200
_MOST_ACTIONS = 5


@dataclass(frozen=True, slots=True)
class Key:
    """One of the three numbers below the lead sentence."""

    title: str
    big: str
    interval: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in the table of findings; ``outcome`` is the verdict's own word."""

    rule: str
    asked: str
    measured: str
    severity: str
    mode: str
    state: State
    outcome: str
    note: str
    atlas: str
    nist: str
    owasp: str


@dataclass(frozen=True, slots=True)
class Untested:
    """One probe that gave no usable evidence."""

    probe: str
    risk: str
    state: State
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that the template writes down, in its order."""

    state: State
    ruling: str
    counts: str
    others: str
    exit_code: int
    lead: Sentence
    keys: tuple[Key, ...]
    actions: tuple[Action, ...]
    no_actions: str
    untested_risks: tuple[str, ...]
    doubts: tuple[str, ...]
    sections: tuple[Section, ...]
    rows: tuple[Row, ...]
    more_rows: int
    untested: tuple[Untested, ...]
    more_untested: int
    probes: int
    spent: tuple[Spent, ...]
    totals: str
    taxonomies: Mapping[str, str]
    duration: str
    budget: str


def page(record: Record) -> Page:
    """Everything the page says, from one record."""
    verdict, missing = record.verdict, unfinished(record)
    state = state_of_verdict(verdict.outcome)
    return Page(
        state=state,
        ruling=ruling(verdict.outcome),
        counts=counts(record),
        others=" and ".join(word for word in ("PASS", "FAIL", "INCONCLUSIVE") if word != state.word.upper()),
        exit_code=verdict.exit_code,
        lead=lead(record),
        keys=(_success(record), _cost(record), _coverage(record)),
        actions=next_actions(record, _MOST_ACTIONS),
        no_actions="Nothing is required: every rule passes."
        if all(f.outcome is Outcome.PASS for f in verdict.findings)
        else "No action is known for what does not pass: see the findings.",
        untested_risks=tuple(entry(risk).name for risk in unmeasured_risks(record)),
        doubts=tuple(clip(doubt.sentence, 400) for doubt in verdict.doubts[:_MOST_ROWS]),
        sections=tuple(section(record, risk) for risk in Risk),
        rows=tuple(_row(finding) for finding in verdict.findings[:_MOST_ROWS]),
        more_rows=max(0, len(verdict.findings) - _MOST_ROWS),
        untested=tuple(_untested(record, k) for k in range(min(len(missing), _MOST_ROWS))),
        more_untested=max(0, len(missing) - _MOST_ROWS),
        probes=len(record.evidence),
        spent=tuple(spent(record, e) for e in record.evidence[:_MOST_ROWS]),
        totals=_totals(record),
        taxonomies=taxonomies(),
        duration=duration(record.seconds),
        budget=duration(record.budget),
    )


def _success(record: Record) -> Key:
    """The highest success rate that an attack reached."""
    found = [
        (m, e)
        for e in record.evidence
        if e.risk is Risk.EVASION and e.is_completed
        for m in e.result.measurements
        if m.name == "success_rate" and m.value is not None and e.probe != "noise"
    ]
    if not found:
        return Key("Attack success", "Not tested", "", "No evasion probe gave a success rate.")
    measurement, evidence = max(found, key=lambda item: item[0].value or 0.0)
    told = figure(measurement)
    which = f"the strongest of {len(found)} attacks" if len(found) > 1 else "the one attack that gave a rate"
    note = f"of {measurement.n:,} attacked {cases(record)}; {which} ({clip(evidence.probe)})"
    chance = f"95{THIN}% interval {told.interval}; {told.side}" if told.interval else told.side
    return Key("Attack success", told.estimate, chance, f"{note}.")


def _cost(record: Record) -> Key:
    """What one attack asks of the model; in money only where a price is declared."""
    found = [
        m
        for e in record.evidence
        if e.risk is Risk.EVASION and e.is_completed and e.probe != "noise"
        for m in [e.measurement("queries_per_row")]
        if m is not None and m.value is not None
    ]
    if not found:
        return Key("Cost of one attack", "Not tested", "", "No attack counted its questions.")
    least = min(found, key=lambda m: m.value or 0.0)
    assert least.value is not None
    questions = f"{rounded(least.value, 0)} question{'' if round(least.value) == 1 else 's'}"
    cost = price(record, least.value)
    declared = (
        f"{questions}; the price of a question is declared, not measured."
        if cost
        else "No price of a question is declared, so there is no sum of money."
    )
    return Key("Cost of one attack", cost or questions, "on average, cheapest attack run", declared)


def _coverage(record: Record) -> Key:
    """How much of the plan gave evidence."""
    done = sum(e.is_completed for e in record.evidence)
    kinds = [state_of_probe(e).word.lower() for e in unfinished(record)]
    parts = [f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)]
    note = f"{', '.join(parts)}: reasons in section 11." if parts else "Every planned probe completed."
    return Key("Probes with evidence", f"{done} of {len(record.evidence)}", "", note)


def _row(finding: Finding) -> Row:
    rule, measurement = finding.rule, finding.measurement
    risk = next((r for r in Risk if r == rule.risk), None)
    known = advice(rule.measure, risk)
    return Row(
        rule=rule.id,
        asked=asked(rule, measurement),
        measured=figure(measurement, rule.limit).text if measurement else "not measured",
        severity=rule.severity.value,
        mode=rule.mode.value,
        state=state_of(finding),
        outcome=finding.outcome.value,
        note=_note(finding),
        atlas=known.atlas or "none",
        nist=known.nist or "none",
        owasp=known.owasp or "none",
    )


def _note(finding: Finding) -> str:
    """Beside an open outcome: why there is no number, and what would decide it."""
    reason = "" if finding.measurement else clip(finding.reason, 200)
    decides = f"would decide: {clip(finding.would_decide, 200)}" if finding.would_decide else ""
    return "; ".join(part for part in (reason, decides) if part)


def _untested(record: Record, number: int) -> Untested:
    evidence = unfinished(record)[number]
    reason = clip(evidence.reason, 400) or "no reason was given"
    if evidence.result.measurements:
        reason += "; the partial result is kept and not judged"
    never = "nothing yet: steeled has no such probe" if unsuited((evidence,)) else "not known"
    remedy = clip(evidence.remedy, 400) or never
    return Untested(evidence.probe, entry(evidence.risk).name, state_of_probe(evidence), reason, remedy)


def _totals(record: Record) -> str:
    queries = sum(e.queries for e in record.evidence)
    trainings = sum(e.trainings for e in record.evidence)
    return f"{queries:,} queries, {trainings:,} trainings, {duration(record.seconds)}"
