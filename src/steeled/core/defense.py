"""A defense turns a target into a new target, which is attacked again."""

from enum import StrEnum
from typing import ClassVar, Protocol

import numpy as np

from steeled.core.dataset import Dataset
from steeled.core.recipe import Recipe
from steeled.core.target import Target


class Stage(StrEnum):
    """Whether a defense trains a new model or wraps the one there is."""

    TRAIN = "train"
    WRAP = "wrap"


class Defense(Protocol):
    """A frozen dataclass whose fields are its parameters."""

    stage: ClassVar[Stage]

    def harden(self, target: Target, data: Dataset, recipe: Recipe | None, rng: np.random.Generator) -> Target:
        """A new target whose ``loss_gradient`` is the best that an attacker who knows the defense can do."""
        ...
