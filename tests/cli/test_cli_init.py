"""``steeled init`` writes a configuration that ``steeled audit`` takes as it is."""

import os
import subprocess
import sys
from pathlib import Path

import joblib
import pandas as pd
import pytest
import yaml

from steeled.data.credit.train import fit
from steeled.data.example import credit_files
from steeled.policy.configuration import parse_configuration

HOSTILE = "a: &x [*x]\n# b\u2028{% raw %}"


def steeled(*words: object, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "steeled", *map(str, words)]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, "PYTHONPATH": str(cwd)}, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The credit model, with one column whose name tries to break out of the comment."""
    folder = tmp_path_factory.mktemp("init")
    train = pd.read_parquet(credit_files().train).rename(columns={"purpose": HOSTILE})
    train.to_parquet(folder / "train.parquet")
    joblib.dump(fit(train), folder / "model.joblib")
    done = steeled("init", "model.joblib", "train.parquet", "--label", "creditability", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_what_is_written_is_valid_and_names_every_column(folder: Path) -> None:
    text = (folder / "steeled.yaml").read_text("utf-8")

    configuration = parse_configuration(yaml.safe_load(text), "steeled.yaml")

    columns = set(pd.read_parquet(folder / "train.parquet").columns) - {"creditability"}
    assert set(configuration.columns) == columns
    assert configuration.columns["age_in_years"].immutable
    assert configuration.columns[HOSTILE].cost == 1.0


def test_audit_takes_it_as_it_is(folder: Path) -> None:
    done = steeled("audit", "--dry-run", cwd=folder)

    assert done.returncode == 0, done.stderr
    assert "greedy_features" in done.stdout


def test_a_configuration_is_never_overwritten(folder: Path) -> None:
    before = (folder / "steeled.yaml").read_text("utf-8")

    done = steeled("init", "model.joblib", "train.parquet", "--label", "creditability", cwd=folder)

    assert done.returncode == 2
    assert "not overwritten" in done.stderr
    assert (folder / "steeled.yaml").read_text("utf-8") == before


def test_what_init_was_told_of_the_model_stands_in_the_file(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "import numpy as np\n"
        "def answer(rows):\n"
        "    return np.tile([0.4, 0.6], (len(rows), 1))\n"
        "def train(data, seed):\n"
        "    return answer\n"
    )
    given = (folder / "train.parquet", "--label", "creditability", "--recipe", "mine:train")

    done = steeled("init", "mine:answer", *given, "--trust", "sha256:abc", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    model = parse_configuration(yaml.safe_load((tmp_path / "steeled.yaml").read_text("utf-8")), "here").model
    assert (model.path, model.recipe, model.trust) == ("mine:answer", "mine:train", ("sha256:abc",))
