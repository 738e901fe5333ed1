"""Frames turn into codes and back without a difference that a model could see."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steeled.core.column import Column, Kind
from steeled.core.feature_space import table_space
from steeled.data.declare import ColumnDeclaration, declare
from steeled.data.frames import to_codes, to_frame
from steeled.data.infer import infer_space
from steeled.errors import DataError

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=4)
WHOLE = st.integers(1 - 2**53, 2**53 - 1)
MOMENTS = st.datetimes(datetime.datetime(1700, 1, 1), datetime.datetime(2240, 1, 1))
PRESENT = {
    "int64": WHOLE,
    "int8": st.integers(-128, 127),
    "uint16": st.integers(0, 65535),
    "float64": st.floats(allow_nan=False, allow_infinity=False),
    "float32": st.floats(allow_nan=False, allow_infinity=False, width=32),
    "bool": st.booleans(),
    "Int64": WHOLE,
    "Float64": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "str": TEXTS,
    "string": TEXTS,
    "datetime64[us]": MOMENTS,
    "datetime64[ns]": MOMENTS,
    "datetime64[s]": MOMENTS.map(lambda moment: moment.replace(microsecond=0)),
    "datetime64[us, Europe/Berlin]": MOMENTS.map(lambda moment: moment.replace(tzinfo=datetime.UTC)),
    "timedelta64[us]": st.timedeltas(datetime.timedelta(-9999), datetime.timedelta(9999)),
}
WITH_GAPS = {"float64", "float32", "Int64", "Float64", "boolean", "str", "string"} | {
    name for name in PRESENT if name.startswith(("datetime", "timedelta"))
}


@st.composite
def columns(draw: st.DrawFn, rows: int) -> pd.Series:
    """A column of any supported dtype, with gaps where the dtype has them."""
    name = draw(st.sampled_from([*PRESENT, "object", "object bool", "category", "category int"]))
    if name.startswith("category"):
        pool = draw(st.lists(TEXTS if name == "category" else st.integers(-5, 5), min_size=1, max_size=5, unique=True))
        cells = draw(st.lists(st.none() | st.sampled_from(pool), min_size=rows, max_size=rows))
        return pd.Series(pd.Categorical(cells, categories=pool, ordered=draw(st.booleans())))
    if name.startswith("object"):
        gap = draw(st.sampled_from([None, np.nan]))
        known = st.booleans() if name.endswith("bool") else TEXTS
        cells = draw(st.lists(st.just(gap) | known, min_size=rows, max_size=rows))
        return pd.Series(cells, dtype=object)
    cell = PRESENT[name] | st.none() if name in WITH_GAPS else PRESENT[name]
    return pd.Series(draw(st.lists(cell, min_size=rows, max_size=rows)), dtype=name)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(1, 6))
    parts = draw(st.lists(columns(rows), min_size=1, max_size=4))
    return pd.DataFrame({f"c{i}": part for i, part in enumerate(parts)})


@settings(max_examples=300, deadline=None)
@given(frames())
def test_a_frame_comes_back_exactly(frame: pd.DataFrame) -> None:
    space = infer_space(frame)

    again = to_frame(to_codes(frame, space), space)

    pd.testing.assert_frame_equal(again, frame, check_exact=True)
    for name in frame.columns:
        gaps = list(frame[name][frame[name].isna()])
        assert [cell is None for cell in again[name][again[name].isna()]] == [cell is None for cell in gaps]


@settings(max_examples=100, deadline=None)
@given(frames())
def test_codes_of_read_rows_are_feasible(frame: pd.DataFrame) -> None:
    space = infer_space(frame)
    x = to_codes(frame, space)
    elsewhere = np.where(np.isnan(x), np.nan, space.lows)

    kept = space.feasible(elsewhere, x)

    assert kept.all()


def test_category_codes_of_the_frame_stay_when_levels_are_declared_in_another_order() -> None:
    frame = pd.DataFrame(
        {"size": pd.Categorical(["small", "large", "medium"], categories=["large", "small", "medium"])}
    )
    order = ColumnDeclaration(levels=("small", "medium", "large"))
    space = declare(infer_space(frame), {"size": order})

    x = to_codes(frame, space)

    assert x[:, 0].tolist() == [0, 2, 1]
    pd.testing.assert_frame_equal(to_frame(x, space), frame)


@pytest.mark.parametrize("values", ["int8", "float32", "bool", "object"])
def test_categories_keep_their_dtype(values: str) -> None:
    categories = pd.Index([1, 0], dtype=values)
    frame = pd.DataFrame({"size": pd.Categorical.from_codes([0, 1, -1], categories=categories)})
    space = infer_space(frame)

    again = to_frame(to_codes(frame, space), space)

    pd.testing.assert_frame_equal(again, frame)
    assert again["size"].cat.categories.dtype == frame["size"].cat.categories.dtype


def test_extra_columns_and_another_order_do_not_matter() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["u", "v"]})
    space = infer_space(frame)

    x = to_codes(frame.assign(label=[0, 1])[["label", "b", "a"]], space)

    assert x.tolist() == [[1, 0], [2, 1]]


def test_a_gap_in_integers_makes_them_floats_and_in_truth_values_objects() -> None:
    space = infer_space(pd.DataFrame({"n": [1, 5], "t": [True, False]}))

    frame = to_frame(np.array([[np.nan, np.nan], [2.0, 1.0]]), space)

    assert frame["n"].dtype == np.float64
    assert frame["t"].tolist()[1] is True
    assert frame.isna().to_numpy().tolist() == [[True, True], [False, False]]


def test_numbers_beyond_a_small_dtype_do_not_wrap_around() -> None:
    space = infer_space(pd.DataFrame({"n": np.array([1, 5], dtype=np.uint8)}))

    frame = to_frame(np.array([[300.0], [-1.0]]), space)

    assert frame["n"].tolist() == [300, -1]


@pytest.mark.parametrize("code", [-1.0, 2.0, 1e300])
def test_a_code_without_a_level_is_refused(code: float) -> None:
    space = infer_space(pd.DataFrame({"b": ["u", "v"]}))

    with pytest.raises(ValueError, match="2 levels"):
        to_frame(np.array([[code]]), space)


@pytest.mark.parametrize(
    ("cells", "message"),
    [(["u", "w"], "'w' in row 1.*did you mean|'w' in row 1"), ([1, 2], "2 levels"), ([0.5, 0.5], "2 levels")],
)
def test_an_unknown_level_is_named(cells: list[object], message: str) -> None:
    space = infer_space(pd.DataFrame({"b": ["u", "v"]}))

    with pytest.raises(DataError, match=message):
        to_codes(pd.DataFrame({"b": cells}), space)


def test_text_in_a_column_of_numbers_is_refused() -> None:
    space = infer_space(pd.DataFrame({"n": [1, 5]}))

    with pytest.raises(DataError, match="'five'"):
        to_codes(pd.DataFrame({"n": ["five"]}), space)


def test_a_missing_column_is_named_with_its_nearest() -> None:
    space = infer_space(pd.DataFrame({"income": [1, 5]}))

    with pytest.raises(DataError, match="'income' is missing; did you mean 'incomes'"):
        to_codes(pd.DataFrame({"incomes": [1]}), space)


def test_levels_of_ordinal_numbers_keep_their_dtype() -> None:
    frame = pd.DataFrame({"rate": np.array([10, 30, 20], dtype=np.int32)})
    space = declare(infer_space(frame), {"rate": ColumnDeclaration(levels=(10, 20, 30))})

    x = to_codes(frame, space)

    assert x[:, 0].tolist() == [0, 2, 1]
    pd.testing.assert_frame_equal(to_frame(x, space), frame)


def test_a_wide_table_of_plain_numbers_is_copied() -> None:
    space = table_space([Column("a", Kind.REAL, 0.0, 1.0)])
    x = np.array([[0.5]])

    frame = to_frame(x, space)
    frame.loc[0, "a"] = 9.0

    assert x[0, 0] == 0.5
