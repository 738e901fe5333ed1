"""Codes become what a model was fitted on."""

import numpy as np
import pytest

from steeled.core.column import Column, Kind
from steeled.core.feature_space import table_space
from steeled.errors import ModelError
from steeled.targets._inputs import Inputs, Layout, frame_inputs, matrix_inputs


def test_a_frame_comes_back_as_it_was_read(mixed):
    names = ("owner", "job", "income net")

    frame = frame_inputs(mixed.data.space, names).native(mixed.data.x)

    assert frame.equals(mixed.frame[list(names)])


def test_levels_that_are_numbers_become_these_numbers():
    column = Column("size", Kind.ORDINAL, 0, 2, levels=(10, 20, 40), dtype="int64")
    plain = Column("weight", Kind.REAL, 0, 9)
    inputs = Inputs(Layout.NUMBERS, table_space([column, plain]))
    x = np.array([[2.0, 5.0], [np.nan, 6.0], [0.0, np.nan]])

    values = inputs.native(x)

    np.testing.assert_array_equal(values, [[40, 5], [np.nan, 6], [10, np.nan]])
    np.testing.assert_array_equal(x[0], [2, 5])


def test_a_single_row_keeps_every_category(mixed):
    inputs = frame_inputs(mixed.data.space, ("job", "region"), categories=("job",))
    gap = np.isnan(mixed.data.x[:, 1])

    frame = inputs.native(mixed.data.x[gap][:1])

    assert list(frame["job"].cat.categories) == ["clerk", "nurse", "smith"]
    assert frame["job"].isna().all()


def test_plain_integers_become_categories_of_integers(mixed):
    inputs = frame_inputs(mixed.data.space, ("children",), categories=("children",))

    cells = inputs.native(mixed.data.x)["children"]

    assert cells.cat.categories.dtype == np.int64
    assert (cells.astype("int64") == mixed.frame["children"]).all()


def test_gaps_in_words_become_nan_and_integers_stay(mixed):
    frame = frame_inputs(mixed.data.space, ("job", "children"), words=("job", "children")).native(mixed.data.x)

    assert set(frame["job"]) == {"clerk", "nurse", "smith", "nan"}
    assert frame["children"].dtype == np.int64


def test_misspelt_and_miscounted_columns_are_told(mixed):
    with pytest.raises(ModelError, match="did you mean 'owner'"):
        frame_inputs(mixed.data.space, ("owmer",))
    with pytest.raises(ModelError, match="expects 4 columns, the data has 6: income net"):
        matrix_inputs(mixed.data.space, 4)


def test_a_column_that_was_left_out_as_row_numbers_is_told_as_such(mixed):
    with pytest.raises(ModelError, match="left out when it is read: declare 'Id' to keep it"):
        frame_inputs(mixed.data.space, ("owner", "Id"))
