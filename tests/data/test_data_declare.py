"""Declarations say what the rows cannot show, and are refused when the column cannot keep them."""

import numpy as np
import pandas as pd
import pytest

from steeled.core.column import Direction, Kind
from steeled.core.feature_space import FeatureSpace
from steeled.data.declare import ColumnDeclaration, declare
from steeled.data.frames import to_codes, to_frame
from steeled.data.infer import infer_space
from steeled.errors import ConfigurationError, DataError

FRAME = pd.DataFrame(
    {
        "age": [20, 40, 60],
        "income": [1.5, 2.5, 4.0],
        "grade": ["mid", "low", "high"],
        "phone": [True, False, True],
        "since": pd.to_datetime(["2020-01-01", "2021-01-01", "2022-01-01"]),
        "paid": ["yes", "no", "yes"],
        "job_a": [1, 0, 0],
        "job_b": [0, 1, 0],
        "job_c": [0, 0, 1],
    }
)


@pytest.fixture(scope="module")
def space() -> FeatureSpace:
    return infer_space(FRAME)


def test_nothing_declared_changes_nothing(space: FeatureSpace) -> None:
    assert declare(space, {}) == space


def test_what_is_declared_is_set_and_the_rest_stays(space: FeatureSpace) -> None:
    wish = ColumnDeclaration(low=18, high=99, direction=Direction.INCREASE, cost=3.0, unit=5.0)

    age = declare(space, {"age": wish}).columns[0]

    assert (age.low, age.high, age.direction, age.cost, age.unit) == (18, 99, Direction.INCREASE, 3.0, 5.0)
    assert (age.kind, age.mutable, age.dtype) == (Kind.INTEGER, True, "int64")


def test_an_immutable_column_cannot_be_changed(space: FeatureSpace) -> None:
    declared = declare(space, {"age": ColumnDeclaration(immutable=True)})
    x = to_codes(FRAME, declared)
    older = x.copy()
    older[:, 0] += 1

    assert not declared.feasible(x, older).any()
    assert declared.feasible(x, x).all()


def test_rows_outside_narrow_bounds_keep_their_value(space: FeatureSpace) -> None:
    declared = declare(space, {"age": ColumnDeclaration(low=30, high=50)})
    x = to_codes(FRAME, declared)

    assert declared.feasible(x, x).all()
    assert declared.project(x, x).tolist() == x.tolist()


def test_levels_in_order_make_a_column_ordinal_and_give_the_codes(space: FeatureSpace) -> None:
    declared = declare(space, {"grade": ColumnDeclaration(levels=("low", "mid", "high", "top"))})

    x = to_codes(FRAME, declared)

    assert declared.columns[2].kind is Kind.ORDINAL
    assert (declared.columns[2].high, declared.columns[2].unit) == (3.0, 1.0)
    assert x[:, 2].tolist() == [1, 0, 2]
    pd.testing.assert_frame_equal(to_frame(x, declared), FRAME)


def test_bounds_of_levels_are_named(space: FeatureSpace) -> None:
    wish = ColumnDeclaration(levels=("low", "mid", "high"), low="mid", high="high")

    grade = declare(space, {"grade": wish}).columns[2]

    assert (grade.low, grade.high) == (1.0, 2.0)


def test_numbers_and_their_levels_are_matched_whole_floats_as_integers(space: FeatureSpace) -> None:
    wish = ColumnDeclaration(levels=(20, 40.0, 60), low=40.0)

    declared = declare(space, {"age": wish})

    assert declared.columns[0].low == 1.0
    assert to_codes(FRAME, declared)[:, 0].tolist() == [0, 1, 2]


def test_bounds_of_times_are_dates(space: FeatureSpace) -> None:
    since = declare(space, {"since": ColumnDeclaration(high="2023-01-01")}).columns[4]

    assert since.high == pd.Timestamp("2023-01-01").timestamp()


@pytest.mark.parametrize(
    ("wish", "kind"),
    [
        (ColumnDeclaration(integer=True), Kind.INTEGER),
        (ColumnDeclaration(kind=Kind.INTEGER), Kind.INTEGER),
        (ColumnDeclaration(integer=False), Kind.REAL),
    ],
)
def test_integer_is_short_for_a_kind(space: FeatureSpace, wish: ColumnDeclaration, kind: Kind) -> None:
    income = declare(space, {"income": wish}).columns[1]

    assert income.kind is kind
    assert (income.low, income.high) == ((2.0, 4.0) if kind is Kind.INTEGER else (1.5, 4.0))


def test_numbers_can_be_names(space: FeatureSpace) -> None:
    declared = declare(space, {"age": ColumnDeclaration(kind=Kind.CATEGORICAL, levels=(20, 40, 60))})

    x = to_codes(FRAME, declared)

    assert x[:, 0].tolist() == [0, 1, 2]
    pd.testing.assert_frame_equal(to_frame(x, declared), FRAME)


def test_numbers_between_their_bounds_are_levels_when_none_are_listed(space: FeatureSpace) -> None:
    declared = declare(space, {"age": ColumnDeclaration(kind=Kind.ORDINAL)})

    assert declared.columns[0].levels == tuple(range(20, 61))


def test_a_number_that_is_not_a_declared_level_is_found_when_rows_are_coded(space: FeatureSpace) -> None:
    declared = declare(space, {"age": ColumnDeclaration(levels=(20, 40))})

    with pytest.raises(DataError, match="60 in row 2"):
        to_codes(FRAME, declared)


