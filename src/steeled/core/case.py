"""What a probe is given: a model, its data, an attacker, and means."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from steeled.core.clock import Clock
from steeled.core.dataset import Dataset
from steeled.core.recipe import Recipe
from steeled.core.target import Target
from steeled.core.threat_model import ThreatModel
from steeled.errors import AccessError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Case:
    """One model on trial. What a probe declares in ``needs`` is there; the rest may be missing.

    Args:
        threat: goal, knowledge and budget of the attacker.
        rng: the only source of randomness.
        rows: at most this many rows are attacked or sampled.
        clock: when to stop with what there is.
        subject: the model, metered; None when it was not loaded.
        tested: rows that the model was not trained on.
        trained: rows that it was trained on.
        procedure: how this model is trained.
        general: a plain learner that fits these data: what a thief or an auditor would use.
        files: the artifacts as they lie on disk.
        report_rows: whether cell values may be shown; False shows "lower", "higher" or "other".
    """

    threat: ThreatModel
    rng: np.random.Generator
    rows: int
    clock: Clock = field(default_factory=Clock)
    subject: Target | None = None
    tested: Dataset | None = None
    trained: Dataset | None = None
    procedure: Recipe | None = None
    general: Recipe | None = None
    files: tuple[Path, ...] = ()
    report_rows: bool = True

    @property
    def target(self) -> Target:
        return _there(self.subject, "a loaded model")

    @property
    def test(self) -> Dataset:
        return _there(self.tested, "test rows")

    @property
    def train(self) -> Dataset:
        return _there(self.trained, "training rows")

    @property
    def recipe(self) -> Recipe:
        return _there(self.procedure, "a recipe to train the model again")

    @property
    def learner(self) -> Recipe:
        """The model's own recipe, or else the general one."""
        return _there(self.procedure or self.general, "a recipe")


def _there(value: T | None, what: str) -> T:
    if value is None:
        raise AccessError(f"this probe needs {what}; declare it in `needs` so that the plan can skip the probe")
    return value
