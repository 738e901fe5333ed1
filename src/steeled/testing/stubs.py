"""A linear model whose weakest points are known in closed form: the yardstick of the contract tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Array, Floats, Ints
from steeled.core.column import Direction
from steeled.core.dataset import Dataset
from steeled.core.digest import digest_array, digest_value
from steeled.core.feature_space import FeatureSpace
from steeled.core.loss import Loss
from steeled.core.meter import Tally
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.target import Gradient
from steeled.core.threat_model import Norm
from steeled.errors import AccessError

_NEWTON_STEPS = 8


@dataclass(frozen=True, slots=True)
class LinearStub:
    """Logits, or regression values, that are linear in the codes of a row; it counts the rows it is asked.

    Missing cells count as 0. Satisfies ``Target``.

    Args:
        weight: shape (d, k); k >= 2 classes, or 1 for regression. Inputs of an array are flattened to d numbers.
        bias: shape (k,).
        space: what an input may be.
        classes: k names; empty for regression.
        score_kind: probabilities, logits or labels; values for regression.
        dtype: what it computes in, float32 or float64.
        tally: rows and calls it answered, gradients it gave.
    """

    weight: Floats
    bias: Floats
    space: FeatureSpace
    classes: tuple[str, ...] = ("no", "yes")
    score_kind: ScoreKind = ScoreKind.PROBABILITIES
    dtype: str = "float64"
    tally: Tally = field(default_factory=Tally)

    @property
    def signature(self) -> Signature:
        task = Task.CLASSIFICATION if self.classes else Task.REGRESSION
        return Signature(self.space.shape, self.dtype, task, self.classes, self.score_kind)

    @property
    def grants(self) -> Access:
        return Access.LABELS if self.score_kind is ScoreKind.LABELS else Access.GRADIENTS

    @property
    def digest(self) -> str:
        parts = [digest_array(self.weight), digest_array(self.bias), digest_value(self.signature)]
        return digest_value(parts)

    @property
    def lineage(self) -> tuple[str, ...]:
        return ()

    @property
    def stochastic(self) -> bool:
        return False

    def scores(self, x: Array) -> Array:
        self.tally.queries += len(x)
        self.tally.calls += 1
        return self._answers(self.logits(x))

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        if self.grants < Access.GRADIENTS:
            raise AccessError("this stub gives labels only")
        self.tally.queries += len(x)
        self.tally.calls += 1
        self.tally.gradients += len(x)
        logits = self.logits(x)
        value = loss(logits[:, 0] if not self.classes else logits, y)
        slope = value.cotangent.reshape(len(x), len(self.bias)) @ self.weight.T.astype(self.dtype)
        return Gradient(self._answers(logits), value.value, slope.reshape(x.shape))

    def logits(self, x: Array) -> Floats:
        """Shape (n, k), uncounted."""
        rows = np.nan_to_num(np.asarray(x, dtype=self.dtype).reshape(len(x), len(self.weight)), nan=0.0)
        return np.asarray(rows @ self.weight.astype(self.dtype) + self.bias.astype(self.dtype))

    def minimal_distance(self, x: Array, y: Ints, norm: Norm) -> Floats:
        """Length of the smallest change after which the answer is not ``y``, shape (n,), if no bound is in the way.

        The distance to the hyperplane between two classes is the gap of their logits over the dual norm of the
        difference of their weights; the nearest class counts. Rows that are not answered ``y`` have distance 0.

        Args:
            x: rows.
            y: right classes, shape (n,).
            norm: L1, L2, LINF, or COST for tables of numbers.

        Raises:
            ValueError: L0, whose answer depends on the bounds.
        """
        logits, nearest = self.logits(x).astype(float), np.full(len(x), np.inf)
        for c in range(len(self.classes)):
            for right in set(range(len(self.classes))) - {c}:
                gap = (logits[:, right] - logits[:, c]) / self.dual_norm(
                    self.weight[:, c] - self.weight[:, right], norm
                )
                nearest = np.where(y == right, np.minimum(nearest, gap), nearest)
        return np.asarray(np.maximum(nearest, 0.0))

    def dual_norm(self, weight: Floats, norm: Norm) -> float:
        """Most that one unit of change can add to ``weight @ x``, for a weight of shape (d,)."""
        match norm:
            case Norm.L1:
                return float(np.abs(weight).max())
            case Norm.L2:
                return float(np.sqrt((weight**2).sum()))
            case Norm.LINF:
                return float(np.abs(weight).sum())
            case Norm.COST:
                return float((self._gain(weight) / self.space.prices).max())
        raise ValueError("no closed form for l0: how far one entry may go depends on its bounds")

    def _gain(self, weight: Floats) -> Floats:
        """Slope of each column in the directions that its owner can move it."""
        up = np.array([column.direction is not Direction.DECREASE for column in self.space.columns])
        down = np.array([column.direction is not Direction.INCREASE for column in self.space.columns])
        return np.asarray(np.maximum(up * weight, down * -weight).clip(0) * self.space.mutable)

    def _answers(self, logits: Floats) -> Array:
        if not self.classes:
            return np.asarray(logits[:, 0])
        if self.score_kind is ScoreKind.LOGITS:
            return logits
        if self.score_kind is ScoreKind.LABELS:
            return np.asarray(np.eye(len(self.classes), dtype=self.dtype)[logits.argmax(axis=1)])
        power = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(power / power.sum(axis=1, keepdims=True))


@dataclass(frozen=True, slots=True)
class LinearRecipe:
    """Trains a ``LinearStub``: logistic regression of each class against the rest, or least squares for values.

    Newton steps; deterministic: the seed does not count. Satisfies ``Recipe``.

    Args:
        ridge: penalty on the weights of standardized columns, > 0.
        score_kind: of the trained classifiers.
    """

    ridge: float = 1e-2
    score_kind: ScoreKind = ScoreKind.PROBABILITIES

    @property
    def digest(self) -> str:
        return digest_value(["LinearRecipe", self.ridge, self.score_kind])

    def fit(self, data: Dataset, seed: int) -> LinearStub:
        rows = np.nan_to_num(np.asarray(data.x, dtype=float).reshape(len(data), -1), nan=0.0)
        center, scale = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(scale > 0, scale, 1.0)
        design = np.column_stack([(rows - center) / scale, np.ones(len(rows))])
        wanted = np.eye(len(data.classes))[data.y] if data.classes else np.asarray(data.y, dtype=float)[:, None]
        solved = self._logistic(design, wanted) if data.classes else self._least_squares(design, wanted)
        if len(data.classes) == 2:
            # the two one-against-rest models mirror each other: half of each keeps the odds
            solved = solved / 2
        weight = solved[:-1] / scale[:, None]
        kind = self.score_kind if data.classes else ScoreKind.VALUES
        return LinearStub(weight, solved[-1] - center @ weight, data.space, data.classes, kind)

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[LinearStub]:
        return [self.fit(data, seed) for data, seed in zip(datasets, seeds, strict=True)]

    def _least_squares(self, design: Floats, wanted: Floats) -> Floats:
        penalty = self.ridge * np.eye(design.shape[1])
        return np.asarray(np.linalg.solve(design.T @ design + penalty, design.T @ wanted))

    def _logistic(self, design: Floats, wanted: Floats) -> Floats:
        solved = np.zeros((design.shape[1], wanted.shape[1]))
        penalty = self.ridge * np.eye(design.shape[1])
        for _ in range(_NEWTON_STEPS):
            chance = 1 / (1 + np.exp(-np.clip(design @ solved, -30, 30)))
            for c in range(wanted.shape[1]):
                curvature = (design * (chance[:, c] * (1 - chance[:, c]))[:, None]).T @ design + penalty
                slope = design.T @ (chance[:, c] - wanted[:, c]) + penalty @ solved[:, c]
                solved[:, c] -= np.linalg.solve(curvature, slope)
        return solved
