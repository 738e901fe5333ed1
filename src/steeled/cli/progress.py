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

    def close(self) -> None:
        pass


class Bar:
    """A bar over the probes, with the time that is left, and a line for each probe that ended."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
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
        self._planned = 0.0
        self._workers = 1
        self._started = time.monotonic()

    def opening(self, what: str) -> None:
        self._console.print(what, style="dim", markup=False)

    def planned(self, names: Sequence[str], seconds: Sequence[float], workers: int) -> None:
        if not names:
            return
        self._shares = dict(zip(names, seconds, strict=True))
        self._planned, self._workers, self._started = sum(seconds), workers, time.monotonic()
        self._progress.start()
        self._task = self._progress.add_task("probes", total=len(names), left=self._left())

    def ended(self, evidence: Evidence, reused: bool) -> None:
        self._shares.pop(evidence.probe, None)
        if evidence.status is not Status.SKIPPED:
            word = "known" if reused else _WORDS[evidence.status]
            self._console.print(f"  {evidence.probe:20} {word}  {evidence.seconds:.1f} s", markup=False)
        if self._task is not None and not reused:
            self._progress.update(self._task, advance=1, left=self._left())

    def close(self) -> None:
        self._progress.stop()  # gives the cursor back, also when the run was broken off

    def _left(self) -> str:
        """The shares that are left, at the pace at which others were used up; and at most, all of them in full."""
        if not self._shares:
            return ""
        most = max(sum(self._shares.values()) / self._workers, max(self._shares.values()))
        done = self._planned - sum(self._shares.values())
        if done <= 0:
            return f"at most {most:.0f} s left"
        pace = (time.monotonic() - self._started) / done
        return f"about {min(pace * sum(self._shares.values()), most):.0f} s left, at most {most:.0f}"
