"""Attacks that work, as before and after: a table in the columns' own names, or two small pictures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from steeled.core.artifact import Example, Table
from steeled.core.evidence import Evidence
from steeled.core.measurement import Unit
from steeled.core.threat_model import Norm
from steeled.reports._numbers import quantity, short
from steeled.reports._pictures import svg
from steeled.reports._text import Fragment, clip

_MOST_EXAMPLES = 3
_MOST_COLUMNS = 6
_MOST_ROWS = 10
_MOST_FIELDS = 8
_CAPTIONS = {"kinds": "answers to inputs without meaning, by kind", "findings": "what was found in the files"}


@dataclass(frozen=True, slots=True)
class Cell:
    """What a column held, where the attack changed it."""

    text: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """One attack: its row before and after."""

    row: str
    before: tuple[Cell, ...]
    after: tuple[Cell, ...]
    answer_before: str
    answer_after: str
    score_before: str
    score_after: str
    distance: str
    picture_before: Fragment | None = None
    picture_after: Fragment | None = None


@dataclass(frozen=True, slots=True)
class Gallery:
    """Up to three attacks of one probe.

    Args:
        probe: which.
        columns: that at least one of the attacks changes; a seventh is only counted.
        hidden: how many changed columns are not shown.
        pairs: the attacks.
        distance: what the last column counts.
        score: heading of the scores; empty for regression, where the answer itself is the number.
        has_pictures: whether they are pictures.
    """

    probe: str
    columns: tuple[str, ...]
    hidden: int
    pairs: tuple[Pair, ...]
    distance: str
    score: str
    has_pictures: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of a probe, cut to its first rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


def gallery(evidence: Evidence) -> Gallery | None:
    """The examples of one probe; None where it has none."""
    examples = evidence.result.examples[:_MOST_EXAMPLES]
    if not examples:
        return None
    every = tuple(dict.fromkeys(change.column for example in examples for change in example.changes))
    columns = every[:_MOST_COLUMNS]
    pictured = any(example.picture_before is not None for example in examples)
    distance = "Cost" if evidence.question.threat.norm is Norm.COST else "Distance"
    pairs = tuple(_pair(example, columns) for example in examples)
    goal = evidence.question.threat.goal
    score = "" if goal.tolerance is not None else f"Score of the {'new' if goal.wanted is None else 'wanted'} answer"
    return Gallery(evidence.probe, columns, len(every) - len(columns), pairs, distance, score, pictured)


def leaning(evidence: Evidence) -> str:
    """What the attack leans on, with the number that shows it: over all successes where counted, else the examples."""
    levers = next((table for table in evidence.result.tables if table.name == "levers" and table.rows), None)
    if levers is not None and len(levers.rows[0]) > 1:
        column, share = levers.rows[0][:2]
        if isinstance(share, float) and 0 <= share <= 1:
            return f"{clip(str(column))} is changed in {quantity(share, Unit.SHARE, 2)} of the successful attacks."
    examples = [example for example in evidence.result.examples[:_MOST_EXAMPLES] if example.changes]
    tally = Counter(column for example in examples for column in {change.column for change in example.changes})
    most, times = min(tally.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return f"Of the {len(examples)} examples shown, {times} change {clip(most)}." if times > 1 else ""


def listings(evidence: Sequence[Evidence], leading: str) -> tuple[Listing, ...]:
    """The tables of the probes, each cut to ten rows.

    Args:
        evidence: of one risk.
        leading: the probe whose examples are shown: what attacks lean on is told of this one only.
    """
    tables = ((e, table) for e in evidence for table in e.result.tables if table.rows)
    return tuple(_listing(table, e.probe) for e, table in tables if table.name != "levers" or e.probe == leading)


def _pair(example: Example, columns: tuple[str, ...]) -> Pair:
    changes = {change.column: change for change in example.changes}
    before = tuple(Cell(changes[c].before, changed=True) if c in changes else Cell() for c in columns)
    after = tuple(Cell(changes[c].after, changed=True) if c in changes else Cell() for c in columns)
    first, second = example.picture_before, example.picture_after
    return Pair(
        row=f"{example.row:,}".replace(",", "\u2009"),
        before=before,
        after=after,
        answer_before=example.answer_before,
        answer_after=example.answer_after,
        score_before=short(example.score_before),
        score_after=short(example.score_after),
        distance=short(example.distance),
        picture_before=svg(first, f"row {example.row} before: {clip(example.answer_before)}") if first else None,
        picture_after=svg(second, f"row {example.row} after: {clip(example.answer_after)}") if second else None,
    )


def _listing(table: Table, probe: str) -> Listing:
    columns = table.columns[:_MOST_FIELDS]
    rows = tuple(
        tuple(_field(value, column) for value, column in zip(row, columns, strict=False))
        for row in table.rows[:_MOST_ROWS]
    )
    words = table.caption or _CAPTIONS.get(table.name, table.name.replace("_", " "))
    caption = f"{clip(probe)}: {clip(words, 300).rstrip('.')}."
    return Listing(caption, columns, rows, len(table.rows) - len(rows))


def _field(value: str | int | float, column: str) -> str:
    """Text as it is; numbers short; shares, as their column says, in percent."""
    if isinstance(value, str):
        return value
    is_share = isinstance(value, float) and 0 <= value <= 1 and column.startswith("share")
    return quantity(value, Unit.SHARE) if is_share else short(value)
