import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from steeled.cli.main import COMMANDS, run
from steeled.policy.configuration import json_schema


def cpu_of(*command: str) -> float:
    """User and system seconds of a process, as the kernel counts them."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(used.ru_utime + used.ru_stime)\n"
    )
    return float(subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True).stdout)


def test_help_costs_at_most_eight_times_bare_python() -> None:
    bare = sorted(cpu_of(sys.executable, "-c", "pass") for _ in range(7))[3]
    help_page = sorted(cpu_of(sys.executable, "-m", "steeled", "--help") for _ in range(7))[3]

    assert help_page <= 8 * bare


def test_help_names_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["--help"])

    page = capsys.readouterr().out
    assert code == 0
    assert all(re.search(rf"^  {name} ", page, re.MULTILINE) for name in COMMANDS)
    assert "3 inconclusive" in " ".join(page.split())


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_exists_and_its_help_begins_as_the_list_says(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run([command, "--help"])

    assert code == 0
    assert f"Usage: steeled {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audti"], "No such command"),
        (["audit", "--budget", "soon"], "60s, 5m or 1h"),
        (["audit", "--profile", "fast"], "quick"),
        (["audit", "model.joblib"], "rows to test on"),
        (["audit", "--config", "nowhere.yaml"], "steeled init"),
        (["judge", "nowhere"], "run `steeled audit"),
        (["report", "nowhere"], "run `steeled audit"),
        (["compare", "a", "b"], "run `steeled audit"),
        (["scan", "nowhere.pkl"], "does not exist"),
    ],
)
def test_a_wrong_request_is_one_line_and_exit_code_2(
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)

    code = run(arguments)

    shown = capsys.readouterr()
    assert code == 2
    assert message in shown.err
    assert "Traceback" not in shown.err


def test_schema_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["schema"])

    assert code == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


def test_doctor_knows_scikit_learn_and_every_risk(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["doctor", "--json"])

    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert {each["library"]: bool(each["version"]) for each in said["libraries"]}["scikit-learn"]
    assert all(said["probes"].values())
