"""The chart grammar: one SVG a figure, colors by class only, lines labelled where they end."""

import math
from collections.abc import Sequence
from itertools import pairwise

from steeled.core.artifact import CurveRole, Point
from steeled.core.measurement import Unit
from steeled.reports._chart import MOST_CURVES, Chart, Drawn, Gate, point_text, points_of
from steeled.reports._frame import TOP, draw_frame, x_scale, y_scale
from steeled.reports._svg import LETTER, LINE, Box, Drawing, Scale, c, spread, wrap
from steeled.reports._text import Fragment, cut, flat, plain

_WIDTH = 440.0
_SAME_X = 4.0
_MOST_DOTS = 25
_DOT = 8.0


def svg(chart: Chart) -> Fragment:
    """The chart as SVG.

    Raises:
        ValueError: a coordinate is NaN or infinite.
    """
    height = 320.0 if chart.both_log else 290.0
    bottom = height - 46
    right = _WIDTH - 14 if chart.has_columns or chart.both_log else _WIDTH - 98
    xs, x_ticks = x_scale(chart, right)
    ys, y_ticks = y_scale(chart, bottom)
    drawing = Drawing()
    draw_frame(drawing, chart, (xs, x_ticks), (ys, y_ticks))
    if chart.too_few_below:
        edge = xs(chart.too_few_below)
        drawing.parts.append(
            f'<rect class="band-b" x="{c(xs.start)}" y="{c(TOP)}" width="{c(edge - xs.start)}" '
            f'height="{c(bottom - TOP)}"/>'
        )
    if chart.gate:
        _hatch(drawing, chart.gate, xs, ys)
    if chart.has_columns:
        _columns(drawing, chart, xs, bottom)
    if chart.diagonal:
        low = max(xs.low, ys.low)
        drawing.line("l-base", [(xs(low), ys(low)), (xs(xs.high), ys(ys.high))])
    _lines(drawing, chart, xs, ys)
    if chart.gate:
        _cap(drawing, chart.gate, xs, ys)
    if chart.both_log or chart.has_columns:
        _inner_labels(drawing, chart, xs, ys)
    else:
        _end_labels(drawing, chart.curves[:MOST_CURVES], xs, ys)
    if chart.gate:
        _gate_labels(drawing, chart, chart.gate, xs, ys)
    head = (
        f'<svg viewBox="0 0 440 {c(height)}" role="img" aria-labelledby="{chart.prefix}-t {chart.prefix}-d">'
        f'<title id="{chart.prefix}-t">{flat(chart.title)}</title>'
        f'<desc id="{chart.prefix}-d">{flat(f"{chart.finding}. {chart.basis}.")}</desc>'
    )
    return Fragment(head + "\n".join(drawing.parts) + "</svg>")


def _hatch(drawing: Drawing, gate: Gate, xs: Scale, ys: Scale) -> None:
    x, y = xs(gate.x), ys(gate.y)
    top, bottom = (ys.stop, y) if gate.forbids_above else (y, ys.start)
    left = max(xs.start, x - 9)
    drawing.parts.append(
        f'<rect x="{c(left)}" y="{c(top)}" width="{c(x + 9 - left)}" height="{c(bottom - top)}" fill="url(#hatch)"/>'
    )


def _columns(drawing: Drawing, chart: Chart, xs: Scale, bottom: float) -> None:
    """How many cases lie in each bin: columns at the foot, at most 26 units high."""
    points = chart.curves[0].curve.points
    most = max((p.n for p in points), default=0)
    gaps = [xs(b.x) - xs(a.x) for a, b in pairwise(points)]
    width = max(2.0, min([26.0, *(0.8 * gap for gap in gaps if gap > 0)]))
    bars = [
        f'<rect x="{c(xs(p.x) - width / 2)}" y="{c(bottom - 26 * p.n / most)}" width="{c(width)}" '
        f'height="{c(26 * p.n / most)}"/>'
        for p in points
        if p.n
    ]
    drawing.parts.append(f'<g class="band-b">{"".join(bars)}</g>')


def _lines(drawing: Drawing, chart: Chart, xs: Scale, ys: Scale) -> None:
    """Bands, then baselines, then attacks with their dots, the strongest on top."""
    drawn = list(enumerate(chart.curves[:MOST_CURVES]))
    for rank, one in drawn:
        band = _band_style(chart, one, rank)
        ends = [
            (xs(p.x), ys(p.low), ys(p.high))
            for p in points_of(chart, one.curve)
            if p.low is not None and p.high is not None
        ]
        if band and len(ends) > 1:
            drawing.area(band, [(x, high) for x, _, high in ends], [(x, low) for x, low, _ in ends])
    for rank, one in reversed(drawn):
        places = [(xs(p.x), ys(p.y)) for p in points_of(chart, one.curve)]
        line, dot = _line_style(one, rank)
        if chart.has_columns:
            _sticks(drawing, one.curve.points, xs, ys)
            drawing.obstacles += places
        else:
            drawing.line(line, places)
        if dot and len(places) <= _MOST_DOTS:
            drawing.dots(dot, _apart(places), 3.5 if rank == 0 else 3)


