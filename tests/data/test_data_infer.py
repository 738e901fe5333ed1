"""A space is inferred from the rows that exist."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.column import Direction, Kind
from steeled.data.infer import infer_column, infer_space
from steeled.errors import DataError


@pytest.mark.parametrize(
    ("cells", "dtype", "kind", "levels", "bounds"),
    [
        ([0.5, 2.5, 1.0], "float64", Kind.REAL, (), (0.5, 2.5)),
        ([3, 1, 2], "int64", Kind.INTEGER, (), (1, 3)),
        ([3, 1, np.nan], "float64", Kind.INTEGER, (), (1, 3)),
        ([0, 1, 1], "int64", Kind.BINARY, (0, 1), (0, 1)),
        ([0.0, 1.0, np.nan], "float64", Kind.BINARY, (0, 1), (0, 1)),
        ([0, 0, 0], "int64", Kind.INTEGER, (), (0, 0)),
        ([True, True], "bool", Kind.BINARY, (False, True), (0, 1)),
        ([True, np.nan], "object", Kind.BINARY, (False, True), (0, 1)),
        (["b", "a", "b"], "str", Kind.BINARY, ("a", "b"), (0, 1)),
        (["b", "a", "c"], "str", Kind.CATEGORICAL, ("a", "b", "c"), (0, 2)),
        (["b", "b"], "str", Kind.CATEGORICAL, ("b",), (0, 0)),
        ([np.nan, np.nan], "float64", Kind.REAL, (), (0, 0)),
        ([None, None], "object", Kind.CATEGORICAL, (), (0, 0)),
    ],
)
def test_kind_levels_and_bounds_follow_the_cells(
    cells: list[object], dtype: str, kind: Kind, levels: tuple[object, ...], bounds: tuple[float, float]
) -> None:
    column = infer_column(pd.Series(cells, dtype=dtype, name="c"))

    assert (column.kind, column.levels, (column.low, column.high)) == (kind, levels, bounds)
    assert column.may_be_missing == bool(pd.isna(np.array(cells, dtype=object)).any())
    assert (column.mutable, column.direction, column.cost, column.group) == (True, Direction.ANY, 1.0, "")


def test_ordered_categories_are_ordinal_in_their_own_order() -> None:
    cells = pd.Categorical(["low", "high"], categories=["low", "middle", "high"], ordered=True)

    column = infer_column(pd.Series(cells, name="c"))

    assert (column.kind, column.levels, column.dtype) == (Kind.ORDINAL, ("low", "middle", "high"), "category|ordered")


def test_times_are_seconds() -> None:
    cells = pd.Series(pd.to_datetime(["1970-01-02", "1970-01-01"]), name="c")

    column = infer_column(cells)

    assert (column.kind, column.low, column.high) == (Kind.INTEGER, 0.0, 86400.0)


@given(st.lists(st.floats(-1e308, 1e308), min_size=1, max_size=20))
def test_the_unit_is_one_standard_deviation_and_always_positive(cells: list[float]) -> None:
    column = infer_column(pd.Series(cells, name="c"))

    assert 0 < column.unit < np.inf
    assert column.low == min(cells)
    assert column.high == max(cells)


def test_the_unit_of_numbers() -> None:
    frame = pd.DataFrame(
        {"real": [0.0, 0.5], "integer": [2, 3], "wide": [0, 100], "still": [0.5, 0.5], "text": ["a", "b"]}
    )

    space = infer_space(frame)

    assert [column.unit for column in space.columns] == [0.25, 1.0, 50.0, 1.0, 1.0]


@pytest.mark.parametrize("separator", ["_", "="])
@pytest.mark.parametrize("dtype", ["int64", "bool", "float64"])
def test_exclusive_zero_one_columns_with_a_common_beginning_are_a_group(separator: str, dtype: str) -> None:
    hot = np.eye(3)[[0, 1, 2, 0]]
    frame = pd.DataFrame(hot, columns=[f"job_type{separator}{name}" for name in ("a", "b_c", "d")]).astype(dtype)
    frame["job_other"] = [0.0, 1.0, 1.0, 0.0]

    space = infer_space(frame)

    assert [column.group for column in space.columns] == ["job_type"] * 3 + [""]
    assert space.groups == ((0, 1, 2),)


@pytest.mark.parametrize(
    "rows",
    [
        [[1, 0, 0], [0, 1, 1], [0, 0, 1]],
        [[1, 0, 0], [0, 1, 0], [0, 0, 0], [0, 0, 1]],
        [[1, 0, 0], [0, 1, 0], [0, np.nan, 1]],
    ],
)
def test_columns_that_are_not_exclusive_are_no_group(rows: list[list[float]]) -> None:
    space = infer_space(pd.DataFrame(rows, columns=["job_a", "job_b", "job_c"]))

    assert space.groups == ()


def test_a_column_belongs_to_one_group_only() -> None:
    hot = np.eye(3, dtype=bool)
    frame = pd.DataFrame(hot, columns=["job_type_a", "job_type_b", "job_type_c"]).assign(job_never=False)

    space = infer_space(frame)

    assert space.groups == ((0, 1, 2, 3),)


def test_two_exclusive_columns_are_no_group() -> None:
    space = infer_space(pd.DataFrame({"job_a": [0, 1], "job_b": [1, 0]}))

    assert space.groups == ()


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([1.0, np.inf], "1 infinite"),
        ([2**53, 0], r"2\*\*53 or more"),
        ([[1], [2]], "mixed"),
        (["a", 1], "mixed"),
        ([b"a", b"b"], "bytes"),
        ([decimal.Decimal("1"), decimal.Decimal("2")], "decimal"),
        ([1j, 2j], "complex"),
        (pd.period_range("2020", periods=2, freq="M"), "period"),
        (pd.Categorical([datetime.date(2020, 1, 1)]), "category datetime.date"),
    ],
)
def test_cells_that_cannot_be_coded_are_refused(cells: object, message: str) -> None:
    with pytest.raises(DataError, match=f"column 'c'.*{message}"):
        infer_space(pd.DataFrame({"c": cells}))
