import pytest

from steeled.core.measurement import Unit
from steeled.core.risk import Risk
from steeled.knowledge.catalogue import entry
from steeled.knowledge.playbook import advice

MEASURES = """
    success_rate robust_accuracy median_distance queries_per_row accuracy_drop accuracy_clean suspect_share
    planted_found planted_false fidelity honest_fidelity copy_gain clone_queries auc tpr_at_0_1pct_fpr
    tpr_at_1pct_fpr tpr_at_5pct_fpr calibration_rms calibration_p overconfidence confident_on_garbage
    confident_on_noise confident_on_shuffled confident_out_of_range unsafe_files unverifiable_files
    error_growth error_clean accuracy_gap confident_on_constant
""".split()  # noqa: SIM905 (a list of 30 strings is harder to read)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_phrase_can_be_filled_in(measure):
    known = advice(measure)

    values = {"n": "600", "cases": "rows", "effort": "at cost 2", "share": "5 %", "questions": "10 questions"}

    told = known.phrase.format(**values, goal="get a wrong answer")

    assert told
    assert "{" not in told
    assert "(" not in told  # the headline adds the interval in parentheses


@pytest.mark.parametrize("measure", MEASURES)
def test_identifiers_belong_to_one_risk(measure):
    known = advice(measure)

    assert any(known.atlas in entry(risk).atlas and known.owasp in entry(risk).owasp for risk in Risk)
    assert any(known.nist in (*entry(risk).nist, "") for risk in Risk)


@pytest.mark.parametrize("measure", MEASURES)
def test_remedies_are_deeds_with_an_effort(measure):
    for remedy in advice(measure).remedies:
        assert remedy.action[0].isupper()
        assert remedy.effort
        assert remedy.suits in ("", "table", "array")


def test_an_unknown_measure_keeps_its_own_words_and_the_identifiers_of_its_risk():
    unknown = advice("time_to_break", Risk.EVASION)

    assert unknown.name == "time to break"
    assert unknown.unit is Unit.VALUE
    assert unknown.atlas == "AML.T0043"
    assert unknown.remedies == ()
