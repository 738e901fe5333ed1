"""What the owner of the data knows better than the rows show: who can change what, in which direction, at what cost."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from steeled.core.column import Column, Direction, Kind, Level
from steeled.core.feature_space import FeatureSpace, table_space
from steeled.core.relation import Relation
from steeled.data.labels import class_name
from steeled.data.names import did_you_mean
from steeled.errors import ConfigurationError

_MOST_LEVELS = 256


@dataclass(frozen=True, slots=True)
class ColumnDeclaration:
    """One entry of ``columns`` in ``steeled.yaml``; what is None stays as inferred.

    Args:
        kind: real, integer, ordinal, categorical or binary.
        low, high: smallest and largest value that may be submitted: a number, a level's name, or an ISO date for times.
            They may be narrower than the data: rows outside keep their value until it is changed.
        immutable: nobody behind a row can change it.
        direction: increase, decrease or any.
        integer: true is short for ``kind: integer``, false for ``kind: real``.
        cost: price of one unit, or of any change of a categorical column; >= 0.
        unit: size of one step of effort, > 0; whole levels for ordinal columns.
        levels: in order, which makes the column ordinal unless ``kind`` says otherwise; all levels that occur.
        group: name of the one-hot group that the column belongs to; empty to take it out of its group.
    """

    kind: Kind | None = None
    low: float | str | None = None
    high: float | str | None = None
    immutable: bool | None = None
    direction: Direction | None = None
    integer: bool | None = None
    cost: float | None = None
    unit: float | None = None
    levels: tuple[Level, ...] | None = None
    group: str | None = None


def declare(
    space: FeatureSpace, declarations: Mapping[str, ColumnDeclaration], relations: Sequence[str] = ()
) -> FeatureSpace:
    """The space with the declarations applied; do this before ``to_codes``, because levels may get other codes.

    Args:
        space: of a table, as inferred.
        declarations: by column, or by one-hot group for what holds of every member.
        relations: such as ``credit_used <= credit_limit``, over codes; names with spaces stand in backticks.

    Raises:
        ConfigurationError: an unknown column, or a declaration that the column cannot keep.
    """
    columns = {column.name: column for column in space.columns}
    groups = {column.group for column in space.columns if column.group}
    for name, declaration in declarations.items():
        if name in columns:
            columns[name] = _declared(columns[name], declaration)
        elif name in groups:
            members = [column for column in columns.values() if column.group == name]
            columns |= {member.name: _declared_member(member, declaration) for member in members}
        else:
            raise ConfigurationError(f"columns: {name!r} is not a column{did_you_mean(name, [*columns, *groups])}")
    _check_groups(space.columns, list(columns.values()))
    return table_space(list(columns.values()), [_relation(text, list(columns)) for text in relations])


def _relation(text: str, names: Sequence[str]) -> Relation:
    relation = Relation.parse(text)
    for name, _ in relation.terms:
        if name not in names:
            raise ConfigurationError(f"relation {text!r}: {name!r} is not a column{did_you_mean(name, names)}")
    return relation


def _declared_member(column: Column, declaration: ColumnDeclaration) -> Column:
    """A declaration of a whole group, for one member."""
    own = (declaration.kind, declaration.low, declaration.high, declaration.integer, declaration.levels)
    if any(value is not None for value in own):
        raise ConfigurationError(
            f"columns: {column.group!r} is a one-hot group; only immutable, direction, cost and group can be set for it"
        )
    return _declared(column, declaration)


def _declared(column: Column, declaration: ColumnDeclaration) -> Column:
    """One column as declared."""
    if declaration.cost == math.inf:
        raise ConfigurationError(f"columns: {column.name!r} has an infinite cost; say `immutable: true`")
    try:
        column = _with_kind(column, _kind(column, declaration), declaration.levels)
        column = replace(
            column,
            low=_bound(column, declaration.low, column.low),
            high=_bound(column, declaration.high, column.high),
            mutable=column.mutable if declaration.immutable is None else not declaration.immutable,
            direction=declaration.direction or column.direction,
            cost=column.cost if declaration.cost is None else declaration.cost,
            unit=column.unit if declaration.unit is None else declaration.unit,
            group=column.group if declaration.group is None else declaration.group,
        )
    except ValueError as error:
        raise ConfigurationError(f"columns: {error}") from None
    if column.kind is Kind.CATEGORICAL and column.direction is not Direction.ANY:
        raise ConfigurationError(
            f"columns: {column.name!r} is categorical, so it has no direction; list its `levels` in order"
        )
    return column


def _kind(column: Column, declaration: ColumnDeclaration) -> Kind:
    """The kind that the declaration asks for."""
    if declaration.integer is not None:
        short = Kind.INTEGER if declaration.integer else Kind.REAL
        if declaration.kind not in (None, short):
            raise ConfigurationError(
                f"columns: {column.name!r} is declared {declaration.kind} and integer: {declaration.integer}; keep one"
            )
        return short
    return declaration.kind or (column.kind if declaration.levels is None else Kind.ORDINAL)


def _with_kind(column: Column, kind: Kind, levels: tuple[Level, ...] | None) -> Column:
    if kind in (Kind.REAL, Kind.INTEGER):
        return _as_number(column, kind, levels)
    if kind is column.kind and levels is None:
        return column
    return _as_levels(column, kind, levels)


def _as_number(column: Column, kind: Kind, levels: tuple[Level, ...] | None) -> Column:
    if levels is not None:
        raise ValueError(f"column {column.name!r}: {kind} columns have no levels; drop one of the two")
    if column.levels and (column.levels != (0, 1) or isinstance(column.levels[0], bool)):
        raise ValueError(f"column {column.name!r} holds {column.levels[0]!r}, so it cannot be {kind}")
    low, high = (float(np.ceil(column.low)), float(np.floor(column.high))) if kind is Kind.INTEGER else (None, None)
    if low is None or high is None or low > high:
        low, high = column.low, column.high
    return replace(column, kind=kind, levels=(), low=low, high=high)


def _as_levels(column: Column, kind: Kind, wanted: tuple[Level, ...] | None) -> Column:
    """An ordinal, categorical or binary column, its codes in the order of the wanted levels."""
    seen = column.levels or _whole_levels(column, wanted)
    ordered_already = column.kind is Kind.ORDINAL or len(seen) <= 2 or not isinstance(seen[0], str)
    if kind is Kind.ORDINAL and wanted is None and not ordered_already:
        raise ValueError(f"column {column.name!r}: an ordinal column needs its `levels` in order, from low to high")
    levels = _matched(column, seen, wanted) if wanted is not None else seen
    if kind is Kind.BINARY and len(levels) != 2:
        raise ValueError(f"column {column.name!r}: a binary column has 2 levels, got {len(levels)}")
    top = float(len(levels) - 1)
    return replace(column, kind=kind, levels=levels, low=0.0, high=top, unit=1.0, dtype=_dtype(column, levels))


def _whole_levels(column: Column, wanted: tuple[Level, ...] | None) -> tuple[Level, ...]:
    """Levels of a column of numbers: those wanted, or every whole number between its bounds."""
    if column.dtype.startswith(("datetime", "timedelta")):
        raise ValueError(f"column {column.name!r} holds times, which have no levels")
    if wanted is not None:
        if not all(isinstance(level, int | float) for level in wanted):
            raise ValueError(f"column {column.name!r} holds numbers; its levels must be numbers, got {wanted!r}")
        return wanted
    if column.kind is Kind.REAL or column.high - column.low >= _MOST_LEVELS:
        raise ValueError(f"column {column.name!r} holds numbers; list its `levels` to give it another kind")
    return tuple(range(int(column.low), int(column.high) + 1))


def _matched(column: Column, seen: tuple[Level, ...], wanted: tuple[Level, ...]) -> tuple[Level, ...]:
    """The wanted levels, spelled as in the data, once they are known to cover it."""
    spelled = {class_name(level): level for level in seen}
    levels = tuple(spelled.get(class_name(level), level) for level in wanted)
    if len(set(map(class_name, levels))) < len(levels):
        raise ValueError(f"column {column.name!r}: a level is listed twice in {wanted!r}")
    lost = [level for level in seen if level not in levels]
    if lost:
        quoted = {"yes", "no", "on", "off", "true", "false"} & {str(level).casefold() for level in lost}
        hint = (
            "; YAML reads it as a truth value: put it in quotes"
            if quoted
            else did_you_mean(str(lost[0]), map(str, wanted))
        )
        raise ValueError(f"column {column.name!r}: level {lost[0]!r} occurs in the data but is not listed{hint}")
    new = [level for level in levels if level not in seen]
    if new and (column.dtype.startswith("category") or isinstance(seen[0], bool)):
        raise ValueError(
            f"column {column.name!r}: level {new[0]!r} is not in the data{did_you_mean(str(new[0]), spelled)}"
        )
    if new and isinstance(seen[0], str) and not isinstance(new[0], str):
        raise ValueError(f"column {column.name!r} holds text; put the level {new[0]!r} in quotes")
    return levels


def _dtype(column: Column, levels: tuple[Level, ...]) -> str:
    """The dtype's name; categories keep their own order in the frame, whatever order the codes have."""
    if not column.dtype.startswith("category") or not column.levels or levels == column.levels:
        return column.dtype
    order = ",".join(str(levels.index(level)) for level in column.levels)
    return f"{column.dtype.partition('|order=')[0]}|order={order}"


