import re
from html import unescape
from html.parser import HTMLParser

import pytest
from generated_record import texts
from hypothesis import given

from steeled.reports._text import ascii_only, clip, css_string, cut, flat, is_invisible, name, plain, shown


class Tags(HTMLParser):
    """Collects the elements and the text of a fragment."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert attrs in ([], [("class", "raw")])

    def handle_data(self, data):
        self.text += data


@given(texts)
def test_shown_text_holds_only_our_elements_and_nothing_invisible(text):
    for fragment in (shown(text), name(text)):
        page = Tags(fragment)

        assert set(page.tags) <= {"code", "i", "wbr"}
        assert not any(is_invisible(c) for c in page.text)


@given(texts)
def test_flat_text_fits_an_attribute(text):
    fragment = flat(text)

    assert not re.search("[<>\"']", fragment)
    assert unescape(fragment) == plain(text)


@given(texts)
def test_a_css_string_cannot_end(text):
    assert re.fullmatch(r"(?:[A-Za-z0-9. -]|\\[0-9a-f]{1,6} )*", css_string(text))


@given(texts)
def test_ascii_is_ascii(text):
    assert ascii_only(plain(text)).isascii()


def test_direction_overrides_are_boxed():
    assert shown("a \u202ecar") == 'a <code class="raw"><i>U+202E</i>car</code>'
    assert shown("\ud800") == '<code class="raw"><i>U+D800</i></code>'


def test_stacked_marks_do_not_pile_up():
    assert shown("e" + "\u0301" * 50) == "e" + "\u0301" * 3


def test_long_text_is_cut_with_its_length():
    assert clip("x" * 200) == "x" * 80 + "… (200 characters)"
    assert cut("x" * 200, 10) == "x" * 9 + "…"


@pytest.mark.parametrize("long", ["_" * 10_000, "<" * 10_000])
def test_a_name_of_ten_thousand_characters_stays_small(long):
    assert len(name(long)) < 1_000
