"""Text with a label: one column of a table that holds sentences."""

from typing import Any

import numpy as np
import pandas as pd

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.data.dtypes import Family, family
from steeled.data.names import did_you_mean
from steeled.errors import ConfigurationError, DataError

_WORDS = 3.0


def as_text(frame: pd.DataFrame, column: str) -> tuple[Array, FeatureSpace, str]:
    """The texts of one column, the space of texts, and a note; a missing text becomes the empty one.

    Args:
        frame: of which only ``column`` is used.
        column: of text.

    Returns:
        (n,) objects of ``str``; the space; a sentence, or the empty string.

    Raises:
        ConfigurationError: no such column.
        DataError: the column does not hold text.
    """
    if column not in frame.columns:
        raise ConfigurationError(f"text: {column!r} is not a column{did_you_mean(column, map(str, frame.columns))}")
    series = frame[column]
    if family(series) is not Family.TEXT:
        raise DataError(f"column {column!r} holds {family(series)}; expected text")
    gaps = int(series.isna().sum())
    rows = series.fillna("").to_numpy(dtype=object)
    others = [str(name) for name in frame.columns if name != column]
    notes = [f"The model is given the text in {column!r} only, not {', '.join(others[:5])}."] if others else []
    if gaps:
        notes.append(f"{gaps} missing texts are read as empty.")
    return np.asarray(rows, dtype=object), FeatureSpace(Modality.TEXT), " ".join(notes)


def is_prose(series: "pd.Series[Any]") -> bool:
    """Whether a column holds sentences rather than names: mostly distinct, three words or more on average."""
    if family(series) is not Family.TEXT:
        return False
    cells = series.dropna().head(1000)
    words = np.array([len(cell.split()) for cell in cells])
    return len(cells) > 0 and bool(words.mean() >= _WORDS) and cells.nunique() > len(cells) / 2
