"""Verdicts are ordered and joined; reports say it in one sentence."""

import pickle

from hypothesis import given
from hypothesis import strategies as st
from scanner_samples import ROUTES

from steeled.scanner.scan import scan_bytes
from steeled.scanner.verdict import ScanVerdict, join

VERDICTS = st.sampled_from(list(ScanVerdict))


@given(st.lists(VERDICTS), st.lists(VERDICTS))
def test_join_is_a_least_upper_bound(first: list[ScanVerdict], second: list[ScanVerdict]) -> None:
    both = join([*first, *second])

    assert both == join([join(first), join(second)])
    assert all(both >= verdict for verdict in [*first, *second])
    assert both in [*first, *second, ScanVerdict.SAFE]


def test_order_is_not_the_order_of_the_words() -> None:
    assert sorted(ScanVerdict, reverse=True)[0] is ScanVerdict.DANGEROUS
    assert ScanVerdict.SAFE < ScanVerdict.UNVERIFIABLE < ScanVerdict.CODE_CARRYING < ScanVerdict.MALFORMED
    assert not ScanVerdict.SAFE > ScanVerdict.UNVERIFIABLE
    assert ScanVerdict.SAFE <= ScanVerdict.SAFE


def test_sentence_names_file_call_place_and_consequence() -> None:
    report = scan_bytes(ROUTES["reduce"], name="credit.joblib")

    assert report.sentence.startswith("credit.joblib calls os.system at byte ")
    assert ": refused" in report.sentence


def test_findings_come_worst_first_each_once() -> None:
    data = pickle.dumps([1]) + ROUTES["reduce"] + ROUTES["reduce"]

    findings = scan_bytes(data).findings

    ranks = [finding.verdict.rank for finding in findings]
    assert ranks == sorted(ranks, reverse=True)
    assert len({(f.name, f.why, f.member) for f in findings}) == len(findings)


def test_safe_report_says_what_was_looked_for() -> None:
    report = scan_bytes(pickle.dumps([1]), name="a.pkl")

    assert report.findings == ()
    assert "a.pkl" in report.sentence
    assert report.allow.startswith("--trust sha256:")
