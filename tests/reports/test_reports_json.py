import json as standard
from dataclasses import replace

import pytest
from generated_record import records, texts
from hypothesis import HealthCheck, given, settings
from sample_record import GREEDY, RECORDS, credit

from steeled.core.artifact import Point
from steeled.errors import EvidenceError
from steeled.reports import json


@pytest.mark.parametrize("make", RECORDS.values(), ids=RECORDS)
def test_what_is_read_back_is_the_same_record(make):
    record = make()

    again = json.parse(json.render(record))

    assert again == record
    assert json.render(again) == json.render(record)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records())
def test_any_record_is_read_back(record):
    text = json.render(record)

    assert json.render(json.parse(text)) == text
    assert json.parse(text).verdict.outcome == record.verdict.outcome


def test_the_document_names_its_schema_exit_code_and_keys(golden):
    text = json.render(credit())

    document = standard.loads(text)
    assert document["schema"] == "steeled.report/1"
    assert document["exit_code"] == 1
    assert [entry["key"] for entry in document["evidence"]] == [e.key for e in credit().evidence]
    golden("report_credit.json", text)


def test_an_altered_report_is_refused():
    text = json.render(credit())

    with pytest.raises(EvidenceError, match="altered"):
        json.parse(text.replace('"seed": 7,\n    "report_rows"', '"seed": 8,\n    "report_rows"', 1))
    with pytest.raises(EvidenceError, match="altered"):
        json.parse(text.replace('"exit_code": 1', '"exit_code": 0'))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"schema": "steeled.report/2"}', '{"schema": "steeled.report/1"}', "[" * 10_000]
)
def test_what_is_not_a_report_is_refused(text):
    with pytest.raises(EvidenceError):
        json.parse(text)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused_with_its_place(bad):
    curve = replace(GREEDY.result.curves[0], points=(Point(0.0, bad),))
    broken = replace(GREEDY, result=replace(GREEDY.result, curves=(curve,)))

    with pytest.raises(EvidenceError, match=r"record\.evidence\[0\]\.result\.curves\[0\]\.points\[0\]\.y"):
        json.render(replace(credit(), evidence=(broken,)))


@given(texts)
def test_embedded_text_cannot_leave_its_element_and_means_the_same(text):
    escaped = json.escape(standard.dumps({"text": text}, ensure_ascii=False))

    assert not set(escaped) & set("<>&\u2028\u2029")
    assert standard.loads(escaped) == {"text": text}
