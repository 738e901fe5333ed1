"""Labels get names and indices that mean the same in every file and model."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steeled.core.signature import Task
from steeled.data.labels import class_name, class_names, code_labels, match_classes
from steeled.errors import ConfigurationError, DataError


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (1, "1"),
        (1.0, "1"),
        (0.5, "0.5"),
        (True, "True"),
        (np.bool_(False), "False"),
        ("1", "1"),
        (np.int8(3), "3"),
        (np.str_("a"), "a"),
    ],
)
def test_a_class_is_named_by_its_label_and_whole_floats_as_integers(label: object, name: str) -> None:
    assert class_name(label) == name


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (np.array([10, 2, 2]), ("2", "10")),
        (np.array([10.0, 2.0]), ("2", "10")),
        (["10", "2"], ("10", "2")),
        (np.array([True, False]), ("False", "True")),
        (np.array(["b", "a"], dtype=object), ("a", "b")),
        (np.array([1, 1.0, "1"], dtype=object), ("1",)),
    ],
)
def test_classes_are_sorted_as_the_frameworks_sort_labels(values: object, names: tuple[str, ...]) -> None:
    assert class_names(values) == names  # type: ignore[arg-type]


@given(st.lists(st.sampled_from(["good", "bad", "worse"]), min_size=1, max_size=30))
def test_indices_point_at_the_label(cells: list[str]) -> None:
    coded = code_labels([np.array([*cells, "good", "bad"], dtype=object)])

    assert [coded.classes[i] for i in coded.codes[0]] == [*cells, "good", "bad"]


def test_files_with_different_label_types_share_their_classes() -> None:
    coded = code_labels([np.array([0, 1, 1]), np.array([1.0, 0.0]), np.array(["1", "0"], dtype=object)])

    assert coded.classes == ("0", "1")
    assert [codes.tolist() for codes in coded.codes] == [[0, 1, 1], [1, 0], [1, 0]]
    assert all(codes.dtype == np.int64 for codes in coded.codes)


def test_declared_classes_give_the_order_and_may_name_more() -> None:
    coded = code_labels([np.array(["bad", "good"], dtype=object)], classes=("good", "fair", "bad"))

    assert coded.codes[0].tolist() == [2, 0]


def test_an_undeclared_label_is_named_with_its_nearest() -> None:
    with pytest.raises(ConfigurationError, match="'goood' is not among the declared classes; did you mean 'good'"):
        code_labels([np.array(["goood", "bad"], dtype=object)], classes=("good", "bad"))


def test_a_class_declared_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        code_labels([np.array([0, 1])], classes=("0", "0"))


@pytest.mark.parametrize(
    ("values", "task"),
    [
        (np.linspace(0, 1, 21), Task.REGRESSION),
        (np.linspace(0, 1, 20), Task.CLASSIFICATION),
        (np.arange(101), Task.REGRESSION),
        (np.arange(100), Task.CLASSIFICATION),
        (np.arange(1000) % 150, Task.CLASSIFICATION),
        (np.arange(50).astype(str).astype(object), Task.CLASSIFICATION),
    ],
)
def test_many_distinct_numbers_are_a_regression(values: np.ndarray, task: Task) -> None:
    coded = code_labels([values])

    assert (coded.classes == ()) == (task is Task.REGRESSION)
    assert ("regression" in coded.note) == (task is Task.REGRESSION)


def test_the_task_can_be_given() -> None:
    values = np.array([3, 1, 2])

    assert code_labels([values], task=Task.REGRESSION).codes[0].tolist() == [3.0, 1.0, 2.0]
    assert code_labels([np.linspace(0, 1, 50)], task=Task.CLASSIFICATION).codes[0].tolist() == list(range(50))


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nan]),
        np.array([1.0, np.inf]),
        np.array(["a", None], dtype=object),
        np.array(["a", np.nan], dtype=object),
    ],
)
def test_missing_or_infinite_labels_are_counted(values: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"1 of 2 labels are missing or infinite \(rows 1"):
        code_labels([values])


def test_one_class_only_is_refused() -> None:
    with pytest.raises(DataError, match="all labels are 'good'"):
        code_labels([np.array(["good", "good"], dtype=object)])


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match="no rows"):
        code_labels([np.array([])])


def test_text_cannot_be_a_regression() -> None:
    with pytest.raises(DataError, match="needs numbers"):
        code_labels([np.array(["a", "b"], dtype=object)], task=Task.REGRESSION)


@pytest.mark.parametrize(
    ("labels", "classes", "places"),
    [
        (np.array(["good", "bad"]), ("bad", "good"), (1, 0)),
        (np.array([0.0, 1.0]), ("0", "1"), (0, 1)),
        (np.array([0, 1]), ("False", "True"), (0, 1)),
        (np.array([False, True]), ("1", "0"), (1, 0)),
        (np.array([0, 1]), ("bad", "good"), None),
        (np.array([0, 1, 2]), ("False", "True"), None),
    ],
)
def test_model_labels_are_found_among_the_classes(
    labels: np.ndarray, classes: tuple[str, ...], places: tuple[int, ...] | None
) -> None:
    assert match_classes(labels, classes) == places
