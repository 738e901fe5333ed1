"""What an input may be, guessed from the rows that exist: kinds, bounds, levels, one-hot groups, units of effort."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from steeled.core.array import Floats, Ints
from steeled.core.column import Column, Kind, Level
from steeled.core.feature_space import FeatureSpace, table_space
from steeled.data.dtypes import Family, dtype_name, family, numbers
from steeled.errors import DataError


def infer_space(frame: pd.DataFrame) -> FeatureSpace:
    """The space of the rows in ``frame``; who can change what is left open (everything, in any direction, at cost 1).

    Args:
        frame: features only, over all files together, so that a level seen only in the test file is known.

    Returns:
        A table space. Numbers are integer when all are whole (a gap turns a file's integers into floats), else real,
        with the observed bounds and one standard deviation as unit (at least 1 for integers). Numbers that are only 0
        and 1, truth values, and text with two levels are binary. Other text is categorical with sorted levels, ordered
        categories are ordinal. Three or more 0/1 columns with a common beginning (before ``_`` or ``=``) of which
        exactly one is 1 in each row are a one-hot group.

    Raises:
        DataError: columns that cannot be coded; infinite values.

    Cost: O(n d).
    """
    columns = [infer_column(frame[name]) for name in frame.columns]
    return table_space(_with_groups(columns, frame))


def infer_column(series: "pd.Series[Any]") -> Column:
    """Kind, bounds, levels, unit and dtype of one column.

    Raises:
        DataError: cells that cannot be coded; infinite values.
    """
    held = family(series)
    if held in (Family.NUMBER, Family.TIME):
        return _of_numbers(series)
    levels = _levels(series, held)
    kind = Kind.BINARY if len(levels) == 2 else Kind.CATEGORICAL
    if held is Family.CATEGORY and series.cat.ordered:
        kind = Kind.ORDINAL
    if held is Family.EMPTY:
        kind = Kind.REAL if dtype_name(series) == "float64" else Kind.CATEGORICAL
    return Column(
        name=str(series.name),
        kind=kind,
        low=0.0,
        high=float(max(len(levels) - 1, 0)),
        levels=levels,
        dtype=dtype_name(series),
        may_be_missing=bool(series.isna().any()),
    )


def _levels(series: "pd.Series[Any]", held: Family) -> tuple[Level, ...]:
    """What the codes 0, 1, ... stand for."""
    match held:
        case Family.EMPTY:
            return ()
        case Family.TRUTH:
            return (False, True)
        case Family.CATEGORY:
            categories = series.cat.categories.tolist()
            strange = [item for item in categories if not isinstance(item, str | int | float | bool)]
            if strange:
                raise DataError(
                    f"column {str(series.name)!r} has the category {strange[0]!r}; "
                    "categories must be text, numbers or truth values: convert them to text"
                )
            return tuple(categories)
    return tuple(sorted(series.dropna().unique().tolist()))


def _of_numbers(series: "pd.Series[Any]") -> Column:
    values = numbers(series)
    seen = values[~np.isnan(values)]
    if not len(seen):
        seen = np.zeros(1)
    whole = bool((seen == np.round(seen)).all())
    zero_one = bool(np.isin(seen, (0.0, 1.0)).all()) and seen.min() < seen.max()
    is_time = family(series) is Family.TIME
    kind = Kind.INTEGER if whole else Kind.REAL
    if zero_one and not is_time:
        kind = Kind.BINARY
    return Column(
        name=str(series.name),
        kind=kind,
        low=float(seen.min()),
        high=float(seen.max()),
        levels=(0, 1) if kind is Kind.BINARY else (),
        dtype=dtype_name(series),
        may_be_missing=bool(np.isnan(values).any()),
        unit=1.0 if kind is Kind.BINARY else _unit(seen, at_least=1.0 if kind is Kind.INTEGER else 0.0),
    )


def _unit(seen: Floats, at_least: float) -> float:
    """One standard deviation; 1 when nothing varies."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        spread = float(seen.std())
    if not np.isfinite(spread):
        spread = float(seen.max() / 2 - seen.min() / 2)
    return max(spread, at_least) or 1.0


def _is_one_hot(members: Sequence[Ints]) -> bool:
    """Whether exactly one of the columns is 1 in each row."""
    return bool((np.sum(members, axis=0) == 1).all())


def _with_groups(columns: Sequence[Column], frame: pd.DataFrame) -> list[Column]:
    """The same columns, members of one-hot groups marked with the name of their group."""
    candidates = {
        c.name: frame[name].to_numpy(dtype=np.int64)
        for c, name in zip(columns, frame.columns, strict=True)
        if c.levels == (0, 1) and not c.may_be_missing and family(frame[name]) is not Family.CATEGORY
    }
    beginnings: dict[str, list[str]] = {}
    for name in candidates:
        for separator in re.finditer("[_=]", name):
            if separator.start():
                beginnings.setdefault(name[: separator.start()], []).append(name)
    group_of: dict[str, str] = {}
    for beginning in sorted(beginnings, key=len):
        members = [name for name in beginnings[beginning] if name not in group_of]
        if len(members) >= 3 and _is_one_hot([candidates[name] for name in members]):
            group_of |= dict.fromkeys(members, beginning)
    return [replace(column, group=group_of.get(column.name, "")) for column in columns]
