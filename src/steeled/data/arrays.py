"""Arrays with labels in ``.npz`` files, never unpickled."""

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from steeled.core.array import Array
from steeled.core.feature_space import FeatureSpace, Modality
from steeled.data.declare import ColumnDeclaration, declare
from steeled.data.frames import to_codes
from steeled.data.infer import infer_space
from steeled.data.limits import check_bytes, check_file
from steeled.data.reading import Reading
from steeled.errors import DataError

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    EOFError,
    KeyError,
    NotImplementedError,  # a compression that Python does not know
    RuntimeError,  # a password
)
_ONE = ("x", "y")
_TWO = ("x_train", "y_train", "x_test", "y_test")


def read_arrays(
    paths: "tuple[Path, ...]",
    bounds: tuple[float, float] | None = None,
    declared: Mapping[str, ColumnDeclaration] | None = None,
    relations: "tuple[str, ...]" = (),
) -> Reading:
    """Rows and labels of one or two files, or of one file that holds both parts.

    Two-dimensional numbers are a table with the columns x0, x1, ..., unless they are bytes (uint8) or ``bounds`` are
    given; everything else is an array in float32.

    Args:
        paths: files with ``x`` and ``y``; or one with ``x_train``, ``y_train``, ``x_test``, ``y_test``.
        bounds: lowest and highest allowed value; None to find (0, 1) or (0, 255), else what occurs.
        declared, relations: for tables.

    Raises:
        DataError: not such a file, truncated, too large, pickled objects inside, rows and labels of different length,
            missing or infinite values.
    """
    files = [_read(path) for path in paths]
    if len(files) == 1 and set(_TWO) <= files[0].keys():
        whole = files[0]
        pairs = [(whole["x_train"], whole["y_train"]), (whole["x_test"], whole["y_test"])]
    else:
        pairs = [_pair(path, file) for path, file in zip(paths, files, strict=True)]
    rows = [_checked(x, y) for x, y in pairs]
    if len({x.shape[1:] for x in rows}) > 1:
        raise DataError(f"inputs differ in shape: {' and '.join(str(x.shape[1:]) for x in rows)}")
    labels = tuple(y.reshape(-1) for _, y in pairs)
    if rows[0].ndim == 2 and bounds is None and all(x.dtype != np.uint8 for x in rows):
        return _table(rows, labels, declared or {}, relations)
    space, note = array_space(rows, bounds)
    return Reading(tuple(x.astype(np.float32) for x in rows), labels, space, (note,) if note else ())


def array_space(rows: "list[Array]", bounds: tuple[float, float] | None) -> tuple[FeatureSpace, str]:
    """Shape and bounds of arrays, and a note on how the bounds were found; none when they were given.

    Args:
        rows: for each file, (n, ...).
        bounds: as given, or None.

    Raises:
        DataError: missing or infinite values, or values outside the given bounds.
    """
    if not all(np.isfinite(x).all() for x in rows):
        raise DataError("inputs hold missing or infinite values; arrays must be finite")
    low, high = float(min(x.min() for x in rows)), float(max(x.max() for x in rows))
    if bounds is not None:
        if low < bounds[0] or high > bounds[1]:
            raise DataError(
                f"inputs lie in [{low:g}, {high:g}], outside the given bounds [{bounds[0]:g}, {bounds[1]:g}]"
            )
        found, note = bounds, ""
    else:
        found = _bounds(low, high)
        note = f"Values are taken to lie in [{found[0]:g}, {found[1]:g}] (set bounds to change this)."
    return FeatureSpace(Modality.ARRAY, shape=rows[0].shape[1:], low=found[0], high=found[1]), note


def _bounds(low: float, high: float) -> tuple[float, float]:
    """The usual bounds around what occurs, or what occurs."""
    if low >= 0 and high <= 255:
        return (0.0, 1.0) if high <= 1 else (0.0, 255.0)
    return low, high if high > low else low + 1.0


def _read(path: Path) -> dict[str, Array]:
    """All arrays in the file, once their stated sizes are known to be true and bounded."""
    check_file(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_bytes(path, sum(member.file_size for member in archive.infolist()))
            for member in archive.infolist():
                _check_header(path, archive, member)
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except _DAMAGE as error:
        raise DataError(
            f"{path}: cannot be read as .npz: {error}; write it with numpy.savez and plain arrays"
        ) from None


def _check_header(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse an array that claims more than its file holds, before memory is set aside for it."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        read: Any = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(stream)
    if dtype.hasobject:
        raise ValueError(f"{member.filename} holds pickled objects, which could run code")
    if any(size < 0 for size in shape) or int(np.prod(shape, dtype=object)) * dtype.itemsize > member.file_size:
        raise ValueError(f"{member.filename} is shorter than its header says")


def _pair(path: Path, file: dict[str, Array]) -> tuple[Array, Array]:
    if not set(_ONE) <= file.keys():
        raise DataError(
            f"{path}: expected arrays x and y (or x_train, y_train, x_test, y_test), got {', '.join(file) or 'none'}"
        )
    return file["x"], file["y"]


def _checked(x: Array, y: Array) -> Array:
    """Inputs that are numbers with two or more axes and a label each."""
    if x.dtype.kind not in "biuf" or x.ndim < 2 or 0 in x.shape:
        raise DataError(f"inputs must be numbers of shape (n, ...), got {x.dtype} of shape {x.shape}")
    if y.ndim != 1 and y.shape != (len(x), 1):
        raise DataError(f"labels must have the shape (n,), got {y.shape}; for one-hot labels take y.argmax(axis=1)")
    if len(x) != len(y):
        raise DataError(f"there are {len(x)} inputs but {len(y)} labels")
    return x


def _table(
    rows: "list[Array]",
    labels: "tuple[Array, ...]",
    declared: Mapping[str, ColumnDeclaration],
    relations: "tuple[str, ...]",
) -> Reading:
    names = [f"x{j}" for j in range(rows[0].shape[1])]
    frames = [pd.DataFrame(x, columns=names) for x in rows]
    space = declare(infer_space(pd.concat(frames, ignore_index=True)), declared, relations)
    return Reading(tuple(to_codes(frame, space) for frame in frames), labels, space)
