from dataclasses import replace

import pytest
from sample_record import (
    EXTRACTION,
    FINDINGS,
    FLIPS,
    GARBAGE,
    GREEDY,
    MEMBERSHIP,
    credit,
    evidence,
    images,
    judged,
    regression,
    share,
    unsuitable,
)

from steeled.core.artifact import Table
from steeled.core.evidence import Status
from steeled.core.measurement import Unit
from steeled.core.record import Words
from steeled.core.risk import Risk
from steeled.core.rule import Mode, Rule
from steeled.core.threat_model import Goal
from steeled.core.verdict import Outcome, Verdict
from steeled.reports._actions import next_actions, remedies
from steeled.reports._numbers import limit_in_words
from steeled.reports._sentences import asked, counts, headline, lead


def fails(rule: Rule, holder, words: Words | None = None):
    record = credit()
    return replace(
        record, verdict=Verdict(Outcome.FAIL, (judged(rule, Outcome.FAIL, holder),)), words=words or record.words
    )


def test_the_lead_speaks_the_readers_language():
    assert lead(credit()).text == (
        "An applicant whose loan should be declined can have it approved by changing about two inputs. "
        "The attack works for 31 of 100 applicants (28 to 35). The policy accepts at most 15\u202f%."
    )


def test_without_the_readers_nouns_the_lead_is_general():
    record = replace(credit(), words=Words())

    assert lead(record).text.startswith("An attacker can change the model's answer by changing about two inputs.")
    assert "31 of 100 rows" in lead(record).text


def test_of_pictures_no_number_of_inputs_is_told():
    assert "by changing each input value by at most 0.1. This works for 92 of 100 images" in lead(images()).text


def test_how_many_inputs_change_is_counted_over_all_successes_where_they_were():
    levers = Table("levers", ("column", "share"), (("a", 1.0), ("b", 0.9), ("c", 0.8), ("d", 0.4)), "")
    holder = replace(GREEDY, result=replace(GREEDY.result, tables=(levers,)))

    assert "by changing about three inputs" in lead(replace(credit(), evidence=(holder,))).text


def test_an_attack_that_always_works_says_how_often_it_was_tried():
    always = replace(GREEDY, result=replace(GREEDY.result, measurements=(share(35, 35, "success_rate"),)))
    record = replace(fails(FINDINGS[0].rule, always), evidence=(always,))

    assert "works for all 35 applicants tried (95\u202f% interval 90 to 100\u202f%)." in lead(record).text


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(), "get a wrong answer"),
        (Goal(wanted=1), "get the answer that the attacker wants"),
        (Goal(tolerance=25_000.0), "have their answer moved by more than 25,000"),
    ],
)
def test_the_headline_says_what_a_success_is(goal, words):
    holder = replace(GREEDY, question=replace(GREEDY.question, threat=replace(GREEDY.question.threat, goal=goal)))
    rate = holder.measurement("success_rate")

    assert headline(credit(), rate, holder, None).startswith(f"of 600 attacked applicants {words}, at cost 4 (")


def test_nothing_allowed_is_no_zero_or_less():
    rule = Rule("SUP-01", "supply_chain.unsafe_files", "files that can run code", maximum=0.0)

    assert asked(rule, None) == "files that can run code: 0"
    assert limit_in_words(replace(rule, maximum=0.05), Unit.SHARE) == "5\u202f% or less"


def test_of_a_value_the_lead_says_how_far_it_moves():
    threat = replace(GREEDY.question.threat, goal=Goal(tolerance=25_000.0))
    holder = replace(GREEDY, question=replace(GREEDY.question, threat=threat))
    record = replace(fails(FINDINGS[0].rule, holder, Words()), evidence=(holder,))

    assert lead(record).text.startswith("An attacker can move the model's answer by more than 25,000")


