"""Rows with their labels, in the codes of their FeatureSpace."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from steeled.core.array import Array
from steeled.core.digest import digest_array, digest_value
from steeled.core.feature_space import FeatureSpace
from steeled.core.signature import Task


class Role(StrEnum):
    """What the rows were to the model."""

    TRAIN = "train"
    REFERENCE = "reference"
    TEST = "test"


@dataclass(frozen=True)
class Dataset:
    """Arrays, tables (one numeric matrix in the codes of their space) or text, with labels.

    Args:
        x: (n, d) float64 codes for tables; (n, ...) for arrays; (n,) objects of ``str`` for text.
        y: (n,) int64 class indices, or float64 values for regression.
        space: what a row may be.
        classes: names of the classes; empty for regression.
        role: train, reference or test.
    """

    x: Array
    y: Array
    space: FeatureSpace
    classes: tuple[str, ...]
    role: Role = Role.TEST

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"x and y must have the same length, got {len(self.x)} and {len(self.y)}")

    def __len__(self) -> int:
        return len(self.x)

    @property
    def task(self) -> Task:
        return Task.CLASSIFICATION if self.classes else Task.REGRESSION

    @cached_property
    def digest(self) -> str:
        """Content of rows, labels and space; the role does not count."""
        return digest_value([digest_array(self.x), digest_array(self.y), self.classes, digest_value(self.space)])

    def take(self, rows: Array | Sequence[int] | slice) -> "Dataset":
        """The rows at the given positions, or where the mask is true."""
        return replace(self, x=self.x[rows], y=self.y[rows])

    def relabel(self, y: Array) -> "Dataset":
        """The same rows with other labels."""
        return replace(self, y=y)

    def join(self, other: "Dataset") -> "Dataset":
        """These rows, then the other's; both must share a space."""
        return replace(self, x=np.concatenate([self.x, other.x]), y=np.concatenate([self.y, other.y]))
