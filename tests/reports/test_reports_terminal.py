import re
import unicodedata
from dataclasses import replace

import pytest
from generated_record import records
from hypothesis import HealthCheck, given, settings
from sample_record import MEMBERSHIP, RECORDS, credit, judged, unsuitable, untested

from steeled.core.rule import Rule
from steeled.core.verdict import Outcome, Verdict
from steeled.reports import terminal


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c) for c in line)


def test_the_first_line_is_the_verdict():
    assert terminal.render(credit()).splitlines()[0] == "FAIL  credit-risk 2.3.0  2 of 6 blocking rules fail"


def test_a_rule_is_one_row_with_its_bar():
    row = "FAIL         EVA-01 31\u202f% (28 to 35)     limit ≤ 15\u202f%     [····|····=●=>·······]"

    assert row in terminal.render(credit()).splitlines()


def test_the_sample_reads_as_agreed(golden):
    golden("report_credit.txt", terminal.render(credit(), ascii=True))


@pytest.mark.parametrize("make", RECORDS.values(), ids=RECORDS)
def test_without_a_terminal_everything_is_ascii_and_fits(make):
    text = terminal.render(make(), ascii=True)

    assert text.isascii()
    assert all(len(line) <= 80 for line in text.splitlines())
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records())
def test_no_line_is_wider_than_the_terminal_and_no_name_can_move_the_cursor(record):
    text = terminal.render(record, width=72)

    assert all(columns(line) <= 72 for line in text.split("\n"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u200b]", text)


def test_color_adds_nothing_but_color():
    plain, colored = terminal.render(credit()), terminal.render(credit(), color=True)

    assert re.sub(r"\033\[[0-9;]*m", "", colored) == plain
    assert "\033[1;31mFAIL\033[0m" in colored


def test_a_row_without_a_number_has_a_short_reason_and_the_list_the_whole_one():
    lines = terminal.render(unsuitable()).splitlines()

    assert "NOT TESTED PRI-01 skipped: membership" in lines
    assert "  - membership: skipped; does not apply to regression" in lines


def test_too_few_cases_are_said_in_short_and_explained_below():
    reason = "not measurable here: 700 outsiders are too few"
    finding = judged(Rule("PRI-02", "privacy.tpr_at_0_1pct_fpr", maximum=0.01), Outcome.INCONCLUSIVE, reason=reason)
    record = replace(credit(), evidence=(MEMBERSHIP,), verdict=Verdict(Outcome.INCONCLUSIVE, (finding,)))

    lines = terminal.render(record).splitlines()

    assert "NOT TESTED PRI-02 too few cases: 10,000 needed" in lines
    assert f"  - PRI-02: {reason}" in lines


def test_nothing_tested_is_neither_pass_nor_a_number():
    text = terminal.render(untested())

    assert text.startswith("INCONCLUSIVE")
    assert "PASS" not in text
    assert "NOT TESTED" in text
    assert "Exit code 3" in text


def test_a_policy_without_rules_is_said_to_judge_nothing():
    record = replace(credit(), verdict=Verdict(Outcome.PASS, ()))

    assert "No rule was judged" in terminal.render(record)
