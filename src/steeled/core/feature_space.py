"""What an input may be: the set in which every reported adversarial input lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from steeled.core.array import Array, Bools, Floats
from steeled.core.column import Column, Direction, Kind
from steeled.core.relation import Relation


class Modality(StrEnum):
    """How inputs are kept."""

    TABLE = "table"
    ARRAY = "array"
    TEXT = "text"


@dataclass(frozen=True)
class FeatureSpace:
    """Columns and relations of a table, or bounds of an array, or text.

    Properties: ``project`` gives rows that keep every rule but the relations, is idempotent, and leaves feasible
    rows as they are; ``feasible(x, x)`` is true wherever x lies within its bounds; ``cost(x, x)`` is 0.

    Args:
        modality: table, array or text.
        columns: of a table, in the order of the matrix.
        relations: linear relations between columns; checked, never silently repaired.
        shape: of one input of an array.
        low, high: bounds of an array's values; low < high.
    """

    modality: Modality
    columns: tuple[Column, ...] = ()
    relations: tuple[Relation, ...] = ()
    shape: tuple[int, ...] = ()
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        known = set(self.names)
        for relation in self.relations:
            unknown = [name for name, _ in relation.terms if name not in known]
            if unknown:
                raise ValueError(f"relation {relation.text!r} names unknown column {unknown[0]!r}")
        if self.modality is Modality.ARRAY and not self.low < self.high:
            raise ValueError(f"low must be below high, got {self.low} and {self.high}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @cached_property
    def lows(self) -> Floats:
        """Smallest code of each column, shape (d,)."""
        return np.array([column.low for column in self.columns])

    @cached_property
    def highs(self) -> Floats:
        """Largest code of each column, shape (d,)."""
        return np.array([column.high for column in self.columns])

    @cached_property
    def prices(self) -> Floats:
        """Cost of one code, shape (d,): ``cost / unit``; half the price for members of a one-hot group."""
        share = [0.5 if column.group else 1.0 for column in self.columns]
        return np.array([s * c.cost / c.unit for s, c in zip(share, self.columns, strict=True)])

    @cached_property
    def nominal(self) -> Bools:
        """Columns where any change costs the same, shape (d,)."""
        return np.array([c.kind.is_nominal and not c.group for c in self.columns], dtype=bool)

    @cached_property
    def mutable(self) -> Bools:
        """Columns that the person behind the row can change, shape (d,)."""
        return np.array([column.mutable for column in self.columns], dtype=bool)

    @cached_property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Column numbers of each one-hot group."""
        names = dict.fromkeys(column.group for column in self.columns if column.group)
        return tuple(tuple(j for j, c in enumerate(self.columns) if c.group == name) for name in names)

    def index(self, name: str) -> int:
        """Number of the column called ``name``.

        Raises:
            ValueError: no such column.
        """
        return self.names.index(name)

    def cost(self, before: Array, after: Array) -> Floats:
        """Effort of turning rows ``before`` into ``after``, shape (n,), in cost units; tables only.

        Numbers cost in proportion to the distance; names, and filling or leaving a gap, cost a flat price.
        """
        old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
        blank = np.isnan(old) != np.isnan(new)
        moved = np.nan_to_num(np.abs(new - old), nan=0.0)
        flat = np.array([column.cost for column in self.columns])
        price = np.where(self.nominal, flat * (moved > 0), moved * self.prices)
        return np.asarray(np.where(blank, flat, price).sum(axis=1))

    def feasible(self, before: Array, after: Array) -> Bools:
        """Whether the person behind ``before`` could submit ``after``, shape (n,).

        A rule that the row broke before the attack is not held against it where the value is unchanged.
        """
        if self.modality is Modality.TEXT:
            return np.array([isinstance(item, str) for item in after], dtype=bool)
        if self.modality is Modality.ARRAY:
            new = np.asarray(after)
            within = (new >= self.low) & (new <= self.high) & np.isfinite(new)
            return np.asarray(within.reshape(len(new), -1).all(axis=1))
        old, new = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
        kept = self._cell_allowed(old, new).all(axis=1)
        for group in self.groups:
            one_hot = (new[:, group].sum(axis=1) == 1) & np.isin(new[:, group], (0.0, 1.0)).all(axis=1)
            kept &= one_hot | (old[:, group] == new[:, group]).all(axis=1)
        for relation in self.relations:
            kept &= relation.holds(new, self.names) | ~relation.holds(old, self.names)
        return np.asarray(kept)

    def explain(self, before: Array, after: Array) -> tuple[str, ...]:
        """Why one row (d,) could not be submitted: a sentence for each broken rule; empty when feasible."""
        old, new = np.asarray(before, dtype=float)[None], np.asarray(after, dtype=float)[None]
        allowed = self._cell_allowed(old, new)[0]
        broken = [
            f"{c.name} cannot go from {old[0, j]:g} to {new[0, j]:g}"
            for j, c in enumerate(self.columns)
            if not allowed[j]
        ]
        broken += [
            f"{relation.text} is broken"
            for relation in self.relations
            if relation.holds(old, self.names)[0] and not relation.holds(new, self.names)[0]
        ]
        if not broken and not self.feasible(old, new)[0]:
            broken.append("a one-hot group does not hold exactly one 1")
        return tuple(broken)

    def project(self, before: Array, proposal: Array) -> Array:
        """Nearest rows to ``proposal`` that keep bounds, grids, directions, groups and immutable columns.

        Relations are not repaired: check ``feasible``. Missing cells stay missing.

        Args:
            before: original rows, (n, d) or (n, ...).
            proposal: wished rows, same shape; NaN means 'as before'.
        """
        if self.modality is Modality.ARRAY:
            return np.clip(proposal, self.low, self.high).astype(before.dtype, copy=False)
        old = np.asarray(before, dtype=float)
        new = np.where(np.isnan(proposal), old, proposal)
        grid = np.array([c.on_grid for c in self.columns], dtype=bool)
        new = np.clip(np.where(grid & (new != old), np.round(new), new), self._floor(old), self._ceiling(old))
        frozen = ~self.mutable | np.isnan(old)
        new = np.where(frozen, old, new)
        for group in self.groups:
            new[:, group] = self._one_hot(old[:, group], new[:, group], movable=self.mutable[list(group)])
        return new

    def decode(self, row: Array) -> tuple[str, ...]:
        """One row (d,) in the columns' own words; missing cells are ``missing``."""
        return tuple(show(column, float(value)) for column, value in zip(self.columns, row, strict=True))

    def _floor(self, old: Floats) -> Floats:
        """Smallest allowed code of each cell: the bound, or the old value where that is beyond it."""
        up = np.array([c.direction is Direction.INCREASE for c in self.columns], dtype=bool)
        return np.asarray(np.where(up, old, np.fmin(self.lows, old)))

    def _ceiling(self, old: Floats) -> Floats:
        down = np.array([c.direction is Direction.DECREASE for c in self.columns], dtype=bool)
        return np.asarray(np.where(down, old, np.fmax(self.highs, old)))

    def _cell_allowed(self, old: Floats, new: Floats) -> Bools:
        """Cell by cell, shape (n, d): unchanged, or movable to a value of its kind, bound and direction."""
        same = (old == new) | (np.isnan(old) & np.isnan(new))
        grid = np.array([c.on_grid for c in self.columns], dtype=bool)
        optional = np.array([c.may_be_missing for c in self.columns], dtype=bool)
        value = (new >= self.lows) & (new <= self.highs) & (~grid | (new == np.round(new)))
        up = np.array([c.direction is Direction.INCREASE for c in self.columns], dtype=bool)
        down = np.array([c.direction is Direction.DECREASE for c in self.columns], dtype=bool)
        value &= ~(up & (new < old)) & ~(down & (new > old))
        return np.asarray(same | (self.mutable & np.where(np.isnan(new), optional, value)))

    @staticmethod
    def _one_hot(old: Floats, new: Floats, movable: Bools) -> Floats:
        """The group's 1 goes to the largest proposed code; a group with a frozen member stays."""
        if not movable.all():
            return old
        chosen = np.zeros_like(new)
        chosen[np.arange(len(new)), new.argmax(axis=1)] = 1.0
        return np.asarray(np.where((old == new).all(axis=1, keepdims=True), old, chosen))


def show(column: Column, code: float) -> str:
    """A code in the column's own words, such as a level's name or a number without trailing zeros."""
    if np.isnan(code):
        return "missing"
    if column.levels and code == round(code) and 0 <= code < len(column.levels):
        return str(column.levels[int(code)])
    if column.dtype.startswith("datetime64"):
        return str(np.datetime64(int(code), "s")).replace("T00:00:00", "")
    return f"{code:.0f}" if column.kind is Kind.INTEGER else f"{code:.6g}"


def table_space(columns: Sequence[Column], relations: Sequence[Relation] = ()) -> FeatureSpace:
    """A space of rows."""
    return FeatureSpace(Modality.TABLE, columns=tuple(columns), relations=tuple(relations), shape=(len(columns),))
