"""What a figure shows, before it is drawn: the curves of one measure, the policy, and the figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from steeled.core.artifact import Curve, Point
from steeled.core.measurement import Unit
from steeled.reports._numbers import THIN, decimals, quantity, rounded, short

MOST_CURVES = 6
_MOST_POINTS = 200
_SHARES = (Unit.SHARE, Unit.POINTS)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A curve on the page; ``judged`` is False for a partial result, which no rule looked at."""

    curve: Curve
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Gate:
    """The policy: a cap at the limit and a hatched strip on the forbidden side, at the x that the rule names.

    ``measured`` is what the rule looked at, where no point of a curve stands for it.
    """

    x: float
    y: float
    forbids_above: bool
    lines: tuple[str, ...]
    measured: Point | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What a figure shows.

    Args:
        prefix: of its ids: from the section and a counter, never from data.
        title: what is drawn.
        finding: the caption: what the chart says, with numbers.
        basis: second line: n, interval, attacker.
        curves: of one measure; the strongest attack first.
        gate: None when no rule names an x here.
        diagonal: what the line y = x means; empty for none.
        too_few_below: x below which n cannot resolve; 0 for none.
        both_log: whether y is logarithmic too.
        has_columns: whether n of each point is drawn as a column at the foot, and intervals as bars.
    """

    prefix: str
    title: str
    finding: str
    basis: str
    curves: tuple[Drawn, ...]
    gate: Gate | None = None
    diagonal: str = ""
    too_few_below: float = 0.0
    both_log: bool = False
    has_columns: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The same figures as a table."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def is_drawable(chart: Chart) -> bool:
    """Whether a chart has the two points that a line needs; else it becomes a sentence."""
    return any(len(points_of(chart, drawn.curve)) > 1 for drawn in chart.curves)


def figures(chart: Chart, most: int = 40) -> Figures:
    """The chart as a table: a row for each x, a column for each curve."""
    curves = [d.curve for d in chart.curves[:MOST_CURVES]]
    x_unit = curves[0].x_unit
    xs = sorted({point.x for curve in curves for point in thin(curve.points, most)})[: 2 * most]
    head = [curves[0].x_label, *(curve.label for curve in curves)]
    if chart.has_columns:
        head.append("cases")
    rows = []
    for x in xs:
        points = [next((p for p in curve.points if p.x == x), None) for curve in curves]
        row = [x_text(x, x_unit), *(point_text(p, k.y_unit) for p, k in zip(points, curves, strict=True))]
        if chart.has_columns:
            row.append(f"{points[0].n:,}" if points[0] else "")
        rows.append(tuple(row))
    return Figures(tuple(head), tuple(rows))


def thin(points: Sequence[Point], most: int = _MOST_POINTS) -> tuple[Point, ...]:
    """At most so many of the points, spread evenly, both ends kept."""
    if len(points) <= most:
        return tuple(points)
    step = (len(points) - 1) / (most - 1)
    return tuple(points[round(k * step)] for k in range(most))


def points_of(chart: Chart, curve: Curve) -> tuple[Point, ...]:
    """What can be drawn: a logarithm has no zero."""
    points = [p for p in curve.points if not is_log(chart) or p.x > 0]
    return thin([p for p in points if not chart.both_log or p.y > 0])


def is_log(chart: Chart) -> bool:
    return chart.both_log or chart.curves[0].curve.x_is_log


def x_text(value: float, unit: Unit) -> str:
    return quantity(value, unit) if unit in _SHARES else short(value)


def point_text(point: Point | None, unit: Unit) -> str:
    """``69 % (65 to 73)``, or nothing where a curve was not measured."""
    if point is None:
        return ""
    factor = 100.0 if unit in _SHARES else 1.0
    suffix = {Unit.SHARE: f"{THIN}%", Unit.POINTS: " points"}.get(unit, "")
    if point.low is None or point.high is None:
        return short(point.y * factor) + suffix
    places = max(decimals(point.low * factor, point.high * factor), 0 if factor > 1 else -9)
    if point.y == 0 and point.n and point.high > 0 and unit is Unit.SHARE:
        return f"0 of {point.n:,} (at most {rounded(point.high * factor, places)}{suffix})"
    interval = f"{rounded(point.low * factor, places)} to {rounded(point.high * factor, places)}"
    return f"{rounded(point.y * factor, places)}{suffix} ({interval})"
