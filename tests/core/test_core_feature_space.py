from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.column import Column, Direction, Kind
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.relation import Relation

SPACE = table_space(
    [
        Column("income", Kind.REAL, 0.0, 100.0, cost=2.0, unit=10.0),
        Column("years", Kind.INTEGER, 0.0, 40.0, direction=Direction.INCREASE, unit=5.0),
        Column("debt", Kind.INTEGER, 0.0, 9.0, direction=Direction.DECREASE),
        Column("job", Kind.CATEGORICAL, 0.0, 3.0, ("a", "b", "c", "d"), dtype="str", cost=3.0, may_be_missing=True),
        Column("age", Kind.INTEGER, 18.0, 90.0, mutable=False),
        *(Column(f"home_{name}", Kind.BINARY, 0.0, 1.0, (0, 1), cost=4.0, group="home") for name in "xyz"),
    ]
)
BOUNDED = ("income", "years", "debt", "job", "age")


@st.composite
def rows(draw: st.DrawFn) -> Any:
    """A row that lies within its bounds."""
    cells = [float(draw(st.integers(int(SPACE.lows[j]), int(SPACE.highs[j])))) for j in range(len(BOUNDED))]
    cells[3] = float("nan") if draw(st.booleans()) else cells[3]
    home = [0.0, 0.0, 0.0]
    home[draw(st.integers(0, 2))] = 1.0
    return np.array([[*cells, *home]])


wishes = st.lists(st.floats(-200, 200) | st.just(float("nan")), min_size=8, max_size=8).map(lambda x: np.array([x]))


@given(rows(), wishes)
def test_what_is_projected_can_be_submitted_and_projecting_again_changes_nothing(row: Any, wish: Any) -> None:
    once = SPACE.project(row, wish)

    assert SPACE.feasible(row, once)[0], SPACE.explain(row[0], once[0])
    np.testing.assert_array_equal(SPACE.project(row, once), once)


@given(rows(), rows())
def test_a_feasible_row_is_projected_onto_itself_and_feasible_agrees_with_explain(row: Any, other: Any) -> None:
    feasible = bool(SPACE.feasible(row, other)[0])

    assert feasible == (SPACE.explain(row[0], other[0]) == ())
    if feasible and not np.isnan(row).any() and not np.isnan(other).any():
        np.testing.assert_array_equal(SPACE.project(row, other), other)


@given(rows())
def test_staying_is_feasible_and_costs_nothing(row: Any) -> None:
    assert SPACE.feasible(row, row)[0]
    assert SPACE.cost(row, row)[0] == 0
    np.testing.assert_array_equal(SPACE.project(row, row), row)


@pytest.mark.parametrize(
    ("column", "value", "allowed", "cost"),
    [
        ("income", 60.0, True, 2.0),  # one unit of 10 at price 2
        ("income", 100.1, False, 10.02),
        ("income", 55.5, True, 1.1),
        ("years", 15.0, True, 1.0),
        ("years", 9.0, False, 0.2),  # increase only
        ("years", 12.5, False, 0.5),  # whole years only
        ("debt", 3.0, True, 2.0),
        ("debt", 6.0, False, 1.0),  # decrease only
        ("job", 0.0, True, 3.0),  # names cost the same however far apart
        ("job", 3.0, True, 3.0),
        ("job", float("nan"), True, 3.0),
        ("income", float("nan"), False, 2.0),
        ("age", 31.0, False, 1.0),
    ],
)
def test_who_can_change_what_and_at_what_cost(column: str, value: float, allowed: bool, cost: float) -> None:
    before = np.array([[50.0, 10.0, 5.0, 1.0, 30.0, 1.0, 0.0, 0.0]])
    after = before.copy()
    after[0, SPACE.index(column)] = value

    assert SPACE.feasible(before, after)[0] == allowed
    assert SPACE.cost(before, after)[0] == pytest.approx(cost)


def test_a_one_hot_group_moves_as_one_and_is_paid_once() -> None:
    before = np.array([[50.0, 10.0, 5.0, 1.0, 30.0, 1.0, 0.0, 0.0]])
    moved, torn = before.copy(), before.copy()
    moved[0, 5:] = [0, 0, 1]
    torn[0, 5:] = [1, 0, 1]

    assert SPACE.feasible(before, moved)[0]
    assert SPACE.cost(before, moved)[0] == pytest.approx(4.0)
    assert not SPACE.feasible(before, torn)[0]


def test_a_relation_is_held_against_an_attack_only_where_the_row_kept_it() -> None:
    space = replace(SPACE, relations=(Relation.parse("debt <= years"),))
    kept = np.array([[50.0, 10.0, 5.0, 1.0, 30.0, 1.0, 0.0, 0.0]])
    broken = kept.copy()
    broken[0, 1] = 2.0
    richer = broken + np.array([[1.0, 0, 0, 0, 0, 0, 0, 0]])

    assert space.explain(kept[0], broken[0])[-1] == "debt <= years is broken"
    assert space.feasible(broken, richer)[0]


def test_arrays_keep_their_bounds_and_dtype() -> None:
    space = FeatureSpace(Modality.ARRAY, shape=(2,), low=0.0, high=1.0)
    x = np.array([[0.5, 0.5]], dtype=np.float32)

    projected = space.project(x, np.array([[2.0, -1.0]]))

    assert projected.dtype == np.float32
    np.testing.assert_array_equal(projected, [[1.0, 0.0]])
    assert space.feasible(x, projected)[0]
    assert not space.feasible(x, np.array([[1.0001, 0.0]]))[0]
    assert not space.feasible(x, np.array([[np.nan, 0.0]]))[0]
