import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.rule import Rule
from steeled.reports._bars import bar_of, cells, round_up, svg

RULE = Rule("EVA-01", "evasion.success_rate", maximum=0.15)


def measured(low: float, value: float, high: float, bound: Bound = Bound.AT_LEAST) -> Measurement:
    return Measurement("success_rate", value, low, high, 600, Unit.SHARE, bound)


def test_twenty_cells_show_limit_interval_estimate_and_open_side():
    bar = bar_of(measured(0.27, 0.31, 0.35), RULE)

    assert cells(bar) == "[····|····=●=>·······]"


def test_an_upper_bound_opens_downwards():
    bar = bar_of(measured(0.4, 0.5, 0.6, Bound.AT_MOST), Rule("r", "evasion.robust_accuracy", minimum=0.2))

    assert "<" in cells(bar)
    assert ">" not in cells(bar)


def test_nothing_lies_beyond_all():
    bar = bar_of(measured(0.9, 1.0, 1.0), RULE)

    assert ">" not in cells(bar)
    assert "b-arrow" not in svg(bar, "label")


def test_a_count_has_no_bar():
    assert bar_of(Measurement("unsafe_files", 0.0, None, None, 3, Unit.COUNT, Bound.EXACT), RULE) is None


def test_the_forbidden_side_is_hatched_from_the_limit():
    drawing = svg(bar_of(measured(0.27, 0.31, 0.35), RULE), "label")

    limit = 8 + 284 * 0.15 / 0.6
    assert f'<rect x="{limit:.1f}" y="17" width="{292 - limit:.1f}"' in drawing


def test_what_is_not_finite_is_not_drawn():
    bar = bar_of(measured(0.27, 0.31, 0.35), RULE)

    with pytest.raises(ValueError, match="finite"):
        svg(replace(bar, estimate=math.nan), "label")


@given(st.floats(1e-6, 1e6))
def test_a_round_number_is_not_below_and_not_far_above(value):
    assert value * (1 - 1e-9) <= round_up(value) <= value * 2


@given(st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2)), st.floats(-2, 2), st.sampled_from(Bound))
def test_limit_and_estimate_are_never_dropped_and_keep_their_order(ends, limit, bound):
    low, value, high = sorted(ends)
    bar = bar_of(Measurement("m", value, low, high, 9, Unit.POINTS, bound), replace(RULE, maximum=limit))
    if bar is None:
        assert bound is Bound.EXACT
        return

    row = cells(bar)

    assert len(row) == 22
    assert row.count("|") == 1
    assert row.count("●") == 1
    if abs(value - limit) > 1e-9:
        assert (row.index("●") > row.index("|")) == (value > limit)
