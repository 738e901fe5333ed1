import faulthandler
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steeled.errors import DataError, ModelError
from steeled.executors.job import Done, End, Job
from steeled.executors.local import LocalExecutor


def executor(perform: Callable[[Any, Any], bytes], prepare: Callable[[], Any] = lambda: 7) -> LocalExecutor[Any]:
    return LocalExecutor(prepare=prepare, describe=lambda it: str(it).encode(), perform=perform, workers=2)


def run(perform: Callable[[Any, Any], bytes], *jobs: Job) -> dict[str, Done]:
    with executor(perform) as local:
        local.description(seconds=20)
        return {done.name: done for done in local.run(jobs)}


def test_jobs_share_what_was_opened_once_and_answer_in_bytes() -> None:
    done = run(lambda it, payload: str(it * payload).encode(), Job("a", 2, 20), Job("b", 3, 20), Job("c", 4, 20))

    assert {name: each.answer for name, each in done.items()} == {"a": b"14", "b": b"21", "c": b"28"}


def test_a_crash_a_raise_and_a_hang_end_one_job_each_and_nothing_else() -> None:
    def perform(it: int, payload: str) -> bytes:
        if payload == "crash":
            faulthandler.disable()  # pytest's own dump of this planned crash would only be noise
            os.kill(os.getpid(), signal.SIGSEGV)
        if payload == "raise":
            raise ValueError("the model says no")
        if payload == "hang":
            time.sleep(60)
        return b"fine"

    names = ["crash", "raise", "hang", "good"]
    done = run(perform, *[Job(name, name, 1.0 if name == "hang" else 20) for name in names])

    assert {name: each.end for name, each in done.items()} == {
        "crash": End.CRASHED,
        "raise": End.RAISED,
        "hang": End.TIMED_OUT,
        "good": End.DONE,
    }
    assert "SIGSEGV" in done["crash"].message
    assert done["raise"].message == "ValueError: the model says no"
    assert done["hang"].seconds < 5


def test_at_most_so_many_jobs_run_at_once(tmp_path: Path) -> None:
    def perform(it: int, payload: str) -> bytes:
        mark = tmp_path / payload
        mark.touch()
        time.sleep(0.15)
        count = len(list(tmp_path.iterdir()))
        mark.unlink()
        return str(count).encode()

    done = run(perform, *[Job(str(i), str(i), 20) for i in range(5)])

    assert max(int(each.answer) for each in done.values()) == 2


def test_an_error_of_ours_while_opening_comes_back_as_itself() -> None:
    def prepare() -> int:
        raise DataError("the label column is not there")

    with executor(lambda it, payload: b"", prepare) as local, pytest.raises(DataError, match="label column"):
        local.description(seconds=20)


@pytest.mark.parametrize("code", [lambda: os._exit(3), lambda: os.kill(os.getpid(), signal.SIGKILL)])
def test_a_model_that_kills_the_opener_is_an_error_not_a_hang(code: Callable[[], None]) -> None:
    with executor(lambda it, payload: b"", lambda: code()) as local, pytest.raises(ModelError, match="ended"):
        local.description(seconds=20)


def test_a_model_that_never_opens_is_an_error_with_what_to_do() -> None:
    with executor(lambda it, payload: b"", lambda: time.sleep(60)) as local, pytest.raises(ModelError, match="timeout"):
        local.description(seconds=0.3)


def test_when_the_opener_dies_every_job_left_is_reported() -> None:
    def perform(it: int, payload: str) -> bytes:
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(5)
        return b""

    done = run(perform, Job("a", "a", 20), Job("b", "b", 20), Job("c", "c", 20))

    assert {each.end for each in done.values()} == {End.CRASHED}
    assert len(done) == 3


def test_no_process_outlives_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, pathlib, time\n"
        "from steeled.executors.job import Job\n"
        "from steeled.executors.local import LocalExecutor\n"
        f"mark = pathlib.Path({str(tmp_path)!r}) / 'pid'\n"
        "def perform(it, payload):\n"
        "    mark.write_text(f'{os.getpid()} {os.getppid()}')\n"
        "    time.sleep(60)\n"
        "    return b''\n"
        "run = LocalExecutor(prepare=int, describe=lambda it: b'', perform=perform, workers=1)\n"
        "with run as local:\n"
        "    local.description(20)\n"
        "    list(local.run([Job('a', 0, 60)]))\n"
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    pids = [int(pid) for pid in (tmp_path / "pid").read_text().split()]

    parent.kill()
    parent.wait()

    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "a worker outlived its parent"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split(") ")[1][0] != "Z"


_LOUD = """
import os, sys
from steeled.executors.job import Job
from steeled.executors.local import LocalExecutor

def say(word):
    print(word)
    os.write(1, word.encode())
    print(word, file=sys.stderr)
    return word.encode()

with LocalExecutor(
    prepare=lambda: say("opened"), describe=lambda it: b"", perform=lambda it, word: say(word), workers=1,
    debug=sys.argv[1] == "debug",
) as local:
    local.description(20)
    print([done.answer.decode() for done in local.run([Job("a", "worked", 20)])])
"""


def test_what_foreign_code_prints_stays_out_of_the_report() -> None:
    quiet, loud = (
        subprocess.run([sys.executable, "-c", _LOUD, mode], capture_output=True, text=True, check=True, timeout=60)
        for mode in ("plain", "debug")
    )

    assert (quiet.stdout, quiet.stderr) == ("['worked']\n", "")
    assert loud.stdout == "['worked']\n"
    assert loud.stderr.count("opened") == loud.stderr.count("worked") == 3
