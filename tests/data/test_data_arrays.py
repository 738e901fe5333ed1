"""Arrays are read without unpickling, and their bounds are found and said."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.column import Kind
from steeled.core.feature_space import Modality
from steeled.data import limits
from steeled.data.arrays import array_space, read_arrays
from steeled.data.declare import ColumnDeclaration
from steeled.errors import ConfigurationError, DataError

PICTURES = np.arange(32, dtype=np.uint8).reshape(2, 1, 4, 4) * 8
LABELS = np.array([0, 1])


def save(path: Path, **arrays: np.ndarray) -> tuple[Path, ...]:
    np.savez_compressed(path, **arrays)
    return (path,)


def test_pictures_are_float32_in_bounds_that_are_said(tmp_path: Path) -> None:
    reading = read_arrays(save(tmp_path / "a.npz", x=PICTURES, y=LABELS))

    assert reading.rows[0].dtype == np.float32
    assert (reading.rows[0] == PICTURES).all()
    assert (reading.space.modality, reading.space.shape) == (Modality.ARRAY, (1, 4, 4))
    assert (reading.space.low, reading.space.high) == (0.0, 255.0)
    assert "[0, 255]" in reading.notes[0]


@pytest.mark.parametrize(
    ("cells", "bounds"),
    [([0.0, 1.0], (0.0, 1.0)), ([0.2, 1.1], (0.0, 255.0)), ([-1.0, 1.0], (-1.0, 1.0)), ([7e3, 7e3], (7e3, 7001.0))],
)
def test_bounds_are_the_usual_ones_or_what_occurs(cells: list[float], bounds: tuple[float, float]) -> None:
    space, _ = array_space([np.array(cells)[:, None]], None)

    assert (space.low, space.high) == bounds


def test_given_bounds_are_kept_without_a_note(tmp_path: Path) -> None:
    reading = read_arrays(save(tmp_path / "a.npz", x=PICTURES, y=LABELS), bounds=(-1.0, 300.0))

    assert (reading.space.low, reading.space.high, reading.notes) == (-1.0, 300.0, ())


def test_one_file_may_hold_both_parts(tmp_path: Path) -> None:
    paths = save(tmp_path / "a.npz", x_train=PICTURES, y_train=LABELS, x_test=PICTURES[:1], y_test=LABELS[:1])

    assert [len(rows) for rows in read_arrays(paths).rows] == [2, 1]


def test_two_files_share_their_bounds(tmp_path: Path) -> None:
    paths = save(tmp_path / "a.npz", x=PICTURES / 255, y=LABELS) + save(tmp_path / "b.npz", x=PICTURES * 1.0, y=LABELS)

    assert read_arrays(paths).space.high == 255.0


def test_rows_of_numbers_are_a_table(tmp_path: Path) -> None:
    x = np.array([[0.5, 1.0], [np.nan, 3.0]])

    reading = read_arrays(
        save(tmp_path / "a.npz", x=x, y=LABELS[:, None]),
        declared={"x1": ColumnDeclaration(immutable=True)},
        relations=("x0 <= x1",),
    )

    assert reading.space.names == ("x0", "x1")
    assert [column.kind for column in reading.space.columns] == [Kind.REAL, Kind.INTEGER]
    assert reading.space.mutable.tolist() == [True, False]
    assert len(reading.space.relations) == 1
    assert np.array_equal(reading.rows[0], x, equal_nan=True)
    assert reading.labels[0].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("x", "bounds"), [(PICTURES.reshape(2, 16), None), (PICTURES.reshape(2, 16) / 255, (0.0, 1.0))]
)
def test_rows_of_bytes_or_with_bounds_are_arrays(
    tmp_path: Path, x: np.ndarray, bounds: tuple[float, float] | None
) -> None:
    reading = read_arrays(save(tmp_path / "a.npz", x=x, y=LABELS), bounds=bounds)

    assert (reading.space.modality, reading.space.shape) == (Modality.ARRAY, (16,))


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20))
def test_bounds_hold_every_value(cells: list[float]) -> None:
    rows = np.array(cells).reshape(1, -1)

    space, _ = array_space([rows], None)

    assert space.feasible(rows, rows).all()


def test_an_unknown_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="'x7' is not a column"):
        read_arrays(save(tmp_path / "a.npz", x=np.eye(2), y=LABELS), declared={"x7": ColumnDeclaration()})


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": PICTURES}, "expected arrays x and y .*, got x"),
        ({"x": PICTURES, "y": LABELS[:1]}, "2 inputs but 1 labels"),
        ({"x": PICTURES, "y": np.eye(2)}, "argmax"),
        ({"x": PICTURES[:0], "y": LABELS[:0]}, "shape"),
        ({"x": LABELS, "y": LABELS}, "shape"),
        ({"x": np.array([["a"], ["b"]]), "y": LABELS}, "must be numbers"),
        ({"x": np.full((2, 1, 2), np.nan), "y": LABELS}, "must be finite"),
        ({"x": np.full((2, 1, 2), np.inf), "y": LABELS}, "must be finite"),
        ({"x": np.array([[np.inf, 1.0], [1.0, 2.0]]), "y": LABELS}, "infinite"),
        ({"x": np.array([[1], [None]], dtype=object), "y": LABELS}, "pickled objects, which could run code"),
    ],
)
def test_what_is_no_data_set_is_refused(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)

    with pytest.raises(DataError, match=message):
        read_arrays((tmp_path / "a.npz",))


def test_values_outside_the_given_bounds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\[0, 248\], outside the given bounds \[0, 1\]"):
        read_arrays(save(tmp_path / "a.npz", x=PICTURES, y=LABELS), bounds=(0.0, 1.0))


def test_inputs_of_different_shapes_are_refused(tmp_path: Path) -> None:
    paths = save(tmp_path / "a.npz", x=PICTURES, y=LABELS) + save(tmp_path / "b.npz", x=PICTURES[..., :3], y=LABELS)

    with pytest.raises(DataError, match="differ in shape"):
        read_arrays(paths)


@pytest.mark.parametrize("content", [b"", b"x,y\n1,2\n", b"PK\x03\x04 but no more"])
def test_another_file_under_this_suffix_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)

    with pytest.raises(DataError, match=r"empty|cannot be read as \.npz"):
        read_arrays((tmp_path / "a.npz",))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    (path,) = save(tmp_path / "a.npz", x=PICTURES, y=LABELS)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        read_arrays((path,))


def test_a_damaged_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=PICTURES, y=LABELS)
    content = bytearray(path.read_bytes())
    content[160] ^= 255
    path.write_bytes(bytes(content))

    with pytest.raises(DataError, match=r"cannot be read as \.npz"):
        read_arrays((path,))


def test_a_header_that_claims_more_than_there_is_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (2**40, 2)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", header.getvalue())

    with pytest.raises(DataError, match="shorter than its header says"):
        read_arrays((tmp_path / "a.npz",))


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = save(tmp_path / "a.npz", x=np.zeros((1000, 1000, 2)), y=np.zeros(1000))
    monkeypatch.setattr(limits, "MOST_BYTES", 1_000_000)

    with pytest.raises(DataError, match="at most"):
        read_arrays(paths)