@pytest.mark.parametrize(
    ("measure", "holder", "words"),
    [
        ("theft.copy_gain", EXTRACTION, "A copy trained on 10,000 questions agrees with the model 10 points more"),
        ("poisoning.accuracy_drop", FLIPS, "Flipping the labels of 5\u202f% of the training rows costs the model"),
        ("privacy.auc", MEMBERSHIP, "an attacker picks the right one 53 times in 100 (50 to 56); guessing gives 50."),
        ("privacy.tpr_at_5pct_fpr", MEMBERSHIP, "can be recognised (17 to 42), wrong once per 20 others."),
        ("overreliance.confident_on_garbage", GARBAGE, "The model is sure of itself on 64 of 100 meaningless inputs"),
        ("theft.fidelity", EXTRACTION, "R, agreement of a copy: 92.4"),
    ],
)
def test_each_risk_has_its_sentence(measure, holder, words):
    assert words in lead(fails(Rule("R", measure, maximum=0.001), holder)).text


def test_a_pass_is_never_called_safe():
    sentence = lead(regression()).text

    assert sentence == "2 of 2 blocking rules pass. No other rule fails."


def test_rules_that_only_comment_are_named_when_they_fail():
    passing = tuple(f for f in FINDINGS if f.outcome is Outcome.PASS or f.rule.mode is not Mode.BLOCK)

    record = replace(credit(), verdict=Verdict(Outcome.PASS, passing))

    assert lead(record).text == "3 of 3 blocking rules pass. One rule that does not block fails: OVR-02."


def test_an_open_rule_says_what_would_decide():
    record = replace(credit(), verdict=Verdict(Outcome.INCONCLUSIVE, (FINDINGS[2],)))

    assert lead(record).text.endswith(
        "limit 5 points or less. What would decide it: about 700 more test rows would decide."
    )


def test_counts_leave_out_what_does_not_occur():
    assert counts(credit()) == "Of 6 blocking rules, 2 fail, 1 is inconclusive, 3 pass."
    assert counts(regression()) == "Of 2 blocking rules, 2 pass."


def test_a_rule_without_a_measurement_still_has_its_unit():
    assert asked(FINDINGS[5].rule, None) == "attack success with gradients: 20\u202f% or less"


def test_the_worst_findings_are_acted_on_first():
    actions = next_actions(credit())

    assert [action.answers for action in actions] == ["EVA-01", "THE-01", "POI-01"]
    assert actions[0].effect == "effect not measured"


def test_a_rules_own_remedy_comes_before_the_playbook():
    finding = replace(FINDINGS[0], rule=replace(FINDINGS[0].rule, remedy="Ask for documents"))

    assert remedies(credit(), finding)[0].action == "Ask for documents"


def test_remedies_suit_the_kind_of_input():
    record = images()

    told = " ".join(action.action for action in remedies(record, record.verdict.findings[0]))

    assert "adversarial training" in told
    assert "monotone" not in told


def test_more_cases_are_an_action_where_they_can_be_had():
    finding = replace(FINDINGS[2], would_decide="about 2,281 more cases")

    first = remedies(credit(), finding)[0]

    assert first.action == "Test on about 2,281 more cases to decide POI-01: accuracy lost to flipped labels"
    assert first.effect == "should decide the rule"


def test_cases_that_nobody_can_collect_come_last():
    text = "more than 100 times as many cases: the estimate is almost at the limit"

    actions = remedies(credit(), replace(FINDINGS[2], would_decide=text))

    assert actions[0].action.startswith("Have a second person")
    assert actions[-1].action == "Change the model or the limit: no reachable number of cases decides POI-01"


def test_a_risk_that_no_probe_fits_is_to_be_examined_by_other_means():
    actions = next_actions(unsuitable())

    assert [(action.action, action.answers) for action in actions] == [
        ("Examine privacy by other means: no probe of it applies to regression", "PRI-01")
    ]


def test_a_probe_that_others_cover_needs_no_action():
    covered = evidence("pgd", Risk.EVASION, Status.SKIPPED, reason="needs gradients", remedy="covered by others")

    assert next_actions(replace(regression(), evidence=(covered,))) == ()


def test_a_pass_asks_for_nothing():
    assert next_actions(regression()) == ()
