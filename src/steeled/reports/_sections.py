"""The six risk sections of the page, as records that the template only has to write down."""

from dataclasses import dataclass

from steeled.core.evidence import Evidence
from steeled.core.measurement import Measurement
from steeled.core.record import Record
from steeled.core.risk import Risk
from steeled.core.rule import Mode, Rule
from steeled.core.verdict import Outcome
from steeled.knowledge.catalogue import entry
from steeled.knowledge.playbook import advice
from steeled.reports._actions import Action, remedies
from steeled.reports._bars import bar_of, svg
from steeled.reports._chart import Chart, Figures, figures, is_drawable
from steeled.reports._charts import svg as draw
from steeled.reports._curves import charts_of
from steeled.reports._examples import Gallery, Listing, gallery, leaning, listings
from steeled.reports._numbers import Figure, duration, figure, limit_of
from steeled.reports._sentences import bar_label, headline, someone
from steeled.reports._states import (
    FAIL,
    INCONCLUSIVE,
    NOT_TESTED,
    Standing,
    State,
    measured,
    source,
    standing,
    state_of,
    state_of_probe,
    unsuited,
    weight,
    why_untested,
)
from steeled.reports._text import Fragment, clip, cut

ANCHORS = {risk: "supply" if risk is Risk.SUPPLY_CHAIN else risk.value for risk in Risk}
_MOST_MEASURES = 40
_MOST_FIGURES = 6
_TOO_FEW = "not measurable here: "


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with its table of figures; no SVG where fewer than two points were measured."""

    anchor: str
    finding: str
    basis: str
    drawing: Fragment | None
    table: Figures


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement in the table of a risk."""

    probe: str
    measure: str
    value: str
    side: str
    n: str
    note: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What one probe cost; ``number`` counts the evidence of the run, and is the only part of its id."""

    number: int
    probe: str
    key: str
    state: State
    queries: str
    trainings: str
    time: str


@dataclass(frozen=True, slots=True)
class Section:
    """One risk on the page.

    Args:
        anchor, number, name, heading: where and what.
        state: of its headline.
        big, says: the number, and what follows it; ``big`` is empty when nothing was measured.
        untested: in place of the number: reason and what would change it.
        bar: against the limit; None for counts.
        figure: of the headline, for the overview; None when nothing was measured.
        measure: what was measured, in a few words.
        limit: of the headline rule, such as ``≤ 15 %``; empty without a rule.
        notes: rules beside the headline that fail or are open.
        more_plots: charts that are left to the JSON.
        plots, lines, gallery, listings: what was measured.
        because: heading of ``why``.
        why, todo: in sentences.
        doubts: contradictions in its evidence.
        spent: its probes.
    """

    anchor: str
    number: int
    name: str
    heading: str
    meaning: str
    state: State
    big: str
    says: str
    untested: str
    bar: Fragment | None
    figure: Figure | None
    measure: str
    limit: str
    notes: tuple[str, ...]
    plots: tuple[Plot, ...]
    more_plots: int
    lines: tuple[Line, ...]
    gallery: Gallery | None
    listings: tuple[Listing, ...]
    because: str
    why: tuple[str, ...]
    todo: tuple[str, ...]
    doubts: tuple[str, ...]
    spent: tuple[Spent, ...]


def section(record: Record, risk: Risk) -> Section:
    """Everything the page says of one risk."""
    told, known = standing(record, risk), entry(risk)
    decided = _headline(record, told)
    measurement, evidence = decided if decided else (None, None)
    rule = told.headline.rule if told.headline else None
    outcome = told.headline.outcome if told.headline else None
    bar = bar_of(measurement, rule)
    charts = charts_of(f"c-{risk.value[:3]}", told.evidence, told.findings)
    shown_attacks = _gallery(told, evidence)
    shown = figure(measurement, rule.limit if rule else None) if measurement else None
    return Section(
        anchor=ANCHORS[risk],
        number=known.number,
        name=known.name,
        heading=f"{known.name}: {known.question.format(someone=someone(record.words))}",
        meaning=known.meaning,
        state=told.state,
        big=shown.estimate if shown and measurement and measurement.is_measured else "",
        says=headline(record, measurement, evidence, rule) if measurement and measurement.is_measured else "",
        untested=_untested(told, measurement),
        bar=svg(bar, bar_label(measurement, rule, outcome)) if bar and measurement else None,
        figure=shown,
        measure=advice(rule.measure, risk).name
        if rule
        else advice(measurement.name).name
        if measurement
        else known.meaning,
        limit=limit_of(rule, measurement.unit) if rule and measurement else "",
        notes=_notes(told),
        plots=tuple(_plot(chart) for chart in charts[:_MOST_FIGURES]),
        more_plots=max(0, len(charts) - _MOST_FIGURES),
        lines=_lines(told),
        gallery=shown_attacks,
        listings=listings(told.evidence, shown_attacks.probe if shown_attacks else "")[:_MOST_FIGURES],
        because=known.because,
        why=_why(told, evidence, known.why),
        todo=_todo(record, told),
        doubts=tuple(clip(d.sentence, 400) for d in record.verdict.doubts if d.risk == risk),
        spent=tuple(spent(record, e) for e in told.evidence),
    )


def spent(record: Record, evidence: Evidence) -> Spent:
    """What a probe cost, under its number in the run."""
    number = next(k for k, e in enumerate(record.evidence, 1) if e is evidence)
    return Spent(
        number=number,
        probe=evidence.probe,
        key=evidence.key.removeprefix("sha256:")[:12],
        state=State("Completed", "done") if evidence.is_completed else state_of_probe(evidence),
        queries=f"{evidence.queries:,}",
        trainings=f"{evidence.trainings:,}",
        time=duration(evidence.seconds),
    )


def _headline(record: Record, told: Standing) -> tuple[Measurement, Evidence | None] | None:
    """The measurement that stands for the risk: the headline rule's, or the first one where no rule asks."""
    if told.headline is not None:
        found = told.headline.measurement
        return (found, source(record, told.headline)) if found else None
    numbers = [(m, e) for e, m in measured(told.evidence) if m.is_measured]
    return numbers[0] if numbers else None


