"""A model under test, whatever made it."""

from dataclasses import dataclass
from typing import Protocol

from steeled.core.access import Access
from steeled.core.array import Array
from steeled.core.loss import Loss
from steeled.core.signature import Signature


@dataclass(frozen=True, slots=True)
class Gradient:
    """One backward pass.

    Args:
        scores: what ``Target.scores`` gives for the same rows, so that success is checked for free.
        loss: shape (n,).
        gradient: d loss / d x, the shape of x, in input units.
    """

    scores: Array
    loss: Array
    gradient: Array


class Target(Protocol):
    """A model that answers; every adapter, defense and meter is one.

    Inputs are rows in the codes of the data's ``FeatureSpace``: float64 (n, d) for tables, arrays of
    ``signature.shape`` otherwise, object arrays of ``str`` for text.
    """

    @property
    def signature(self) -> Signature: ...

    @property
    def grants(self) -> Access:
        """The most that an attacker can get out of this object."""
        ...

    @property
    def digest(self) -> str:
        """``sha256:...`` of what decides the answers; equal digests mean equal models."""
        ...

    @property
    def lineage(self) -> tuple[str, ...]:
        """Names of the defenses applied, innermost first."""
        ...

    @property
    def stochastic(self) -> bool:
        """Whether the same row may get different answers."""
        ...

    def scores(self, x: Array) -> Array:
        """Answers in the native kind: (n, k) for classes (one-hot columns for labels only), (n,) for regression.

        Raises:
            PredictionError: the model raised, or answered with NaN or another shape.
        """
        ...

    def loss_gradient(self, x: Array, y: Array, loss: Loss) -> Gradient:
        """The attacker's best gradient of ``loss`` on logits; a defense supplies its own pass-through.

        Raises:
            AccessError: the target grants less than gradients.
        """
        ...
