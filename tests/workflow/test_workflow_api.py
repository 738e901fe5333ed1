"""The Python interface on objects in memory, in a process of its own as a user's script is."""

import subprocess
import sys
from pathlib import Path

import pytest

ROWS = """
import numpy as np, pandas as pd, steeled
from sklearn.linear_model import LogisticRegression
rng = np.random.default_rng(0)
frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
frame["label"] = np.where(frame["a"] + 0.3 * rng.normal(size=300) > 0, "yes", "no")
train, test = frame[:150], frame[150:]
model = LogisticRegression().fit(train[["a", "b", "c"]], train["label"])
"""


def python(code: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", ROWS + code], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_model_in_memory_is_audited_and_shows_itself_in_a_notebook(tmp_path: Path) -> None:
    code = (
        "audit = steeled.audit(model, train=train, test=test, label='label', profile='quick', folder='kept')\n"
        "print(sorted({e.risk.value for e in audit.evidence if e.is_completed}))\n"
        "print(audit.verdict.outcome.value, audit._repr_html_()[:15], len(str(audit)) > 200)\n"
        "print(sorted(p.name for p in audit.save().values()))\n"
    )

    risks, verdict, saved = python(code, tmp_path).splitlines()

    assert risks == "['evasion', 'overreliance', 'poisoning', 'privacy', 'theft']"
    assert verdict.split()[0] in ("pass", "fail", "inconclusive")
    assert verdict.split()[1:] == ["<iframe", "srcdoc", "True"] or "<iframe srcdoc=" in verdict
    assert saved == "['report.html', 'report.json']"
    assert {path.name for path in tmp_path.iterdir()} == {"kept"}


def test_arrays_a_callable_and_a_mapping_as_configuration_are_enough(tmp_path: Path) -> None:
    code = (
        "x, y = test[['a', 'b', 'c']].to_numpy(), (test['label'] == 'yes').to_numpy().astype(int)\n"
        "answer = lambda rows: np.stack([1 / (1 + np.exp(9 * rows[:, 0])), 1 / (1 + np.exp(-9 * rows[:, 0]))], 1)\n"
        "only = {'only': ['evasion', 'overreliance']}\n"
        "config = {'threat': {'goal': '1', 'cost': 2.0}, 'run': only, 'columns': {'x1': {'immutable': True}}}\n"
        "audit = steeled.audit(answer, (x, y), config=config, profile='quick', folder='kept')\n"
        "found = {e.probe: e for e in audit.evidence}\n"
        "print(found['greedy_features'].measurement('success_rate').value)\n"
        "print({c.column for e in audit.evidence for x in e.result.examples for c in x.changes})\n"
    )

    success, changed = python(code, tmp_path).splitlines()

    assert float(success) > 0.9  # a step at zero in one free column: nearly everybody can cross it at cost 2
    assert "x1" not in changed
    assert "x0" in changed


def test_one_attack_gives_its_measurements_and_counts_queries(tmp_path: Path) -> None:
    code = (
        "found = steeled.attack(model, test, label='label', attack='pgd', rows=30, steps=5)\n"
        "print(found.result.measurements[0].name, found.queries > 0)\n"
        "print(str(found).splitlines()[0].startswith('pgd: '))\n"
    )

    assert python(code, tmp_path).splitlines() == ["success_rate True", "True"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("steeled.attack(model, test, label='label', attack='pgdd')", "did you mean 'pgd'"),
        ("steeled.attack(model, test, label='label', attack='membership')", "needs training rows"),
        ("steeled.attack(model, 7, label='label', attack='pgd')", "a path, a data frame"),
        ("steeled.audit(model, train=train, test='gone.csv', label='label')", "gone.csv"),
        ("steeled.audit(model, label='label')", "rows to test on"),
        ("steeled.audit('gone.joblib', test, label='label')", "gone.joblib"),
        ("steeled.audit(model, test, label='label', config={'runn': {}})", "did you mean 'run'"),
    ],
)
def test_a_wrong_call_raises_one_of_our_errors_that_says_what_to_do(call: str, message: str, tmp_path: Path) -> None:
    code = f"try: {call}\nexcept steeled.SteeledError as problem: print(problem)\n"

    assert message in python(code, tmp_path)
