import math
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_record import (
    CALIBRATION,
    EXTRACTION,
    FINDINGS,
    FLIPS,
    GREEDY,
    HOPSKIP,
    MEMBERSHIP,
    NOISE,
    evidence,
    images,
    judged,
    keeps,
    point,
)

from steeled.core.artifact import Curve, CurveRole, Picture, Point, Result
from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.risk import Risk
from steeled.core.rule import Rule
from steeled.core.verdict import Outcome
from steeled.reports._chart import figures, is_drawable, thin
from steeled.reports._charts import svg
from steeled.reports._curves import charts_of
from steeled.reports._pictures import svg as draw
from steeled.reports._svg import Scale, linear_ticks, log_ticks, spread, wrap

MEMBERS = EXTRACTION.result.curves[0].points


def of_risk(risk: Risk):
    return tuple(f for f in FINDINGS if f.rule.risk == risk)


@pytest.fixture(scope="module")
def evasion():
    (chart,) = charts_of("c-eva", (NOISE, GREEDY, HOPSKIP), of_risk(Risk.EVASION))
    return chart


def test_the_gate_of_evasion_stands_at_epsilon_and_one_minus_the_limit(evasion):
    assert (evasion.gate.x, evasion.gate.y, evasion.gate.forbids_above) == (4.0, 0.85, False)


def test_the_strongest_attack_comes_first_then_partial_ones_then_noise(evasion):
    assert [d.curve.label for d in evasion.curves] == ["greedy_features", "hop_skip_jump", "random changes"]
    assert [d.judged for d in evasion.curves] == [True, False, True]


def test_the_title_of_a_chart_is_its_finding(evasion):
    assert evasion.finding.startswith("At cost 4, 69\u202f% (65 to 73) keep their answer; random changes leave 97.3")


def test_a_chart_is_small_and_names_every_line(evasion):
    drawing = svg(evasion)

    assert len(drawing.encode()) < 6_000
    assert 'class="l-base"' in drawing
    assert 'class="band"' in drawing
    assert "not judged" in drawing
    assert re.findall(r' id="([^"]*)"', drawing) == ["c-eva-1-t", "c-eva-1-d"]


def test_the_gate_of_theft_stands_above_the_honest_model():
    (chart,) = charts_of("c", (EXTRACTION,), of_risk(Risk.THEFT))

    assert chart.gate.y == pytest.approx(0.826 + 0.05)
    assert chart.gate.forbids_above


def test_the_gate_of_poisoning_stands_below_the_clean_accuracy():
    (chart,) = charts_of("c", (FLIPS,), of_risk(Risk.POISONING))

    assert (chart.gate.x, chart.gate.y) == (0.05, pytest.approx(229 / 300 - 0.05))


def test_poison_is_read_at_the_nearest_share_that_was_measured():
    first = FLIPS.result.curves[0]
    moved = replace(first, points=tuple(replace(p, x=p.x * 1.014) for p in first.points))
    (chart,) = charts_of("c", (replace(FLIPS, result=replace(FLIPS.result, curves=(moved,))),), of_risk(Risk.POISONING))

    assert chart.finding.startswith("With 5.07\u202f% of the labels flipped, accuracy is 72")
    assert 'class="iv2"' in svg(chart)


def test_nothing_kept_is_told_as_a_count():
    (chart,) = charts_of("c", images().evidence, ())

    assert figures(chart).rows[-1][1] == "0 of 200 (at most 1.9\u202f%)"


def test_privacy_shades_what_so_few_outsiders_cannot_show():
    (chart,) = charts_of("c", (MEMBERSHIP,), of_risk(Risk.PRIVACY))

    assert chart.too_few_below == pytest.approx(10 / 700)
    assert "too few people" in svg(chart)
    assert chart.gate.x == 0.001