def _untested(told: Standing, measurement: Measurement | None) -> str:
    """What stands in place of a number."""
    if measurement is not None and measurement.is_measured:
        return ""
    if measurement is not None:
        note = f": {clip(measurement.note, 300)}" if measurement.note else ""
        needed = f" {measurement.needed:,} cases would make it measurable." if measurement.needed else ""
        return f"Not measurable at n = {measurement.n:,}{note}.{needed}"
    reason, remedy = why_untested(told.evidence)
    start = "Not tested"
    if told.headline is not None and not any(not e.is_completed for e in told.evidence):
        reason, remedy = told.headline.reason or reason, told.headline.would_decide or remedy
        start = start if reason == reason.removeprefix(_TOO_FEW) else "Not measurable here"
    more = f" What would change it: {clip(remedy, 300).rstrip('.')}." if remedy else ""
    return f"{start}: {clip(reason.removeprefix(_TOO_FEW), 300).rstrip('.')}.{more}"


def _notes(told: Standing) -> tuple[str, ...]:
    """Rules of the same risk that the headline does not show."""
    others = [f for f in told.findings if f is not told.headline and f.outcome is not Outcome.PASS]
    words = {FAIL: "fails", INCONCLUSIVE: "is inconclusive", NOT_TESTED: "was not tested"}
    notes = [
        f"{cut(f.rule.id, 20)} {words[state_of(f)]} ({'blocks' if f.rule.mode is Mode.BLOCK else 'does not block'})"
        for f in others[:3]
    ]
    return (*notes, f"and {len(others) - 3} more") if len(others) > 3 else tuple(notes)


def _plot(chart: Chart) -> Plot:
    return Plot(chart.prefix, chart.finding, chart.basis, draw(chart) if is_drawable(chart) else None, figures(chart))


def _lines(told: Standing) -> tuple[Line, ...]:
    """Every measurement, partial ones marked."""
    kept = [(e, m) for e in told.evidence for m in e.result.measurements][:_MOST_MEASURES]
    return tuple(_line(e, m, _asks(told, e, m)) for e, m in kept)


def _asks(told: Standing, evidence: Evidence, measurement: Measurement) -> Rule | None:
    """The rule that looks at a measurement, so that it is rounded as beside its limit."""
    rules = (f.rule for f in told.findings if f.rule.measure == measurement.name)
    return next((rule for rule in rules if rule.probe in (None, evidence.probe)), None)


def _line(evidence: Evidence, measurement: Measurement, rule: Rule | None) -> Line:
    told = figure(measurement, rule.limit if rule else None)
    partial = "" if evidence.is_completed else "partial, not judged"
    note = "; ".join(part for part in (partial, clip(measurement.note, 200)) if part)
    n = f"{measurement.n:,}" if measurement.n else ""
    return Line(evidence.probe, advice(measurement.name).name, told.text, told.side, n, note)


def _gallery(told: Standing, evidence: Evidence | None) -> Gallery | None:
    """Examples of the probe that decided, or else of the first that has some."""
    candidates = ([evidence] if evidence else []) + [e for e in told.evidence if e.is_completed]
    return next((found for e in candidates if (found := gallery(e)) is not None), None)


def _why(told: Standing, evidence: Evidence | None, known: str) -> tuple[str, ...]:
    """The mechanism, and what the examples lean on; nothing where nothing was found."""
    if not any(e.is_completed for e in told.evidence):
        return ()
    holder = evidence or next((e for e in told.evidence if e.result.examples), None)
    leans = leaning(holder) if holder else ""
    return (known, leans) if leans else (known,)


def _todo(record: Record, told: Standing) -> tuple[str, ...]:
    """Remedies of the rules that do not pass, worst first; a sentence where nothing is asked."""
    actions = [action for finding in sorted(told.findings, key=weight) for action in remedies(record, finding)]
    if actions:
        return tuple(dict.fromkeys(_told(action) for action in actions))[:5]
    if told.headline is not None and told.headline.outcome is Outcome.PASS:
        return ("Nothing is required: the policy accepts what was measured.",)
    if unsuited(told.evidence):
        return ("Examine this risk by other means: this report says nothing about it.",)
    remedy = why_untested(told.evidence)[1] if not any(e.is_completed for e in told.evidence) else ""
    if remedy:
        return (f"What would change it: {clip(remedy, 300)}",)
    if told.findings:
        return ("See the findings: what would decide these rules is not known.",)
    return ("No rule of the policy asks about this risk: add one to have it judged.",)


def _told(action: Action) -> str:
    return f"{action.action} ({action.answers}; effort: {action.effort})" if action.effort else action.action
