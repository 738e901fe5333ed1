"""CSV files, read as ``pandas.read_csv`` reads them by default, because that is what the model was trained on."""

import csv
import re
import warnings
from collections.abc import Collection
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from steeled.data.limits import MOST_ROWS, check_file, check_rows
from steeled.errors import DataError

_LINE_END = re.compile("\r\n|\n|\r")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?")


def read_csv(path: Path, as_text: Collection[str] = ()) -> pd.DataFrame:
    """A table from text separated by commas, semicolons or tabs, in UTF-8, its first line naming the columns.

    Args:
        path: of the file.
        as_text: columns that are text even where they look like numbers.

    Raises:
        DataError: unreadable, empty, binary, cut short, too large, of uneven lines, or with a column name twice.
    """
    check_file(path)
    separator = _check_start(path)
    _check_end(path, separator)
    types: Any = dict.fromkeys(as_text, str)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                path,
                sep=separator,
                dtype=types,
                index_col=False,
                low_memory=False,
                nrows=MOST_ROWS + 1,
            )
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, pd.errors.EmptyDataError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as CSV: {str(error).strip()}; is the file whole?") from None
    check_rows(path, rows=len(frame), cells_per_row=frame.shape[1])
    return frame


def with_dates(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The frame with ISO dates as times instead of text, and the names of the columns where that was done.

    A column counts as dates when every cell that is not missing is one, such as 2024-01-31 or 2024-01-31T09:30:00.
    """
    found = []
    for name in frame.columns:
        column = frame[name]
        if not (pd.api.types.is_string_dtype(column.dtype) or pd.api.types.is_object_dtype(column.dtype)):
            continue
        cells = column.dropna()
        if not len(cells) or not all(isinstance(cell, str) and _DATE.fullmatch(cell) for cell in cells):
            continue
        try:
            frame = frame.assign(**{str(name): pd.to_datetime(column, format="ISO8601")})
        except ValueError:
            continue  # such as 2024-13-45, or time zones that differ: it stays text
        found.append(str(name))
    return frame, tuple(found)


def _check_start(path: Path) -> str:
    """The separator, once the first line is known to be a header."""
    with path.open("rb") as stream:
        head = stream.read(1 << 16)
    if b"\0" in head or head.startswith((b"PAR1", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG")):
        raise DataError(f"{path}: not a CSV file but binary; does the suffix match the content?")
    first = head.decode("utf-8-sig", errors="replace").lstrip("\r\n")
    first = _LINE_END.split(first, maxsplit=1)[0]
    separator = max(",;\t", key=lambda mark: (first.count(mark), mark == ","))
    names = next(iter(csv.reader([first], delimiter=separator)), [])
    twice = sorted({name for name in names if names.count(name) > 1 and name.strip()})
    if twice:
        raise DataError(f"{path}: the column name {twice[0]!r} occurs twice; rename one of the two")
    return separator


def _check_end(path: Path, separator: str) -> None:
    """Refuse a last line with fewer fields than the line before: pandas would fill it with gaps."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - (1 << 16)))
        tail = stream.read()
    if tail.endswith((b"\n", b"\r")) or tail.count(b'"') % 2:
        return
    lines = _LINE_END.split(tail.decode("utf-8", errors="replace"))[-2:]
    fields = [len(row) for row in islice(csv.reader(lines, delimiter=separator), 2)]
    if len(fields) == 2 and fields[1] < fields[0]:
        raise DataError(f"{path}: the last line has {fields[1]} fields instead of {fields[0]}; the file is cut short")
