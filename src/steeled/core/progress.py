"""What somebody who waits for a run is told."""

from collections.abc import Sequence
from typing import Protocol

from steeled.core.evidence import Evidence


class Watcher(Protocol):
    """Is told what will run and what came of it; decides nothing."""

    def opening(self, what: str) -> None:
        """Something is being read or loaded."""
        ...

    def planned(self, names: Sequence[str], seconds: Sequence[float], workers: int) -> None:
        """These probes will run, each with its share of the budget, so many at once."""
        ...

    def ended(self, evidence: Evidence, reused: bool) -> None:
        """A probe has ended, or its evidence was in the store."""
        ...

    def close(self) -> None:
        """The run is over, or broken off; nothing more will be told."""
        ...


class Nobody:
    """Watches nothing."""

    def opening(self, what: str) -> None:
        pass

    def planned(self, names: Sequence[str], seconds: Sequence[float], workers: int) -> None:
        pass

    def ended(self, evidence: Evidence, reused: bool) -> None:
        pass

    def close(self) -> None:
        pass
