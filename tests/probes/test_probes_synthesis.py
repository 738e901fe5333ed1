import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.column import Column, Kind
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.relation import Relation
from steeled.probes import _synthesis as synthesis
from steeled.probes._synthesis import constant, crossed, free_numbers, noise, shuffled, stretched

SPACE = table_space(
    [
        Column("age", Kind.INTEGER, 18, 90, dtype="int64"),
        Column("used", Kind.REAL, 0, 1000),
        Column("limit", Kind.REAL, 0, 1000),
        Column("job", Kind.CATEGORICAL, 0, 3, ("a", "b", "c", "d"), dtype="str"),
        Column("red", Kind.BINARY, 0, 1, group="color"),
        Column("green", Kind.BINARY, 0, 1, group="color"),
        Column("since", Kind.REAL, 0, 1e9, dtype="datetime64[s]"),
    ],
    [Relation.parse("used <= limit")],
)
MAKERS = [crossed, noise, shuffled]


def rows(rng, n=30):
    used = rng.uniform(0, 500, n)
    color = np.eye(2)[rng.integers(2, size=n)]
    parts = [rng.integers(18, 90, n), used, used + rng.uniform(0, 500, n), rng.integers(4, size=n), *color.T]
    return np.stack([*parts, rng.uniform(0, 1e9, n)], axis=1).astype(float)


@pytest.mark.parametrize("make", MAKERS)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 100))
def test_made_rows_lie_in_the_space(make, seed, n):
    rng = np.random.default_rng(seed)
    x = rows(rng)

    made = make(SPACE, x, n, rng)

    assert made.shape == (n, 7)
    assert SPACE.feasible(np.zeros_like(made), made).all()


@pytest.mark.parametrize("make", [crossed, shuffled])
def test_crossed_and_shuffled_cells_are_real_ones(make):
    rng = np.random.default_rng(0)
    x = rows(rng)

    made = make(SPACE, x, 200, rng)

    assert all(np.isin(made[:, j], x[:, j]).all() for j in range(7))


def test_shuffled_columns_are_no_longer_related():
    rng = np.random.default_rng(0)
    a = rng.normal(size=500)
    space = table_space([Column("a", Kind.REAL, -9, 9), Column("b", Kind.REAL, -9, 9)])

    made = shuffled(space, np.stack([a, a], axis=1), 2000, rng)

    assert abs(np.corrcoef(made.T)[0, 1]) < 0.1


def test_stretched_rows_leave_the_range_of_free_numbers_alone():
    rng = np.random.default_rng(0)
    x = rows(rng)

    made = stretched(SPACE, x, 500, rng)

    outside = (made < SPACE.lows) | (made > SPACE.highs)
    assert free_numbers(SPACE) == (0, 1, 2)
    assert (outside[:, :3].mean(axis=0) > 0.8).all()
    assert not outside[:, 3:].any()
    assert (made[:, 0] == np.round(made[:, 0])).all()


def test_stretched_integers_stay_storable():
    space = table_space([Column("small", Kind.INTEGER, -100, 100, dtype="int8")])

    made = stretched(space, np.zeros((3, 1)), 500, np.random.default_rng(0))

    assert made.min() >= -128
    assert made.max() <= 127


def test_unbounded_columns_are_drawn_from_what_was_seen():
    space = table_space([Column("a", Kind.REAL, -np.inf, np.inf), Column("gone", Kind.REAL, -np.inf, np.inf)])
    x = np.array([[1.0, np.nan], [3.0, np.nan]])

    made = noise(space, x, 100, np.random.default_rng(0))

    assert ((made[:, 0] >= 1) & (made[:, 0] <= 3)).all()
    assert np.isfinite(made).all()


def test_mixed_arrays_keep_dtype_and_bounds():
    rng = np.random.default_rng(0)
    space = FeatureSpace(Modality.ARRAY, shape=(2, 3))
    x = rng.random((10, 2, 3)).astype(np.float32)

    made = crossed(space, x, 50, rng)

    assert made.dtype == np.float32
    assert made.shape == (50, 2, 3)
    assert space.feasible(made, made).all()


def test_no_text_is_crossed():
    assert len(crossed(FeatureSpace(Modality.TEXT), np.array(["a"], dtype=object), 5, np.random.default_rng(0))) == 0


@pytest.mark.parametrize("make", [crossed, noise, shuffled, constant])
def test_arrays_too_large_for_memory_are_fewer_and_made_in_parts(make, monkeypatch):
    monkeypatch.setattr(synthesis, "_MOST_NUMBERS", 25 * 48)
    monkeypatch.setattr(synthesis, "_BLOCK", 10 * 48)
    space = FeatureSpace(Modality.ARRAY, shape=(3, 4, 4))
    x = np.random.default_rng(0).random((30, 3, 4, 4)).astype(np.float32)

    made = make(space, x, 100, np.random.default_rng(1))

    assert (made.shape, made.dtype) == ((25, 3, 4, 4), np.float32)
    assert space.feasible(made, made).all()
    assert len({row.tobytes() for row in made}) == 25
