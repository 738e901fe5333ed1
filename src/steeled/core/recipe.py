"""How the model is trained again: what poisoning, privacy, theft and hardening stand on."""

from collections.abc import Sequence
from typing import Protocol

from steeled.core.dataset import Dataset
from steeled.core.target import Target


class Recipe(Protocol):
    """A training procedure with everything that is fitted inside it, preprocessing included."""

    @property
    def digest(self) -> str:
        """``sha256:...`` of the procedure and its parameters."""
        ...

    def fit(self, data: Dataset, seed: int) -> Target:
        """Train on ``data``; the same data and seed give the same model. Cost: one training."""
        ...

    def fit_many(self, datasets: Sequence[Dataset], seeds: Sequence[int]) -> Sequence[Target]:
        """Train once for each dataset; an adapter may vectorise."""
        ...
