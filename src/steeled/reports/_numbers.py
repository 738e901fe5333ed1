"""How a number is written: the width of its interval decides the digits, and the unit is always there."""

import math
from dataclasses import dataclass

from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.rule import Rule

THIN = "\u202f"
"""Narrow no-break space, before %."""
_MOST_DECIMALS = 6
_LARGEST = 1e9
_SIDES = {Bound.AT_LEAST: "at least", Bound.AT_MOST: "at most", Bound.EITHER: "either side", Bound.EXACT: "exact"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement in words.

    Args:
        estimate: with its unit, such as ``31 %``.
        interval: ``27 to 35``; empty when there is none.
        side: at least, at most, either side, exact.
        text: all in one, such as ``31 % (27 to 35)``.
    """

    estimate: str
    interval: str
    side: str
    text: str


def figure(measurement: Measurement, limit: float | None = None) -> Figure:
    """The measurement, rounded by its interval; a limit that rounding would hide earns more digits.

    Args:
        measurement: measured or not.
        limit: of the rule that judges it, in the same unit.

    Properties: estimate and both ends share one place; no end that differs from the limit is written as the limit.
    """
    side = _SIDES[measurement.bound]
    if measurement.value is None:
        text = (
            f"not measurable at this n; needs {measurement.needed:,}" if measurement.needed else "not measurable here"
        )
        return Figure(text, "", side, text)
    factor, suffix = _scale(measurement.unit)
    value = measurement.value * factor
    if measurement.low is None or measurement.high is None:
        alone = _alone(measurement, value)
        told = _with(alone, suffix)
        return Figure(told, "", side, told)
    low, high = measurement.low * factor, measurement.high * factor
    digits = decimals(low, high, None if limit is None else limit * factor)
    if factor > 1:
        digits = max(digits, 0)  # no percent is rounded to tens: 25 would be told as 20
    if value == 0 and measurement.unit is Unit.SHARE and measurement.n and high > 0:
        zero, most = f"0 of {measurement.n:,}", f"at most {rounded(high, digits)}{suffix}"
        return Figure(zero, most, side, f"{zero} ({most})")
    interval = f"{rounded(low, digits)} to {rounded(high, digits)}"
    estimate = _with(rounded(value, digits), suffix)
    return Figure(estimate, interval, side, f"{estimate} ({interval})")


def decimals(low: float, high: float, limit: float | None = None) -> int:
    """Places after the point (negative: before it) that an interval deserves.

    Half its width to one significant digit, two if that digit is 1; one more for as long as an end that is not
    the limit would be written as the limit, or beyond it.
    """
    half = (high - low) / 2
    places = significant(half, 2 if _first_digit(half) == 1 else 1) if half > 0 else significant(high, 3)
    if limit is not None:
        while places < _MOST_DECIMALS and any(_hides(end, limit, places) for end in (low, high)):
            places += 1
    return min(places, _MOST_DECIMALS)


def significant(value: float, digits: int) -> int:
    """Places after the point that keep so many significant digits of a value."""
    return digits - 1 - math.floor(math.log10(abs(value))) if value else 0


def rounded(value: float, places: int) -> str:
    """The value to so many places, with commas, a true minus and no negative zero.

    Raises:
        ValueError: not a finite number.
    """
    if not math.isfinite(value):
        raise ValueError(f"only finite numbers can be written, got {value}")
    if abs(value) >= _LARGEST:
        return _minus(f"{value:.2e}")
    text = f"{round(value, places):,.{max(places, 0)}f}"
    return text.lstrip("-") if not text.strip("-0.,") else _minus(text)


def bound_up(value: float, places: int) -> str:
    """A proven upper bound: rounded away from the claim, so that 48.2 is 49."""
    return rounded(math.ceil(value * 10**places - 1e-9) / 10**places, places)


def bound_down(value: float, places: int) -> str:
    """A proven lower bound: rounded away from the claim, so that 48.9 is 48."""
    return rounded(math.floor(value * 10**places + 1e-9) / 10**places, places)


def quantity(value: float, unit: Unit, digits: int = 3) -> str:
    """A number that has no interval, such as a limit or a tick, with its unit: ``15 %``."""
    factor, suffix = _scale(unit)
    return _with(short(value * factor, digits), suffix)


def short(value: float, digits: int = 3) -> str:
    """So many significant digits at most, whole numbers in full, no trailing zeros.

    Raises:
        ValueError: not a finite number.
    """
    if not math.isfinite(value):
        raise ValueError(f"only finite numbers can be written, got {value}")
    if value == round(value) and abs(value) < _LARGEST:
        return rounded(value, 0)
    places = max(0, min(significant(value, digits), _MOST_DECIMALS))
    text = rounded(value, places)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def limit_of(rule: Rule, unit: Unit) -> str:
    """``≤ 15 %`` or ``≥ 0.8``; a limit is written with all its digits."""
    return f"{'≤' if rule.maximum is not None else '≥'} {quantity(rule.limit, unit, digits=8)}"


def limit_in_words(rule: Rule, unit: Unit) -> str:
    """``15 % or less`` or ``80 % or more``; of what nothing is allowed, ``0``."""
    if rule.maximum == 0 and unit in (Unit.COUNT, Unit.SHARE):
        return quantity(0.0, unit)
    return f"{quantity(rule.limit, unit, digits=8)} or {'less' if rule.maximum is not None else 'more'}"


def money(amount: float, currency: str) -> str:
    """To two significant digits, never less than two decimals below ten: ``EUR 0.70``."""
    places = significant(amount, 2)
    return f"{currency} {rounded(round(amount, places), 2 if 0 < abs(amount) < 10 else 0)}"


def duration(seconds: float) -> str:
    """``0.2 s``, ``96 s``, ``11 min 40 s``."""
    if seconds < 10:
        return f"{short(seconds, 2)} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def of_hundred(measurement: Measurement) -> tuple[str, str, int]:
    """A share as a count of people: ``("31", "27 to 35", 100)``; rarer ones of 1,000, 10,000 or more."""
    assert measurement.value is not None
    low = measurement.low if measurement.low is not None else measurement.value
    high = measurement.high if measurement.high is not None else measurement.value
    places = max(0, min(decimals(low * 100, high * 100), 3))
    base = 100 * 10**places
    interval = f"{rounded(low * base, 0)} to {rounded(high * base, 0)}" if measurement.low is not None else ""
    return rounded(measurement.value * base, 0), interval, base


def _scale(unit: Unit) -> tuple[float, str]:
    """Factor and suffix of a unit."""
    match unit:
        case Unit.SHARE:
            return 100.0, f"{THIN}%"
        case Unit.POINTS:
            return 100.0, " points"
        case Unit.COST:
            return 1.0, " cost units"
        case Unit.DISTANCE:
            return 1.0, " input units"
        case Unit.QUERIES:
            return 1.0, " questions"
        case _:
            return 1.0, ""


def _with(number: str, suffix: str) -> str:
    """A number with its unit: ``1 point``, ``2 points``."""
    return number + (suffix.removesuffix("s") if number in ("1", "−1") else suffix)


def _alone(measurement: Measurement, value: float) -> str:
    """A value without an interval: counts in full, of how many where known; else three digits, away from the claim."""
    if measurement.unit is Unit.COUNT and measurement.n:
        return f"{short(value)} of {measurement.n:,}"
    if measurement.unit is Unit.QUERIES and value >= 10:
        return rounded(value, 0)
    places = max(0, min(significant(value, 3), _MOST_DECIMALS))
    if measurement.bound is Bound.AT_MOST:
        return bound_up(value, places)
    return bound_down(value, places) if measurement.bound is Bound.AT_LEAST else short(value)


def _hides(end: float, limit: float, places: int) -> bool:
    """Whether rounding writes an end as the limit, or on its other side, though it is not."""
    written = round(end, places)
    return end != limit and (written == round(limit, 10) or (written > limit) != (end > limit))


def _first_digit(value: float) -> int:
    return int(f"{value:e}"[0])


def _minus(text: str) -> str:
    return text.replace("-", "−")
