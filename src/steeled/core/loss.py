"""A loss on logits, written once in array-API code and handed to a target as the cotangent of its backward pass."""

from dataclasses import dataclass
from typing import Protocol

from steeled.core.array import Array


@dataclass(frozen=True, slots=True)
class LossValue:
    """Loss of each row, and its gradient with respect to the logits.

    Args:
        value: shape (n,); larger is better for the attacker.
        cotangent: d value / d logits, the logits' shape.
    """

    value: Array
    cotangent: Array


class Loss(Protocol):
    """Maps logits (n, k), or regression values (n,), and labels or reference values (n,) to a ``LossValue``."""

    def __call__(self, logits: Array, y: Array) -> LossValue: ...
