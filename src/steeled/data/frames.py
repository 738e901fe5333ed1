"""Between data frames, as models are trained on them, and matrices of codes, as attacks work on them."""

from typing import Any

import numpy as np
import pandas as pd

from steeled.core.array import Floats
from steeled.core.column import Column
from steeled.core.feature_space import FeatureSpace
from steeled.data.dtypes import Family, family, numbers, times
from steeled.data.names import did_you_mean
from steeled.errors import DataError

_Positions = np.ndarray[Any, np.dtype[np.int64]]
_TEXT = ("object", "object[None]", "str", "string")


def to_codes(frame: pd.DataFrame, space: FeatureSpace) -> Floats:
    """Rows of a data frame as a matrix of codes.

    ``to_frame(to_codes(frame, space), space)`` is the frame again, dtypes included, for a space that was inferred from
    it: times up to microseconds, the order of the columns as in the space, the index 0, 1, ...

    Args:
        frame: holds every column of the space, in any order; further columns are ignored.
        space: of a table.

    Returns:
        shape (n, d), float64, NaN where missing.

    Raises:
        DataError: a missing column, a level that the space does not know, or infinite values.
    """
    codes = np.empty((len(frame), len(space.columns)))
    for j, column in enumerate(space.columns):
        if column.name not in frame.columns:
            raise DataError(f"column {column.name!r} is missing{did_you_mean(column.name, map(str, frame.columns))}")
        codes[:, j] = _codes(frame[column.name], column)
    return codes


def to_frame(x: Floats, space: FeatureSpace) -> pd.DataFrame:
    """A matrix of codes as the data frame that a model expects, in the dtypes that were read.

    Where a dtype cannot hold what the codes say, the nearest that can: integers with gaps become float64, truth values
    with gaps become object.

    Args:
        x: shape (n, d), codes; rounded to whole ones where the dtype holds levels or integers.
        space: of a table.

    Raises:
        ValueError: a code beyond the last level of its column.
    """
    if all(column.dtype == "float64" and not column.levels for column in space.columns):
        return pd.DataFrame(np.array(x, dtype=np.float64), columns=list(space.names))
    return pd.DataFrame({c.name: _cells(x[:, j], c) for j, c in enumerate(space.columns)}, columns=list(space.names))


def _codes(series: "pd.Series[Any]", column: Column) -> Floats:
    if not column.levels:
        return numbers(series) if family(series) in (Family.NUMBER, Family.TIME) else _nothing(series)
    plain = not pd.api.types.is_object_dtype(series.dtype) and family(series) in (Family.NUMBER, Family.TRUTH)
    if plain and column.levels == (0, 1):
        return _zero_one(series)
    cells = series.to_numpy(dtype=object, na_value=np.nan)
    codes = pd.Index(list(column.levels), dtype=object).get_indexer(pd.Index(cells, dtype=object)).astype(np.float64)
    codes[codes < 0] = np.nan
    _refuse_unknown(series, codes, column.levels)
    return codes


def _zero_one(series: "pd.Series[Any]") -> Floats:
    """The commonest levels, (0, 1) and (False, True), without a detour over objects."""
    values: Floats = series.to_numpy(dtype=np.float64, na_value=np.nan)
    codes = np.where((values == 0) | (values == 1), values, np.nan)
    _refuse_unknown(series, codes, (0, 1))
    return codes


def _nothing(series: "pd.Series[Any]") -> Floats:
    codes = np.full(len(series), np.nan)
    _refuse_unknown(series, codes, ())
    return codes


def _refuse_unknown(series: "pd.Series[Any]", codes: Floats, levels: tuple[object, ...]) -> None:
    unknown = np.isnan(codes) & series.notna().to_numpy(dtype=bool)
    if unknown.any():
        row = int(np.flatnonzero(unknown)[0])
        cell = series.iloc[[row]].tolist()[0]
        raise DataError(
            f"column {str(series.name)!r} holds {cell!r} in row {row}, "
            f"which is not one of its {len(levels)} levels{did_you_mean(str(cell), map(str, levels))}"
        )


def _cells(codes: Floats, column: Column) -> Any:
    """One column of the frame."""
    name = column.dtype
    if name.startswith(("datetime64", "timedelta64")):
        return times(codes, name)
    if name.startswith("category"):
        return _categories(_positions(codes, column), column)
    if name in _TEXT:
        return _text(_positions(codes, column), column)
    if column.levels and column.levels != (0, 1):
        values = np.append(np.array(column.levels, dtype=np.float64), np.nan)[_positions(codes, column)]
    else:
        values = codes
    return _numbers(values, name)


def _positions(codes: Floats, column: Column) -> _Positions:
    """Whole positions in ``levels``, -1 where missing."""
    rounded = np.round(codes)
    strange = (rounded < 0) | (rounded >= len(column.levels))
    if strange.any():
        raise ValueError(f"column {column.name!r} has {len(column.levels)} levels, got the code {codes[strange][0]:g}")
    return np.where(np.isnan(rounded), -1, rounded).astype(np.int64)


def _text(positions: _Positions, column: Column) -> Any:
    gap = None if column.dtype == "object[None]" else np.nan
    pool = np.empty(len(column.levels) + 1, dtype=object)
    pool[:] = [*column.levels, gap]
    dtype = pd.api.types.pandas_dtype("object" if column.dtype.startswith("object") else column.dtype)
    if not isinstance(dtype, pd.StringDtype):  # before pandas 3, `str` stands for objects
        return pd.Series(pool[positions], dtype=object)  # else pandas 3 would make it `str`
    return pd.array(pool, dtype=dtype).take(positions)


def _categories(positions: _Positions, column: Column) -> pd.Categorical:
    notes = dict(part.partition("=")[::2] for part in column.dtype.split("|")[1:])
    order = [int(place) for place in notes["order"].split(",")] if "order" in notes else range(len(column.levels))
    categories = pd.Index([column.levels[place] for place in order])
    if "values" in notes:
        categories = categories.astype(notes["values"])
    place_of = np.append(np.argsort(np.array(order, dtype=np.int64)), -1)
    dtype = pd.CategoricalDtype(categories, ordered="ordered" in notes)
    return pd.Categorical.from_codes(place_of[positions], dtype=dtype)


def _numbers(values: Floats, name: str) -> Any:
    """Numbers and truth values in their dtype, or in the nearest one that can hold them."""
    gaps = np.isnan(values)
    dtype = pd.api.types.pandas_dtype(name)
    if not isinstance(dtype, np.dtype):
        whole = not pd.api.types.is_float_dtype(dtype)
        return pd.array(np.round(values) if whole else values, dtype="Float64").astype(dtype)
    if dtype.kind == "b":
        truth = np.round(values) != 0
        return pd.Series(np.where(gaps, np.nan, truth.astype(object)), dtype=object) if gaps.any() else truth
    if dtype.kind not in "iu":
        return values.astype(dtype)
    whole_values = np.round(values)
    limits = np.iinfo(dtype.name)
    fits = not gaps.any() and bool(((whole_values >= limits.min) & (whole_values <= limits.max)).all())
    return whole_values.astype(dtype) if fits else whole_values
