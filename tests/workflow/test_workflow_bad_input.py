"""Bad input gives one clear line and exit code 2 or 3, never a traceback, and loses nothing that was measured."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from audited import audit, steeled
from sklearn.linear_model import LogisticRegression

GIVEN = ("--test", "test.csv", "--label", "label", "--profile", "quick", "--rows", 20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound model with its rows; each test breaks one thing."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b", "c"])
    frame["label"] = (frame["a"] + 0.3 * rng.normal(size=200) > 0).astype(int)
    frame[:100].to_csv(tmp_path / "train.csv", index=False)
    frame[100:].to_csv(tmp_path / "test.csv", index=False)
    joblib.dump(LogisticRegression().fit(frame[["a", "b", "c"]], frame["label"]), tmp_path / "model.joblib")
    return tmp_path


def _broken_rows(folder: Path, name: str) -> None:
    frame = pd.read_csv(folder / "test.csv")
    match name:
        case "empty":
            (folder / "test.csv").write_text("")
        case "header only":
            frame[:0].to_csv(folder / "test.csv", index=False)
        case "one class":
            frame.assign(label=1).to_csv(folder / "test.csv", index=False)
        case "infinite":
            frame.assign(a=np.inf).to_csv(folder / "test.csv", index=False)
        case "other columns":
            frame.rename(columns={"a": "z"}).to_csv(folder / "test.csv", index=False)
        case "not a table":
            (folder / "test.csv").write_bytes(bytes(range(256)) * 10)
        case "no label":
            frame.drop(columns="label").to_csv(folder / "test.csv", index=False)
        case "missing":
            (folder / "test.csv").unlink()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty", "test.csv"),
        ("header only", "test.csv"),
        ("one class", "class"),
        ("infinite", "infinite"),
        ("other columns", "'a'"),
        ("not a table", "test.csv"),
        ("no label", "label"),
        ("missing", "test.csv"),
    ],
)
def test_bad_rows_are_one_clear_line(folder: Path, name: str, message: str) -> None:
    _broken_rows(folder, name)

    done = steeled("audit", "model.joblib", *GIVEN, cwd=folder)

    assert done.returncode in (2, 3), done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 3, done.stderr


def test_a_wrong_label_suggests_the_near_column(folder: Path) -> None:
    done = steeled("audit", "model.joblib", "--test", "test.csv", "--label", "lable", cwd=folder)

    assert done.returncode == 2
    assert "'label'" in done.stderr


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"", "empty.joblib"), (b"\x80\x04\x95", "cut.pkl"), (os.urandom(3000), "noise.bin"), (b"hello", "text.onnx")],
)
def test_a_damaged_model_is_never_loaded_and_never_passes(folder: Path, content: bytes, name: str) -> None:
    (folder / name).write_bytes(content)

    ran = audit(name, *GIVEN, cwd=folder)

    assert ran.code in (1, 2, 3)
    assert "Traceback" not in ran.err


def test_a_missing_model_is_one_clear_line(folder: Path) -> None:
    done = steeled("audit", "nowhere.joblib", *GIVEN, cwd=folder)

    assert done.returncode in (2, 3)
    assert "nowhere.joblib" in done.stderr
    assert "Traceback" not in done.stderr


HOSTILE = """
import time, numpy as np
def build(kind):
    def answer(x):
        n = len(x)
        if kind == "raises": raise RuntimeError("out of coffee")
        if kind == "hangs": time.sleep(1000)
        if kind == "nan": return np.full((n, 2), np.nan)
        if kind == "shape": return np.zeros((n + 1, 2))
        if kind == "dies": import os; os._exit(7)
    return answer
