from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.artifact import Result
from steeled.core.evidence import Evidence, Question, Status
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.risk import Risk
from steeled.core.rule import Against, Mode, Rule
from steeled.core.threat_model import ThreatModel
from steeled.core.verdict import Outcome
from steeled.policy.judge import cases_to_decide, compare, judge

RULE = Rule("EVA-01", "evasion.success_rate", "attacks that work", maximum=0.15)


def measured(value: float, low: float, high: float, name: str = "success_rate") -> Measurement:
    return Measurement(name, value, low, high, 100, Unit.SHARE, Bound.AT_LEAST)


def evidence(
    *measurements: Measurement, probe: str = "noise", status: Status = Status.COMPLETED, risk: Risk = Risk.EVASION
) -> Evidence:
    question = Question(probe, "1", risk, {}, "t", "d", "", ThreatModel(), 100, 0)
    return Evidence(question, status, "reason", "remedy", Result(measurements))


@pytest.mark.parametrize(
    ("low", "high", "outcome"),
    [
        (0.05, 0.10, Outcome.PASS),
        (0.05, 0.15, Outcome.PASS),
        (0.16, 0.30, Outcome.FAIL),
        (0.10, 0.20, Outcome.INCONCLUSIVE),
        (0.15, 0.16, Outcome.INCONCLUSIVE),
    ],
)
def test_the_side_of_the_whole_interval_decides(low: float, high: float, outcome: Outcome) -> None:
    assert compare(RULE, measured((low + high) / 2, low, high)) is outcome


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_minimum_is_the_mirror_of_a_maximum(a: float, b: float, c: float, limit: float) -> None:
    low, value, high = sorted([a, b, c])
    at_most = replace(RULE, maximum=limit)
    at_least = replace(RULE, maximum=None, minimum=-limit)

    mirrored = Measurement("m", -value, -high, -low, 100, Unit.VALUE, Bound.EITHER)

    assert compare(at_most, measured(value, low, high)) is compare(at_least, mirrored)


@pytest.mark.parametrize(
    ("against", "outcome"),
    [
        (Against.LOWER, Outcome.PASS),
        (Against.UPPER, Outcome.FAIL),
        (Against.ESTIMATE, Outcome.PASS),
        (Against.INTERVAL, Outcome.INCONCLUSIVE),
    ],
)
def test_a_rule_may_compare_one_end_or_the_estimate(against: Against, outcome: Outcome) -> None:
    assert compare(replace(RULE, against=against), measured(0.14, 0.10, 0.20)) is outcome


@pytest.mark.parametrize("status", [Status.SKIPPED, Status.FAILED, Status.TIMED_OUT])
def test_a_probe_that_gave_nothing_never_passes_the_gate(status: Status) -> None:
    verdict = judge([RULE], [evidence(status=status)])

    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.exit_code == 3
    assert verdict.findings[0].reason.startswith("noise ")
    assert verdict.findings[0].would_decide == "remedy"


def test_no_evidence_and_no_rules_never_pass() -> None:
    assert judge([RULE], []).outcome is Outcome.INCONCLUSIVE
    assert judge([], [evidence(measured(0, 0, 0))]).outcome is Outcome.INCONCLUSIVE


def test_what_cannot_be_measured_at_this_n_is_inconclusive_and_says_how_many_would_do() -> None:
    unmeasured = not_measurable("success_rate", Unit.SHARE, Bound.AT_LEAST, "too few", n=5, needed=1000)

    finding = judge([RULE], [evidence(unmeasured)]).findings[0]

    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "1,000" in finding.would_decide


def test_the_worst_probe_of_a_risk_decides() -> None:
    good, bad = evidence(measured(0.01, 0, 0.02)), evidence(measured(0.5, 0.4, 0.6), probe="pgd")

    finding = judge([RULE], [good, bad]).findings[0]

    assert (finding.outcome, finding.probe) == (Outcome.FAIL, "pgd")
    assert set(finding.evidence) == {good.key, bad.key}


