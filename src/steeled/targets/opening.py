"""What an adapter is given to open a model."""

from dataclasses import dataclass

import numpy as np

from steeled.core.dataset import Dataset
from steeled.core.signature import ScoreKind

CHECK_ROWS = 200


@dataclass(frozen=True, slots=True)
class Opening:
    """A request to open one model.

    Args:
        data: rows that the model is for; inputs, classes and kind of scores are found out on them.
        digest: ``sha256:...`` of the file; empty for an object, whose adapter computes one.
        factory: ``module:function`` that builds the network a state dict belongs to.
        score_kind: what the user says the answers are; None to find out.
        may_lack_classes: whether a class without a row in ``data`` may be unknown to the model.
    """

    data: Dataset
    digest: str = ""
    factory: str | None = None
    score_kind: ScoreKind | None = None
    may_lack_classes: bool = False

    @property
    def sample(self) -> Dataset:
        """At most 200 rows, evenly spread, on which the model is checked."""
        n = len(self.data)
        return self.data.take(np.unique(np.linspace(0, n - 1, min(n, CHECK_ROWS)).astype(int)))
