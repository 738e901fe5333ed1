"""A probe tests one risk of one model: an attack searches for the worst case, a check inspects."""

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.artifact import Result
from steeled.core.case import Case
from steeled.core.feature_space import Modality
from steeled.core.risk import Risk
from steeled.core.signature import ScoreKind, Task

ALL_MODALITIES = frozenset(Modality)
ALL_TASKS = frozenset(Task)
ALL_SCORES = frozenset(ScoreKind)


@dataclass(frozen=True, slots=True)
class Needs:
    """What a probe cannot do without; the plan skips it, with the reason, where that is missing.

    Args:
        access: least access to the model; ``Access.FILES`` needs no loaded model.
        test, train: rows to ask about; rows to train on.
        members: rows that this very model was trained on, known as such.
        recipe: a way to train this very model again.
        learner: the model's recipe or a general one.
        files: the artifact on disk.
        modalities, tasks, score_kinds: what it can handle.
        continuous: only numeric columns that can be changed, or arrays: what a gradient can follow.
    """

    access: Access = Access.LABELS
    test: bool = True
    train: bool = False
    members: bool = False
    recipe: bool = False
    learner: bool = False
    files: bool = False
    continuous: bool = False
    modalities: frozenset[Modality] = ALL_MODALITIES
    tasks: frozenset[Task] = ALL_TASKS
    score_kinds: frozenset[ScoreKind] = ALL_SCORES


@dataclass(frozen=True, slots=True)
class Cost:
    """What a probe is expected to spend on ``rows`` rows; the plan shares the budget out by it.

    Args:
        queries: rows asked of the target.
        gradients: rows whose gradient is taken.
        trainings: models trained.
    """

    queries: int = 0
    gradients: int = 0
    trainings: float = 0.0


class Probe(Protocol):
    """What all probes declare. A probe is a frozen dataclass; its fields, all with defaults, are its parameters."""

    risk: ClassVar[Risk]
    version: ClassVar[str]
    needs: ClassVar[Needs]
    references: ClassVar[tuple[str, ...]]
    """Identifiers such as ``AML.T0043``, ``CWE-502``, ``arXiv:1706.06083``."""

    def cost(self, rows: int) -> Cost: ...


@runtime_checkable
class Attack(Probe, Protocol):
    """Searches for inputs that serve the attacker; shared code verifies, measures and reports them."""

    minimizes: ClassVar[bool]
    """Whether it looks for the smallest change (one search gives a whole curve) or for success at epsilon."""

    def search(self, case: Case, x: Array, y: Array, epsilon: float) -> Array:
        """Best found input for each row; the row itself where nothing was found.

        Args:
            case: target, space, threat, rng, clock; ``case.test.space`` says what an input may be.
            x: rows to attack, all answered as the attacker does not want.
            y: their right labels (n,), or the model's answers (n,) for regression.
            epsilon: largest change allowed; attacks that minimize may return more than that.

        Returns:
            Inputs of the shape and dtype of x, inside ``case.test.space``.
        """
        ...


@runtime_checkable
class Check(Probe, Protocol):
    """Inspects model, data or files, and measures."""

    def inspect(self, case: Case) -> Result: ...
