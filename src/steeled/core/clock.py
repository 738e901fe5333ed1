"""How much time a probe has left."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Clock:
    """A deadline that a probe may look at, so that it can stop early with what it has.

    Args:
        seconds: allowed from the moment of creation; infinity for no deadline.
    """

    seconds: float = float("inf")
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        return self.seconds - self.elapsed

    @property
    def is_over(self) -> bool:
        return self.remaining <= 0
