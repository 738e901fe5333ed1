"""What a data frame's column holds, and the name under which its dtype is kept, so that it can be rebuilt exactly.

Names are pandas' own (``int64``, ``str``, ``datetime64[us]``), with two additions:
``object[None]`` is ``object`` whose gaps are None, and ``category`` may be followed by what is not the default:
``category|ordered|values=int8|order=2,0,1``: ordered, the dtype of the categories, where each one is in ``levels``.
"""

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from steeled.core.array import Floats
from steeled.errors import DataError

_EXACT = 2.0**53


class Family(StrEnum):
    """How the cells of a column are coded."""

    NUMBER = "numbers"
    TRUTH = "truth values"
    TEXT = "text"
    CATEGORY = "categories"
    TIME = "times"
    EMPTY = "nothing"


def family(series: "pd.Series[Any]") -> Family:
    """What the column holds; NOTHING when every cell is missing and the dtype does not tell.

    Raises:
        DataError: cells that cannot be coded, such as lists or a mixture of numbers and text.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return Family.CATEGORY
    if (isinstance(dtype, np.dtype) and dtype.kind in "mM") or isinstance(dtype, pd.DatetimeTZDtype):
        return Family.TIME
    if pd.api.types.is_bool_dtype(dtype):
        return Family.TRUTH
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        return Family.EMPTY if dtype == np.float64 and series.isna().all() else Family.NUMBER
    if isinstance(dtype, pd.StringDtype):
        return Family.TEXT
    found = pd.api.types.infer_dtype(series, skipna=True) if pd.api.types.is_object_dtype(dtype) else str(dtype)
    known = {"string": Family.TEXT, "boolean": Family.TRUTH, "empty": Family.EMPTY}
    if found not in known:
        raise DataError(
            f"column {str(series.name)!r} holds {found}; expected numbers, text, truth values, categories or times: "
            "convert it, or name it in `drop`"
        )
    return known[found]


def dtype_name(series: "pd.Series[Any]") -> str:
    """Name of the column's dtype, from which ``frames.to_frame`` rebuilds it.

    Raises:
        DataError: a dtype that cannot be rebuilt from its name.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        values = str(dtype.categories.dtype)
        plain = str(pd.Index(list(dtype.categories)).dtype) == values
        return "category" + "|ordered" * bool(dtype.ordered) + ("" if plain else f"|values={values}")
    if pd.api.types.is_object_dtype(dtype):
        return "object[None]" if any(cell is None for cell in series[series.isna()]) else "object"
    name = str(dtype)
    if not isinstance(dtype, pd.StringDtype) and pd.api.types.pandas_dtype(name) != dtype:
        raise DataError(f"column {str(series.name)!r} has the dtype {name}, which is not supported; convert it")
    return name


def numbers(series: "pd.Series[Any]") -> Floats:
    """Numbers as they are and times as seconds (since 1970 UTC), NaN where missing, shape (n,), float64.

    Times keep their microseconds between the years 1698 and 2242, whole seconds always.

    Raises:
        DataError: infinite values, or integers that a float64 cannot hold.
    """
    if family(series) is Family.TIME:
        return _seconds(series)
    values: Floats = series.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = int(np.isinf(values).sum())
    if infinite:
        raise DataError(f"column {str(series.name)!r} holds {infinite} infinite values; delete or replace them")
    if pd.api.types.is_integer_dtype(series.dtype) and len(values) and np.nanmax(np.abs(values), initial=0) >= _EXACT:
        raise DataError(
            f"column {str(series.name)!r} holds integers of 2**53 or more; if they are numbers of cases or accounts, "
            "name the column in `drop`, or store them as text"
        )
    return values


def times(seconds: Floats, name: str) -> "pd.Series[Any]":
    """The opposite of ``numbers`` for times: the column called ``name`` by its dtype.

    Args:
        seconds: shape (n,), NaN where missing.
        name: such as ``datetime64[ns]``, ``datetime64[us, Europe/Berlin]`` or ``timedelta64[s]``.
    """
    unit = name.partition("[")[2].partition("]")[0].partition(",")[0]
    bound = 9.2e9 if unit == "ns" else 9.2e12
    whole = np.floor(np.nan_to_num(np.clip(seconds, -bound, bound)))
    micros = whole.astype(np.int64) * 1_000_000 + np.round(np.nan_to_num((seconds - whole) * 1e6)).astype(np.int64)
    kind = "timedelta64" if name.startswith("timedelta") else "datetime64"
    cells = micros.astype(f"{kind}[us]")
    cells[np.isnan(seconds)] = np.array("NaT", dtype=cells.dtype)
    series = pd.Series(cells.astype(f"{kind}[{unit}]"))
    zone = name.partition(", ")[2].rstrip("]")
    return series.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else series


def _seconds(series: "pd.Series[Any]") -> Floats:
    if isinstance(series.dtype, pd.DatetimeTZDtype):
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
    cells = series.to_numpy()
    micros = cells.astype(f"{cells.dtype.name.partition('[')[0]}[us]")
    seconds: Floats = micros.astype(np.int64) / 1e6
    seconds[np.isnat(micros)] = np.nan
    return seconds
