"""Files are looked at before they are read."""

import os
from pathlib import Path

import pytest

from steeled.data.limits import MOST_BYTES, MOST_ROWS, check_file, check_rows
from steeled.errors import DataError


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone.csv: cannot be read: No such file"):
        check_file(tmp_path / "gone.csv")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a file, got a folder"):
        check_file(tmp_path)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(DataError, match="device or pipe"):
        check_file(tmp_path / "pipe")


def test_a_huge_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)  # sparse: takes no room

    with pytest.raises(DataError, match="at most 4 GiB are read: write a random sample"):
        check_file(path)


@pytest.mark.parametrize(
    ("rows", "cells", "message"),
    [(0, 3, "no rows"), (MOST_ROWS + 1, 1, "more than 20,000,000"), (10**7, 100, "at most 4 GiB")],
)
def test_rows_are_bounded(rows: int, cells: int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_rows(Path("t.csv"), rows, cells)


def test_a_usual_size_passes() -> None:
    check_rows(Path("t.csv"), rows=1_000_000, cells_per_row=100)