"""


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("raises", "out of coffee"),
        ("nan", "NaN"),
        ("shape", "shape"),
        ("hangs", "not open after"),
        ("dies", "exit code 7"),
    ],
)
def test_a_model_that_misbehaves_is_one_error_that_says_how(folder: Path, kind: str, message: str) -> None:
    (folder / "hostile.py").write_text(HOSTILE)
    code = (
        "import hostile, numpy as np, sys, steeled\n"
        "from dataclasses import replace\n"
        "import steeled.workflow.request as r\n"
        "import pandas as pd\n"
        "from steeled.workflow.audit import audit\n"
        "from steeled.workflow.configure import configure\n"
        "from pathlib import Path\n"
        "c, root = configure(None, {'data': {'test': str(Path('test.csv').absolute()), 'label': 'label'}})\n"
        f"q = r.Request(c, root, Path('out'), model=hostile.build({kind!r}), open_seconds=3)\n"
        "try: audit(q)\n"
        "except steeled.SteeledError as e: print(type(e).__name__, e); sys.exit(e.exit_code)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)

    assert done.returncode == 3, done.stderr
    assert message in done.stdout


def test_an_unwritable_folder_is_one_clear_line(folder: Path) -> None:
    (folder / "file").touch()

    done = steeled("audit", "model.joblib", *GIVEN, "--out", "file/report", cwd=folder)

    assert done.returncode == 2
    assert "--out" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_clear_line(folder: Path) -> None:
    limited = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000));"
    code = (
        limited
        + "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from steeled.cli.main import main; main()"
    )
    words = ["audit", "model.joblib", *map(str, GIVEN), "--quiet", "--out", "report"]

    done = subprocess.run([sys.executable, "-c", code, *words], cwd=folder, capture_output=True, text=True, timeout=120)

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "--out" in done.stderr


INTERRUPTED = ("audit", "model.joblib", "--train", "train.csv", *GIVEN, "--workers", 1, "--budget", "600s")
SLOW = """
probes:
  label_flips: {seeds: 4}
  membership: {shadows: 64}
  extraction: {honest_models: 20}
  label_errors: {folds: 10}
"""  # many trainings are left when the first probe is done


def _started(folder: Path) -> "subprocess.Popen[str]":
    """An audit that has kept at least one evidence and is still running."""
    command = [sys.executable, "-m", "steeled", *map(str, INTERRUPTED), "--out", "report"]
    running = subprocess.Popen(
        command,
        cwd=folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
    )
    assert running.stderr is not None
    for line in running.stderr:
        if " done " in line:
            return running
    raise AssertionError(f"the audit ended before it was interrupted: {running.wait()}")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_audit_goes_on_where_it_was_to_the_same_numbers(folder: Path, ending: signal.Signals) -> None:
    (folder / "steeled.yaml").write_text(SLOW)
    whole = steeled(*INTERRUPTED, "--out", "whole", "--json", cwd=folder)
    running = _started(folder)

    running.send_signal(ending)
    _, err = running.communicate(timeout=30)
    again = steeled(*INTERRUPTED, "--out", "report", cwd=folder)
    resumed = steeled("report", "report", "--format", "json", "--stdout", cwd=folder)

    assert running.returncode == (-signal.SIGKILL if ending is signal.SIGKILL else 3)
    assert ending is signal.SIGKILL or "goes on from there" in err
    assert " known " in again.stderr
    assert _numbers(resumed.stdout) == _numbers(whole.stdout)
    assert again.returncode == whole.returncode
    assert "Traceback" not in err + again.stderr


def _numbers(report: str) -> list[str]:
    """The lines of a JSON report that do not depend on the clock or the command."""
    timed = ('"seconds"', '"started"', '"allowed"', '"command"')
    return [line for line in report.splitlines() if line.strip() and not line.strip().startswith(timed)]


def test_a_function_in_the_users_code_is_a_model_by_its_name(folder: Path) -> None:
    (folder / "mine.py").write_text(
        "import numpy as np\n"
        "def answer(rows):\n"
        "    p = 1 / (1 + np.exp(-4 * np.asarray(rows)[:, 0]))\n"
        "    return np.stack([1 - p, p], axis=1)\n"
    )

    ran = audit("mine:answer", *GIVEN, "--only", "calibration", cwd=folder)
    wrong = steeled("audit", "mine:anser", *GIVEN, cwd=folder)

    assert ran.completed() == {"overreliance": {"calibration"}}
    assert wrong.returncode in (2, 3)
    assert "answer" in wrong.stderr
    assert "Traceback" not in wrong.stderr
