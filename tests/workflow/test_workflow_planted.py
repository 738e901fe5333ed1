"""A planted weakness is found, and its healthy twin is not accused."""

import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from audited import Ran, audit
from sklearn.datasets import make_classification
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from steeled.core.verdict import Outcome

ROWS = 900


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows with 20 % noisy labels: what can only be known by heart."""
    folder = tmp_path_factory.mktemp("planted")
    x, y = make_classification(3 * ROWS, 12, n_informative=6, flip_y=0.2, random_state=0)
    frame = pd.DataFrame(x, columns=[f"c{j}" for j in range(12)]).assign(label=y)
    frame[:ROWS].to_csv(folder / "train.csv", index=False)
    frame[ROWS:].to_csv(folder / "test.csv", index=False)
    return folder


def audited(tables: Path, model: object, folder: Path, *only: str) -> Ran:
    joblib.dump(model, folder / "model.joblib")
    chosen = [word for name in only for word in ("--only", name)]
    rows = ("--train", tables / "train.csv", "--test", tables / "test.csv", "--label", "label")
    return audit("model.joblib", *rows, *chosen, "--profile", "quick", cwd=folder)


def rows(tables: Path) -> tuple[pd.DataFrame, pd.Series]:
    train = pd.read_csv(tables / "train.csv")
    return train.drop(columns="label"), train["label"]


def test_a_model_that_memorises_is_flagged_by_membership_and_its_healthy_twin_is_not(
    tables: Path, tmp_path: Path
) -> None:
    x, y = rows(tables)
    memorises = ExtraTreesClassifier(100, random_state=0).fit(x, y)
    healthy = ExtraTreesClassifier(100, random_state=0, min_samples_leaf=40, max_depth=4).fit(x, y)
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()

    bad = audited(tables, memorises, tmp_path / "bad", "membership")
    good = audited(tables, healthy, tmp_path / "good", "membership")

    assert bad.finding("PRI-01").outcome is Outcome.FAIL
    assert good.finding("PRI-01").outcome is Outcome.PASS
    assert bad.code == 1


def test_a_model_of_random_labels_is_flagged_by_calibration_and_its_healthy_twin_is_not(
    tables: Path, tmp_path: Path
) -> None:
    x, y = rows(tables)
    nonsense = np.random.default_rng(0).permutation(y)
    sure_of_nonsense = MLPClassifier((64,), alpha=0, max_iter=600, tol=0, n_iter_no_change=600, random_state=0)
    (tmp_path / "bad").mkdir()
    (tmp_path / "good").mkdir()
    with pytest.warns(match="Maximum iterations"):
        sure_of_nonsense.fit(x, nonsense)

    bad = audited(tables, sure_of_nonsense, tmp_path / "bad", "calibration")
    good = audited(tables, LogisticRegression().fit(x, y), tmp_path / "good", "calibration")

    assert bad.finding("OVR-01").outcome is Outcome.FAIL
    assert good.finding("OVR-01").outcome is Outcome.PASS
    assert bad.code == 1


class Marker:
    """Pickles to a call that would write a file: harmless, and visible if it ever happens."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return Path.write_text, (self.path, "loaded")  # type: ignore[return-value]


def test_a_pickle_with_a_marker_call_is_refused_before_it_is_loaded_and_its_healthy_twin_is_not(
    tables: Path, tmp_path: Path
) -> None:
    x, y = rows(tables)
    model = LogisticRegression().fit(x, y)
    marker = tmp_path / "marker"
    bad, good = tmp_path / "bad", tmp_path / "good"
    bad.mkdir()
    good.mkdir()
    (bad / "model.pkl").write_bytes(pickle.dumps([model, Marker(marker)]))
    (good / "model.pkl").write_bytes(pickle.dumps(model))
    given = ("--train", tables / "train.csv", "--test", tables / "test.csv", "--label", "label", "--profile", "quick")

    refused = audit("model.pkl", *given, cwd=bad)
    clean = audit("model.pkl", *given, "--only", "calibration", "--only", "unsafe_code", cwd=good)

    assert not marker.exists()
    assert refused.code == 1
    assert refused.finding("SUP-01").outcome is Outcome.FAIL
    assert refused.completed() == {"supply_chain": {"unsafe_code"}}
    assert "--trust sha256:" in " ".join(e.reason for e in refused.record.evidence)
    assert clean.finding("SUP-01").outcome is Outcome.PASS
    assert "calibration" in clean.completed()["overreliance"]


def test_a_trusted_digest_is_loaded_in_a_child_although_the_scanner_does_not_know_it(
    tables: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        "from sklearn.linear_model import LogisticRegression\nclass Mine(LogisticRegression):\n    pass\n"
    )
    code = (
        "import joblib, pandas as pd, mine; t = pd.read_csv('train.csv');"
        "joblib.dump(mine.Mine().fit(t.drop(columns='label'), t['label']), 'model.joblib')"
    )
    for name in ("train.csv", "test.csv"):
        (tmp_path / name).write_bytes((tables / name).read_bytes())
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    given = ("--train", "train.csv", "--test", "test.csv", "--label", "label", "--only", "calibration")

    refused = audit("model.joblib", *given, "--only", "unsafe_code", cwd=tmp_path)
    digest, completed = refused.record.model_digest, refused.completed()
    trusted = audit("model.joblib", *given, "--trust", digest, cwd=tmp_path)

    assert refused.code != 0
    assert completed == {"supply_chain": {"unsafe_code"}}
    assert trusted.completed() == {"overreliance": {"calibration"}}
