"""What to do next: the remedies of the worst findings first, then what would decide the rest."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from steeled.core.record import Record
from steeled.core.risk import Risk
from steeled.core.threat_model import Norm
from steeled.core.verdict import Finding, Outcome
from steeled.knowledge.catalogue import entry
from steeled.knowledge.playbook import advice
from steeled.reports._states import source, unfinished, unsuited, weight
from steeled.reports._text import clip, cut

_LONGEST = 300
_CASES = re.compile(r"about [\d,]+ (?:more )?cases")
_HOPELESS = ("more than ", "no number of cases")


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do.

    Args:
        action: verb and object.
        answers: the rule or probe that asks for it.
        effort: rough, empty if unknown.
        effect: of the action; no effect is claimed that was not measured.
    """

    action: str
    answers: str
    effort: str = ""
    effect: str = "effect not measured"


def next_actions(record: Record, most: int = 3) -> tuple[Action, ...]:
    """The first remedy of each finding, worst first; then the second ones; then what would let a probe run."""
    findings = sorted(record.verdict.findings, key=weight)
    ranks = zip_longest(*(remedies(record, finding) for finding in findings))
    wanted = [action for rank in ranks for action in rank if action is not None]
    wanted += [
        Action(f"Let {e.probe} run: {clip(e.remedy, _LONGEST)}", cut(e.probe, 20), effect="nothing is known of it yet")
        for e in unfinished(record)
        if e.remedy and not e.remedy.startswith("covered by ")
    ]
    distinct = {action.action: action for action in reversed(wanted)}
    return tuple(dict.fromkeys(distinct[action.action] for action in wanted))[:most]


def remedies(record: Record, finding: Finding) -> tuple[Action, ...]:
    """What to do about one finding: nothing when it passes; what decides it first when it is open."""
    answers = cut(finding.rule.id, 20)
    if finding.outcome is Outcome.PASS:
        return ()
    if finding.measurement is None or not finding.measurement.is_measured:
        return _decides(finding, answers) or _elsewhere(record, finding, answers)
    own = (Action(clip(finding.rule.remedy, _LONGEST), answers),) if finding.rule.remedy else ()
    holder = source(record, finding)
    inputs = "table" if holder is None or holder.question.threat.norm is Norm.COST else "array"
    known = [r for r in advice(finding.rule.measure).remedies if r.suits in ("", inputs)]
    known_good = own + tuple(Action(r.action, answers, r.effort) for r in known)
    if finding.outcome is not Outcome.INCONCLUSIVE:
        return known_good
    if finding.would_decide.startswith(_HOPELESS):
        text = f"Change the model or the limit: no reachable number of cases decides {answers}"
        return (*known_good, Action(text, answers, effect="decides the rule"))
    return _decides(finding, answers) + known_good


def _decides(finding: Finding, answers: str) -> tuple[Action, ...]:
    """What would settle an open rule; nothing where that is not known."""
    text = clip(finding.would_decide, _LONGEST)
    if not text:
        return ()
    if _CASES.fullmatch(text):
        title = advice(finding.rule.measure).name
        return (Action(f"Test on {text} to decide {answers}: {title}", answers, effect="should decide the rule"),)
    return (Action(f"Decide {answers}: {text}", answers, effect="decides the rule"),)


def _elsewhere(record: Record, finding: Finding, answers: str) -> tuple[Action, ...]:
    """Where no probe of the risk can be applied, something else has to look at it."""
    kind = unsuited(tuple(e for e in record.evidence if e.risk == finding.rule.risk))
    if not kind:
        return ()
    name = entry(Risk(finding.rule.risk)).name.lower()
    text = f"Examine {name} by other means: no probe of it applies to {kind}"
    return (Action(text, answers, effect="nothing is known of it yet"),)
