"""Which column of a model's answer belongs to which class of the data."""

from collections.abc import Collection, Sequence

from steeled.data import labels as data_labels
from steeled.errors import ModelError

MISSING = -1


def columns_of(
    labels: Sequence[object], classes: Sequence[str], needed: Collection[int] | None = None
) -> tuple[int, ...]:
    """For each class of the data, the position of its label in the model's list.

    By name; or by position when the model knows only the numbers 0 to k - 1 and their count is right.

    Args:
        labels: the model's classes in the order of its columns.
        classes: names of the data's classes.
        needed: class numbers that the model must know; None for all. The others get -1 when unknown.

    Raises:
        ModelError: other classes.
    """
    required = range(len(classes)) if needed is None else needed
    found = data_labels.match_classes(labels, classes)
    if found is not None and len(set(found)) == len(found) and set(required) <= set(found):
        return tuple(found.index(index) if index in found else MISSING for index in range(len(classes)))
    names = [data_labels.class_name(label) for label in labels]
    if names == [str(index) for index in range(len(classes))]:
        return tuple(range(len(classes)))
    raise ModelError(
        f"the model knows the classes {_listed(names)}, the data has {_listed(classes)}; "
        "use the model's own names in the label column, or list its classes in the configuration"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:10])
    return f"{len(names)} ({shown}{', ...' if len(names) > 10 else ''})"
