"""Parquet files, read as ``pandas.read_parquet`` reads them."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet

from steeled.data.limits import check_bytes, check_file, check_rows
from steeled.errors import DataError


def read_parquet(path: Path) -> pd.DataFrame:
    """A table, its stored index left out; decimals become float64, and plain dates become times.

    Raises:
        DataError: unreadable, empty, damaged, too large also when unpacked, or with a column name twice.
    """
    check_file(path)
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            _check_contents(path, file)
            _check_text(file)
        frame = pd.read_parquet(path)
    except (pyarrow.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path}: cannot be read as Parquet: {str(error).splitlines()[0]}; is the file whole?"
        ) from None
    frame = frame.reset_index(drop=True).rename(columns=str)
    return frame.apply(_plain) if any(map(pd.api.types.is_object_dtype, frame.dtypes)) else frame


def _check_contents(path: Path, file: Any) -> None:
    """Refuse by the footer what is too large, before anything is unpacked."""
    groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
    check_bytes(path, sum(group.total_byte_size for group in groups))
    check_rows(path, rows=file.metadata.num_rows, cells_per_row=file.metadata.num_columns)
    names = list(file.schema_arrow.names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: the column name {twice[0]!r} occurs twice; rename one of the two")


def _check_text(file: Any) -> None:
    """Let the reader raise when text is not UTF-8; pandas would notice only when a cell is looked at."""
    fields = [field for field in file.schema_arrow if not pyarrow.types.is_primitive(field.type)]
    if fields:
        file.read(columns=[field.name for field in fields]).validate(full=True)


def _plain(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Python objects that stand for numbers or dates, as numbers or dates."""
    held = pd.api.types.infer_dtype(column, skipna=True) if pd.api.types.is_object_dtype(column.dtype) else ""
    if held in ("decimal", "integer", "floating", "mixed-integer-float"):
        return column.astype("float64")
    return pd.to_datetime(column) if held == "date" else column
