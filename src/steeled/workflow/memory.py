"""Rows in memory become files in a temporary folder, so that one door, ``data/read.py``, decides what rows are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from steeled.errors import DataError

LABEL = "label"


def as_files(given: Mapping[str, object], label: str | None, folder: Path) -> tuple[dict[str, str], str | None]:
    """Paths of the rows, and the label's name.

    Args:
        given: by role (train, test, data): a path, a data frame that holds the label, a pair (data frame, labels), or a
            pair of arrays (x, y); None is left out.
        label: name of the label column in data frames.
        folder: where files are written.

    Returns:
        Absolute paths by role, and the label column's name in them (None for arrays).

    Raises:
        DataError: something else, or a data frame that Parquet cannot hold.
    """
    paths = {}
    for role, rows in given.items():
        match rows:
            case None:
                continue
            case str() | Path():
                paths[role] = str(Path(rows).absolute())
            case (x, y):
                paths[role] = _pair(x, y, label or LABEL, folder / role)
                label = (label or LABEL) if hasattr(x, "to_parquet") else label
            case _:
                paths[role] = _frame(rows, folder / role)
    return paths, label


def _pair(x: Any, y: Any, label: str, path: Path) -> str:
    if hasattr(x, "to_parquet"):
        if label in x.columns:
            raise DataError(f"the data frame has a column {label!r} already; give label= another name")
        return _frame(x.assign(**{label: np.asarray(y)}), path)
    inputs, labels = np.asarray(x), np.asarray(y)
    if inputs.dtype == object or labels.dtype == object:
        raise DataError("arrays must hold numbers, and labels numbers or text; give mixed rows as a data frame")
    np.savez(path.with_suffix(".npz"), x=inputs, y=labels)
    return str(path.with_suffix(".npz"))


def _frame(rows: Any, path: Path) -> str:
    if not hasattr(rows, "to_parquet"):
        kinds = "a path, a data frame with the label in it, or a pair (x, y)"
        raise DataError(f"expected rows as {kinds}, got {type(rows).__name__}")
    try:
        rows.to_parquet(path.with_suffix(".parquet"), index=False)
    except (ValueError, TypeError, OSError) as problem:  # pyarrow's own errors derive from these
        raise DataError(f"the data frame cannot be kept as Parquet: {problem}; give each column one type") from problem
    return str(path.with_suffix(".parquet"))
