"""Small cases with known answers: what the contract tests put a probe into."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from steeled.core.access import Access
from steeled.core.array import Floats
from steeled.core.case import Case
from steeled.core.column import Column, Direction, Kind
from steeled.core.dataset import Dataset, Role
from steeled.core.feature_space import FeatureSpace, Modality, table_space
from steeled.core.meter import Meter
from steeled.core.probe import Needs
from steeled.core.relation import Relation
from steeled.core.signature import ScoreKind, Task
from steeled.core.threat_model import Goal, Norm, ThreatModel
from steeled.testing.stubs import LinearRecipe, LinearStub

_ROWS = 12
_TABLE_WEIGHT = np.array([1.0, -2.0, 0.5, 1.5])
_PICTURE_WEIGHT = np.array([3.0, -2.0, 1.0, -1.5, 2.0, 0.5, -2.5, 1.0])


@dataclass(frozen=True, slots=True)
class Scene:
    """A linear model, rows that it answers rightly, and the smallest change that would alter its answers.

    Args:
        name: for messages.
        stub: the model.
        data: rows to attack, with their right labels, or the model's own answers for regression.
        norm: how changes are measured.
        distance: smallest successful change of every row; None where no closed form holds.
        goal: what success is.
    """

    name: str
    stub: LinearStub
    data: Dataset
    norm: Norm
    distance: float | None
    goal: Goal = field(default_factory=Goal)

    def case(self, needs: Needs, epsilon: float, limit: int | None = None, seed: int = 0) -> tuple[Case, Meter]:
        """A fresh case with an uncounted model, for an attacker who sees no more than the probe says it needs."""
        stub = replace(self.stub, tally=type(self.stub.tally)())
        meter = Meter(stub, knowledge=needs.access, limit=limit)
        threat = ThreatModel(goal=self.goal, knowledge=needs.access, norm=self.norm, epsilon=epsilon)
        train = replace(self.data, role=Role.TRAIN)
        rng = np.random.default_rng(seed)
        case = Case(threat, rng, len(self.data), subject=meter, tested=self.data, trained=train, general=LinearRecipe())
        return case, meter


def scenes(needs: Needs) -> Iterator[Scene]:
    """Every scene whose model, rows and task the probe says it can handle; none for text alone."""
    kind = _weakest(needs)
    if Modality.TABLE in needs.modalities and Task.CLASSIFICATION in needs.tasks:
        yield _table(kind)
        yield _constrained(kind) if needs.continuous else _mixed(kind)
    if Modality.ARRAY in needs.modalities and Task.CLASSIFICATION in needs.tasks:
        yield _picture(kind, Norm.LINF, distance=0.06, classes=2)
        yield _picture(kind, Norm.L2, distance=0.15, classes=3)
    if Task.REGRESSION in needs.tasks and ScoreKind.VALUES in needs.score_kinds:
        if Modality.TABLE in needs.modalities:
            yield _values(_table(ScoreKind.LOGITS), distance=1.0)
        if Modality.ARRAY in needs.modalities:
            yield _values(_picture(ScoreKind.LOGITS, Norm.L2, distance=0.15, classes=2), distance=0.15)


def inspection(needs: Needs, folder: Path, limit: int | None = None, seed: int = 0) -> tuple[Case, Meter]:
    """A trained linear model with a few hundred rows, a recipe and a harmless file, for a check."""
    draws = np.random.default_rng(7)
    is_table, classes = Modality.TABLE in needs.modalities, ("no", "yes") if Task.CLASSIFICATION in needs.tasks else ()
    space = _plain_space() if is_table else FeatureSpace(Modality.ARRAY, shape=(1, 6, 6))
    x = draws.normal(size=(600, 4)) * 2 if is_table else draws.random((600, 1, 6, 6)).astype(np.float32)
    signal = x.reshape(600, -1)[:, :4] @ _TABLE_WEIGHT
    signal = signal - np.median(signal) + draws.normal(size=600) * 0.3 * signal.std()
    y = (signal > 0).astype(np.int64) if classes else signal
    data = Dataset(x, y, space, classes)
    train, test = replace(data.take(slice(0, 300)), role=Role.TRAIN), data.take(slice(300, 600))
    recipe = LinearRecipe(score_kind=_weakest(needs) if classes else ScoreKind.VALUES)
    meter = Meter(recipe.fit(train, 0), knowledge=max(needs.access, Access.LABELS), limit=limit)
    file = folder / "weights.npy"
    np.save(file, np.zeros(3), allow_pickle=False)
    means: dict[str, Any] = {"tested": test, "trained": train, "procedure": recipe, "general": recipe, "files": (file,)}
    norm = Norm.COST if is_table else Norm.LINF
    threat = ThreatModel(norm=norm, knowledge=needs.access, epsilon=1.0 if is_table else 0.1)
    return Case(threat, np.random.default_rng(seed), 200, subject=meter, **means), meter


def _weakest(needs: Needs) -> ScoreKind:
    """Labels for who needs no more; else probabilities, else logits."""
    if needs.access <= Access.LABELS and ScoreKind.LABELS in needs.score_kinds:
        return ScoreKind.LABELS
    return ScoreKind.PROBABILITIES if ScoreKind.PROBABILITIES in needs.score_kinds else ScoreKind.LOGITS


def _plain_space() -> FeatureSpace:
    prices = (1.0, 2.0, 0.5, 1.0)
    return table_space([Column(f"x{j}", Kind.REAL, -20, 20, cost=price) for j, price in enumerate(prices)])


def _table(kind: ScoreKind) -> Scene:
    """Four numbers; one cost unit is just enough, spent on the column with the most effect for its price."""
    stub = LinearStub(np.column_stack([-_TABLE_WEIGHT, _TABLE_WEIGHT]) / 2, np.array([0.1, -0.1]), _plain_space())
    rng = np.random.default_rng(1)
    return _placed("table", replace(stub, score_kind=kind), rng.normal(size=(_ROWS, 4)) * 2, Norm.COST, distance=1.0)


def _picture(kind: ScoreKind, norm: Norm, distance: float, classes: int) -> Scene:
    """Eight numbers around one half, float32; a third class, where there is one, is far away."""
    space = FeatureSpace(Modality.ARRAY, shape=(2, 4))
    weight = np.column_stack([-_PICTURE_WEIGHT / 2, _PICTURE_WEIGHT / 2, np.zeros(8)])[:, :classes]
    shift = 0.5 * _PICTURE_WEIGHT.sum() / 2
    bias = np.array([shift, -shift, -8.0])[:classes]
    stub = LinearStub(weight, bias, space, ("a", "b", "c")[:classes], kind, "float32")
    x = 0.5 + np.random.default_rng(2).uniform(-0.1, 0.1, (_ROWS, 2, 4))
    return _placed(f"array {norm}", stub, x, norm, distance)


def _placed(name: str, stub: LinearStub, x: Floats, norm: Norm, distance: float) -> Scene:
    """Rows moved along the weights until each is just ``distance`` away from the border, alternating sides."""
    rows = x.reshape(len(x), -1)
    normal, offset = stub.weight[:, 1] - stub.weight[:, 0], stub.bias[1] - stub.bias[0]
    y = np.arange(len(x)) % 2
    wanted = np.where(y == 1, 1, -1) * distance * stub.dual_norm(normal, norm)
    rows = rows + ((wanted - offset - rows @ normal) / (normal @ normal))[:, None] * normal
    dtype = np.float32 if stub.space.modality is Modality.ARRAY else np.float64
    return Scene(name, stub, Dataset(rows.reshape(x.shape).astype(dtype), y, stub.space, stub.classes), norm, distance)


def _values(scene: Scene, distance: float) -> Scene:
    """The same inputs with a regression model, which must be moved by a given amount."""
    normal = scene.stub.weight[:, 1] - scene.stub.weight[:, 0]
    stub = replace(scene.stub, weight=normal[:, None], bias=np.zeros(1), classes=(), score_kind=ScoreKind.VALUES)
    goal = Goal(tolerance=distance * stub.dual_norm(normal, scene.norm))
    data = replace(scene.data, y=stub.logits(scene.data.x)[:, 0].astype(float), classes=())
    return Scene(f"{scene.name} regression", stub, data, scene.norm, distance, goal)


def _constrained(kind: ScoreKind) -> Scene:
    """Numbers of which one is fixed, one can only rise, one only fall, and one stands at its bound."""
    columns = [
        Column("fixed", Kind.REAL, -50, 50, mutable=False),
        Column("rising", Kind.REAL, -50, 50, direction=Direction.INCREASE),
        Column("falling", Kind.REAL, -50, 50, direction=Direction.DECREASE),
        Column("bounded", Kind.REAL, -0.5, 0.5),
    ]
    weight = np.column_stack([-_TABLE_WEIGHT, _TABLE_WEIGHT]) / 2
    stub = LinearStub(weight, np.zeros(2), table_space(columns), score_kind=kind)
    x = np.random.default_rng(3).normal(size=(_ROWS, 4))
    x[:, 3] = np.clip(x[:, 3], -0.5, 0.5)
    return _own_answers("constrained table", stub, x)


def _mixed(kind: ScoreKind) -> Scene:
    """A row of every kind of column, with a one-hot group, missing cells, fixed cells and a relation."""
    columns = [
        Column("income", Kind.REAL, 0, 10),
        Column("debt", Kind.REAL, 0, 20, may_be_missing=True),
        Column("children", Kind.INTEGER, 0, 5, dtype="int64"),
        Column("age", Kind.INTEGER, 18, 90, dtype="int64", mutable=False),
        Column("savings", Kind.ORDINAL, 0, 3, levels=("none", "low", "mid", "high"), direction=Direction.INCREASE),
        Column("purpose", Kind.CATEGORICAL, 0, 3, levels=("car", "house", "study", "other"), cost=0.7),
        Column("phone", Kind.BINARY, 0, 1, levels=("no", "yes"), cost=0.4),
        Column("rents", Kind.BINARY, 0, 1, group="home"),
        Column("owns", Kind.BINARY, 0, 1, group="home"),
    ]
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.integers(int(c.low), int(c.high) + 1, 40) for c in columns]).astype(float)
    x[:, 0] = rng.uniform(0, 10, 40)
    x[:, 1] = rng.uniform(0, 2, 40) * x[:, 0]
    x[::5, 1] = np.nan
    x[:, 8] = 1 - x[:, 7]
    slope = np.array([0.8, -0.3, -0.2, 0.01, 0.5, 0.3, 0.4, -0.5, 0.5])
    space = table_space(columns, [Relation.parse("debt <= 2 * income")])
    stub = LinearStub(np.column_stack([-slope, slope]) / 2, np.array([2.2, -2.2]), space, score_kind=kind)
    return _own_answers("mixed table", stub, x)


def _own_answers(name: str, stub: LinearStub, x: Floats) -> Scene:
    """Rows labelled as the model answers, so that all of them can be attacked."""
    y = stub.logits(x).argmax(axis=1)
    return Scene(name, stub, Dataset(x, y, stub.space, stub.classes), Norm.COST, None)
