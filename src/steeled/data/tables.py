"""Tables with a label column, from one or more files whose columns must agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from steeled.core.array import Array
from steeled.data.csv_files import read_csv, with_dates
from steeled.data.declare import ColumnDeclaration, declare
from steeled.data.dtypes import Family, family
from steeled.data.frames import to_codes
from steeled.data.infer import infer_space
from steeled.data.names import INDEX_NAMES, did_you_mean
from steeled.data.parquet_files import read_parquet
from steeled.data.reading import Reading
from steeled.data.text import as_text, is_prose
from steeled.errors import ConfigurationError, DataError

CSV = (".csv", ".tsv", ".txt")
PARQUET = (".parquet", ".pq")


@dataclass(frozen=True, slots=True)
class TableDescription:
    """What the user says about the columns.

    Args:
        label: name of the label column.
        text: the one column of free text that the model reads; None to find out.
        drop: columns that the model does not see.
        declared: what is known of columns; naming a column here also keeps it from being taken for an index.
        relations: between columns.
    """

    label: str | None = None
    text: str | None = None
    drop: Sequence[str] = ()
    declared: Mapping[str, ColumnDeclaration] = field(default_factory=dict)
    relations: Sequence[str] = ()


def read_tables(paths: Sequence[Path], description: TableDescription) -> Reading:
    """Rows of each file in the codes of one space, inferred over all of them together, then declared.

    Raises:
        DataError: a file that cannot be read, or columns that do not agree.
        ConfigurationError: the description names an unknown column.
    """
    frame, lengths = read_joined(paths)
    frame, dates = with_dates(frame) if any(path.suffix.lower() in CSV for path in paths) else (frame, ())
    notes = [f"Read as dates: {', '.join(dates)}."] if dates else []
    label = _label(frame, description.label)
    labels = frame[label]
    features = _without(frame.drop(columns=label), description.drop)
    column = description.text or (features.columns[0] if _is_text(features, description) else None)
    if column is not None:
        rows, space, note = as_text(features, column)
    else:
        features, note = _without_index(features, lengths, keep=description.declared)
        space = declare(infer_space(features), description.declared, description.relations)
        rows = to_codes(features, space)
    return Reading(
        rows=_split(rows, lengths),
        labels=_split(_plain(labels), lengths),
        space=space,
        notes=(*notes, note) if note else tuple(notes),
    )


def read_joined(paths: Sequence[Path]) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """The rows of all files in one frame, columns as in the first file, dtypes inferred together; and each length.

    A CSV column that holds numbers in one file and text in another is text in both.

    Raises:
        DataError: a file cannot be read, a column is only in one file, or it holds different things.
    """
    frames = [_read(path) for path in paths]
    for path, frame in zip(paths[1:], frames[1:], strict=True):
        _same_columns(frames[0], paths[0], frame, path)
    frames = [frame[list(frames[0].columns)] for frame in frames]
    if len(frames) == 1:
        return frames[0], (len(frames[0]),)
    mixed = [name for name in frames[0].columns if len(_families(frames, name)) > 1]
    reread = [name for name in mixed if _families(frames, name) <= {Family.NUMBER, Family.TRUTH, Family.TEXT}]
    if reread:
        frames = [_read(p, reread)[list(f.columns)] if _is_csv(p) else f for p, f in zip(paths, frames, strict=True)]
    columns = {name: _joined([frame[name] for frame in frames], paths) for name in frames[0].columns}
    return pd.DataFrame(columns), tuple(len(frame) for frame in frames)


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() in CSV


def _read(path: Path, as_text: Sequence[str] = ()) -> pd.DataFrame:
    return read_csv(path, as_text) if _is_csv(path) else read_parquet(path)


def _same_columns(first: pd.DataFrame, path: Path, other: pd.DataFrame, other_path: Path) -> None:
    for name in first.columns:
        if name not in other.columns:
            near = did_you_mean(str(name), [c for c in other.columns if c not in first.columns])
            raise DataError(f"column {name!r} is in {path} but not in {other_path}{near}")
    for name in other.columns:
        if name not in first.columns:
            raise DataError(f"column {name!r} is in {other_path} but not in {path}; delete it or add it to both")


def _families(frames: Sequence[pd.DataFrame], name: str) -> set[Family]:
    """What the files hold in one column; files where it is empty do not count."""
    return {family(frame[name]) for frame in frames} - {Family.EMPTY}


def _joined(parts: "Sequence[pd.Series[Any]]", paths: Sequence[Path]) -> "pd.Series[Any]":
    """One column over all files."""
    families = {family(part) for part in parts} - {Family.EMPTY}
    if families == {Family.TEXT, Family.CATEGORY}:
        parts = [part.astype("category") for part in parts]
        families = {Family.CATEGORY}
    if len(families) > 1:
        held = " and ".join(f"{family(part)} in {path}" for part, path in zip(parts, paths, strict=True))
        raise DataError(f"column {str(parts[0].name)!r} holds {held}; give it one type in all files")
    if families == {Family.CATEGORY}:
        parts = _same_categories(parts)
    typed = next((part.dtype for part in parts if family(part) is not Family.EMPTY), parts[0].dtype)
    filled = [part if family(part) is not Family.EMPTY else _gaps(len(part), typed, str(part.name)) for part in parts]
    return pd.concat(filled, ignore_index=True)


def _gaps(rows: int, dtype: Any, name: str) -> "pd.Series[Any]":
    """A column of nothing but gaps, in the dtype that it has elsewhere."""
    whole = pd.api.types.is_integer_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)
    plain = whole and not pd.api.types.is_extension_array_dtype(dtype)
    fitting: Any = ("object" if pd.api.types.is_bool_dtype(dtype) else "float64") if plain else dtype
    return pd.Series([None] * rows, dtype=fitting, name=name)


def _same_categories(parts: "Sequence[pd.Series[Any]]") -> "list[pd.Series[Any]]":
    """Categories of the first file, then those seen only in later ones, so that the codes of the first stay."""
    whole = [part for part in parts if isinstance(part.dtype, pd.CategoricalDtype)]
    names = list(dict.fromkeys(name for part in whole for name in part.cat.categories))
    dtype = pd.CategoricalDtype(names, ordered=whole[0].cat.ordered)
    if len(names) == len(whole[0].cat.categories):
        dtype = pd.CategoricalDtype(whole[0].cat.categories, ordered=whole[0].cat.ordered)
    return [part.astype(dtype) for part in parts]


def _label(frame: pd.DataFrame, label: str | None) -> Any:
    names = [str(name) for name in frame.columns]
    if label is None:
        raise ConfigurationError(f"say which column is the label; the columns are: {', '.join(names[:30])}")
    if label not in names:
        raise DataError(f"there is no label column {label!r}{did_you_mean(label, names)}")
    if len(names) < 2:
        raise DataError(f"there is no column besides the label {label!r}")
    return frame.columns[names.index(label)]


def _without(frame: pd.DataFrame, drop: Sequence[str]) -> pd.DataFrame:
    for name in drop:
        if name not in frame.columns:
            raise ConfigurationError(f"drop: {name!r} is not a column{did_you_mean(name, map(str, frame.columns))}")
    if len(set(drop)) == frame.shape[1]:
        raise ConfigurationError("drop: no column is left besides the label")
    return frame.drop(columns=list(drop))


def _is_text(features: pd.DataFrame, description: TableDescription) -> bool:
    return features.shape[1] == 1 and not description.declared and is_prose(features.iloc[:, 0])


def _without_index(
    frame: pd.DataFrame, lengths: Sequence[int], keep: Mapping[str, ColumnDeclaration]
) -> tuple[pd.DataFrame, str]:
    """Leave out columns that only number the rows, and say so."""
    numbering = [
        name
        for name in frame.columns
        if str(name).casefold() in INDEX_NAMES and name not in keep and _numbers_rows(frame[name], lengths)
    ]
    if not numbering or len(numbering) == frame.shape[1]:
        return frame, ""
    note = f"Left out, because it only numbers the rows: {', '.join(map(str, numbering))} (declare it to keep it)."
    return frame.drop(columns=numbering), note


def _numbers_rows(column: "pd.Series[Any]", lengths: Sequence[int]) -> bool:
    """Whether each file holds a different integer or text in each row."""
    if not (pd.api.types.is_integer_dtype(column.dtype) or family(column) is Family.TEXT):
        return False
    return all(part.is_unique and part.notna().all() for part in _split(column, lengths))


def _plain(labels: "pd.Series[Any]") -> Array:
    """Labels in a numpy dtype: numbers and truth values as they are, anything else as objects."""
    held = family(labels)
    if held is Family.TIME:
        raise DataError(f"the label {str(labels.name)!r} holds times; expected classes or numbers")
    if isinstance(labels.dtype, pd.CategoricalDtype) or held is Family.TEXT or labels.isna().any():
        return labels.to_numpy(dtype=object)
    return labels.to_numpy()


def _split(rows: Any, lengths: Sequence[int]) -> tuple[Any, ...]:
    """The rows of each file."""
    ends = [sum(lengths[: i + 1]) for i in range(len(lengths))]
    return tuple(rows[end - length : end] for end, length in zip(ends, lengths, strict=True))