def _bound(column: Column, value: float | str | None, inferred: float) -> float:
    """A declared bound as a code."""
    if value is None:
        return inferred
    if column.levels:
        names = [class_name(level) for level in column.levels]
        if class_name(value) not in names:
            near = did_you_mean(class_name(value), names)
            raise ValueError(f"column {column.name!r}: bound {value!r} is not a level{near}")
        return float(names.index(class_name(value)))
    if isinstance(value, str):
        return _seconds(column, value)
    if not math.isfinite(value):
        raise ValueError(f"column {column.name!r}: a bound must be finite, got {value}; leave it out")
    if column.kind is Kind.INTEGER and value != round(value):
        raise ValueError(f"column {column.name!r} is integer, got the bound {value}")
    return float(value)


def _seconds(column: Column, text: str) -> float:
    if not column.dtype.startswith("datetime"):
        raise ValueError(f"column {column.name!r}: a bound must be a number, got {text!r}")
    try:
        return float(np.datetime64(text, "us").astype(np.int64) / 1e6)
    except ValueError:
        raise ValueError(f"column {column.name!r}: expected a date such as 2024-01-31, got {text!r}") from None


def _check_groups(before: Sequence[Column], after: Sequence[Column]) -> None:
    """Refuse groups that are not one-hot: other kinds, one member, or members taken out of an inferred group."""
    for name in {column.group for column in after if column.group}:
        members = [column for column in after if column.group == name]
        odd = [column.name for column in members if column.kind is not Kind.BINARY]
        left = [old.name for old, new in zip(before, after, strict=True) if old.group == name != new.group]
        if odd or left or len(members) < 2:
            problem = f"{odd[0]!r} is not binary" if odd else f"without {left[0]!r}" if left else "it has one member"
            raise ConfigurationError(
                f"columns: group {name!r} is not one-hot: {problem}; `{name}: {{group: ''}}` dissolves it"
            )
