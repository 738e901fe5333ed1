"""Counts the trainings that a probe asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from steeled.core.dataset import Dataset
from steeled.core.recipe import Recipe
from steeled.core.target import Target


@dataclass(slots=True)
class Trainings:
    """Running count of fits."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class MeteredRecipe:
    """A Recipe that passes everything on and counts."""

    inner: Recipe
    trainings: Trainings = field(default_factory=Trainings)

    @property
    def digest(self) -> str:
        return self.inner.digest

    def fit(self, data: Dataset, seed: int) -> Target:
        self.trainings.count += 1
        return self.inner.fit(data, seed)

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[Target]:
        self.trainings.count += len(datasets)
        return self.inner.fit_many(datasets, seeds)
