"""Whatever comes in, datasets or one clear error come out."""

import contextlib
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from steeled.core.dataset import Role
from steeled.core.feature_space import Modality
from steeled.core.signature import Task
from steeled.data.declare import ColumnDeclaration
from steeled.data.read import read_splits
from steeled.errors import ConfigurationError, DataError

TRAIN = "age,city,paid\n20,Bonn,no\n30,Kiel,yes\n40,Ulm,yes\n"
TEST = "age,city,paid\n50,Rom,yes\n,Kiel,no\n"


@pytest.fixture
def train(tmp_path: Path) -> Path:
    (tmp_path / "train.csv").write_text(TRAIN)
    return tmp_path / "train.csv"


@pytest.fixture
def test_file(tmp_path: Path) -> Path:
    (tmp_path / "test.csv").write_text(TEST)
    return tmp_path / "test.csv"


def test_two_files_are_training_and_test_rows(train: Path, test_file: Path) -> None:
    splits = read_splits(train=train, test=test_file, label="paid")

    assert splits.train is not None
    assert (splits.train.role, splits.test.role, splits.members_known) == (Role.TRAIN, Role.TEST, True)
    assert splits.test.classes == ("no", "yes")
    assert splits.test.y.tolist() == [1, 0]
    assert splits.test.x[0].tolist() == [50, 2]
    assert np.isnan(splits.test.x[1, 0])
    assert splits.train.space == splits.test.space


def test_test_rows_alone_are_enough(test_file: Path) -> None:
    splits = read_splits(test=test_file, label="paid")

    assert splits.train is None
    assert len(splits.test) == 2


def test_one_file_is_divided_and_membership_is_unknown(train: Path) -> None:
    splits = read_splits(data=train, label="paid")

    assert splits.train is not None
    assert (splits.train.role, splits.members_known) == (Role.REFERENCE, False)
    assert len(splits.train) + len(splits.test) == 3
    assert "half of it is tested" in splits.note


def test_declarations_relations_and_classes_are_applied(train: Path, test_file: Path) -> None:
    splits = read_splits(
        train=train,
        test=test_file,
        label="paid",
        classes=["yes", "no"],
        declared={"city": ColumnDeclaration(levels=("Ulm", "Rom", "Kiel", "Bonn"))},
        relations=["age <= 99"],
    )

    assert splits.test.classes == ("yes", "no")
    assert splits.test.x[:, 1].tolist() == [1, 2]
    assert splits.test.space.relations[0].text == "age <= 99"


def test_a_label_with_many_values_is_a_regression(tmp_path: Path) -> None:
    pd.DataFrame({"a": range(30), "price": np.linspace(1, 2, 30)}).to_parquet(tmp_path / "d.parquet")

    splits = read_splits(data=tmp_path / "d.parquet", label="price")

    assert splits.test.task is Task.REGRESSION
    assert splits.test.y.dtype == np.float64
    assert "regression" in splits.note


def test_an_npz_file_with_both_parts_knows_its_members(tmp_path: Path) -> None:
    x, y = np.random.default_rng(0).random((4, 1, 2, 2)), np.array([0, 1, 0, 1])
    np.savez(tmp_path / "d.npz", x_train=x, y_train=y, x_test=x, y_test=y)

    splits = read_splits(data=tmp_path / "d.npz")

    assert splits.members_known
    assert splits.test.space.modality is Modality.ARRAY


