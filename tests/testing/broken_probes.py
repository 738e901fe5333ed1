"""A sound attack and a sound check, and copies of them with one fault each."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.artifact import Curve, CurveRole, Point, Result, Table
from steeled.core.case import Case
from steeled.core.feature_space import Modality
from steeled.core.measurement import Bound, Measurement, Unit, not_measurable
from steeled.core.probe import Cost, Needs
from steeled.core.risk import Risk
from steeled.core.threat_model import Norm
from steeled.maths.losses import margin, squared


@dataclass(frozen=True, slots=True)
class Sound:
    """One step of full length in the best direction: optimal on a linear model."""

    length: float = 1.0

    risk: ClassVar[Risk] = Risk.EVASION
    version: ClassVar[str] = "1"
    minimizes: ClassVar[bool] = False
    references: ClassVar[tuple[str, ...]] = ("AML.T0043",)
    needs: ClassVar[Needs] = Needs(
        access=Access.GRADIENTS, continuous=True, modalities=frozenset({Modality.TABLE, Modality.ARRAY})
    )

    def __post_init__(self) -> None:
        if not 0 < self.length <= 10:
            raise ValueError(f"length must be in (0, 10], got {self.length}")

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows, gradients=rows)

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        loss = margin if case.target.signature.is_classifier else squared
        slope = case.target.loss_gradient(x, y, loss).gradient.astype(float)
        if case.threat.norm is Norm.LINF:
            move = np.sign(slope)
        elif case.threat.norm is Norm.COST:
            worth = np.abs(slope) / case.test.space.prices
            move = np.where(worth == worth.max(axis=1, keepdims=True), np.sign(slope) / case.test.space.prices, 0.0)
        else:
            move = slope / np.sqrt((slope**2).sum(axis=tuple(range(1, x.ndim)), keepdims=True))
        proposal = (x + self.length * epsilon * (1 - 1e-7) * move).astype(x.dtype)
        return case.test.space.project(x, proposal)


class LeavesTheSpace(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return x + np.asarray(1000, dtype=x.dtype)


class ChangesTheDtype(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return Sound.search(self, case, x, y, epsilon).astype(np.float16)


class DropsARow(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return Sound.search(self, case, x, y, epsilon)[1:]


class LeavesTheBudget(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return Sound.search(self, case, x, y, 1.001 * epsilon)


class CheatsWhenShort(Sound):
    """Keeps to the budget where that is enough, and else goes further."""

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        z, further = (Sound.search(self, case, x, y, length * epsilon) for length in (1.0, 1.1))
        won = case.threat.goal.reached(case.target.scores(z), y).reshape(-1, *[1] * (x.ndim - 1))
        return np.where(won, z, further)


class GivesUp(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        case.target.scores(x)
        return x.copy()


class StopsShort(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return Sound.search(self, case, x, y, 0.94 * epsilon)


class DrawsFromElsewhere(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        z = Sound.search(self, case, x, y, epsilon)
        return np.where(np.random.default_rng().random(z.shape) < 0.5, z, x)


class GoesAroundTheMeter(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        case.target.inner.scores(x)
        return Sound.search(self, case, x, y, epsilon)


class GoesAroundTheLimit(Sound):
    """Honest while there is budget, then takes another door."""

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        if case.target.remaining < len(x):
            case.target.inner.scores(x)
            return x
        return Sound.search(self, case, x, y, epsilon)


class AsksNothing(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        return x


class WritesIntoItsRows(Sound):
    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        x[...] = Sound.search(self, case, x, y, epsilon)
        return x


class ForgetsReferences(Sound):
    references = ()


class ForgetsVersion(Sound):
    version = ""


class ForgetsRisk(Sound):
    risk = "evasion-ish"


class ForgetsNeeds(Sound):
    needs = None


class ForgetsWhetherItMinimizes(Sound):
    minimizes = None


class AttackAndCheck(Sound):
    def inspect(self, case: Case) -> Result:
        return Result()


class CostsLessForMore(Sound):
    def cost(self, rows: int) -> Cost:
        return Cost(queries=100 - rows)


class NotARecord:
    """Holds its parameter in a dictionary."""

    def __init__(self, length: float = 1.0) -> None:
        self.parameters = {"length": length}


@dataclass
class NotFrozen:
    """Can be changed under its evidence."""

    length: float = 1.0


@dataclass(slots=True)
class NotFrozenButSlotted:
    """Can be changed under its evidence."""

    length: float = 1.0


@dataclass(frozen=True)
class WithoutDefault:
    """Nobody knows how to make it."""

    length: float


@dataclass(frozen=True)
class WithoutDocstring:
    length: float = 1.0


@dataclass(frozen=True)
class TakesNonsense:
    """Accepts any length."""

    length: float = 1.0


@dataclass(frozen=True)
class ComplainsVaguely:
    """Refuses without saying what."""

    length: float = 1.0

    def __post_init__(self) -> None:
        if not self.length > 0:
            raise ValueError("bad value")


@dataclass(frozen=True, slots=True)
class SoundCheck:
    """Measures accuracy."""

    risk: ClassVar[Risk] = Risk.OVERRELIANCE
    version: ClassVar[str] = "1"
    needs: ClassVar[Needs] = Needs()
    references: ClassVar[tuple[str, ...]] = ("CWE-1039",)

    def cost(self, rows: int) -> Cost:
        return Cost(queries=rows)

    def inspect(self, case: Case) -> Result:
        rows = case.rng.permutation(len(case.test))[: case.rows]
        right = case.target.scores(case.test.x[rows]).argmax(axis=1) == case.test.y[rows]
        share = float(right.mean())
        return Result((Measurement("accuracy", share, 0.0, 1.0, len(rows), Unit.SHARE, Bound.EITHER),))


class MeasuresNothing(SoundCheck):
    def inspect(self, case: Case) -> Result:
        return Result()


class AlwaysHasAnExcuse(SoundCheck):
    def inspect(self, case: Case) -> Result:
        return Result((not_measurable("accuracy", Unit.SHARE, Bound.EITHER, "too few rows"),))


class NamesTwoAlike(SoundCheck):
    def inspect(self, case: Case) -> Result:
        return Result(SoundCheck.inspect(self, case).measurements * 2)


class NamesBadly(SoundCheck):
    def inspect(self, case: Case) -> Result:
        return Result((Measurement("Accuracy (%)", 1.0, None, None, 1, Unit.SHARE, Bound.EXACT),))


class DrawsACurveBackwards(SoundCheck):
    def inspect(self, case: Case) -> Result:
        points = (Point(1.0, 0.0), Point(0.0, 1.0))
        curve = Curve("roc", CurveRole.ATTACK, "roc", "x", "y", Unit.SHARE, points)
        return Result(SoundCheck.inspect(self, case).measurements, (curve,))


class TableWithHoles(SoundCheck):
    def inspect(self, case: Case) -> Result:
        table = Table("rows", ("row", "label"), ((1, "a"), (2,)))
        return Result(SoundCheck.inspect(self, case).measurements, tables=(table,))


class InspectsByChance(SoundCheck):
    def inspect(self, case: Case) -> Result:
        value = float(np.random.default_rng().random())
        return Result((Measurement("accuracy", value, None, None, 1, Unit.SHARE, Bound.EXACT),))


class InspectsAroundTheMeter(SoundCheck):
    def inspect(self, case: Case) -> Result:
        case.target.inner.scores(case.test.x)
        return SoundCheck.inspect(self, case)
