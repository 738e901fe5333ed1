"""Parquet files are read as pandas reads them, or refused with one clear sentence."""

import datetime
import decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from steeled.data import limits
from steeled.data.parquet_files import read_parquet
from steeled.errors import DataError


def test_a_table_is_read_without_its_index(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": pd.Categorical(["u", None])}, index=[7, 9])
    frame.to_parquet(tmp_path / "t.parquet")

    again = read_parquet(tmp_path / "t.parquet")

    pd.testing.assert_frame_equal(again, frame.reset_index(drop=True))


def test_decimals_become_numbers_and_dates_become_times(tmp_path: Path) -> None:
    table = pa.table({"price": [decimal.Decimal("1.50"), None], "day": [datetime.date(2024, 1, 31), None]})
    pq.write_table(table, tmp_path / "t.parquet")

    frame = read_parquet(tmp_path / "t.parquet")

    assert frame["price"].dtype == np.float64
    assert frame["day"].tolist()[0] == pd.Timestamp("2024-01-31")
    assert frame.isna().to_numpy().tolist() == [[False, False], [True, True]]


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": range(1000)}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(DataError, match=r"cannot be read as Parquet.*is the file whole"):
        read_parquet(path)


def test_another_file_under_this_suffix_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_parquet(path)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": ["plain-cell"]}), path, compression="none", use_dictionary=False)
    path.write_bytes(path.read_bytes().replace(b"plain-cell", b"pl\xff\xfen-cell"))

    with pytest.raises(DataError, match="cannot be read as Parquet"):
        read_parquet(path)


def test_a_column_name_twice_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), tmp_path / "t.parquet")

    with pytest.raises(DataError, match="'a' occurs twice"):
        read_parquet(tmp_path / "t.parquet")


def test_no_rows_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"a": np.array([], dtype=int)}).to_parquet(tmp_path / "t.parquet")

    with pytest.raises(DataError, match="no rows"):
        read_parquet(tmp_path / "t.parquet")


def test_a_small_file_that_unpacks_to_a_huge_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": np.arange(100_000) % 2, "b": 0.0}).to_parquet(path)
    monkeypatch.setattr(limits, "MOST_BYTES", 1_000_000)

    with pytest.raises(DataError, match="at most"):
        read_parquet(path)

    assert path.stat().st_size < 100_000
