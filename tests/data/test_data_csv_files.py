"""CSV files are read as pandas reads them, or refused with one clear sentence."""

from pathlib import Path

import pandas as pd
import pytest

from steeled.data.csv_files import read_csv, with_dates
from steeled.errors import DataError


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_table_is_read(tmp_path: Path, separator: str, end: str) -> None:
    lines = ["a,b,c", "1,x,True", "2,,False"]
    path = write(tmp_path / "t.csv", "\n".join(lines).replace(",", separator) + end)

    frame = read_csv(path)

    assert frame["a"].tolist() == [1, 2]
    assert frame["b"].isna().tolist() == [False, True]
    assert frame["c"].dtype == bool


def test_a_byte_order_mark_and_quoted_separators_are_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", b'\xef\xbb\xbfa,b\n1,"x, y"\n')

    frame = read_csv(path)

    assert list(frame.columns) == ["a", "b"]
    assert frame["b"].tolist() == ["x, y"]


def test_one_column_needs_no_separator(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path / "t.csv", "a\n1\n2\n")).shape == (2, 1)


def test_a_column_can_be_kept_as_text(tmp_path: Path) -> None:
    frame = read_csv(write(tmp_path / "t.csv", "a,b\n007,1\n,2\n"), as_text=["a"])

    assert frame["a"].tolist()[0] == "007"
    assert frame["a"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("\n\n", "cannot be read as CSV"),
        ("a,b\n", "no rows"),
        ("a,b,a\n1,2,3\n", "'a' occurs twice"),
        ("a,b\n1,2\n1,2,3\n", "Expected 2 fields in line 3, saw 3"),
        ("a,b\n1,2,3\n1,2,3\n", "cannot be read as CSV"),
        ('a,b\n1,2\n1,"tw', "cannot be read as CSV"),
        ("a,b,c\n1,2,3\n1,2", "last line has 2 fields instead of 3; the file is cut short"),
        (b"a,b\n\xff\xfe,1\n", "UTF-8"),
        (b"PAR1\x15\x04", "binary"),
        (b"a,b\n\0\0\0", "binary"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    path = write(tmp_path / "t.csv", content)

    with pytest.raises(DataError, match=message) as caught:
        read_csv(path)

    assert str(path) in str(caught.value)


def test_dates_are_recognized_only_when_every_cell_is_one() -> None:
    frame = pd.DataFrame(
        {
            "day": ["2024-01-31", None, "2023-12-01"],
            "moment": ["2024-01-31T09:30:00", "2024-01-31 09:30", "2023-12-01"],
            "part": ["2024-01-31", "soon", "2023-12-01"],
            "wrong": ["2024-13-31", "2024-01-31", "2023-12-01"],
            "empty": [None, None, None],
            "number": [20240131, 20240131, 20231201],
        }
    )

    dated, names = with_dates(frame)

    assert names == ("day", "moment")
    assert dated["day"].tolist()[2] == pd.Timestamp("2023-12-01")
    pd.testing.assert_frame_equal(dated.drop(columns=list(names)), frame.drop(columns=list(names)))
