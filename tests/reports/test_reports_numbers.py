import math
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.rule import Rule
from steeled.reports._numbers import (
    bound_down,
    bound_up,
    decimals,
    duration,
    figure,
    limit_of,
    money,
    of_hundred,
    quantity,
    rounded,
    short,
)

THIN = "\u202f"


def measured(low: float, value: float, high: float, unit: Unit = Unit.SHARE, n: int = 600) -> Measurement:
    return Measurement("m", value, low, high, n, unit, Bound.AT_LEAST)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize(
    ("low", "value", "high", "text"),
    [
        (0.2748, 0.3117, 0.3504, f"31{THIN}% (27 to 35)"),
        (0.00281, 0.00383, 0.00511, f"0.38{THIN}% (0.28 to 0.51)"),
        (0.0009, 0.0009, 0.0016, f"0.09{THIN}% (0.09 to 0.16)"),
        (-0.0007, 0.0004, 0.9, f"0{THIN}% (0 to 90)"),
        (0.03, 0.25, 0.65, f"25{THIN}% (3 to 65)"),
    ],
)
def test_half_the_interval_decides_the_digits(low, value, high, text):
    assert figure(measured(low, value, high)).text == text


def test_points_are_not_percent():
    assert figure(measured(0.09, 0.098, 0.106, Unit.POINTS)).text == "9.8 points (9.0 to 10.6)"


def test_one_point_is_singular():
    assert figure(measured(-0.02, 0.01, 0.04, Unit.POINTS)).text == "1 point (−2 to 4)"
    assert quantity(0.01, Unit.POINTS) == "1 point"
    assert quantity(0.02, Unit.POINTS) == "2 points"


def test_what_no_number_of_cases_would_measure_does_not_blame_n():
    lacking = not_measurable("m", Unit.SHARE, Bound.EITHER, "arrays have no values out of range")

    assert figure(lacking).text == "not measurable here"


def test_nothing_found_is_a_count_with_its_upper_end():
    assert figure(measured(0.0, 0.0, 0.0061)).text == f"0 of 600 (at most 0.6{THIN}%)"


def test_an_end_that_rounding_would_put_on_the_limit_gets_another_digit():
    told = figure(measured(0.1502, 0.19, 0.23), limit=0.15)

    assert told.text == f"19.00{THIN}% (15.02 to 23.00)"


def test_what_cannot_be_measured_says_what_it_needs():
    told = figure(not_measurable("m", Unit.SHARE, Bound.AT_LEAST, "too few", n=700, needed=10_000))

    assert told.text == "not measurable at this n; needs 10,000"


def test_proven_bounds_round_away_from_the_claim():
    assert (bound_up(48.2, 0), bound_down(48.9, 0), bound_up(48.0, 0)) == ("49", "48", "48")


def test_exact_counts_say_of_how_many():
    assert figure(Measurement("m", 2.0, None, None, 3, Unit.COUNT, Bound.EXACT)).text == "2 of 3"


def test_money_and_time_have_two_digits():
    assert money(0.6812, "EUR") == "EUR 0.68"
    assert money(331_512, "EUR") == "EUR 330,000"
    assert (duration(0.23), duration(96), duration(700)) == ("0.23 s", "96 s", "11 min 40 s")


def test_a_limit_keeps_all_its_digits():
    assert limit_of(Rule("r", "evasion.success_rate", maximum=0.1525), Unit.SHARE) == f"≤ 15.25{THIN}%"
    assert quantity(0.1 + 0.2, Unit.SHARE, digits=8) == f"30{THIN}%"


def test_rare_shares_are_told_of_more_people():
    assert of_hundred(measured(0.2748, 0.3117, 0.3504)) == ("31", "27 to 35", 100)
    assert of_hundred(measured(0.00281, 0.00383, 0.00511)) == ("38", "28 to 51", 10_000)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_refused(bad):
    with pytest.raises(ValueError, match="finite"):
        rounded(bad, 2)


@given(st.tuples(st.floats(-10, 10), st.floats(-10, 10), st.floats(-10, 10)), st.floats(-10, 10))
def test_estimate_and_ends_share_one_place_and_no_end_hides_the_limit(ends, limit):
    low, value, high = sorted(ends)
    assume(high - low > 1e-4 and min(abs(low - limit), abs(high - limit)) > 1e-4)

    told = figure(measured(low, value, high, Unit.VALUE), limit)

    parts = [told.estimate, *told.interval.split(" to ")]
    assert len({len(part.partition(".")[2]) for part in parts}) == 1
    for end, part in zip((low, high), parts[1:], strict=True):
        assert (number(part) > limit) == (end > limit)
        assert number(part) != pytest.approx(limit, abs=1e-12)


@given(st.floats(-1e8, 1e8), st.floats(1e-5, 1e8))
def test_rounding_keeps_an_interval_to_a_tenth_of_its_half_width(low, width):
    places = decimals(low, low + width)

    assert 10.0**-places <= width / 2 * 1.0001
    assert abs(number(rounded(low, places)) - low) <= 0.5001 * 10.0**-places


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-6, 6))
def test_numbers_are_written_with_a_true_minus_and_without_negative_zero(value, places):
    text = rounded(value, places)

    assert "-" not in text.replace("e-", "")
    assert not re.fullmatch(r"−[0.,]+", text)


@given(st.floats(-1e12, 1e12))
def test_short_numbers_lose_at_most_half_a_percent(value):
    assume(abs(value) > 1e-4)

    assert number(short(value).replace("e+", "e")) == pytest.approx(value, rel=0.006)
