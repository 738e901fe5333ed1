"""What an attack did, to read: three rows before and after, and which columns it pulled."""

import numpy as np

from steeled.core.array import Array, Floats, Ints
from steeled.core.artifact import Change, Example, Table
from steeled.core.case import Case
from steeled.core.column import Column
from steeled.core.feature_space import Modality, show
from steeled.core.labels import labels
from steeled.probes.pictures import picture
from steeled.probes.reduction import differs

_EXAMPLES = 3
_LEVERS = 8
_HIDDEN = "hidden"


def examples(
    case: Case, rows: Ints, x: Array, z: Array, distance: Floats, before: Array, after: Array
) -> tuple[Example, ...]:
    """The three successes with the smallest distance.

    Args:
        case: whose space names the columns; without ``report_rows`` cells say lower, higher or other, and pictures are
            left out.
        rows: numbers of the rows in their data file.
        x, z: successful rows before and after.
        distance: cost or norm, shape (n,).
        before, after: scores.
    """
    nearest = np.argsort(distance, kind="stable")[:_EXAMPLES]
    return tuple(_example(case, int(rows[i]), x[i], z[i], float(distance[i]), before[i], after[i]) for i in nearest)


def lever_table(case: Case, x: Array, z: Array) -> tuple[Table, ...]:
    """In which share of the successful attacks each column is changed, the most used first; none for arrays."""
    if case.test.space.modality is not Modality.TABLE or not len(x):
        return ()
    share = differs(x, z).mean(axis=0)
    order = [int(j) for j in np.argsort(-share, kind="stable")[:_LEVERS] if share[j] > 0]
    names = case.test.space.names
    rows = tuple((names[j], float(share[j])) for j in order)
    return (Table("levers", ("column", "share"), rows, f"columns changed in {len(x)} successful attacks"),)


def _example(case: Case, row: int, x: Array, z: Array, distance: float, before: Array, after: Array) -> Example:
    space, is_picture = case.test.space, case.test.space.modality is Modality.ARRAY and case.report_rows
    said, says = _answer(case, before), _answer(case, after)
    seen = case.threat.goal.wanted if case.threat.goal.wanted is not None else _decided(after)
    return Example(
        row=row,
        changes=_changes(case, x, z) if space.modality is Modality.TABLE else (),
        answer_before=said,
        answer_after=says,
        score_before=float(np.atleast_1d(before)[seen]),
        score_after=float(np.atleast_1d(after)[seen]),
        distance=distance,
        picture_before=picture(x, space) if is_picture else None,
        picture_after=picture(z, space) if is_picture else None,
    )


def _changes(case: Case, x: Floats, z: Floats) -> tuple[Change, ...]:
    columns = case.test.space.columns
    changed = np.flatnonzero(differs(x[None], z[None])[0])
    if case.report_rows:
        return tuple(Change(columns[j].name, show(columns[j], x[j]), show(columns[j], z[j])) for j in changed)
    return tuple(Change(columns[j].name, _HIDDEN, _way(columns[j], x[j], z[j])) for j in changed)


def _way(column: Column, before: float, after: float) -> str:
    if column.kind.is_nominal or np.isnan(before) or np.isnan(after):
        return "other"
    return "higher" if after > before else "lower"


def _decided(scores: Array) -> int:
    return int(labels(scores[None])[0]) if scores.ndim else 0


def _answer(case: Case, scores: Array) -> str:
    if not case.target.signature.is_classifier:
        return f"{float(scores):.6g}"
    return case.target.signature.classes[_decided(scores)]
