"""From rows in the codes of the data to what a model was fitted on: a data frame, a matrix, objects or text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from steeled.core.array import Array, Floats
from steeled.core.column import Column, Kind
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.data.frames import to_frame
from steeled.data.names import INDEX_NAMES, did_you_mean
from steeled.errors import ModelError


class Layout(StrEnum):
    """What the model takes."""

    CODES = "codes"  # as they are
    NUMBERS = "numbers"  # a float64 matrix, levels as the numbers they stand for
    OBJECTS = "objects"  # an object matrix of the cells
    FRAME = "frame"  # a pandas data frame with the dtypes that were read
    FLAT = "flat"  # arrays, one row each
    TEXTS = "texts"  # a list of str
    TEXT_FRAME = "text frame"  # a data frame with one column of str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The way in, settled on opening.

    Args:
        layout: what the model takes.
        space: of the data.
        names: columns of the frame in the model's order; empty where there is no frame.
        categories: names of columns that the model needs as pandas categories, whatever was read.
        words: names of columns that the model needs as text or integers; a gap becomes ``nan``.
    """

    layout: Layout
    space: FeatureSpace
    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def native(self, x: Array) -> Any:
        """What the model takes for the rows ``x``."""
        match self.layout:
            case Layout.CODES:
                return x
            case Layout.NUMBERS:
                return _numbers(x, self.space)
            case Layout.OBJECTS:
                return to_frame(x, self.space).to_numpy(dtype=object)
            case Layout.FRAME:
                return self._frame(x)
            case Layout.FLAT:
                return x.reshape(len(x), -1)
            case Layout.TEXTS:
                return [str(text) for text in x]
            case Layout.TEXT_FRAME:
                return _text_frame(x, self.names[0])

    @property
    def positions(self) -> tuple[int, ...]:
        """Which columns of the data the model sees, in its order."""
        return tuple(self.space.index(name) for name in self.names) or tuple(range(len(self.space.columns)))

    def _frame(self, x: Array) -> Any:
        chosen = list(self.positions)
        codes = np.array(np.asarray(x)[:, chosen], dtype=np.float64)
        columns = [self.space.columns[j] for j in chosen]
        for name in self.categories:
            j = self.names.index(name)
            columns[j], codes[:, j] = _as_category(columns[j], codes[:, j])
        frame = to_frame(codes, table_space(columns))
        for name in self.words:
            if frame[name].dtype.kind not in "iu":
                frame[name] = [str(cell) for cell in frame[name].astype(object).where(frame[name].notna(), "nan")]
        return frame


def layouts(space: FeatureSpace) -> tuple[Layout, ...]:
    """Layouts that a model fitted without column names may take, likeliest first."""
    if space.modality is Modality.TEXT:
        return (Layout.TEXTS,)
    if space.modality is Modality.ARRAY:
        return (Layout.CODES,) if len(space.shape) == 1 else (Layout.FLAT, Layout.CODES)
    if all(is_number(column) for column in space.columns):
        return (Layout.NUMBERS, Layout.FRAME)
    return (Layout.OBJECTS, Layout.FRAME)


def frame_inputs(
    space: FeatureSpace, names: Sequence[str], categories: Sequence[str] = (), words: Sequence[str] = ()
) -> Inputs:
    """The way in for a model fitted on a data frame with columns ``names``.

    Raises:
        ModelError: the data lacks one of the columns.
    """
    if space.modality is Modality.TEXT and len(names) == 1:
        return Inputs(Layout.TEXT_FRAME, space, tuple(names))
    missing = [name for name in names if name not in space.names]
    if missing:
        raise ModelError(
            f"the model expects {len(names)} columns, of which the data lacks {', '.join(map(repr, missing[:5]))}"
            f"{' and others' if len(missing) > 5 else ''}{_hint(missing[0], space.names)}"
        )
    return Inputs(Layout.FRAME, space, tuple(names), tuple(categories), tuple(words))


def _hint(missing: str, names: Sequence[str]) -> str:
    """How the model may come by a column that the data lacks."""
    if missing.casefold() in INDEX_NAMES:
        return f"; a column that only numbers the rows is left out when it is read: declare {missing!r} to keep it"
    return did_you_mean(missing, names)


def matrix_inputs(space: FeatureSpace, width: int | None) -> Inputs:
    """The likeliest way in for a model fitted on a matrix.

    Args:
        width: columns that the model expects; None when it does not say.

    Raises:
        ModelError: the data has another number of columns.
    """
    have = int(np.prod(space.shape))
    if width is not None and space.modality is not Modality.TEXT and width != have:
        named = f": {', '.join(space.names[:10])}" if space.names else ""
        raise ModelError(
            f"the model expects {width} columns, the data has {have}{named}; name the label or `drop` some"
        )
    return Inputs(layouts(space)[0], space)


def is_number(column: Column) -> bool:
    """Whether the cells are numbers or truth values."""
    return all(isinstance(level, (bool, int, float)) for level in column.levels)


def is_own_code(column: Column) -> bool:
    """Whether the codes are the numbers that the model sees."""
    moment = column.dtype.startswith(("datetime", "timedelta"))
    return not moment and is_number(column) and all(float(level) == i for i, level in enumerate(column.levels))


def category_columns(space: FeatureSpace) -> tuple[str, ...]:
    """Columns of text or pandas categories."""
    return tuple(
        column.name
        for column in space.columns
        if column.dtype.startswith("category")
        or (column.kind is Kind.CATEGORICAL and any(isinstance(level, str) for level in column.levels))
    )


def _numbers(x: Array, space: FeatureSpace) -> Array:
    coded = [j for j, column in enumerate(space.columns) if not is_own_code(column) and column.levels]
    if not coded:
        return x
    values = np.array(x, dtype=np.float64)
    for j in coded:
        levels = np.append(np.array(space.columns[j].levels, dtype=np.float64), np.nan)
        values[:, j] = levels[np.where(np.isnan(values[:, j]), len(levels) - 1, np.round(values[:, j])).astype(int)]
    return values


def _as_category(column: Column, codes: Floats) -> tuple[Column, Floats]:
    """The column as a pandas category with all of its levels; plain numbers get the levels that occur."""
    if column.dtype.startswith("category"):
        return column, codes
    if column.levels:
        return replace(column, dtype="category"), codes
    values = np.unique(codes[~np.isnan(codes)])
    values = values if len(values) else np.array([column.low])
    whole = bool((values == np.round(values)).all())
    levels = tuple(int(value) if whole else float(value) for value in values)
    positions = np.where(np.isnan(codes), np.nan, np.searchsorted(values, codes))
    return replace(column, levels=levels, dtype="category"), positions


def _text_frame(x: Array, name: str) -> Any:
    """A frame with the texts under ``name``, made as a column whose levels they are."""
    texts = tuple(str(text) for text in x)
    column = Column(name, Kind.CATEGORICAL, 0, max(len(texts) - 1, 0), levels=texts, dtype="object")
    return to_frame(np.arange(len(texts), dtype=np.float64)[:, None], table_space([column]))
