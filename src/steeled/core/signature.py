"""What a model takes and gives."""

from dataclasses import dataclass
from enum import StrEnum


class Task(StrEnum):
    """What the model answers."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class ScoreKind(StrEnum):
    """What the numbers of ``scores`` are; found out on real rows, never assumed."""

    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    LABELS = "labels"
    VALUES = "values"


@dataclass(frozen=True, slots=True)
class Signature:
    """Shape, dtype and answers of a model.

    Args:
        shape: of one input, without the batch axis; ``()`` for text.
        dtype: what the model computes in, such as ``float32``; attacks are verified after this cast.
        task: classification or regression.
        classes: names of the classes, in the order of the columns of ``scores``; empty for regression.
        score_kind: probabilities, logits, labels (one-hot columns) or regression values.
    """

    shape: tuple[int, ...]
    dtype: str
    task: Task
    classes: tuple[str, ...]
    score_kind: ScoreKind

    @property
    def is_classifier(self) -> bool:
        return self.task is Task.CLASSIFICATION