def test_a_single_point_is_not_a_chart():
    one = evidence("pgd", Risk.EVASION, result=Result(curves=(keeps("pgd", [1.0]),)))

    assert not is_drawable(charts_of("c", (one,), ())[0])


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_point_that_is_no_number_is_an_error(bad):
    points = (point(0.0, 1.0, 9), Point(1.0, bad))
    broken = evidence("pgd", Risk.EVASION, result=Result(curves=(replace(keeps("pgd", [1.0]), points=points),)))

    with pytest.raises(ValueError, match="finite"):
        svg(charts_of("c", (broken,), ())[0])


def test_the_table_holds_the_figures_of_the_chart(evasion):
    table = figures(evasion)

    assert table.head[1:] == ("greedy_features", "hop_skip_jump", "random changes")
    assert len(table.rows) == 9
    assert table.rows[4][1] == "69\u202f% (65 to 73)"


def test_a_long_curve_keeps_its_ends():
    points = [Point(float(k), 0.5) for k in range(5000)]

    kept = thin(points)

    assert len(kept) == 200
    assert (kept[0], kept[-1]) == (points[0], points[-1])


@given(st.floats(-100, 100), st.floats(0.01, 100))
def test_ticks_are_few_and_span_the_values(low, width):
    ticks = linear_ticks(low, low + width)

    assert 2 <= len(ticks) <= 8
    assert ticks[0] <= low + 1e-6
    assert ticks[-1] >= low + width - 1e-6 * (1 + abs(low))


@given(st.floats(1e-6, 1.0), st.floats(1.5, 1e8))
def test_log_ticks_are_decades(low, factor):
    ticks = log_ticks(low, low * factor)

    assert 1 <= len(ticks) <= 7
    assert all(abs(math.log10(t) - round(math.log10(t))) < 1e-9 for t in ticks)


@given(st.lists(st.floats(26, 240), min_size=1, max_size=5))
def test_labels_never_overlap(wanted):
    tops = spread(wanted, [29.0] * len(wanted), 16, 250)

    for a, b in zip(sorted(tops), sorted(tops)[1:], strict=False):
        assert b - a >= 29 - 1e-6


@given(st.floats(-1e9, 1e9))
def test_a_scale_never_leaves_the_frame(value):
    assert 44 <= Scale(0.0, 1.0, 44.0, 342.0)(value) <= 342


@given(st.text(max_size=60))
def test_lines_of_a_label_are_short(text):
    assert all(len(line) <= 13 for line in wrap(text, 13))


@given(st.integers(1, 32), st.integers(1, 32), st.randoms(use_true_random=False))
def test_a_picture_is_at_most_four_kilobytes(width, height, random):
    picture = Picture(width, height, tuple(random.randrange(16) for _ in range(width * height)))

    assert len(draw(picture, "a picture").encode()) <= 4096


def test_a_picture_keeps_its_pixels():
    drawing = draw(Picture(3, 1, (0, 15, 15)), "three pixels")

    assert '<path class="r0" transform="translate(0 .5)" d="M0 0h1"/>' in drawing
    assert '<rect class="g15" width="3" height="1"/>' in drawing


def test_a_picture_with_missing_pixels_is_refused():
    with pytest.raises(ValueError, match="2 x 2 picture with 3 pixels"):
        draw(Picture(2, 2, (0, 1, 2)), "broken")


def test_an_array_attack_names_its_norm():
    (chart,) = charts_of("c", images().evidence, images().verdict.findings)

    assert chart.finding.startswith("With each input value changed by at most 0.1, 8\u202f%")


def test_privacy_says_and_marks_what_its_rule_looked_at():
    rule = Rule("PRI-01", "privacy.tpr_at_5pct_fpr", maximum=0.2)

    (chart,) = charts_of("c", (MEMBERSHIP,), (judged(rule, Outcome.PASS, MEMBERSHIP),))

    assert chart.finding == "At 5\u202f% false alarms, 2.7\u202f% (1.7 to 4.2) of the members are recognised"
    assert svg(chart).count('class="iv2"') == 1


