"""From the curves of a risk to its charts: which belong together, what each one finds, where the policy stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from steeled.core.access import Access
from steeled.core.artifact import Curve, CurveRole, Point
from steeled.core.evidence import Evidence, Status
from steeled.core.measurement import Unit
from steeled.core.verdict import Finding
from steeled.reports._chart import Chart, Drawn, Gate, point_text
from steeled.reports._numbers import THIN, quantity, short
from steeled.reports._sentences import effort
from steeled.reports._text import clip

_FALSE_ALARMS = {"tpr_at_0_1pct_fpr": 0.001, "tpr_at_1pct_fpr": 0.01, "tpr_at_5pct_fpr": 0.05}
_SEES = {
    Access.FILES: "the files",
    Access.LABELS: "decisions only",
    Access.SCORES: "scores",
    Access.GRADIENTS: "gradients",
    Access.PARAMETERS: "the whole model",
}
_LOWER_IS_STRONGER = ("robust_accuracy", "accuracy")


@dataclass(frozen=True, slots=True)
class _Source:
    """A curve and the evidence that holds it."""

    curve: Curve
    evidence: Evidence

    @property
    def judged(self) -> bool:
        return self.evidence.is_completed


def charts_of(prefix: str, evidence: Sequence[Evidence], findings: Sequence[Finding]) -> tuple[Chart, ...]:
    """One chart for each measure that has curves, partial ones of probes that ran out of time included.

    Args:
        prefix: of the ids, from the section.
        evidence: of one risk.
        findings: of the same risk; they say where the gates stand.
    """
    shows = (Status.COMPLETED, Status.TIMED_OUT)
    sources = [_Source(c, e) for e in evidence if e.status in shows for c in e.result.curves if c.points]
    sources.sort(key=lambda s: _kind(s.curve))
    groups = [tuple(group) for _, group in groupby(sources, key=lambda s: _kind(s.curve))]
    return tuple(_chart(f"{prefix}-{number}", group, findings) for number, group in enumerate(groups, 1))


def _kind(curve: Curve) -> tuple[str, str, str, bool]:
    """Curves that agree in this are drawn in one chart."""
    return curve.name, curve.x_unit, curve.y_unit, curve.x_is_log


def _chart(prefix: str, group: Sequence[_Source], findings: Sequence[Finding]) -> Chart:
    """The strongest attack first, then the others, then baselines."""
    attacks = sorted((s for s in group if s.curve.role is CurveRole.ATTACK), key=_strength)
    ranked = attacks + [s for s in group if s.curve.role is not CurveRole.ATTACK]
    first = ranked[0]
    name = first.curve.name
    gate = _gate(ranked, findings)
    finding = _FINDINGS.get(name, _last)(ranked)
    if name == "roc" and gate is not None and gate.measured is not None:
        finding = _recognised_at(gate.measured)
    outsiders = max((p.n for p in first.curve.points), default=0)
    return Chart(
        prefix=prefix,
        title=f"{clip(first.curve.y_label)}, against {clip(first.curve.x_label)}",
        finding=finding,
        basis=_basis(first),
        curves=tuple(Drawn(s.curve, s.judged) for s in ranked),
        gate=gate,
        diagonal={"roc": "guessing", "reliability": "stated = observed"}.get(name, ""),
        too_few_below=min(1.0, 10 / outsiders) if name == "roc" and outsiders else 0.0,
        both_log=name == "roc",
        has_columns=name == "reliability",
    )


def _strength(source: _Source) -> tuple[bool, float]:
    """Sorts judged before partial, and the strongest attack first."""
    y = _reached(source).y
    return not source.judged, y if source.curve.name in _LOWER_IS_STRONGER else -y


def _reached(source: _Source) -> Point:
    """The point at the strength that the threat allows: within a tenth of it, or else the last one not beyond it."""
    points = source.curve.points
    threat = source.evidence.question.threat
    strengths = {"robust_accuracy": threat.epsilon, "accuracy": threat.poisoned_share, "error": threat.poisoned_share}
    most = strengths.get(source.curve.name, points[-1].x)
    nearest = min(points, key=lambda p: abs(p.x - most))
    if abs(nearest.x - most) <= 0.1 * abs(most):
        return nearest
    return next((p for p in reversed(points) if p.x <= most), points[0])


def _basis(source: _Source) -> str:
    in_bins = source.curve.name == "reliability"
    n = max((p.n for p in source.curve.points), default=0)
    total = sum(p.n for p in source.curve.points) if in_bins else n
    bands = any(p.low is not None for p in source.curve.points)
    shown = "bars" if in_bins else "band"
    parts = [
        f"n = {total:,}{f', at most {n:,} in a bin' if in_bins else ''}" if n else "",
        f"{shown}: 95{THIN}% interval" if bands else "no interval",
        "" if in_bins else f"attacker may see {_SEES[source.evidence.question.threat.knowledge]}",
        "" if source.judged else "partial result, not judged",
    ]
    return "; ".join(part for part in parts if part)


def _at(ranked: Sequence[_Source], role: CurveRole, x: float) -> Point | None:
    """The point of the first curve of a role at the same x."""
    curves = [s.curve for s in ranked if s.curve.role is role]
    return next((p for c in curves for p in c.points if abs(p.x - x) <= 1e-9 * max(1.0, abs(x))), None)


def _beyond(ranked: Sequence[_Source], x: float, words: str) -> str:
    """A clause on the baseline at the same x, if there is one."""
    point = _at(ranked, CurveRole.BASELINE, x)
    return f"; {words} {point_text(point, ranked[0].curve.y_unit)}" if point else ""


def _robust(ranked: Sequence[_Source]) -> str:
    point = _reached(ranked[0])
    threat = ranked[0].evidence.question.threat
    kept = point_text(point, ranked[0].curve.y_unit)
    at = effort(threat) if point.x == threat.epsilon else f"at {short(point.x)}"
    return f"{at[0].upper()}{at[1:]}, {kept} keep their answer{_beyond(ranked, point.x, 'random changes leave')}"


def _poisoned(ranked: Sequence[_Source]) -> str:
    point = _reached(ranked[0])
    share, kept = quantity(point.x, ranked[0].curve.x_unit), point_text(point, ranked[0].curve.y_unit)
    return f"With {share} of the labels flipped, accuracy is {kept}{_beyond(ranked, point.x, 'random flips leave')}"


def _worsened(ranked: Sequence[_Source]) -> str:
    point = _reached(ranked[0])
    share, error = quantity(point.x, ranked[0].curve.x_unit), point_text(point, ranked[0].curve.y_unit)
    random = _beyond(ranked, point.x, "random changes make it")
    return f"With {share} of the labels changed, the {clip(ranked[0].curve.y_label)} is {error}{random}"


def _copied(ranked: Sequence[_Source]) -> str:
    point = ranked[0].curve.points[-1]
    agrees = point_text(point, ranked[0].curve.y_unit)
    return f"After {short(point.x)} questions a copy agrees in {agrees}{_beyond(ranked, point.x, 'an honest model in')}"


def _recognised(ranked: Sequence[_Source]) -> str:
    points = [p for p in ranked[0].curve.points if p.x > 0 and p.x * p.n >= 10]
    if not points:
        return "Too few people to measure any rate of false alarms"
    return _recognised_at(min(points, key=lambda p: abs(p.x - 0.01)))


def _recognised_at(point: Point) -> str:
    share = point_text(point, Unit.SHARE)
    return f"At {quantity(point.x, Unit.SHARE)} false alarms, {share} of the members are recognised"


def _reliable(ranked: Sequence[_Source]) -> str:
    off = [p for p in ranked[0].curve.points if p.low is not None and p.high is not None and not p.low <= p.x <= p.high]
    if not off:
        return "In every bin the stated confidence lies within the interval of what was observed"
    point = max(off, key=lambda p: abs(p.x - p.y))
    observed = point_text(point, ranked[0].curve.y_unit)
    return f"Where the model says {quantity(point.x, Unit.SHARE, 2)}, it is right in {observed}"


def _last(ranked: Sequence[_Source]) -> str:
    curve = ranked[0].curve
    point = curve.points[-1]
    x, label = quantity(point.x, curve.x_unit), clip(curve.y_label)
    return f"{label[:1].upper()}{label[1:]}: {point_text(point, curve.y_unit)} at {x}"


_FINDINGS: dict[str, Callable[[Sequence[_Source]], str]] = {
    "robust_accuracy": _robust,
    "accuracy": _poisoned,
    "error": _worsened,
    "fidelity": _copied,
    "roc": _recognised,
    "reliability": _reliable,
}


def _gate(ranked: Sequence[_Source], findings: Sequence[Finding]) -> Gate | None:
    """Where a rule names a point of this chart: the first one does."""
    draw = _GATES.get(ranked[0].curve.name)
    gates = (draw(ranked, finding) for finding in findings) if draw else ()
    return next((gate for gate in gates if gate is not None), None)


def _robust_gate(ranked: Sequence[_Source], finding: Finding) -> Gate | None:
    rule, epsilon = finding.rule, ranked[0].evidence.question.threat.epsilon
    if rule.measure != "success_rate" or rule.maximum is None:
        return None
    words = (
        ("policy " + effort(ranked[0].evidence.question.threat))
        if len(effort(ranked[0].evidence.question.threat)) < 16
        else f"policy at {short(epsilon)}"
    )
    return Gate(epsilon, 1 - rule.maximum, False, (f"{words}:", f"{quantity(1 - rule.maximum, Unit.SHARE, 8)} or more"))


def _poisoned_gate(ranked: Sequence[_Source], finding: Finding) -> Gate | None:
    clean = ranked[0].evidence.measurement("accuracy_clean")
    rule, share = finding.rule, ranked[0].evidence.question.threat.poisoned_share
    if rule.measure != "accuracy_drop" or rule.maximum is None or clean is None or clean.value is None:
        return None
    lines = (f"policy at {quantity(share, Unit.SHARE)}:", f"{quantity(rule.maximum, Unit.POINTS, 8)} or less lost")
    return Gate(share, clean.value - rule.maximum, False, lines)


def _worsened_gate(ranked: Sequence[_Source], finding: Finding) -> Gate | None:
    clean = ranked[0].evidence.measurement("error_clean")
    rule, share = finding.rule, ranked[0].evidence.question.threat.poisoned_share
    if rule.measure != "error_growth" or rule.maximum is None or clean is None or clean.value is None:
        return None
    most = clean.value * (1 + rule.maximum)
    lines = (f"policy at {quantity(share, Unit.SHARE)}:", f"{short(most)} or less")
    return Gate(share, most, True, lines)


def _copied_gate(ranked: Sequence[_Source], finding: Finding) -> Gate | None:
    point = ranked[0].curve.points[-1]
    honest = _at(ranked, CurveRole.BASELINE, point.x)
    rule = finding.rule
    if rule.maximum is None:
        return None
    if rule.measure == "copy_gain" and honest is not None:
        lines = (f"policy at {short(point.x)}: at most", f"{quantity(rule.maximum, Unit.POINTS, 8)} above honest")
        return Gate(point.x, honest.y + rule.maximum, True, lines)
    if rule.measure == "fidelity":
        lines = (f"policy at {short(point.x)}:", f"{quantity(rule.maximum, Unit.SHARE, 8)} or less")
        return Gate(point.x, rule.maximum, True, lines)
    return None


def _recognised_gate(ranked: Sequence[_Source], finding: Finding) -> Gate | None:
    rate = _FALSE_ALARMS.get(finding.rule.measure)
    if rate is None or finding.rule.maximum is None:
        return None
    found = finding.measurement
    at = Point(rate, found.value, found.low, found.high, found.n) if found and found.value is not None else None
    lines = (
        f"policy at {quantity(rate, Unit.SHARE)}",
        "false alarms:",
        f"{quantity(finding.rule.maximum, Unit.SHARE, 8)} or less",
    )
    return Gate(rate, finding.rule.maximum, True, lines, at)


_GATES: dict[str, Callable[[Sequence[_Source], Finding], Gate | None]] = {
    "robust_accuracy": _robust_gate,
    "accuracy": _poisoned_gate,
    "error": _worsened_gate,
    "fidelity": _copied_gate,
    "roc": _recognised_gate,
}
