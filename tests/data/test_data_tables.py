"""Files of one data set agree on columns and types, or the reader hears where they do not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from steeled.core.column import Kind
from steeled.core.feature_space import Modality
from steeled.data.declare import ColumnDeclaration
from steeled.data.frames import to_frame
from steeled.data.tables import TableDescription, read_joined, read_tables
from steeled.errors import ConfigurationError, DataError


def write(folder: Path, *contents: str) -> list[Path]:
    """CSV files called 0.csv, 1.csv, ..."""
    paths = [folder / f"{i}.csv" for i in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content)
    return paths


def parquet(folder: Path, *frames: pd.DataFrame) -> list[Path]:
    paths = [folder / f"{i}.parquet" for i in range(len(frames))]
    for path, frame in zip(paths, frames, strict=True):
        frame.to_parquet(path)
    return paths


def test_types_are_inferred_over_both_files_together(tmp_path: Path) -> None:
    train = "whole,code,flag,note,y\n1,1,True,,0\n2,2,False,,1\n"
    test = "whole,code,flag,note,y\n3,x1,,hello,0\n,3,True,,1\n"

    reading = read_tables(write(tmp_path, train, test), TableDescription("y"))

    kinds = {column.name: (column.kind, column.levels) for column in reading.space.columns}
    assert kinds["whole"] == (Kind.INTEGER, ())
    assert kinds["code"] == (Kind.CATEGORICAL, ("1", "2", "3", "x1"))
    assert kinds["flag"] == (Kind.BINARY, (False, True))
    assert kinds["note"] == (Kind.CATEGORICAL, ("hello",))
    assert [rows.shape for rows in reading.rows] == [(2, 4), (2, 4)]
    assert [labels.tolist() for labels in reading.labels] == [[0, 1], [0, 1]]


def test_numbers_keep_their_spelling_where_the_other_file_has_text(tmp_path: Path) -> None:
    frame, _ = read_joined(write(tmp_path, "a,b\n01,True\n2.50,False\n", "a,b\nx,maybe\n"))

    assert frame["a"].tolist() == ["01", "2.50", "x"]
    assert frame["b"].tolist() == ["True", "False", "maybe"]


def test_a_level_only_in_the_test_file_is_simply_another_level(tmp_path: Path) -> None:
    first = pd.DataFrame({"a": pd.Categorical(["v", "u"], categories=["v", "u"]), "y": [0, 1]})
    second = pd.DataFrame({"a": pd.Categorical(["new"]), "y": [0]})

    reading = read_tables(parquet(tmp_path, first, second), TableDescription("y"))

    assert reading.space.columns[0].levels == ("v", "u", "new")
    assert [rows[:, 0].tolist() for rows in reading.rows] == [[0, 1], [2]]


def test_the_frame_given_to_a_model_is_the_frame_in_the_file(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": ["u", None, "w"],
            "small": np.array([1, 2, 3], dtype=np.int8),
            "real": np.array([0.5, np.nan, 1.5], dtype=np.float32),
            "flag": [True, False, True],
            "when": pd.to_datetime(["2020-01-01 10:00:00.123456", None, "2021-01-01"], format="ISO8601"),
            "size": pd.Categorical(["m", "s", None], categories=["s", "m", "l"], ordered=True),
            "y": [0, 1, 0],
        }
    )

    reading = read_tables(parquet(tmp_path, frame), TableDescription("y"))

    pd.testing.assert_frame_equal(to_frame(reading.rows[0], reading.space), frame.drop(columns="y"))


def test_columns_in_another_order_are_put_in_order(tmp_path: Path) -> None:
    reading = read_tables(write(tmp_path, "a,b,y\n5,6,0\n", "y,b,a\n1,8,7\n"), TableDescription("y"))

    assert [rows.tolist() for rows in reading.rows] == [[[5, 6]], [[7, 8]]]


def test_a_csv_and_a_parquet_file_can_go_together(tmp_path: Path) -> None:
    paths = write(tmp_path, "a,y\nu,0\nv,1\n") + parquet(tmp_path, pd.DataFrame({"a": pd.Categorical(["w"]), "y": [1]}))

    reading = read_tables(paths, TableDescription("y"))

    assert reading.space.columns[0].levels == ("u", "v", "w")


def test_columns_that_number_the_rows_are_left_out_and_said_so(tmp_path: Path) -> None:
    paths = write(tmp_path, ",id,a,y\n0,k1,5,0\n1,k2,6,1\n", ",id,a,y\n0,k1,7,0\n1,k3,8,1\n")

    reading = read_tables(paths, TableDescription("y"))

    assert reading.space.names == ("a",)
    assert "Unnamed: 0, id" in reading.notes[0]


@pytest.mark.parametrize(
    ("column", "cells", "declared"),
    [
        ("id", ["1", "1"], {}),
        ("id", ["0.5", "1.5"], {}),
        ("number", ["1", "2"], {}),
        ("id", ["1", "2"], {"id": ColumnDeclaration()}),
    ],
)
def test_other_columns_are_kept(
    tmp_path: Path, column: str, cells: list[str], declared: dict[str, ColumnDeclaration]
) -> None:
    paths = write(tmp_path, f"{column},a,y\n{cells[0]},5,0\n{cells[1]},6,1\n")

    reading = read_tables(paths, TableDescription("y", declared=declared))

    assert reading.space.names == (column, "a")


def test_dates_in_csv_are_times_and_said_so(tmp_path: Path) -> None:
    reading = read_tables(write(tmp_path, "day,y\n1970-01-02,0\n1970-01-03,1\n"), TableDescription("y"))

    assert reading.rows[0][:, 0].tolist() == [86400, 172800]
    assert reading.notes == ("Read as dates: day.",)


def test_one_column_of_sentences_is_text(tmp_path: Path) -> None:
    paths = write(tmp_path, "mail,spam\nbuy this now please,1\nsee you at noon,0\n,0\n")

    reading = read_tables(paths, TableDescription("spam"))

    assert reading.space.modality is Modality.TEXT
    assert reading.rows[0].tolist() == ["buy this now please", "see you at noon", ""]
    assert "1 missing texts are read as empty" in reading.notes[0]


def test_one_column_of_names_is_a_table(tmp_path: Path) -> None:
    reading = read_tables(write(tmp_path, "city,y\nBonn,1\nKiel,0\n"), TableDescription("y"))

    assert reading.space.modality is Modality.TABLE


def test_the_text_column_can_be_named(tmp_path: Path) -> None:
    paths = write(tmp_path, "city,size,y\nBonn,1,1\nKiel,2,0\n")

    reading = read_tables(paths, TableDescription("y", text="city"))

    assert reading.rows[0].tolist() == ["Bonn", "Kiel"]
    assert "not size" in reading.notes[0]


def test_dropped_columns_are_gone(tmp_path: Path) -> None:
    reading = read_tables(write(tmp_path, "a,b,y\n1,2,0\n3,4,1\n"), TableDescription("y", drop=["a"]))

    assert reading.space.names == ("b",)


@pytest.mark.parametrize(
    ("contents", "description", "error", "message"),
    [
        (["a,y\n1,0\n"], TableDescription(), ConfigurationError, "which column is the label; the columns are: a, y"),
        (["a,label\n1,0\n"], TableDescription("lable"), DataError, "no label column 'lable'; did you mean 'label'"),
        (["y\n1\n"], TableDescription("y"), DataError, "no column besides the label"),
        (["a,y\n1,0\n"], TableDescription("y", drop=["A"]), ConfigurationError, "drop: 'A' .*did you mean 'a'"),
        (["a,y\n1,0\n"], TableDescription("y", drop=["a"]), ConfigurationError, "no column is left"),
        (["a,y\n1,0\n"], TableDescription("y", text="b"), ConfigurationError, "text: 'b' is not a column"),
        (["a,y\n1,0\n"], TableDescription("y", text="a"), DataError, "'a' holds numbers; expected text"),
        (["a,y\ninf,0\n"], TableDescription("y"), DataError, "'a' holds 1 infinite"),
        (["a,y\n1,2020-01-01\n"], TableDescription("y"), DataError, "label 'y' holds times"),
        (["a,b,y\n1,2,0\n", "a,y\n1,0\n"], TableDescription("y"), DataError, "'b' is in .*0.csv but not in .*1.csv"),
        (["a,y\n1,0\n", "a,y,b\n1,0,2\n"], TableDescription("y"), DataError, "'b' is in .*1.csv but not in .*0.csv"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, contents: list[str], description: TableDescription, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_tables(write(tmp_path, *contents), description)


def test_numbers_in_one_parquet_file_and_text_in_the_other_are_refused(tmp_path: Path) -> None:
    paths = parquet(tmp_path, pd.DataFrame({"a": [1], "y": [0]}), pd.DataFrame({"a": ["u"], "y": [0]}))

    with pytest.raises(DataError, match=r"'a' holds numbers in .*0.parquet and text in .*1.parquet"):
        read_tables(paths, TableDescription("y"))
