"""Training rows and test rows, and how one file is divided when there is no second."""

from dataclasses import dataclass, replace

import numpy as np

from steeled.core.dataset import Dataset, Role
from steeled.core.signature import Task


@dataclass(frozen=True, slots=True)
class Splits:
    """What was read.

    Args:
        train: rows that the model was trained on; rows of unknown standing when ``members_known`` is false; or None.
        test: rows that the model was not trained on, as far as is known.
        members_known: whether it is known which rows the model was trained on.
        note: sentences about what was guessed, left out or divided; may be empty.
    """

    train: Dataset | None
    test: Dataset
    members_known: bool
    note: str = ""


def halves(data: Dataset, seed: int) -> tuple[Dataset, Dataset]:
    """Two halves with the same share of each class, in the order of the rows.

    Args:
        data: at least two rows.
        seed: decides which row goes where.

    Returns:
        The half that stands for training (role reference), and the half that is tested.
    """
    order = np.random.default_rng(seed).permutation(len(data))
    if data.task is Task.CLASSIFICATION:
        order = order[np.argsort(data.y[order], kind="stable")]
    first, second = np.sort(order[1::2]), np.sort(order[::2])
    return replace(data.take(first), role=Role.REFERENCE), replace(data.take(second), role=Role.TEST)
