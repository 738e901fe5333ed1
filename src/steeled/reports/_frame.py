"""The frame of a chart: scales that hold every curve and the limit, grid, ticks and titles."""

from steeled.core.measurement import Unit
from steeled.reports._chart import Chart, is_log, points_of
from steeled.reports._numbers import THIN, short
from steeled.reports._svg import LETTER, Drawing, Scale, c, linear_ticks, log_ticks
from steeled.reports._text import cut, plain

TOP, LEFT = 26.0, 44.0
_NOTHING = 1e-12
_FAINTEST = 1e-6  # share at which a logarithmic axis ends; what is smaller is drawn at its foot
_SHARES = (Unit.SHARE, Unit.POINTS)
_MOST_LETTERS = 6
_POWERS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def x_scale(chart: Chart, right: float) -> tuple[Scale, tuple[float, ...]]:
    if chart.both_log:
        return Scale(1e-4, 1.0, 50.0, right, is_log=True), (1e-4, 1e-3, 1e-2, 1e-1, 1.0)
    if chart.has_columns:
        return Scale(0.0, 1.0, LEFT, right), (0.0, 0.25, 0.5, 0.75, 1.0)
    xs = [p.x for d in chart.curves for p in points_of(chart, d.curve)]
    xs += [chart.gate.x] if chart.gate and (chart.gate.x > 0 or not is_log(chart)) else []
    low, high = min(xs), max(xs)
    if is_log(chart):
        high = high if high > low * (1 + _NOTHING) else low * 10
        inside = tuple(t for t in _steps(low, high) if low * 0.999 <= t <= high * 1.001)
        return Scale(low, high, LEFT, right, is_log=True), inside
    low = min(low, 0.0)
    high = high if high - low > _NOTHING else low + 1.0
    ticks = linear_ticks(low, high)
    inside = tuple(t for t in ticks if t <= high * (1 + 1e-9))
    return Scale(low, high, LEFT, right), inside


def _steps(low: float, high: float) -> tuple[float, ...]:
    """Decades inside, or 1, 2 and 5 times each when there are fewer than three."""
    decades = log_ticks(low, high, most=7)
    if sum(low <= t <= high for t in decades) >= 3:
        return decades
    return tuple(m * t for t in decades for m in (1.0, 2.0, 5.0))


def y_scale(chart: Chart, bottom: float) -> tuple[Scale, tuple[float, ...]]:
    points = [p for d in chart.curves for p in points_of(chart, d.curve)]
    unit = chart.curves[0].curve.y_unit
    ys = [p.y for p in points] + [p.low for p in points if p.low is not None]
    ys += [p.high for p in points if p.high is not None] + ([chart.gate.y] if chart.gate else [])
    if chart.both_log:
        ticks = log_ticks(max(min([y for y in ys if y > 0] + [1e-2]), _FAINTEST), 1.0, most=7)
        return Scale(min(ticks[0], 1e-2), 1.0, bottom, TOP, is_log=True), (*ticks[:-1], 1.0)
    if unit is Unit.SHARE and min(ys) >= 0 and max(ys) <= 1:
        low = _share_floor(chart, min(ys))
        ticks = (0.0, 0.25, 0.5, 0.75, 1.0) if low == 0 else linear_ticks(low, 1.0)
        return Scale(ticks[0], 1.0, bottom, TOP), ticks
    if unit is Unit.SHARE and min(ys) >= 0 and max(y for p in points for y in (p.y, p.high or 0.0)) <= 1:
        # a limit beyond all: it is drawn, but no tick says more than 100 %
        return Scale(0.0, max(ys) + 0.08, bottom, TOP), (0.0, 0.25, 0.5, 0.75, 1.0)
    low, high = min([*ys, 0.0]), max([*ys, 0.0])
    ticks = linear_ticks(low, high if high - low > _NOTHING else low + 1.0)
    return Scale(ticks[0], ticks[-1], bottom, TOP), ticks


def _share_floor(chart: Chart, least: float) -> float:
    """Only agreement of copies may start above zero, and the ticks say so."""
    return 0.5 if chart.curves[0].curve.name == "fidelity" and least >= 0.5 else 0.0


def draw_frame(
    drawing: Drawing, chart: Chart, x: tuple[Scale, tuple[float, ...]], y: tuple[Scale, tuple[float, ...]]
) -> None:
    (xs, x_ticks), (ys, y_ticks) = x, y
    curve = chart.curves[0].curve
    bottom, left, right = ys.start, xs.start, xs.stop
    grid = "".join(f"M{c(left)} {c(ys(t))}H{c(right)}" for t in y_ticks)
    drawing.parts.append(f'<path class="grid" d="{grid}"/>')
    axis = f"M{c(left)} {c(bottom)}H{c(right)}" + "".join(f"M{c(xs(t))} {c(bottom)}v4" for t in x_ticks)
    drawing.parts.append(f'<path class="axis" d="{axis}"/>')
    for tick, text in zip(y_ticks, _ticks(y_ticks, curve.y_unit), strict=True):
        drawing.text("", left - 6, ys(tick) + 4, text, "end")
    for tick, text in zip(x_ticks, _ticks(x_ticks, curve.x_unit), strict=True):
        drawing.text("", xs(tick), bottom + 17, text, "middle")
    log = " (log scale)" if is_log(chart) else ""
    letters = int(right / LETTER) - len(log)
    drawing.text("k-ink", right, bottom + 36, cut(plain(curve.x_label), letters) + log, "end")
    drawing.text("k-ink", 0, 11, cut(plain(curve.y_label), 50) + (" (log scale)" if chart.both_log else ""))


def _ticks(values: tuple[float, ...], unit: Unit) -> list[str]:
    """The ticks of an axis, all brief if one of them is too long; the last one carries the unit, if it is short."""
    if unit in _SHARES:
        texts = [short(value * 100) for value in values]
        return [*texts[:-1], texts[-1] + (f"{THIN}%" if unit is Unit.SHARE else " pts")]
    texts = [short(value) for value in values]
    return texts if max(map(len, texts), default=0) <= _MOST_LETTERS else [_brief(value) for value in values]


def _brief(value: float) -> str:
    """``2.5M``: beside the frame there is no room for more than six letters."""
    for power, sign in _POWERS:
        if power <= abs(value) < 1000 * power:
            return short(value / power) + sign
    if value == 0 or 0.01 <= abs(value) < 1000:
        return short(value)
    return f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
