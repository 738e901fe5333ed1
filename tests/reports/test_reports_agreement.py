"""One verdict drives every report: they cannot disagree."""

import json as standard
import re

import pytest
from generated_record import records
from hypothesis import HealthCheck, given, settings
from sample_record import RECORDS

from steeled.core.verdict import Finding, Outcome
from steeled.reports import html, json, terminal

WORDS = {Outcome.FAIL: "Fail", Outcome.PASS: "Pass", Outcome.INCONCLUSIVE: "Inconclusive"}


def word(finding: Finding) -> str:
    untested = finding.outcome is Outcome.INCONCLUSIVE and finding.measurement is None
    return "Not tested" if untested else WORDS[finding.outcome]


def agree(record) -> None:
    document, text, page = standard.loads(json.render(record)), terminal.render(record), html.render(record)
    outcome, findings = record.verdict.outcome, record.verdict.findings

    assert document["verdict"]["outcome"] == outcome.value
    assert document["exit_code"] == record.verdict.exit_code
    assert [f["outcome"] for f in document["verdict"]["findings"]] == [f.outcome.value for f in findings]

    blocks = text.split("\n\n")
    assert blocks[0].startswith(WORDS[outcome].upper() + "  ")
    assert text.rstrip().splitlines()[-1].startswith(f"Exit code {record.verdict.exit_code}.")
    rows = [line for line in blocks[1].splitlines() if re.match("FAIL|PASS|INCONCLUSIVE|NOT TESTED", line)]
    if findings:
        assert [re.match("FAIL|PASS|INCONCLUSIVE|NOT TESTED", row)[0] for row in rows] == [
            word(f).upper() for f in findings
        ]

    card = re.search(
        r'<div class="verdict st-\w+"[^>]*data-outcome="(\w+)">\s*<div class="word">.*?</svg>(\w+)</div>', page
    )
    assert card.groups() == (outcome.value, WORDS[outcome].upper())
    table = page[page.index('<section id="findings"') : page.index('<section id="hardening"')]
    tag = r'<span class="tag st-\w+"><svg aria-hidden="true"><use [^>]*/></svg>([\w ]+)</span>'
    shown = re.findall(rf'<tr data-outcome="(\w+)">.*?{tag}', table)
    assert shown == [(f.outcome.value, word(f)) for f in findings]


@pytest.mark.parametrize("make", RECORDS.values(), ids=RECORDS)
def test_page_text_and_json_of_the_samples_agree(make):
    agree(make())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records())
def test_page_text_and_json_of_any_record_agree(record):
    agree(record)
