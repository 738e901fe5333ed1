"""Data, models and recipes of a few lines, in numpy alone, whose weaknesses are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from steeled.core.access import Access
from steeled.core.case import Case
from steeled.core.column import Column, Kind
from steeled.core.dataset import Dataset, Role
from steeled.core.feature_space import FeatureSpace, table_space
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.threat_model import Goal, ThreatModel

CLASSES = ("declined", "approved")


@dataclass(frozen=True)
class SmallModel:
    """A Target from a function of rows."""

    answer: Callable[[np.ndarray], np.ndarray]
    signature: Signature
    grants: Access = Access.SCORES
    digest: str = "sha256:small"
    lineage: tuple[str, ...] = ()
    stochastic: bool = False

    def scores(self, x):
        return self.answer(x)

    def loss_gradient(self, x, y, loss):
        raise NotImplementedError


@dataclass
class SmallRecipe:
    """Trains by a function of data and generator; remembers what it was given."""

    train: Callable[[Dataset, np.random.Generator], Callable[[np.ndarray], np.ndarray]]
    kind: ScoreKind = ScoreKind.PROBABILITIES
    digest: str = "sha256:recipe"
    seen: list[Dataset] = field(default_factory=list)

    def fit(self, data: Dataset, seed: int) -> SmallModel:
        self.seen.append(data)
        return model_of(self.train(data, np.random.default_rng(seed)), data, self.kind)

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> list[SmallModel]:
        return [self.fit(data, seed) for data, seed in zip(datasets, seeds, strict=True)]


def model_of(answer, data: Dataset, kind: ScoreKind = ScoreKind.PROBABILITIES) -> SmallModel:
    task = Task.CLASSIFICATION if data.classes else Task.REGRESSION
    kind = kind if data.classes else ScoreKind.VALUES
    return SmallModel(answer, Signature(data.x.shape[1:], "float64", task, data.classes, kind))


def gaussian(data: Dataset, rng: np.random.Generator):
    """Linear discriminant with one variance for each column: calibrated on normal data, and cannot memorise."""
    k = len(data.classes)
    counts = np.bincount(data.y, minlength=k)
    means = np.array([data.x[data.y == c].mean(axis=0) if counts[c] else np.zeros(data.x.shape[1]) for c in range(k)])
    variance = ((data.x - means[data.y]) ** 2).mean(axis=0) + 1e-9
    prior = np.log(np.maximum(counts, 1e-9) / len(data))

    def answer(x):
        logits = prior - 0.5 * (((x[:, None] - means) ** 2) / variance).sum(axis=2)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)

    return answer


def shaky(data: Dataset, rng: np.random.Generator):
    """The discriminant on a bootstrap of the rows: its accuracy hangs on the seed."""
    return gaussian(data.take(rng.integers(len(data), size=len(data))), rng)


def nearest(data: Dataset, rng: np.random.Generator):
    """Memorises: 98 % sure of the label of the nearest training row."""
    k = len(data.classes)

    def answer(x):
        near = ((x[:, None] - data.x[None]) ** 2).sum(axis=2).argmin(axis=1)
        return 0.98 * np.eye(k)[data.y[near]] + 0.02 / k

    return answer


def random_labels(data: Dataset, rng: np.random.Generator):
    """Memorises labels that mean nothing."""
    return nearest(data.relabel(rng.integers(len(data.classes), size=len(data))), rng)


def least_squares(data: Dataset, rng: np.random.Generator):
    weights = np.linalg.lstsq(np.c_[data.x, np.ones(len(data))], data.y, rcond=None)[0]
    return lambda x: np.c_[x, np.ones(len(x))] @ weights


def real_space(d: int = 4, bound: float = 6.0) -> FeatureSpace:
    return table_space([Column(f"c{j}", Kind.REAL, -bound, bound) for j in range(d)])


def blobs(
    n: int, rng: np.random.Generator, *, shift: float = 1.0, wrong: float = 0.0, d: int = 4, k: int = 2
) -> Dataset:
    """Normal rows, the mean of class c at c * shift in every column; a share of labels drawn at random."""
    y = rng.integers(k, size=n)
    x = np.clip(rng.normal(size=(n, d)) + shift * y[:, None], -6, 6)
    y = np.where(rng.random(n) < wrong, rng.integers(k, size=n), y)
    classes = CLASSES if k == 2 else tuple(f"class {c}" for c in range(k))
    return Dataset(x, y, real_space(d), classes, Role.TEST)


def line(n: int, rng: np.random.Generator, noise: float = 0.5) -> Dataset:
    """Regression: a sum of columns with normal noise."""
    x = np.clip(rng.normal(size=(n, 3)), -6, 6)
    return Dataset(x, x.sum(axis=1) + noise * rng.normal(size=n), real_space(3), (), Role.TEST)


def case_of(train=None, test=None, recipe=None, *, seed=0, rows=300, model=None, threat=None, **more) -> Case:
    """A case whose model is the recipe fitted to the training rows, unless one is given."""
    subject = model if model is not None else (recipe.fit(train, 12345) if recipe is not None else None)
    if recipe is not None:
        recipe.seen.clear()
    return Case(
        threat=threat or ThreatModel(goal=Goal(), poisoned_share=0.1),
        rng=np.random.default_rng(seed),
        rows=rows,
        subject=subject,
        tested=test,
        trained=train,
        procedure=recipe,
        **more,
    )


def values_of(result) -> dict:
    return {m.name: m for m in result.measurements}