def _apart(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The first and every next place that is clear of the one before: dots that cover each other say nothing."""
    kept: list[tuple[float, float]] = []
    for x, y in places:
        if not kept or math.hypot(x - kept[-1][0], y - kept[-1][1]) >= _DOT:
            kept.append((x, y))
    return kept


def _sticks(drawing: Drawing, points: Sequence[Point], xs: Scale, ys: Scale) -> None:
    """The interval of each point, upright."""
    ends = [(xs(p.x), ys(p.low), ys(p.high)) for p in points if p.low is not None and p.high is not None]
    drawing.obstacles += [(x, low + (high - low) * k / 8) for x, low, high in ends for k in range(9)]
    sticks = "".join(f"M{c(x)} {c(low)}V{c(high)}" for x, low, high in ends)
    drawing.parts.append(f'<path class="iv" d="{sticks}"/>')


def _band_style(chart: Chart, drawn: Drawn, rank: int) -> str:
    if chart.has_columns or not drawn.judged:
        return ""
    if drawn.curve.role is CurveRole.BASELINE:
        return "band-b"
    return "band" if rank == 0 else ""


def _line_style(drawn: Drawn, rank: int) -> tuple[str, str]:
    """Classes of line and dots: the strongest attack solid, others finely dashed, partial ones open."""
    match drawn.curve.role:
        case CurveRole.BASELINE:
            return "l-base", ""
        case CurveRole.PROOF:
            return "l-proof", ""
        case _:
            return ("l-data", "pt") if rank == 0 and drawn.judged else ("l-data2", "pt-o")


def _cap(drawing: Drawing, gate: Gate, xs: Scale, ys: Scale) -> None:
    """The limit itself."""
    x, y = xs(gate.x), ys(gate.y)
    left = x - 11 if x < xs.stop - 12 else x - 16  # at the end of a line its name follows
    drawing.parts.append(f'<path class="b-lim" d="M{c(left)} {c(y)}h22"/>')
    drawing.obstacles += [(left + k, y) for k in range(0, 23, 4)]


def _gate_labels(drawing: Drawing, chart: Chart, gate: Gate, xs: Scale, ys: Scale) -> None:
    """What was measured at the policy's x, and the limit in words, where least is covered."""
    x, y = xs(gate.x), ys(gate.y)
    strongest = chart.curves[0]
    points = [gate.measured] if gate.measured is not None else points_of(chart, strongest.curve)
    near = min(points, key=lambda p: abs(xs(p.x) - x), default=None)
    if near is not None and abs(xs(near.x) - x) < (1.0 if chart.both_log else _SAME_X) and strongest.judged:
        _value(drawing, near, strongest.curve.y_unit, xs, ys)
    width = max(len(line) for line in gate.lines) * LETTER
    tall = LINE * (len(gate.lines) - 1)
    downs = (y + 4, y - 10 - tall, y + 22, ys.stop + 14, y + 48, (ys.start + ys.stop) / 2, ys.start - tall - 8)
    spots = [
        Box(side, min(max(down, ys.stop + 10), ys.start - tall - 4), gate.lines)
        for down in downs
        for side in (x + 15, x - 15 - width)
        if side >= xs.start + 2 and side + width <= _WIDTH + 6
    ] or [Box(max(0.0, min(x - width / 2, _WIDTH - width)), ys.stop + 14, gate.lines)]
    spot = drawing.clearest(spots)
    edge = spot.x + width + 3 if spot.x + width < x else max(spot.x - 3, x)
    if abs(spot.y + tall / 2 - 4 - y) > 30:
        middle = spot.y + tall / 2 - 4
        drawing.parts.append(
            f'<path class="lead-l" d="M{c(edge)} {c(middle)}L{c(x)} {c(y + (4 if middle > y else -4))}"/>'
        )
    drawing.box(spot, ["hal k-ink b"])


def _value(drawing: Drawing, point: Point, unit: Unit, xs: Scale, ys: Scale) -> None:
    x, y = xs(point.x), ys(point.y)
    if point.low is not None and point.high is not None:
        drawing.parts.append(f'<path class="iv2" d="M{c(x)} {c(ys(point.low))}V{c(ys(point.high))}"/>')
    drawing.dots("pt", [(x, y)], 4.5)
    drawing.obstacles += [(x + k, y) for k in (-4, 0, 4)]
    text = point_text(point, unit).split(" (")[0]
    wide = len(text) * LETTER
    low = min(y + 15, ys.start - 4)  # never among the ticks
    spots = [
        Box(x + 13, min(y - 5, low), (text,)),
        Box(x + 13, low, (text,)),
        Box(x - 13 - wide, low, (text,)),
        Box(x - 13 - wide, min(y - 5, low), (text,)),
    ]
    drawing.box(drawing.clearest(spots), ["hal k-data b"])


def _end_labels(drawing: Drawing, curves: Sequence[Drawn], xs: Scale, ys: Scale) -> None:
    """Each line is named where it ends; names in the margin that would collide move apart, with a thin leader."""
    margin = [d for d in curves if xs(d.curve.points[-1].x) > xs.stop - 12]
    blocks = [_label_lines(drawn) for drawn in margin]
    ends = [ys(drawn.curve.points[-1].y) for drawn in margin]
    tops = spread([y - 8 for y in ends], [LINE * len(b) + 3 for b in blocks], ys.stop - 10, ys.start + 6)
    for drawn, lines, y, top in zip(margin, blocks, ends, tops, strict=True):
        if abs(top + 8 - y) > 10:
            drawing.parts.append(f'<path class="lead-l" d="M{c(xs.stop + 5)} {c(y)}L{c(xs.stop + 9)} {c(top + 8)}"/>')
        drawing.box(Box(xs.stop + 10, top + 12, lines), _label_styles(drawn, drawn is curves[0]))
    for drawn in curves:
        if drawn not in margin:
            x, y = xs(drawn.curve.points[-1].x), ys(drawn.curve.points[-1].y)
            lines = _label_lines(drawn)
            wide, tall = max(map(len, lines)) * LETTER, LINE * (len(lines) - 1)
            spots = [Box(x + 8, y + 4, lines), Box(x - wide / 2, y - 9 - tall, lines), Box(x - wide / 2, y + 18, lines)]
            inside = [spot for spot in spots if spot.x > xs.start and spot.y - 10 > ys.stop - 12] or spots
            drawing.box(drawing.clearest(inside), _label_styles(drawn, drawn is curves[0]))


def _label_styles(drawn: Drawn, is_strongest: bool) -> tuple[str, str]:
    """Classes of the lines of a label."""
    color = {CurveRole.BASELINE: "k-base", CurveRole.PROOF: "k-proof"}.get(drawn.curve.role, "k-data")
    weight = " b" if is_strongest else ""
    return f"hal {color}{weight}", f"hal {color}{weight}"


def _label_lines(drawn: Drawn) -> tuple[str, ...]:
    label = wrap(cut(plain(drawn.curve.label), 30), 12)
    return label if drawn.judged else (*label, "not judged")


def _inner_labels(drawing: Drawing, chart: Chart, xs: Scale, ys: Scale) -> None:
    """Names inside the frame, where the chart leaves no margin at the right."""
    if chart.too_few_below > xs.low * 1.5:
        drawing.box(Box(xs.start + 6, ys.stop + 20, ("too few people", "to measure")), ["hal"])
    if chart.diagonal:
        lines = wrap(chart.diagonal, 18)
        spots = [_beside(xs, ys, share, lines) for share in (0.5, 0.62, 0.4, 0.72, 0.3, 0.2, 0.82)]
        drawing.box(drawing.clearest(spots), ["hal k-base b"])
    if chart.has_columns:
        across = (0.02, 0.2, 0.4, 0.6, 0.75)
        spots = [Box(xs.start + (xs.stop - xs.start) * k, ys.start - 32, ("cases per bin",)) for k in across]
        drawing.box(drawing.clearest(spots), ["hal"])
        return
    lines = wrap(cut(plain(chart.curves[0].curve.label), 30), 18)
    wide = max(map(len, lines)) * LETTER
    places = [(xs(p.x), ys(p.y)) for p in points_of(chart, chart.curves[0].curve) if p.x > chart.too_few_below]
    spots = [Box(max(xs.start + 4, x - 16 - wide), max(ys.stop + 14, y - 8), lines) for x, y in places]
    if spots:
        drawing.box(drawing.clearest(spots), ["hal k-data b", "hal k-data"])


def _beside(xs: Scale, ys: Scale, share: float, lines: tuple[str, ...]) -> Box:
    """A place below the diagonal, at a share of its length."""
    low = max(xs.low, ys.low)
    left, foot = xs(low), ys(low)
    x, y = left + (xs.stop - left) * share, foot + (ys.stop - foot) * share
    return Box(min(x + 14, xs.stop - max(map(len, lines)) * LETTER), y + 18, lines)
