"""Progress on stderr: a bar with the time that is left on a terminal, a line a probe elsewhere, or nothing."""

import sys
import time
from collections.abc import Sequence

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from steeled.core.evidence import Evidence, Status
from steeled.core.progress import Nobody, Watcher

_WORDS = {
    Status.COMPLETED: "done",
    Status.SKIPPED: "skipped",
    Status.FAILED: "failed",
    Status.TIMED_OUT: "timed out",
}


def watcher(quiet: bool) -> Watcher:
    """What suits where stderr goes."""
    if quiet:
        return Nobody()
    return Bar() if sys.stderr.isatty() else Lines()


class Lines:
    """One line for each probe that was run; for logs."""

    def opening(self, what: str) -> None:
        click.echo(what, err=True)

    def planned(self, names: Sequence[str], seconds: Sequence[float], workers: int) -> None:
        if names:
            click.echo(f"running {len(names)} probes, {workers} at once", err=True)

    def ended(self, evidence: Evidence, reused: bool) -> None:
        if evidence.status is Status.SKIPPED:
            return
        word = "known" if reused else _WORDS[evidence.status]
        reason = f": {evidence.reason}" if evidence.reason else ""
        click.echo(f"  {evidence.probe:20} {word} ({evidence.seconds:.1f} s){reason}", err=True)


class Bar:
    """A bar over all shares of the budget, with the time left at most, and a line for each probe that ended."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:.0f} of {task.total:.0f} probes"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._console,
            transient=True,
        )
        self._task: TaskID | None = None
        self._shares: dict[str, float] = {}
        self._workers = 1
        self._started = time.monotonic()

    def opening(self, what: str) -> None:
        self._console.print(what, style="dim", markup=False)

    def planned(self, names: Sequence[str], seconds: Sequence[float], workers: int) -> None:
        if not names:
            return
        self._shares = dict(zip(names, seconds, strict=True))
        self._workers, self._started = workers, time.monotonic()
        self._progress.start()
        self._task = self._progress.add_task("probes", total=len(names), left=self._left())

    def ended(self, evidence: Evidence, reused: bool) -> None:
        self._shares.pop(evidence.probe, None)
        if evidence.status is not Status.SKIPPED:
            word = "known" if reused else _WORDS[evidence.status]
            self._console.print(f"  {evidence.probe:20} {word}  {evidence.seconds:.1f} s", markup=False)
        if self._task is not None and not reused:
            self._progress.update(self._task, advance=1, left=self._left())
            if not self._shares:
                self._progress.stop()

    def _left(self) -> str:
        """At most: the shares that are left, worked off by all workers."""
        if not self._shares:
            return ""
        left = max(sum(self._shares.values()) / self._workers, max(self._shares.values()))
        return f"at most {left:.0f} s left"
