"""What a probe leaves besides numbers: curves, examples and tables, small enough to store and show."""

from dataclasses import dataclass
from enum import StrEnum

from steeled.core.measurement import Measurement, Unit


class CurveRole(StrEnum):
    """How a curve is drawn."""

    ATTACK = "attack"  # solid: what was measured
    PROOF = "proof"  # dashed: the truth cannot be past it
    BASELINE = "baseline"  # dotted: noise, honest model, guessing


@dataclass(frozen=True, slots=True)
class Point:
    """One measured point with its 95 % interval (None if it has none) and sample size."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one measure against effort, queries, poisoned rows or confidence.

    Args:
        name: such as ``robust_accuracy``; curves of one name are drawn in one chart.
        role: attack, proof or baseline.
        label: written where the line ends.
        x_label, y_label: what the axes say.
        y_unit: share or points or value.
        points: at least one, sorted by x.
        x_is_log: whether x spans orders of magnitude.
        x_unit: share, cost, count, queries or distance.
    """

    name: str
    role: CurveRole
    label: str
    x_label: str
    y_label: str
    y_unit: Unit
    points: tuple[Point, ...]
    x_is_log: bool = False
    x_unit: Unit = Unit.VALUE


@dataclass(frozen=True, slots=True)
class Change:
    """One cell before and after, in the column's own words."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A small gray picture: values 0 to 15, row by row, at most 32 x 32."""

    width: int
    height: int
    pixels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One attack that works, verified by code other than the attack.

    Args:
        row: number of the row in its data file.
        changes: the changed cells; empty for pictures.
        answer_before, answer_after: the model's decisions, in the classes' own names.
        score_before, score_after: score of the answer that the attacker wants.
        distance: cost or norm of the change.
        picture_before, picture_after: for images.
    """

    row: int
    changes: tuple[Change, ...]
    answer_before: str
    answer_after: str
    score_before: float
    score_after: float
    distance: float
    picture_before: Picture | None = None
    picture_after: Picture | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to read: suspicious labels, findings in files, levers over the population."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What one probe yields."""

    measurements: tuple[Measurement, ...] = ()
    curves: tuple[Curve, ...] = ()
    examples: tuple[Example, ...] = ()
    tables: tuple[Table, ...] = ()
