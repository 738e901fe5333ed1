"""Stops a probe between trainings, early enough that the next one would not overrun its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from steeled.core.clock import Clock


@dataclass(slots=True)
class Pace:
    """Remembers the longest step so far, and whether one more fits.

    Args:
        clock: of the case.
        longest: seconds of the longest step yet.
    """

    clock: Clock
    longest: float = 0.0

    def allows_another(self) -> bool:
        """Twice the longest step must be left: the process is killed at the deadline, with all that it measured."""
        return self.clock.remaining > 2 * self.longest

    @contextmanager
    def step(self) -> Iterator[None]:
        """Times what happens inside."""
        started = time.monotonic()
        yield
        self.longest = max(self.longest, time.monotonic() - started)
