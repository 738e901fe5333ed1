import re

import pytest

from steeled.core.risk import Risk
from steeled.knowledge.catalogue import entry, taxonomies


@pytest.mark.parametrize("risk", Risk)
def test_every_risk_has_its_section_in_order(risk):
    assert entry(risk).risk is risk
    assert entry(risk).number == 3 + list(Risk).index(risk)


@pytest.mark.parametrize("risk", Risk)
def test_identifiers_have_the_form_of_their_taxonomy(risk):
    known = entry(risk)

    assert known.atlas
    assert known.owasp
    assert all(re.fullmatch(r"AML\.T\d{4}(\.\d{3})?", name) for name in known.atlas)
    assert all(re.fullmatch(r"AML\.M\d{4}", name) for name in known.mitigations)
    assert all(re.fullmatch(r"NISTAML\.0\d\d", name) for name in known.nist)
    assert all(re.fullmatch(r"ML(0[1-9]|10)", name) for name in known.owasp)
    assert all(re.fullmatch(r"CWE-\d+", name) for name in known.cwe)


@pytest.mark.parametrize("risk", Risk)
def test_the_words_promise_nothing(risk):
    known = entry(risk)

    told = f"{known.question} {known.meaning} {known.why}".lower()
    assert not re.search(r"\b(may be vulnerable|robust|state of the art|safe|secure|compliant|compliance)\b", told)
    assert 1 <= known.why.count(". ") + 1 <= 3
    assert known.question.format(someone="an applicant")[-1] == "?"


def test_taxonomies_are_pinned_to_a_version():
    assert taxonomies()["atlas"] == "ATLAS 5.6"
    assert set(taxonomies()) == {"atlas", "nist", "owasp", "cwe", "ai_act"}
