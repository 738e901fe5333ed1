"""One measurement against its limit on one line: for the page as SVG, for the terminal in twenty cells."""

import math
from dataclasses import dataclass
from functools import partial

from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.rule import Rule
from steeled.reports._numbers import quantity
from steeled.reports._text import Fragment, flat

_LEFT, _RIGHT = 8.0, 292.0
_NOTHING = 1e-12
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """A scale of its own for each row, from 0 (or a round number below) to a round number well above.

    Args:
        start, stop: ends of the scale.
        estimate, low, high: all three inside the scale; low and high equal the estimate where there is no interval.
        limit: None when no rule judges it.
        forbids_above: which side of the limit the policy forbids.
        open_side: 1 where the truth may lie further up, -1 further down, 0 neither.
        unit: of the scale's ends.
    """

    start: float
    stop: float
    estimate: float
    low: float
    high: float
    limit: float | None
    forbids_above: bool
    open_side: int
    unit: Unit


def bar_of(measurement: Measurement | None, rule: Rule | None) -> Bar | None:
    """The bar of a measurement; None where there is no number, or an exact count that a sentence says better."""
    if measurement is None or measurement.value is None or measurement.bound is Bound.EXACT:
        return None
    value = measurement.value
    low = measurement.low if measurement.low is not None else value
    high = measurement.high if measurement.high is not None else value
    limit = rule.limit if rule else None
    reach = [low, high, *([limit] if limit is not None else [])]
    stop = round_up(1.5 * max([*reach, 0.0]))
    if measurement.unit is Unit.SHARE:
        stop = min(stop, max(1.0, *reach))
    start = -round_up(-1.5 * min(reach)) if min(reach) < -_NOTHING else 0.0
    side = {Bound.AT_LEAST: 1, Bound.AT_MOST: -1}.get(measurement.bound, 0)
    if measurement.unit is Unit.SHARE and ((side > 0 and high >= 1) or (side < 0 and low <= 0)):
        side = 0  # a share cannot lie further on than all or nothing
    forbids_above = rule is not None and rule.maximum is not None
    return Bar(start, stop, value, low, high, limit, forbids_above, side, measurement.unit)


def round_up(value: float) -> float:
    """The nearest round number that is not below a value; 1 for nothing, or next to nothing."""
    if not value > _NOTHING:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (*_ROUND, 20.0) if step * power >= value * (1 - 1e-12))


def svg(bar: Bar, label: str) -> Fragment:
    """The bar as on the page; ``label`` says all of it in a sentence."""
    at = partial(_at, bar)
    low, high, estimate = at(bar.low), at(bar.high), at(bar.estimate)
    parts = [f'<svg class="bar" viewBox="0 0 300 46" role="img" aria-label="{flat(label)}">']
    if bar.limit is not None:
        limit = at(bar.limit)
        left, right = (limit, _RIGHT) if bar.forbids_above else (_LEFT, limit)
        parts.append(f'<rect x="{left:.1f}" y="17" width="{right - left:.1f}" height="16" fill="url(#hatch)"/>')
    parts.append('<path class="b-ax" d="M8 33H292M8 30v6M292 30v6"/>')
    parts.append(f'<rect class="b-iv" x="{low:.1f}" y="20" width="{max(high - low, 1):.1f}" height="10" rx="1"/>')
    if bar.open_side > 0:
        parts.append(f'<path class="b-arrow" d="M{min(high + 3, 284):.1f} 25h14m-5-4l5 4l-5 4"/>')
    if bar.open_side < 0:
        parts.append(f'<path class="b-arrow" d="M{max(low - 3, 16):.1f} 25h-14m5-4l-5 4l5 4"/>')
    parts.append(f'<circle class="b-dot" cx="{estimate:.1f}" cy="25" r="4.5"/>')
    if bar.limit is not None:
        limit = at(bar.limit)
        anchor = "middle" if 45 < limit < 255 else ("start" if limit <= 45 else "end")
        parts.append(f'<path class="b-lim" d="M{limit:.1f} 15v21"/>')
        text = flat(f"limit {quantity(bar.limit, bar.unit, digits=8)}")
        parts.append(f'<text class="k-ink" x="{limit:.1f}" y="11" text-anchor="{anchor}">{text}</text>')
    parts.append(f'<text x="8" y="45">{flat(quantity(bar.start, bar.unit) if bar.start else "0")}</text>')
    parts.append(f'<text x="292" y="45" text-anchor="end">{flat(quantity(bar.stop, bar.unit))}</text></svg>')
    return Fragment("".join(parts))


def cells(bar: Bar, width: int = 20) -> str:
    """``[······|····==●=>···]``: ``|`` limit, ``=`` interval, ``●`` estimate, ``>`` or ``<`` the open side."""

    def cell(value: float) -> int:
        share = (value - bar.start) / (bar.stop - bar.start)
        return min(max(int(share * width), 0), width - 1)

    low, high, estimate = cell(bar.low), cell(bar.high), cell(bar.estimate)
    row = ["·"] * width
    row[low : high + 1] = "=" * (high + 1 - low)
    if bar.limit is not None:
        limit = cell(bar.limit)
        if limit == estimate:
            limit, estimate = _apart(limit, 1 if bar.limit >= bar.estimate else -1, width)
        row[limit] = "|"
    row[estimate] = "●"
    end = max(high, estimate) + 1 if bar.open_side > 0 else min(low, estimate) - 1
    if bar.open_side and 0 <= end < width and row[end] == "·":
        row[end] = ">" if bar.open_side > 0 else "<"
    return f"[{''.join(row)}]"


def _apart(cell: int, step: int, width: int) -> tuple[int, int]:
    """Cells for a limit and an estimate that fall together, on their right sides: neither is ever dropped."""
    return (cell + step, cell) if 0 <= cell + step < width else (cell, cell - step)


def _at(bar: Bar, value: float) -> float:
    """From a value to the x of the page's bar.

    Raises:
        ValueError: the value is not finite.
    """
    if not math.isfinite(value):
        raise ValueError(f"only finite numbers can be drawn, got {value}")
    share = (value - bar.start) / (bar.stop - bar.start)
    return _LEFT + (_RIGHT - _LEFT) * min(max(share, 0.0), 1.0)
