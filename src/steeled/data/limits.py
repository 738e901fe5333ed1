"""How much data is read at most, and what a file must be before a reader sees it."""

import os
import stat
from pathlib import Path

from steeled.errors import DataError

MOST_BYTES = 4 * 1024**3
MOST_ROWS = 20_000_000
_SAMPLE = "write a random sample of the rows to a smaller file, 200,000 are plenty"


def check_file(path: Path) -> None:
    """Refuse what is not a readable, filled file of at most 4 GiB.

    Raises:
        DataError: missing, a folder, not a regular file, unreadable, empty or too large.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}; check the path") from None
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{path}: expected a file, got {'a folder' if path.is_dir() else 'a device or pipe'}")
    if not os.access(path, os.R_OK):
        raise DataError(f"{path}: permission denied; make it readable for this user")
    if status.st_size == 0:
        raise DataError(f"{path}: the file is empty")
    check_bytes(path, status.st_size)


def check_bytes(path: Path, size: int) -> None:
    """Refuse more than 4 GiB, on disk or unpacked.

    Raises:
        DataError: too large.
    """
    if size > MOST_BYTES:
        raise DataError(f"{path}: {size / 1024**3:.1f} GiB; at most {MOST_BYTES // 1024**3} GiB are read: {_SAMPLE}")


def check_rows(path: Path, rows: int, cells_per_row: int) -> None:
    """Refuse more than 20 million rows, or more cells than 4 GiB of float64 hold.

    Raises:
        DataError: no rows, or too many.
    """
    if rows == 0:
        raise DataError(f"{path}: there are no rows below the header")
    if rows > MOST_ROWS:
        raise DataError(f"{path}: more than {MOST_ROWS:,} rows: {_SAMPLE}")
    check_bytes(path, rows * cells_per_row * 8)
