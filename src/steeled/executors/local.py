"""Processes on this machine: one opens the model once, and forks a child for every job.

The parent never holds the model. The opener is forked from the parent, calls ``prepare``, and then forks one child for
each job, which shares the opened model by copy on write: starting a job costs milliseconds, and a child that crashes,
hangs or eats memory takes nothing with it. All answers are bytes, so that nothing that a worker says is executed here.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from steeled.errors import ModelError, SteeledError
from steeled.executors.job import Done, End, Job
from steeled.executors.threads import use_one_thread

T = TypeVar("T")
_KILL_PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)
_TICK = 0.25


class LocalExecutor(Generic[T]):
    """Runs jobs in children of a process that has opened the model.

    Args:
        prepare: opens the model; runs once, in the opener.
        describe: what the parent must know of it, as bytes.
        perform: does one job with what ``prepare`` returned; runs in a child of its own.
        workers: jobs at once, >= 1.
        debug: whether messages carry the traceback of foreign code.
    """

    def __init__(
        self,
        *,
        prepare: Callable[[], T],
        describe: Callable[[T], bytes],
        perform: Callable[[T, Any], bytes],
        workers: int,
        debug: bool = False,
    ) -> None:
        self._opener = _Opener(prepare, describe, perform, debug)
        self._workers = workers

    def __enter__(self) -> Self:
        if "fork" not in multiprocessing.get_all_start_methods():
            raise SteeledError("this platform cannot fork processes; run on Linux, macOS or WSL")
        fork = multiprocessing.get_context("fork")
        self._line, other = fork.Pipe()
        self._process = fork.Process(target=self._opener.serve, args=(other, self._line), daemon=False)
        sys.stdout.flush()
        sys.stderr.flush()
        self._process.start()
        other.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()  # the opener kills its children and ends when the line goes dead
        self._process.join(timeout=2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def description(self, seconds: float) -> bytes:
        """What ``describe`` says of the opened model.

        Raises:
            SteeledError: ``prepare`` raised it.
            ModelError: opening crashed or took longer than ``seconds``.
        """
        if not self._line.poll(seconds):
            self._process.kill()
            raise ModelError(
                f"the model was not open after {seconds:.0f} s; raise --open-timeout or load less. If it is an object "
                "whose threads have already worked in this process, it cannot go on in another one: save it to a file"
            )
        try:
            answer = self._line.recv_bytes()
            if answer[:1] == b"!":
                raise _from_text(answer[1:].decode("utf-8", "replace"))
        except EOFError:
            self._process.join()
            raise ModelError(f"the process that opened the model ended: {_ending(self._process.exitcode)}") from None
        return answer[1:]

    def run(self, jobs: Sequence[Job]) -> Iterator[Done]:
        """Do the jobs, at most ``workers`` at once, in the given order; yield each as it ends.

        A job whose process dies is reported as crashed; if the opener itself dies, so are all that are left.
        """
        waiting = list(reversed(jobs))
        running: set[str] = set()
        while waiting or running:
            while waiting and len(running) < self._workers:
                job = waiting.pop()
                running.add(job.name)
                if not self._send(job):
                    break
            try:
                done: Done = _unpack(self._line.recv_bytes())
            except (EOFError, OSError):
                self._process.join()
                reason = f"the process that holds the model ended: {_ending(self._process.exitcode)}"
                for name in [*sorted(running), *(job.name for job in reversed(waiting))]:
                    yield Done(name, End.CRASHED, b"", reason, 0.0)
                return
            running.remove(done.name)
            yield done

    def _send(self, job: Job) -> bool:
        try:
            self._line.send(job)
        except OSError:
            return False
        return True


@dataclass(slots=True)
class _Child:
    """A running job: its process, the line it answers on, and when it must end."""

    job: Job
    process: multiprocessing.process.BaseProcess
    line: Connection
    started: float

    @property
    def remaining(self) -> float:
        return self.started + self.job.seconds - time.monotonic()


@dataclass(slots=True)
class _Opener:
    """What runs in the forked process."""

    prepare: Callable[[], Any]
    describe: Callable[[Any], bytes]
    perform: Callable[[Any, Any], bytes]
    debug: bool

    def serve(self, line: Connection, parents_end: Connection) -> None:
        parents_end.close()  # or the line would never go dead
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
        _mute(self.debug)
        _die_with_parent()
        use_one_thread()
        try:
            opened = self.prepare()
            line.send_bytes(b"=" + self.describe(opened))
        except Exception as problem:  # noqa: BLE001  # foreign code ran: whatever it raised is the answer
            line.send_bytes(b"!" + _to_text(problem, self.debug))
            return
        self._work(opened, line)

    def _work(self, opened: object, line: Connection) -> None:
        children: dict[Connection, _Child] = {}
        try:
            while True:
                pause = min([_TICK, *(max(child.remaining, 0) for child in children.values())])
                for ready in wait([line, *children], timeout=pause):
                    assert isinstance(ready, Connection)
                    if ready is line:
                        child = self._start(opened, line.recv(), [line, *children])
                        children[child.line] = child
                    else:
                        line.send_bytes(_pack(_collect(children.pop(ready))))
                for late in [child for child in children.values() if child.remaining <= 0]:
                    del children[late.line]
                    line.send_bytes(_pack(_stop(late)))
        except (EOFError, OSError):
            for child in children.values():
                _kill(child)

    def _start(self, opened: object, job: Job, not_for_child: list[Connection]) -> _Child:
        fork = multiprocessing.get_context("fork")
        here, there = fork.Pipe(duplex=False)
        process = fork.Process(target=self._child, args=(opened, job, there, [here, *not_for_child]))
        process.start()
        there.close()
        return _Child(job, process, here, time.monotonic())

    def _child(self, opened: object, job: Job, line: Connection, not_mine: list[Connection]) -> None:
        os.setpgid(0, 0)  # so that processes which the job starts end with it
        for other in not_mine:
            other.close()
        _die_with_parent()
        use_one_thread()
        try:
            answer = b"=" + self.perform(opened, job.payload)
        except Exception as problem:  # noqa: BLE001  # the executor is where foreign failures become results
            answer = b"!" + _to_text(problem, self.debug)
        line.send_bytes(answer)
        line.close()


def _collect(child: _Child) -> Done:
    """The answer of a child that has spoken or died."""
    seconds = time.monotonic() - child.started
    try:
        answer = child.line.recv_bytes()
    except (EOFError, OSError):
        child.process.join()
        message = f"its process ended: {_ending(child.process.exitcode)}"
        return Done(child.job.name, End.CRASHED, b"", message, seconds)
    finally:
        child.line.close()
    child.process.join(timeout=5)
    if child.process.is_alive():
        _kill(child)
    if answer[:1] == b"=":
        return Done(child.job.name, End.DONE, answer[1:], "", seconds)
    message = answer[1:].decode("utf-8", "replace").partition("\n")[2]
    return Done(child.job.name, End.RAISED, b"", message, seconds)


def _stop(child: _Child) -> Done:
    _kill(child)
    child.line.close()
    message = f"stopped after its share of {child.job.seconds:.0f} s"
    return Done(child.job.name, End.TIMED_OUT, b"", message, time.monotonic() - child.started)


def _kill(child: _Child) -> None:
    """End the child and whatever it started."""
    pid = child.process.pid
    assert pid is not None
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has not made its group yet, or is gone
        child.process.kill()
    child.process.join()


def _die_with_parent() -> None:
    """Ask the kernel to end this process when the one that forked it ends, even by ``kill -9``; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_KILL_PARENT_DIED, signal.SIGKILL)


