"""What to do next: the remedies of the worst findings first, then what would decide the rest."""

from dataclasses import dataclass
from itertools import zip_longest

from steeled.core.record import Record
from steeled.core.threat_model import Norm
from steeled.core.verdict import Finding, Outcome
from steeled.knowledge.playbook import advice
from steeled.reports._states import source, unfinished, weight
from steeled.reports._text import clip, cut

_LONGEST = 300


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
        Action(f"Let {e.probe} run: {clip(e.remedy, _LONGEST)}", e.probe, effect="nothing is known of it yet")
        for e in unfinished(record)
        if e.remedy
    ]
    distinct = {action.action: action for action in reversed(wanted)}
    return tuple(dict.fromkeys(distinct[action.action] for action in wanted))[:most]


def remedies(record: Record, finding: Finding) -> tuple[Action, ...]:
    """What to do about one finding: nothing when it passes; what decides it first when it is open."""
    answers = cut(finding.rule.id, 20)
    if finding.outcome is Outcome.PASS:
        return ()
    text = clip(finding.would_decide, _LONGEST)
    decides = (Action(f"Decide {answers}: {text}", answers, effect="decides the rule"),) if text else ()
    if finding.measurement is None or not finding.measurement.is_measured:
        return decides
    own = (Action(clip(finding.rule.remedy, _LONGEST), answers),) if finding.rule.remedy else ()
    holder = source(record, finding)
    inputs = "table" if holder is None or holder.question.threat.norm is Norm.COST else "array"
    known = [r for r in advice(finding.rule.measure).remedies if r.suits in ("", inputs)]
    return (
        decides * (finding.outcome is Outcome.INCONCLUSIVE)
        + own
        + tuple(Action(r.action, answers, r.effort) for r in known)
    )
