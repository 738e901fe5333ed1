"""Scales, ticks and labels: the small parts of every chart, written as SVG by hand."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from steeled.reports._text import flat

LETTER = 6.9
"""Width of a letter in the widest font that must fit (DejaVu Sans at 11.5 units)."""
LINE = 13.0
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to coordinates, linear or logarithmic; values beyond the ends stop at the ends."""

    low: float
    high: float
    start: float
    stop: float
    is_log: bool = False

    def __call__(self, value: float) -> float:
        """The coordinate of a value.

        Raises:
            ValueError: NaN or infinite: a chart never hides that.
        """
        if not math.isfinite(value):
            raise ValueError(f"only finite numbers can be drawn, got {value}")
        low, high, at = self.low, self.high, min(max(value, self.low), self.high)
        if self.is_log:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return self.start + (self.stop - self.start) * (at - low) / (high - low)

    def holds(self, value: float) -> bool:
        """Whether the value lies between the ends."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of text: ``x`` is their left edge, ``y`` the baseline of the first."""

    x: float
    y: float
    lines: tuple[str, ...]

    @property
    def width(self) -> float:
        return max(len(line) for line in self.lines) * LETTER

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies under the text, or within two units of it."""
        return self.x - 2 < x < self.x + self.width + 2 and self.y - 13 < y < self.y + LINE * (len(self.lines) - 1) + 5


@dataclass(slots=True)
class Drawing:
    """SVG elements in drawing order, with what later labels should keep clear of."""

    parts: list[str] = field(default_factory=list)
    obstacles: list[tuple[float, float]] = field(default_factory=list)

    def line(self, style: str, points: Sequence[tuple[float, float]]) -> None:
        """A polyline; labels will keep clear of it."""
        self.parts.append(f'<path class="{style}" d="{path(points)}"/>')
        for (x0, y0), (x1, y1) in pairwise(points):
            steps = max(1, int(math.hypot(x1 - x0, y1 - y0) / 5))
            self.obstacles += [(x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps) for k in range(steps + 1)]

    def area(self, style: str, upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> None:
        """A band between two polylines of the same x."""
        self.parts.append(f'<path class="{style}" d="{path([*upper, *reversed(lower)])}Z"/>')

    def dots(self, style: str, points: Iterable[tuple[float, float]], radius: float = 3.5) -> None:
        self.parts += [f'<circle class="{style}" cx="{c(x)}" cy="{c(y)}" r="{radius}"/>' for x, y in points]

    def text(self, style: str, x: float, y: float, text: str, anchor: str = "") -> None:
        """One line of text, escaped; its place becomes an obstacle."""
        place = f' text-anchor="{anchor}"' if anchor else ""
        self.parts.append(f'<text class="{style}" x="{c(x)}" y="{c(y)}"{place}>{flat(text)}</text>')
        left = x - len(text) * LETTER * {"end": 1.0, "middle": 0.5}.get(anchor, 0.0)
        self.obstacles += [(left + k * LETTER, y - up) for k in range(len(text) + 1) for up in (8, 4, 0)]

    def box(self, box: Box, styles: Sequence[str]) -> None:
        """Several lines of text, one style each (the last one for the rest)."""
        for number, line in enumerate(box.lines):
            self.text(styles[min(number, len(styles) - 1)], box.x, box.y + LINE * number, line)

    def clearest(self, boxes: Sequence[Box]) -> Box:
        """The first of the boxes that covers least of what is there already."""
        return min(boxes, key=lambda box: sum(box.covers(x, y) for x, y in self.obstacles))


def c(value: float) -> str:
    """A coordinate: one decimal, no trailing zero.

    Raises:
        ValueError: NaN or infinite.
    """
    if not math.isfinite(value):
        raise ValueError(f"only finite numbers can be drawn, got {value}")
    return f"{value:.1f}".removesuffix(".0")


def path(points: Sequence[tuple[float, float]]) -> str:
    """``M44 26L81.2 42``."""
    return "M" + "L".join(f"{c(x)} {c(y)}" for x, y in points)


def linear_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Four to six round numbers that span ``low`` to ``high``; the last is not below ``high``."""
    raw = (high - low) / (most - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(s * power for s in _STEPS if s * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(k * step, 12) for k in range(first, last + 1))


def log_ticks(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """The decades from at most ``low`` to at least ``high``; every second or third one when there are many."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    last = max(last, first + 1)
    step = math.ceil((last - first) / (most - 1))
    return tuple(10.0**k for k in range(first, last + 1, step))


def wrap(text: str, letters: int) -> tuple[str, ...]:
    """Lines of at most so many letters, at most four; a longer word is cut."""
    lines: list[str] = []
    for word in text.replace("_", "_ ").split():
        glue = "" if lines and lines[-1].endswith("_") else " "
        if lines and len(lines[-1]) + len(glue) + len(word) <= letters:
            lines[-1] += glue + word
        else:
            lines.append(word if len(word) <= letters else word[: letters - 1] + "…")
    return tuple(lines[:4]) or ("",)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart, each as little as the order allows: tops of boxes between ``low`` and ``high``."""
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    tops = list(wanted)
    floor = low
    for k in order:
        tops[k] = max(wanted[k], floor)
        floor = tops[k] + heights[k]
    ceiling = high
    for k in reversed(order):
        tops[k] = min(tops[k], ceiling - heights[k])
        ceiling = tops[k]
    return tops