def _mute(debug: bool) -> None:
    """What foreign code prints goes nowhere, or to stderr in debug mode: stdout belongs to the report."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(2 if debug else silence, 1)
    if not debug:
        os.dup2(silence, 2)
    os.close(silence)
    # new objects too: those of a notebook or a test do not write to the two descriptors
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _pack(done: Done) -> bytes:
    """A Done as bytes: its fields separated by NUL, the answer last."""
    head = "\0".join([done.name, done.end.value, f"{done.seconds:.6f}", done.message.replace("\0", " ")])
    return head.encode("utf-8", "replace") + b"\0" + done.answer


def _unpack(packed: bytes) -> Done:
    name, end, seconds, message, answer = packed.split(b"\0", 4)
    return Done(name.decode(), End(end.decode()), answer, message.decode("utf-8", "replace"), float(seconds))


def _to_text(problem: BaseException, debug: bool) -> bytes:
    """Kind and message of an error, with its traceback in debug mode."""
    trace = "".join(traceback.format_exception(problem)) if debug else ""
    message = str(problem) if isinstance(problem, SteeledError) else f"{type(problem).__name__}: {problem}"
    return f"{type(problem).__name__}\n{message}\n{trace}".strip().encode("utf-8", "replace")


def _from_text(text: str) -> SteeledError:
    """The steeled error of that name with its message, or a ModelError for foreign ones."""
    kind, _, message = text.partition("\n")
    kinds, known = [SteeledError], {}
    while kinds:
        each = kinds.pop()
        known[each.__name__] = each
        kinds.extend(each.__subclasses__())
    return known.get(kind, ModelError)(message)


def _ending(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "for an unknown reason"
    if code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        hint = ", perhaps out of memory" if -code == signal.SIGKILL else ""
        return f"killed by {name}{hint}"
    return f"exit code {code}"
