"""A sound defense passes; a defense that only hides does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, ClassVar

import numpy as np
import pytest

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset
from steeled.core.defense import Stage
from steeled.core.digest import digest_value
from steeled.core.feature_space import table_space
from steeled.core.loss import Loss
from steeled.core.recipe import Recipe
from steeled.core.signature import Signature
from steeled.core.target import Gradient, Target
from steeled.testing.defenses import check_defense
from steeled.testing.stubs import LinearRecipe

SPACE = table_space([Column(name, Kind.REAL, -9, 9) for name in "ab"])


@dataclass(frozen=True)
class Rounded:
    """Rounds a target's probabilities, and passes its gradient through."""

    inner: Target
    digits: int = 2

    @property
    def signature(self) -> Signature:
        return self.inner.signature

    @property
    def grants(self) -> Access:
        return self.inner.grants

    @property
    def digest(self) -> str:
        return digest_value([self.inner.digest, "rounded", self.digits])

    @property
    def lineage(self) -> tuple[str, ...]:
        return (*self.inner.lineage, "rounding")

    @property
    def stochastic(self) -> bool:
        return self.inner.stochastic

    def scores(self, x: Array) -> Array:
        ones = np.round(self.inner.scores(x)[:, 1], self.digits)
        return np.column_stack([1 - ones, ones])

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        return replace(self.inner.loss_gradient(x, y, loss), scores=self.scores(x))


@dataclass(frozen=True)
class Rounding:
    """The sound one."""

    stage: ClassVar[Stage] = Stage.WRAP

    def harden(self, target: Target, data: Dataset, recipe: Recipe | None, rng: np.random.Generator) -> Target:
        return Rounded(target)


def changed(**members: Any) -> type[Any]:
    """The sound defense, whose targets have other members."""

    class Changed(Rounding):
        def harden(self, target: Target, data: Dataset, recipe: Recipe | None, rng: np.random.Generator) -> Target:
            return type("Faulty", (Rounded,), members)(target)

    return Changed


class DiffersEachTime(Rounding):
    digits = count(3)

    def harden(self, target: Target, data: Dataset, recipe: Recipe | None, rng: np.random.Generator) -> Target:
        return Rounded(target, digits=next(self.digits))


class WithoutStage(Rounding):
    stage = "wrap"


class SpoilsItsInput(Rounding):
    def harden(self, target: Any, data: Dataset, recipe: Recipe | None, rng: np.random.Generator) -> Target:
        hardened = Rounded(replace(target))
        target.weight[...] += 1
        return hardened


def no_gradient(self: Any, x: Array, y: Array, loss: Loss) -> Gradient:
    found = self.inner.loss_gradient(x, y, loss)
    return replace(found, gradient=0 * found.gradient)


@pytest.fixture
def data() -> Dataset:
    x = np.random.default_rng(0).normal(size=(40, 2))
    return Dataset(x, (x[:, 0] > 0).astype(np.int64), SPACE, ("no", "yes"))


def test_a_sound_defense_passes(data: Dataset) -> None:
    check_defense(Rounding, LinearRecipe().fit(data, 0), data, LinearRecipe())


def test_a_defense_may_stand_on_another(data: Dataset) -> None:
    check_defense(Rounding, Rounded(LinearRecipe().fit(data, 0), digits=3), data, None)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: WithoutStage, "stage"),
        (lambda: changed(lineage=()), "lineage must grow"),
        (lambda: changed(lineage=property(lambda self: self.inner.lineage)), "lineage must grow"),
        (lambda: changed(digest=property(lambda self: self.inner.digest)), "another digest"),
        (lambda: changed(grants=Access.SCORES), "pass-through"),
        (lambda: changed(loss_gradient=no_gradient), "zero everywhere"),
        (lambda: changed(signature=property(lambda self: replace(self.inner.signature, shape=(3,)))), "shape"),
        (lambda: DiffersEachTime, "same seed"),
        (lambda: SpoilsItsInput, "changed the target"),
    ],
)
def test_each_fault_of_a_defense_is_found(data: Dataset, make: Callable[[], type[Any]], why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_defense(make(), LinearRecipe().fit(data, 0), data, None)
