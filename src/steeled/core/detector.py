"""A detector scores inputs: in a defense, in a probe, and in the guard at run time."""

from typing import Protocol, Self

from steeled.core.array import Array, Floats


class Detector(Protocol):
    """Larger scores are more suspicious."""

    def fit(self, x: Array) -> Self:
        """Learn what ordinary inputs look like, and return the fitted detector."""
        ...

    def score(self, x: Array) -> Floats:
        """Suspicion of each row, shape (n,)."""
        ...
