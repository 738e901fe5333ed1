"""Linear targets with known optima, and cases around them, for the tests of the evasion probes."""

from dataclasses import dataclass, field

import numpy as np

from steeled.core.access import Access
from steeled.core.case import Case
from steeled.core.column import Column, Direction, Kind
from steeled.core.dataset import Dataset
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.meter import Meter
from steeled.core.signature import ScoreKind, Signature, Task
from steeled.core.target import Gradient


@dataclass
class Linear:
    """Logits ``x @ w + b``: (d, k) weights for k classes, or (d,) weights for one logit [0, z] or a regression."""

    w: np.ndarray
    b: np.ndarray | float = 0.0
    task: Task = Task.CLASSIFICATION
    kind: ScoreKind = ScoreKind.LOGITS
    dtype: str = "float64"
    shape: tuple[int, ...] = ()
    grants: Access = Access.PARAMETERS
    stochastic: bool = False
    digest: str = "sha256:linear"
    lineage: tuple[str, ...] = ()
    asked: list[np.ndarray] = field(default_factory=list)
    gradients: int = 0

    @property
    def classes(self) -> tuple[str, ...]:
        if self.task is Task.REGRESSION:
            return ()
        return tuple("abcdefgh"[: self.w.shape[1] if self.w.ndim == 2 else 2])

    @property
    def signature(self) -> Signature:
        return Signature(self.shape or (len(self.w),), self.dtype, self.task, self.classes, self.kind)

    @property
    def queries(self) -> int:
        return sum(len(x) for x in self.asked)

    def logits(self, x):
        x = np.asarray(x).astype(self.dtype).astype(float)
        z = np.nan_to_num(x.reshape(len(x), -1)) @ self.w + self.b
        return z if self.task is Task.REGRESSION or z.ndim == 2 else np.stack([np.zeros(len(z)), z], axis=1)

    def scores(self, x):
        self.asked.append(np.array(x))
        z = self.logits(x)
        if self.kind is ScoreKind.LABELS:
            return np.eye(z.shape[1])[z.argmax(axis=1)]
        if self.kind is ScoreKind.PROBABILITIES:
            p = np.exp(z - z.max(axis=1, keepdims=True))
            return p / p.sum(axis=1, keepdims=True)
        return z

    def loss_gradient(self, x, y, loss):
        scores = self.scores(x)
        self.gradients += len(x)
        value = loss(self.logits(x), y)
        weights = self.w[:, None] if self.w.ndim == 1 else self.w
        cotangent = np.asarray(value.cotangent).reshape(len(x), -1)
        if self.task is Task.CLASSIFICATION and self.w.ndim == 1:
            cotangent = cotangent[:, 1:]
        return Gradient(scores, value.value, (cotangent @ weights.T).reshape(np.shape(x)))


def array_case(target, x, y, threat, *, seed=0, rows=1000, classes=None, low=-10.0, high=10.0):
    """A metered case over arrays."""
    space = FeatureSpace(Modality.ARRAY, shape=x.shape[1:], low=low, high=high)
    return case_of(target, Dataset(x, y, space, target.classes if classes is None else classes), threat, seed, rows)


def table_case(target, space, x, y, threat, *, seed=0, rows=1000, **more):
    """A metered case over table rows."""
    return case_of(target, Dataset(x, y, space, target.classes), threat, seed, rows, **more)


def case_of(target, data, threat, seed=0, rows=1000, **more):
    return Case(threat, np.random.default_rng(seed), rows, subject=Meter(target), tested=data, **more)


def blobs(d=6, n=200, seed=0, dtype=np.float32):
    """Gaussian rows, binary linear weights, and right labels."""
    rng = np.random.default_rng(seed)
    w, b = rng.standard_normal(d), 0.3
    x = rng.standard_normal((n, d)).astype(dtype)
    return x, (x @ w + b > 0).astype(np.int64), w, b


def mixed_space(relations=()):
    """Every kind of column: free, one-way, immutable, whole, nominal, one-hot, optional."""
    return table_space(
        [
            Column("real", Kind.REAL, -3, 3),
            Column("up", Kind.INTEGER, 0, 9, direction=Direction.INCREASE, cost=0.7, dtype="int64"),
            Column("down", Kind.REAL, -2, 2, direction=Direction.DECREASE, unit=0.5),
            Column("age", Kind.INTEGER, 18, 90, mutable=False, unit=10, dtype="int64"),
            Column("rank", Kind.ORDINAL, 0, 4, levels=("e", "d", "c", "b", "a"), dtype="category", cost=0.5),
            Column("color", Kind.CATEGORICAL, 0, 2, levels=("red", "green", "blue"), dtype="str", cost=1.5),
            Column("flag", Kind.BINARY, 0, 1, levels=(False, True), dtype="bool", may_be_missing=True),
            Column("job_x", Kind.BINARY, 0, 1, group="job", dtype="int64", cost=1.2),
            Column("job_y", Kind.BINARY, 0, 1, group="job", dtype="int64", cost=1.2),
            Column("job_z", Kind.BINARY, 0, 1, group="job", dtype="int64", cost=1.2),
        ],
        relations,
    )


def mixed_rows(n=120, seed=0):
    """Rows of ``mixed_space``, some with missing cells."""
    rng = np.random.default_rng(seed)
    job = np.eye(3)[rng.integers(0, 3, n)]
    x = np.column_stack(
        [
            rng.uniform(-3, 3, n),
            rng.integers(0, 10, n),
            rng.uniform(-2, 2, n),
            rng.integers(18, 90, n),
            rng.integers(0, 5, n),
            rng.integers(0, 3, n),
            rng.integers(0, 2, n),
            job,
        ]
    ).astype(float)
    x[rng.random(n) < 0.1, 0] = np.nan
    x[rng.random(n) < 0.1, 6] = np.nan
    return x


def mixed_weights():
    """Weights on the codes of ``mixed_space``; small enough that single changes do not always do."""
    return np.array([0.6, 0.12, -0.5, 0.01, 0.4, 0.3, 0.5, 0.0, 0.5, -0.4])


def numeric_space(d=8):
    """Real columns of rising price."""
    return table_space([Column(f"c{j}", Kind.REAL, -5, 5, cost=1 + j / 4) for j in range(d)])


def numeric_model(n=100, seed=0, kind=ScoreKind.LOGITS):
    """A linear model over ``numeric_space``, rows, their labels, and the cost of the cheapest change of each."""
    space, x = numeric_space(), np.random.default_rng(seed).uniform(-2, 2, (n, 8))
    target = Linear(np.array([0.5, 1.0, -0.8, 0.3, 1.2, 0.1, -0.4, 0.6]), 0.2, kind=kind)
    best = np.abs(x @ target.w + 0.2) / (np.abs(target.w) / space.prices).max()
    return space, target, x, target.logits(x).argmax(axis=1), best