def test_no_tick_says_more_than_all_where_the_limit_is_out_of_reach():
    honest = replace(EXTRACTION.result.curves[1], points=tuple(point(p.x, 0.97, 1200) for p in MEMBERS))
    result = replace(EXTRACTION.result, curves=(EXTRACTION.result.curves[0], honest))

    (chart,) = charts_of("c", (replace(EXTRACTION, result=result),), of_risk(Risk.THEFT))

    drawing = svg(chart)
    assert chart.gate.y > 1
    assert "125" not in drawing
    assert "policy at 10,000" in drawing


def test_dots_that_would_cover_each_other_are_left_out():
    points = tuple(point(k / 100, 1 - k / 1000, 60) for k in range(20))
    crowded = replace(keeps("pgd", [1.0]), points=(*points, point(8.0, 0.1, 60)))
    (chart,) = charts_of("c", (evidence("pgd", Risk.EVASION, result=Result(curves=(crowded,))),), ())

    places = [float(x) for x in re.findall(r'class="pt" cx="([\d.]+)"', svg(chart))]

    assert len(places) < 5
    assert all(b - a >= 3 for a, b in pairwise(places))


def test_a_growing_error_is_told_at_the_attackers_share_and_has_its_gate():
    points = tuple(Point(x, 50 + 200 * x, 45 + 200 * x, 55 + 200 * x, 90) for x in (0.0, 0.05, 0.1))
    curve = Curve(
        "error", CurveRole.ATTACK, "chosen", "labels changed", "root mean square error", Unit.VALUE, points,
        x_unit=Unit.SHARE,
    )  # fmt: skip
    growth = Measurement("error_growth", 0.2, 0.1, 0.3, 90, Unit.VALUE, Bound.AT_LEAST)
    clean = Measurement("error_clean", 50.0, 45.0, 55.0, 90, Unit.VALUE, Bound.EITHER)
    holder = evidence("label_flips", Risk.POISONING, result=Result((growth, clean), (curve,)))
    rule = Rule("POI-03", "poisoning.error_growth", maximum=0.25)

    (chart,) = charts_of("c", (holder,), (judged(rule, Outcome.INCONCLUSIVE, holder),))

    assert chart.finding == "With 5\u202f% of the labels changed, the root mean square error is 60 (55 to 65)"
    assert (chart.gate.x, chart.gate.y, chart.gate.forbids_above) == (0.05, 62.5, True)


def test_reliability_counts_all_its_cases():
    (chart,) = charts_of("c", (CALIBRATION,), ())

    assert chart.basis.startswith("n = 320, at most 40 in a bin; bars: 95")


@pytest.mark.parametrize(("top", "words"), [(1e7, "2M"), (2e5, "50k"), (6e-6, "2e−6"), (2e4, "5,000")])
def test_ticks_fit_beside_the_frame(top, words):
    curve = Curve("x", CurveRole.ATTACK, "x", "x", "x", Unit.VALUE, (Point(0.0, 0.0), Point(1.0, top)))
    (chart,) = charts_of("c", (evidence("p", Risk.EVASION, result=Result(curves=(curve,))),), ())

    ticks = re.findall(r'x="38"[^>]*>([^<]*)<', svg(chart))

    assert words in ticks
    assert all(len(tick) <= 7 for tick in ticks)


def test_no_label_sits_among_the_ticks():
    (chart,) = charts_of("c", images().evidence, images().verdict.findings)
    nothing = replace(chart, gate=replace(chart.gate, measured=Point(0.1, 0.0, 0.0, 0.02, 200)))

    labels = re.findall(r'class="hal k-data b" x="[\d.]+" y="([\d.]+)"', svg(nothing))

    assert labels
    assert all(float(y) <= 244 + 6 for y in labels)


def test_a_rate_too_small_for_any_axis_is_drawn_at_its_foot():
    curve = MEMBERSHIP.result.curves[0]
    faint = replace(curve, points=(Point(1e-3, 5e-324, 0.0, 0.5, 700), *curve.points[1:]))
    result = replace(MEMBERSHIP.result, curves=(faint,))

    (chart,) = charts_of("c", (replace(MEMBERSHIP, result=result),), of_risk(Risk.PRIVACY))

    assert "nan" not in svg(chart).lower()