def test_folders_of_images_are_read(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        Image.fromarray(np.zeros((4, 4), dtype=np.uint8)).save(tmp_path / name / "1.png")

    splits = read_splits(test=tmp_path)

    assert splits.test.classes == ("cat", "dog")
    assert splits.test.x.shape == (2, 1, 4, 4)


@pytest.mark.parametrize(
    ("content", "wishes", "error", "message"),
    [
        ("a,y\n1,0\n2,0\n", {}, DataError, "all labels are '0'"),
        ("a,y\n1,0\n2,\n", {}, DataError, "1 of 2 labels are missing"),
        ("a,y\n1,0\n2,1\n", {"label": "z"}, DataError, "no label column 'z'"),
        ("a,y\n1,0\n2,1\n", {"classes": ["1", "2"]}, ConfigurationError, "label '0' is not among the declared"),
        ("a,y\n1,u\n2,v\n", {"task": Task.REGRESSION}, DataError, "needs numbers"),
        ("a,y\n1,0\n2,1\n", {"declared": {"b": ColumnDeclaration()}}, ConfigurationError, "'b' is not a column"),
        ("a,y\n1,0.5\n", {"task": Task.REGRESSION}, DataError, "one row cannot be divided"),
        (
            "a,y\none two three,0\nfour five six,1\n",
            {"relations": ["a <= 1"]},
            ConfigurationError,
            "these data are text",
        ),
    ],
)
def test_bad_rows_give_one_clear_error(
    tmp_path: Path, content: str, wishes: dict[str, object], error: type[Exception], message: str
) -> None:
    (tmp_path / "d.csv").write_text(content)

    with pytest.raises(error, match=message):
        read_splits(data=tmp_path / "d.csv", **{"label": "y", **wishes})  # type: ignore[arg-type]


def test_one_class_in_training_is_refused(tmp_path: Path, test_file: Path) -> None:
    (tmp_path / "one.csv").write_text("age,city,paid\n1,Bonn,no\n2,Bonn,no\n")

    with pytest.raises(DataError, match="all training labels are 'no'"):
        read_splits(train=tmp_path / "one.csv", test=test_file, label="paid")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "rows to test are needed"),
        ({"train": Path("a.csv")}, "rows to test are needed"),
        ({"data": Path("a.csv"), "test": Path("b.csv")}, "not both"),
    ],
)
def test_files_that_do_not_go_together_are_refused(given: dict[str, Path], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_splits(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.csv", "No such file"), ("gone", "no such file or folder"), ("model.pkl", "expected a .csv")],
)
def test_files_that_are_missing_or_of_another_kind_are_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04N.")

    with pytest.raises(DataError, match=message):
        read_splits(data=tmp_path / name, label="y")


def test_a_thousand_rows_are_read_at_once(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((1000, 10)), columns=[f"n{i}" for i in range(10)])
    for i in range(10):
        frame[f"t{i}"] = rng.choice(["red", "green", "blue"], 1000)
    frame.assign(y=rng.integers(0, 2, 1000)).to_csv(tmp_path / "d.csv", index=False)

    seconds = []
    for _ in range(3):
        start = time.process_time()
        read_splits(data=tmp_path / "d.csv", label="y")
        seconds.append(time.process_time() - start)

    assert min(seconds) < 0.3


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One sound file of each format, by suffix."""
    folder = tmp_path_factory.mktemp("whole")
    frame = pd.DataFrame({"a": [1.5, 2.5, np.nan] * 4, "b": ["u", "v", "w"] * 4, "y": [0, 1, 1] * 4})
    frame.to_csv(folder / "f.csv", index=False)
    frame.to_parquet(folder / "f.parquet")
    np.savez_compressed(folder / "f.npz", x=np.arange(24.0).reshape(12, 2), y=np.arange(12) % 2)
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_gives_rows_or_a_data_error_and_nothing_else(
    tmp_path: Path, whole_files: dict[str, bytes], data: st.DataObject
) -> None:
    suffix = data.draw(st.sampled_from(sorted(whole_files)))
    content = bytearray(whole_files[suffix])
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] = data.draw(st.integers(0, 255))
    kept = content[: data.draw(st.integers(0, len(content)) | st.just(len(content)))]
    (tmp_path / f"f{suffix}").write_bytes(bytes(kept))

    with contextlib.suppress(DataError):
        splits = read_splits(data=tmp_path / f"f{suffix}", label="y")
        assert len(splits.test) > 0
