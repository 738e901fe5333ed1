"""Short, active sentences with the reader's own nouns; every number in them is a field of the record."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from steeled.core.evidence import Evidence
from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.record import Record, Words
from steeled.core.rule import Mode, Rule
from steeled.core.threat_model import Norm, ThreatModel
from steeled.core.verdict import Finding, Outcome
from steeled.knowledge.playbook import advice
from steeled.reports._numbers import THIN, figure, limit_in_words, money, of_hundred, quantity, rounded, short
from steeled.reports._states import NOT_TESTED, source, state_of, weight
from steeled.reports._text import clip, cut

_COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LONGEST_WORD = 40
_TRUTH = {
    Bound.AT_LEAST: "the truth is this or higher",
    Bound.AT_MOST: "the truth is this or lower",
    Bound.EITHER: "the truth may lie on either side",
    Bound.EXACT: "exact",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with one strong part."""

    before: str
    strong: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        return self.before + self.strong + self.after


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a sentence about a finding is made from."""

    record: Record
    finding: Finding
    measurement: Measurement
    evidence: Evidence | None


def counts(record: Record) -> str:
    """``Of 7 blocking rules, 2 fail, 1 is inconclusive, 4 pass.``"""
    blocking = record.verdict.blocking
    if not blocking:
        return "The policy has no blocking rule."
    told = {outcome: sum(f.outcome is outcome for f in blocking) for outcome in Outcome}
    failed, opened, passed = told[Outcome.FAIL], told[Outcome.INCONCLUSIVE], told[Outcome.PASS]
    parts = [
        f"{failed} fail{'s' if failed == 1 else ''}" if failed else "",
        f"{opened} {'is' if opened == 1 else 'are'} inconclusive" if opened else "",
        f"{passed} pass{'es' if passed == 1 else ''}" if passed else "",
    ]
    noun = "blocking rule" if len(blocking) == 1 else "blocking rules"
    return f"Of {len(blocking)} {noun}, {', '.join(part for part in parts if part)}."


def ruling(outcome: Outcome) -> str:
    """What the verdict means for the deployment."""
    return {
        Outcome.FAIL: "Do not deploy.",
        Outcome.PASS: "The policy allows deployment.",
        Outcome.INCONCLUSIVE: "Do not deploy yet: the evidence does not decide.",
    }[outcome]


def lead(record: Record) -> Sentence:
    """The one thing to know: the worst failure, or what is undecided, or what came closest to its limit."""
    worst = min(record.verdict.findings, key=weight, default=None)
    if worst is None:
        return Sentence("No rule was judged, so ", "nothing is known to be allowed", ".")
    if worst.outcome is Outcome.FAIL and worst.rule.mode is Mode.BLOCK and worst.measurement is not None:
        facts = _Facts(record, worst, worst.measurement, source(record, worst))
        tell = _LEADS.get(worst.rule.measure, _plain) if worst.measurement.is_measured else _plain
        return tell(facts)
    undecided = next((f for f in record.verdict.blocking if f.outcome is Outcome.INCONCLUSIVE), None)
    if undecided is not None:
        return _undecided(undecided)
    if record.verdict.doubts:
        return Sentence("The evidence ", "contradicts itself", f": {clip(record.verdict.doubts[0].sentence, 300)}")
    passed = len(record.verdict.blocking)
    nothing = "No blocking rule stands in the policy. " if not passed else ""
    return Sentence(nothing, f"{passed} of {passed} blocking rules pass", f". {_others(record)}")


def headline(record: Record, measurement: Measurement, evidence: Evidence | None, rule: Rule | None) -> str:
    """What follows the big number of a risk: of what, the interval, the side, and the limit."""
    told = figure(measurement, rule.limit if rule else None)
    known = advice(measurement.name)
    phrase = known.phrase.format(**_values(record, measurement, evidence)) if known.phrase else f"is {known.name}"
    chance = f"95{THIN}% interval {told.interval}; " if told.interval else ""
    limit = f" Limit: {limit_in_words(rule, measurement.unit)}." if rule else " No rule asks about it."
    return f"{phrase} ({chance}{told.side}).{limit}"


def bar_label(measurement: Measurement, rule: Rule | None, outcome: Outcome | None) -> str:
    """A bar in one sentence, for those who cannot see it."""
    told = figure(measurement, rule.limit if rule else None)
    parts = [told.estimate, f"95 % interval {told.interval}" if told.interval else "", _TRUTH[measurement.bound]]
    if rule is not None:
        parts.append(f"limit {limit_in_words(rule, measurement.unit)}")
    if outcome is not None:
        verdict = {Outcome.PASS: "inside the limit", Outcome.FAIL: "outside the limit"}
        parts.append(verdict.get(outcome, "not decided"))
    return "; ".join(part for part in parts if part)


def asked(rule: Rule, measurement: Measurement | None) -> str:
    """A rule in words: its own title, or its measure, with the limit."""
    known = advice(rule.measure)
    title, unit = clip(rule.title) or known.name, measurement.unit if measurement else known.unit
    return f"{title}: {limit_in_words(rule, unit)}"


def effort(threat: ThreatModel) -> str:
    """How far the attacker may go."""
    amount = short(threat.epsilon)
    match threat.norm:
        case Norm.COST:
            return f"at cost {amount}"
        case Norm.LINF:
            return f"with each input value changed by at most {amount}"
        case Norm.L0:
            return f"with at most {amount} input values changed"
        case _:
            return f"with changes of length {amount} at most ({threat.norm.value.upper()})"


def cases(record: Record) -> str:
    """What the rows are called: applicants, images, or rows."""
    if record.words.person != Words().person:
        return f"{_word(record.words.person)}s"
    pictured = any(x.picture_before is not None for e in record.evidence for x in e.result.examples)
    return "images" if pictured else "rows"


def someone(words: Words) -> str:
    """``an applicant``, or ``someone`` where the reader named nobody."""
    return _a(_word(words.person)) if words.person != Words().person else "someone"


def price(record: Record, queries: float) -> str:
    """What so many questions cost, where a price is declared."""
    if record.words.query_price is None:
        return ""
    return money(queries * record.words.query_price, _word(record.words.currency))


def _undecided(finding: Finding) -> Sentence:
    name = advice(finding.rule.measure).name
    start = f"{cut(finding.rule.id, 20)} ({name})"
    more = f" What would decide it: {clip(finding.would_decide, 300)}." if finding.would_decide else ""
    if state_of(finding) is NOT_TESTED or finding.measurement is None:
        reason = clip(finding.reason, 300).rstrip(".")
        return Sentence(f"{start} was ", "not tested", f": {reason}.{more}")
    told = figure(finding.measurement, finding.rule.limit)
    limit = limit_in_words(finding.rule, finding.measurement.unit)
    return Sentence(f"{start} is ", "not decided", f": {told.text}, limit {limit}.{more}")


def _others(record: Record) -> str:
    """What the rules that do not block say."""
    failing = [f for f in record.verdict.findings if f.rule.mode is not Mode.BLOCK and f.outcome is Outcome.FAIL]
    if not failing:
        return "No other rule fails."
    ids = ", ".join(cut(f.rule.id, 20) for f in failing[:5])
    return (
        f"One rule that does not block fails: {ids}."
        if len(failing) == 1
        else f"{len(failing)} that do not block fail: {ids}."
    )


def _evasion(facts: _Facts) -> Sentence:
    words = facts.record.words
    if words.refused and words.granted:
        who = f"{_a(_word(words.person)).capitalize()} whose {_word(words.case)} should be {_word(words.refused)}"
        start = f"{who} can have it {_word(words.granted)}{_by(facts)}. The attack works for "
    elif facts.evidence and facts.evidence.question.threat.goal.tolerance is not None:
        moved = short(facts.evidence.question.threat.goal.tolerance)
        start = f"An attacker can move the model's answer by more than {moved}{_by(facts)}. This works for "
    else:
        start = f"An attacker can change the model's answer{_by(facts)}. This works for "
    return _counted(start, facts, f" {cases(facts.record)}")


def _counted(start: str, facts: _Facts, of: str) -> Sentence:
    """``31 of 100 applicants (28 to 35)``; of all of them, how many those were: ``all 35 applicants``."""
    measurement = facts.measurement
    if measurement.value == 1 and measurement.n and measurement.low is not None:
        least = figure(measurement).interval.partition(" to ")[0]
        after = f"{of} tried (95{THIN}% interval {least} to 100{THIN}%). {_accepts(facts)}"
        return Sentence(start, f"all {measurement.n:,}", after)
    share, interval, base = of_hundred(measurement)
    told = f" ({interval})" if interval else ""
    return Sentence(start, f"{share} of {base:,}", f"{of}{told}. {_accepts(facts)}")


def _by(facts: _Facts) -> str:
    """By which change, as far as the examples and the threat say."""
    if facts.evidence is None:
        return ""
    threat, amount = facts.evidence.question.threat, short(facts.evidence.question.threat.epsilon)
    if threat.norm is Norm.LINF:
        return f" by changing each input value by at most {amount}"
    columns = _columns_changed(facts.evidence)
    if not columns or threat.norm is not Norm.COST:
        return f" {effort(threat)}"
    k = max(1, round(columns))
    return f" by changing about {_COUNTED[k] if k <= 10 else k} input{'s' if k > 1 else ''}"


def _columns_changed(evidence: Evidence) -> float:
    """How many columns a successful attack changes: the mean over all, or the median of the examples."""
    levers = next((table for table in evidence.result.tables if table.name == "levers"), None)
    shares = [row[1] for row in levers.rows if len(row) > 1 and isinstance(row[1], float)] if levers else []
    # every success changes a column, so that shares that add up to less were not all listed
    if sum(shares) > 1 - 1e-9:
        return sum(shares)
    numbers = [len(x.changes) for x in evidence.result.examples if x.changes]
    return median(numbers) if numbers else 0.0


def _robust(facts: _Facts) -> Sentence:
    share, interval, base = of_hundred(facts.measurement)
    after = f" {cases(facts.record)} ({interval}). {_accepts(facts)}"
    return Sentence("Under attack the model is still right for only ", f"{share} of {base:,}", after)


def _poisoning(facts: _Facts) -> Sentence:
    told = figure(facts.measurement, facts.finding.rule.limit)
    flipped = _values(facts.record, facts.measurement, facts.evidence)["share"]
    start = f"Flipping the labels of {flipped} of the training rows costs the model "
    return Sentence(start, told.estimate, f" of accuracy ({told.interval}). {_accepts(facts)}")


def _theft(facts: _Facts) -> Sentence:
    told = figure(facts.measurement, facts.finding.rule.limit)
    asked_of = _values(facts.record, facts.measurement, facts.evidence)["questions"]
    after = f" more than an honest model ({told.interval}). {_accepts(facts)}"
    return Sentence(f"A copy trained on {asked_of} agrees with the model ", told.estimate, after)


def _members(facts: _Facts) -> Sentence:
    share, interval, base = of_hundred(facts.measurement)
    rate = {"tpr_at_0_1pct_fpr": "1,000", "tpr_at_1pct_fpr": "100", "tpr_at_5pct_fpr": "20"}[facts.finding.rule.measure]
    after = f" people in the training data can be recognised ({interval}), wrong once per {rate} others."
    return Sentence("", f"{share} of {base:,}", f"{after} {_accepts(facts)}")


def _auc(facts: _Facts) -> Sentence:
    share, interval, base = of_hundred(facts.measurement)
    start = "Shown one row of the training data and one from outside, an attacker picks the right one "
    return Sentence(start, f"{share} times in {base:,}", f" ({interval}); guessing gives 50. {_accepts(facts)}")


def _trust(facts: _Facts) -> Sentence:
    told = figure(facts.measurement, facts.finding.rule.limit)
    start = "The confidence that the model states is off by "
    return Sentence(start, told.estimate, f" ({told.interval}). {_accepts(facts)}")


def _garbage(facts: _Facts) -> Sentence:
    return _counted("The model is sure of itself on ", facts, " meaningless inputs")


def _files(facts: _Facts) -> Sentence:
    told = figure(facts.measurement)
    return Sentence("", f"{told.estimate} files", " can run code when loaded. The files were read, not loaded.")


def _plain(facts: _Facts) -> Sentence:
    told = figure(facts.measurement, facts.finding.rule.limit)
    name = advice(facts.finding.rule.measure).name
    return Sentence(f"{cut(facts.finding.rule.id, 20)}, {name}: ", told.text, f". {_accepts(facts)}")


_LEADS: dict[str, Callable[[_Facts], Sentence]] = {
    "success_rate": _evasion,
    "robust_accuracy": _robust,
    "accuracy_drop": _poisoning,
    "copy_gain": _theft,
    "tpr_at_0_1pct_fpr": _members,
    "tpr_at_1pct_fpr": _members,
    "tpr_at_5pct_fpr": _members,
    "auc": _auc,
    "calibration_rms": _trust,
    "confident_on_garbage": _garbage,
    "unsafe_files": _files,
}


def _accepts(facts: _Facts) -> str:
    rule = facts.finding.rule
    most = "at most" if rule.maximum is not None else "at least"
    verb = "accepts" if rule.maximum is not None else "asks for"
    return f"The policy {verb} {most} {quantity(rule.limit, facts.measurement.unit, digits=8)}."


def _values(record: Record, measurement: Measurement, evidence: Evidence | None) -> dict[str, str]:
    """What a phrase of the playbook may name."""
    questions = evidence.measurement("clone_queries") if evidence else None
    asked_of = f"{rounded(questions.value, 0)} questions" if questions and questions.value is not None else "questions"
    share = quantity(evidence.question.threat.poisoned_share, Unit.SHARE) if evidence else "a share"
    return {
        "n": f"{measurement.n:,}",
        "cases": cases(record),
        "effort": effort(evidence.question.threat) if evidence else "within the budget",
        "share": share,
        "questions": asked_of,
        "goal": _goal(evidence.question.threat) if evidence else "get the answer that the attacker wants",
    }


def _goal(threat: ThreatModel) -> str:
    """What happens to an attacked case when the attack works."""
    if threat.goal.tolerance is not None:
        return f"have their answer moved by more than {short(threat.goal.tolerance)}"
    return "get the answer that the attacker wants" if threat.goal.wanted is not None else "get a wrong answer"


def _word(word: str) -> str:
    return clip(word, _LONGEST_WORD)


def _a(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' and word else 'a'} {word}"
