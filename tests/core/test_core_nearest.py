import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.nearest import nearest
from steeled.core.risk import Risk


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("lable", ["label", "data"], "label"),
        ("AGE", ["wage", "age"], "age"),  # another case is nearer than another word
        ("privcy", Risk, "privacy"),
        ("xyz", ["label", "data"], None),
        ("label", [], None),
    ],
)
def test_the_same_word_in_another_case_then_a_similar_one_then_none(word: str, known: list[str], found: str) -> None:
    assert nearest(word, known) == found


@given(st.text(), st.lists(st.text()))
def test_only_known_words_are_suggested(word: str, known: list[str]) -> None:
    assert nearest(word, known) in [*known, None]
