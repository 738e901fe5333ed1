import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest
from generated_record import records
from hypothesis import HealthCheck, given, settings
from sample_record import (
    FINDINGS,
    GREEDY,
    HOSTILE,
    RECORDS,
    credit,
    hostile,
    images,
    judged,
    regression,
    unsuitable,
    untested,
)

from steeled.core.artifact import Point
from steeled.core.verdict import Doubt, Outcome, Verdict
from steeled.errors import EvidenceError
from steeled.reports import html

VOID = {"meta", "input", "br", "img", "wbr", "link", "path", "rect", "circle", "use"}
OURS = {
    "a", "b", "body", "circle", "code", "dd", "defs", "desc", "details", "div", "dl", "dt", "em", "fieldset",
    "figcaption", "figure", "footer", "g", "h1", "h2", "h3", "head", "header", "html", "i", "input", "label",
    "legend", "li", "main", "mark", "meta", "nav", "ol", "p", "path", "pattern", "rect", "section", "small",
    "span", "style", "summary", "svg", "symbol", "table", "tbody", "td", "template", "text", "th", "thead",
    "title", "tr", "ul", "use", "wbr", "caption",
}  # fmt: skip


class Page(HTMLParser):
    """What a browser would see: elements with their attributes, and whether every one is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open and "template" not in self.open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def ids(self) -> list[str]:
        return [a["id"] for _, a in self.elements if a.get("id")]


@pytest.fixture(scope="module", params=RECORDS)
def page(request):
    return Page(html.render(RECORDS[request.param]()))


def checked(text: str) -> Page:
    """A page that holds only our elements, with attributes that cannot act."""
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag in OURS
        assert not any(name.startswith("on") or name in ("src", "style", "srcdoc") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    return page


def test_no_string_of_a_hostile_record_becomes_markup():
    text = html.render(hostile())

    page = checked(text)
    assert "<script" not in text.lower()
    assert "\u202e" not in text
    assert "\u200b" not in text
    assert "U+202E" in page.text
    assert "49" not in re.findall(r"\{\{.*?\}\}|evil(49)", text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(records())
def test_no_string_of_any_record_becomes_markup(record):
    text = html.render(record)

    checked(text)
    assert len(text.encode("utf-8", "surrogatepass")) <= html.LARGEST


def test_the_style_sheet_cannot_be_left():
    text = html.render(hostile())

    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(styles) == 1
    foot = re.search(r'@bottom-left\{content:"([^"]*)"', styles[0])
    assert re.fullmatch(r"(?:[A-Za-z0-9. -]|\\[0-9a-f]{1,6} )*", foot[1])
    assert foot[1].endswith(" - FAIL")


def test_the_page_asks_nobody_for_anything(page):
    policies = [m["content"] for m in page.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]

    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert not page.all("script")
    assert not page.all("img")
    assert not page.all("link")


def test_a_page_of_tame_words_names_no_address():
    text = html.render(credit())

    assert "http" not in text.replace("http-equiv", "")
    assert "url(" not in text.replace("url(#hatch)", "")


def test_heading_levels_have_no_gaps(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_ids_are_unique_and_every_reference_has_a_target(page):
    ids = page.ids()
    wanted = [name for _, a in page.elements for name in (a.get("aria-labelledby") or "").split()]
    wanted += [a["href"][1:] for _, a in page.elements if a.get("href")]

    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert set(wanted) <= set(ids)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*", name) for name in ids)


def test_every_header_cell_has_a_scope_and_every_table_a_name(page):
    assert all(a.get("scope") for a in page.all("th"))
    assert len(page.all("caption")) + sum("aria-labelledby" in a for a in page.all("table")) >= len(page.all("table"))


def test_every_picture_has_words_or_is_hidden(page):
    for attributes in page.all("svg"):
        words = attributes.get("aria-label") or attributes.get("aria-labelledby")
        assert attributes.get("aria-hidden") == "true" or (attributes.get("role") == "img" and words)


def test_scrollers_can_be_reached_by_keyboard(page):
    regions = [a for a in page.all("div") if a.get("role") == "region"]

    assert regions
    assert all(a.get("tabindex") == "0" and a.get("aria-labelledby") for a in regions)
    assert all(a in regions for a in page.all("div") if "scroll" in (a.get("class") or "").split())


def test_regions_have_names_that_differ():
    text = html.render(credit())
    names = dict(re.findall(r'<(?:caption|p|h3)[^>]* id="([^"]+)">(.*?)</(?:caption|p|h3)>', text))

    shown = [names[region] for region in re.findall(r'role="region" aria-labelledby="([^"]+)"', text)]

    assert len(shown) == len(set(shown))


def test_classes_come_from_us(page):
    known = set(re.findall(r"\.(-?[a-z][\w-]*)", (files("steeled.reports") / "templates" / "report.css").read_text()))
    used = {name for _, a in page.elements for name in (a.get("class") or "").split()}

    assert used - known <= {"id", "risk", "st-done", "g", "p", "ov", "nw"}


def test_the_sample_looks_as_agreed(golden):
    text = html.render(credit())

    golden("report_credit.html", text)


def test_a_page_for_six_risks_stays_below_150_kilobytes():
    assert len(html.render(credit()).encode()) < 150_000


def test_a_page_that_grows_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(html, "LARGEST", 10_000)

    with pytest.raises(ValueError, match="at most 10,000"):
        html.render(credit())


def test_many_charts_are_cut_with_a_count():
    curve = GREEDY.result.curves[0]
    many = tuple(replace(curve, name=f"curve_{k}") for k in range(400))
    crowded = replace(GREEDY, result=replace(GREEDY.result, curves=many))

    text = html.render(replace(credit(), evidence=(crowded,)))

    assert "and 394 more in report.json" in text


def test_a_number_that_is_none_is_refused():
    curve = replace(GREEDY.result.curves[0], points=(Point(0.0, 1.0), Point(1.0, float("nan"))))
    broken = replace(GREEDY, result=replace(GREEDY.result, curves=(curve,)))

    with pytest.raises(EvidenceError, match="is nan"):
        html.render(replace(credit(), evidence=(broken,)))


def test_many_rules_and_doubts_are_cut_with_a_count():
    rules = FINDINGS[:1] * 2_000
    verdict = Verdict(Outcome.FAIL, rules, (Doubt("theft", HOSTILE * 40),) * 300)

    text = html.render(replace(credit(), verdict=verdict))

    assert "and 1800 more in report.json" in text


def test_what_was_not_tested_keeps_its_heading_and_says_why():
    page = Page(html.render(untested()))

    assert page.text.count("Not tested: probe_evasion: no test rows.") == 2
    assert "What would change it: name a test file." in page.text
    assert not any("st-pass" in (a.get("class") or "") for _, a in page.elements)


def test_a_risk_that_no_probe_fits_says_so():
    page = Page(html.render(unsuitable()))

    assert page.text.count("Not tested: no probe of this risk applies to regression. What would change it: an") == 2
    assert "Examine privacy by other means: no probe of it applies to regression" in page.text


def test_nothing_is_required_only_where_every_rule_passes():
    passed = html.render(regression())
    undecided = replace(FINDINGS[5], reason="")
    open_rule = html.render(replace(regression(), evidence=(), verdict=Verdict(Outcome.INCONCLUSIVE, (undecided,))))

    assert "Nothing is required: every rule passes." in passed
    assert "Nothing is required: every rule passes." not in open_rule


def test_of_a_value_no_score_is_shown_beside_the_answer():
    assert "Score of the" not in html.render(regression())
    assert "Score of the new answer" in html.render(credit())


@pytest.mark.slow
def test_one_risk_is_one_sheet_of_paper(tmp_path):
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium to print with")
    (tmp_path / "page.html").write_text(html.render(credit()), "utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", "--disable-background-networking")
    profile, out = f"--user-data-dir={tmp_path / 'browser'}", f"--print-to-pdf={tmp_path / 'page.pdf'}"

    subprocess.run(
        [browser, *flags, profile, out, f"file://{tmp_path / 'page.html'}"], check=True, capture_output=True, timeout=60
    )

    # leader, overview, six risks, the last with the findings, and what remains
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "page.pdf").read_bytes())) == 9


def test_what_this_run_does_not_do_is_said_and_not_faked(page):
    assert "Not tested: nothing was hardened in this run." in page.text
    assert "Not signed." in page.text
    assert "proven" not in page.text.lower()


def test_without_a_price_there_is_no_money():
    record = credit()

    text = html.render(replace(record, words=replace(record.words, query_price=None)))

    assert "EUR" not in text
    assert "EUR 0.68" in html.render(record)


def test_pictures_are_shown_before_and_after():
    page = Page(html.render(images()))

    assert sum(a.get("class") == "pic" for a in page.all("svg")) == 6


def test_a_doubt_is_shown_where_it_matters():
    doubt = Doubt("evasion", "noise found more than the attack did")
    finding = judged(FINDINGS[0].rule, Outcome.INCONCLUSIVE, GREEDY)

    page = Page(html.render(replace(credit(), verdict=Verdict(Outcome.INCONCLUSIVE, (finding,), (doubt,)))))

    assert page.text.count("noise found more than the attack did") == 2
    assert "1 contradiction" in page.text


TOKENS = re.compile(r"--([\w-]+):(#[0-9a-f]{3,6})")
PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink2", "ink3", "data", "fail", "pass", "open", "none")
    for ground in ("paper", "wash")
] + [
    ("ink", "fail-t"), ("ink2", "fail-t"), ("fail", "fail-t"), ("ink", "pass-t"), ("ink2", "pass-t"),
    ("pass", "pass-t"), ("ink", "open-t"), ("ink2", "open-t"), ("open", "open-t"), ("none", "none-t"),
    ("ink", "none-t"), ("ink2", "none-t"), ("ink", "mark"), ("base", "paper"), ("proof", "paper"),
]  # fmt: skip


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * c for c in color[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", [0, 1, 2], ids=["light", "dark by system", "dark by choice"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_every_text_pair_has_a_contrast_of_four_and_a_half(theme, ink, ground):
    css = (files("steeled.reports") / "templates" / "report.css").read_text()
    blocks = [
        dict(TOKENS.findall(block)) for block in re.findall(r"color-scheme:(?:light|dark);(.*?)\}", css, re.DOTALL)
    ]

    dark, light = sorted((luminance(blocks[theme][ink]), luminance(blocks[theme][ground])))

    assert len(blocks) == 3
    assert (light + 0.05) / (dark + 0.05) >= 4.5