def test_a_rule_that_names_a_probe_looks_at_no_other() -> None:
    rule = replace(RULE, metric="evasion.noise.success_rate")

    verdict = judge([rule], [evidence(measured(0.01, 0, 0.02)), evidence(measured(0.5, 0.4, 0.6), probe="pgd")])

    assert verdict.outcome is Outcome.PASS


def test_a_crashed_attack_turns_a_pass_of_its_risk_into_inconclusive() -> None:
    finding = judge([RULE], [evidence(measured(0.01, 0, 0.02)), evidence(probe="pgd", status=Status.FAILED)]).findings[
        0
    ]

    assert finding.outcome is Outcome.INCONCLUSIVE
    assert "pgd failed" in finding.reason


def test_a_crash_in_a_risk_without_blocking_rules_still_prevents_a_pass() -> None:
    crashed = evidence(probe="membership", status=Status.FAILED, risk=Risk.PRIVACY)

    verdict = judge([RULE], [evidence(measured(0.01, 0, 0.02)), crashed])

    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_random_changes_that_beat_gradients_are_a_doubt_that_prevents_a_pass() -> None:
    rule = replace(RULE, maximum=0.9)
    noise, pgd = evidence(measured(0.5, 0.4, 0.6)), evidence(measured(0.05, 0.01, 0.1), probe="pgd")

    verdict = judge([rule], [noise, pgd])

    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "masked" in verdict.doubts[0].sentence
    assert judge([rule], [evidence(measured(0.05, 0.01, 0.1)), pgd]).outcome is Outcome.PASS


def test_only_blocking_rules_fail_the_gate() -> None:
    failing = evidence(measured(0.5, 0.4, 0.6))
    comment, block = replace(RULE, mode=Mode.COMMENT), replace(RULE, id="B", maximum=0.9)

    assert judge([comment, block], [failing]).outcome is Outcome.PASS
    assert judge([RULE, block], [failing]).outcome is Outcome.FAIL


_findings = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.floats(0, 0.5),
        st.sampled_from(list(Mode)),
        st.sampled_from(list(Status)),
        st.sampled_from(["evasion", "privacy"]),
    ),
    max_size=6,
)


@given(_findings)
def test_the_verdict_passes_only_if_all_blocking_rules_pass_and_nothing_crashed(
    drawn: list[tuple[float, float, Mode, Status, str]],
) -> None:
    rules, evidences = [], []
    for i, (value, half, mode, status, risk) in enumerate(drawn):
        rules.append(Rule(f"R-{i}", f"{risk}.p{i}.m", maximum=0.5, mode=mode))
        number = measured(value, max(value - half, 0), min(value + half, 1), "m")
        given_numbers = [number] if status is Status.COMPLETED else []
        evidences.append(evidence(*given_numbers, probe=f"p{i}", status=status, risk=Risk(risk)))

    verdict = judge(rules, evidences)

    blocking = [f.outcome for f in verdict.findings if f.rule.mode is Mode.BLOCK]
    crashed = any(e.status in (Status.FAILED, Status.TIMED_OUT) for e in evidences)
    assert (verdict.exit_code == 1) == (Outcome.FAIL in blocking)
    assert (verdict.exit_code == 0) == (bool(blocking) and set(blocking) == {Outcome.PASS} and not crashed)
    assert len(verdict.findings) == len(rules)


def test_the_cases_that_would_decide_follow_the_square_root() -> None:
    doubtful = Measurement("success_rate", 0.13, 0.09, 0.17, 300, Unit.SHARE, Bound.AT_LEAST)

    more = cases_to_decide(RULE, doubtful)

    assert more == pytest.approx(900, abs=1)  # the upper half-width is twice the gap: four times as many cases
    assert cases_to_decide(RULE, measured(0.15, 0.1, 0.2)) == 0


def test_a_hopeless_number_of_cases_is_said_in_words() -> None:
    near = measured(0.1499, 0.1, 0.2)

    finding = judge([RULE], [evidence(near)]).findings[0]

    assert finding.would_decide == "more than 100 times as many cases: the estimate is almost at the limit"
