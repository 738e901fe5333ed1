"""Hypothesis strategies for records: any text, any outcome, any status."""

from dataclasses import replace

from hypothesis import strategies as st
from sample_record import THREAT, credit, evidence

from steeled.core.artifact import Change, Curve, CurveRole, Example, Point, Result, Table
from steeled.core.evidence import Evidence, Status
from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.record import Record, Words
from steeled.core.risk import Risk
from steeled.core.rule import Mode, Rule, Severity
from steeled.core.verdict import Doubt, Finding, Outcome, Verdict
from steeled.knowledge.playbook import measures

texts = st.text(
    alphabet=st.one_of(st.sampled_from("<>&\"'{}%_$`\\\u202e\u200b\u2028\x00\x1b\ufeff/ "), st.characters()),
    max_size=120,
)
numbers = st.floats(-1e6, 1e6, allow_nan=False)
names = st.one_of(st.sampled_from(measures()), texts.filter(lambda text: "." not in text and text))


@st.composite
def measurements(draw: st.DrawFn, name: str) -> Measurement:
    unit, bound = draw(st.sampled_from(Unit)), draw(st.sampled_from(Bound))
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    if draw(st.booleans()):
        return Measurement(name, value, None, None, draw(st.integers(0, 10**6)), unit, bound)
    if draw(st.integers(0, 4)) == 0:
        return Measurement(name, None, None, None, 5, unit, bound, draw(texts), draw(st.integers(0, 10**6)))
    return Measurement(name, value, low, high, draw(st.integers(0, 10**6)), unit, bound, draw(texts))


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    name = draw(st.sampled_from(("robust_accuracy", "accuracy", "fidelity", "roc", "reliability", "other")))
    xs = sorted(set(draw(st.lists(st.floats(0, 1), min_size=1, max_size=6))))
    points = tuple(
        Point(x, y, y / 2, (y + 1) / 2, draw(st.integers(0, 900))) for x in xs for y in [draw(st.floats(0, 1))]
    )
    role, unit = draw(st.sampled_from(CurveRole)), draw(st.sampled_from((Unit.SHARE, Unit.VALUE)))
    return Curve(name, role, draw(texts), draw(texts), draw(texts), unit, points, draw(st.booleans()))


@st.composite
def pieces(draw: st.DrawFn) -> Evidence:
    status = draw(st.sampled_from(Status))
    change = Change(draw(texts), draw(texts), draw(texts))
    example = Example(
        draw(st.integers(0, 10**6)), (change,), draw(texts), draw(texts), 0.25, 0.75, draw(st.floats(0, 9))
    )
    result = Result(
        tuple(draw(measurements(name)) for name in draw(st.lists(names, max_size=3, unique=True))),
        tuple(draw(st.lists(curves(), max_size=2))),
        (example,) * draw(st.integers(0, 2)),
        (Table(draw(texts), (draw(texts),), ((draw(texts),), (2,)), draw(texts)),) * draw(st.integers(0, 1)),
    )
    kept = result if status in (Status.COMPLETED, Status.TIMED_OUT) else Result()
    probe, risk = draw(texts), draw(st.sampled_from(Risk))
    return evidence(probe, risk, status, reason=draw(texts), remedy=draw(texts), result=kept, threat=THREAT)


@st.composite
def findings(draw: st.DrawFn, held: list[Evidence]) -> Finding:
    risk, measure = draw(st.sampled_from(Risk)), draw(names)
    side = draw(st.sampled_from(("maximum", "minimum")))
    rule = Rule(
        draw(texts), f"{risk}.{measure}", draw(texts), **{side: draw(numbers)},
        severity=draw(st.sampled_from(Severity)), mode=draw(st.sampled_from(Mode)), remedy=draw(texts),
    )  # fmt: skip
    outcome = draw(st.sampled_from(Outcome))
    found = draw(measurements(measure)) if outcome is not Outcome.INCONCLUSIVE or draw(st.booleans()) else None
    probe = draw(st.sampled_from([e.probe for e in held])) if held else ""
    return Finding(rule, outcome, draw(texts), found, probe, (draw(texts),), draw(texts))


@st.composite
def records(draw: st.DrawFn) -> Record:
    held = draw(st.lists(pieces(), max_size=3))
    judged = draw(st.lists(findings(held), max_size=4))
    doubts = draw(st.lists(st.builds(Doubt, st.sampled_from([str(r) for r in Risk]), texts), max_size=2))
    verdict = Verdict(draw(st.sampled_from(Outcome)), tuple(judged), tuple(doubts))
    price = draw(st.one_of(st.none(), st.floats(0, 10)))
    words = draw(st.one_of(st.just(Words()), st.builds(Words, texts, texts, texts, texts, texts, st.just(price))))
    return replace(
        credit(), run=draw(texts), model=draw(texts), description=draw(texts), data_description=draw(texts),
        command=draw(texts), evidence=tuple(held), verdict=verdict, words=words, environment={draw(texts): draw(texts)},
    )  # fmt: skip