def test_a_declared_group_holds_for_every_member(space: FeatureSpace) -> None:
    declared = declare(space, {"job": ColumnDeclaration(immutable=True)})

    assert declared.mutable[[6, 7, 8]].tolist() == [False] * 3
    assert declared.mutable[:6].all()


def test_members_can_leave_and_form_groups(space: FeatureSpace) -> None:
    out = declare(space, {"job": ColumnDeclaration(group="")})
    again = declare(out, {f"job_{m}": ColumnDeclaration(group="work") for m in "abc"})

    assert out.groups == ()
    assert again.groups == ((6, 7, 8),)


def test_relations_are_kept(space: FeatureSpace) -> None:
    declared = declare(space, {}, ["age <= 10 * income + 30"])
    x = to_codes(FRAME, declared)
    older = x.copy()
    older[0, 0] = 60

    assert declared.feasible(x, older).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("name", "wish", "message"),
    [
        ("agee", ColumnDeclaration(), "'agee' is not a column; did you mean 'age'"),
        ("age", ColumnDeclaration(low=70, high=60), "low must be at most high"),
        ("age", ColumnDeclaration(low=18.5), "integer, got the bound 18.5"),
        ("age", ColumnDeclaration(low="young"), "must be a number, got 'young'"),
        ("age", ColumnDeclaration(high=float("inf")), "a bound must be finite, got inf"),
        ("age", ColumnDeclaration(low=float("nan")), "a bound must be finite, got nan"),
        ("age", ColumnDeclaration(cost=float("inf")), "infinite cost; say `immutable: true`"),
        ("age", ColumnDeclaration(unit=0.0), "unit must be > 0"),
        ("age", ColumnDeclaration(cost=-1.0), "cost must be >= 0"),
        ("age", ColumnDeclaration(cost=float("nan")), "cost must be >= 0"),
        ("age", ColumnDeclaration(kind=Kind.REAL, integer=True), "declared real and integer"),
        ("age", ColumnDeclaration(kind=Kind.BINARY, levels=(1, 2, 3)), "binary column has 2 levels, got 3"),
        ("age", ColumnDeclaration(levels=("old", "young")), "levels must be numbers"),
        ("income", ColumnDeclaration(kind=Kind.CATEGORICAL), "list its `levels`"),
        ("income", ColumnDeclaration(kind=Kind.REAL, levels=(1.5,)), "have no levels"),
        ("grade", ColumnDeclaration(kind=Kind.REAL), "holds 'high', so it cannot be real"),
        ("grade", ColumnDeclaration(kind=Kind.ORDINAL), "needs its `levels` in order"),
        ("grade", ColumnDeclaration(levels=("low", "mid", "hihg")), "'high' occurs in the data .*did you mean 'hihg'"),
        ("grade", ColumnDeclaration(levels=("low", "mid", "high", "low")), "listed twice"),
        ("grade", ColumnDeclaration(levels=("low", "mid", "high", 4)), "put the level 4 in quotes"),
        ("grade", ColumnDeclaration(low="lwo"), "bound 'lwo' is not a level"),
        ("grade", ColumnDeclaration(direction=Direction.INCREASE), "categorical, so it has no direction"),
        ("paid", ColumnDeclaration(levels=(False, True)), "YAML reads it as a truth value"),
        ("phone", ColumnDeclaration(levels=(False, True, 7)), "level 7 is not in the data"),
        ("phone", ColumnDeclaration(kind=Kind.INTEGER), "cannot be integer"),
        ("since", ColumnDeclaration(low="yesterday"), "expected a date"),
        ("since", ColumnDeclaration(kind=Kind.ORDINAL), "times, which have no levels"),
        ("job", ColumnDeclaration(low=0), "one-hot group; only"),
        ("job_a", ColumnDeclaration(kind=Kind.INTEGER), "'job' is not one-hot: 'job_a' is not binary"),
        ("job_a", ColumnDeclaration(group=""), "'job' is not one-hot: without 'job_a'"),
        ("age", ColumnDeclaration(group="job"), "'age' is not binary"),
        ("paid", ColumnDeclaration(group="alone"), "one member"),
    ],
)
def test_what_a_column_cannot_keep_is_refused(
    space: FeatureSpace, name: str, wish: ColumnDeclaration, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        declare(space, {name: wish})


@pytest.mark.parametrize(
    ("relation", "message"),
    [("age <= incme", "'incme' is not a column; did you mean 'income'"), ("age", "expected one of")],
)
def test_relations_that_cannot_be_kept_are_refused(space: FeatureSpace, relation: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        declare(space, {}, [relation])


def test_a_category_keeps_its_categories(space: FeatureSpace) -> None:
    frame = pd.DataFrame({"size": pd.Categorical(["s", "m"], categories=["s", "m", "l"])})

    with pytest.raises(ConfigurationError, match="level 'xl' is not in the data"):
        declare(infer_space(frame), {"size": ColumnDeclaration(levels=("s", "m", "l", "xl"))})


def test_ordinal_integers_move_by_one_level_for_one_unit(space: FeatureSpace) -> None:
    declared = declare(space, {"grade": ColumnDeclaration(levels=("low", "mid", "high"), cost=2.0)})
    x = to_codes(FRAME, declared)
    better = x.copy()
    better[1, 2] = 2

    assert np.allclose(declared.cost(x, better), [0, 4, 0])
