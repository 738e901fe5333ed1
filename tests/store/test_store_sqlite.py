import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from steeled.core.artifact import Curve, CurveRole, Point, Result
from steeled.core.evidence import Evidence, Question, Status
from steeled.core.measurement import Bound, Measurement, Unit
from steeled.core.record import Record
from steeled.core.risk import Risk
from steeled.core.threat_model import Goal, ThreatModel
from steeled.core.verdict import Outcome, Verdict
from steeled.errors import EvidenceError, StorageError
from steeled.store.sqlite import Store


def evidence(seed: int = 0) -> Evidence:
    threat = ThreatModel(goal=Goal(wanted=1))
    question = Question("noise", "1", Risk.EVASION, {"draws": 3}, "sha256:a", "sha256:b", "", threat, 100, seed)
    measured = Measurement("success_rate", 0.25, 0.2, 0.3, 100, Unit.SHARE, Bound.AT_LEAST)
    curve = Curve("robust_accuracy", CurveRole.ATTACK, "noise", "cost", "kept", Unit.SHARE, (Point(1.0, 0.5),))
    return Evidence(question, Status.COMPLETED, result=Result((measured,), (curve,)), queries=7, seconds=0.5)


def record(run: str = "run-1") -> Record:
    verdict = Verdict(Outcome.INCONCLUSIVE, ())
    return Record(run, "m", "", "", "", "", "", "quick", 60.0, 0, "2026-01-01T00:00:00Z", 1.0, (evidence(),), verdict)


def test_what_is_put_comes_back_equal(tmp_path: Path) -> None:
    with Store(tmp_path / "e.sqlite") as store:
        store.put(evidence())
        store.put_record(record())

    with Store(tmp_path / "e.sqlite") as store:
        assert store.get(evidence().key) == evidence()
        assert store.get(evidence(seed=1).key) is None
        assert store.latest_record() == record()


def test_the_latest_record_is_the_one_kept_last(tmp_path: Path) -> None:
    with Store(tmp_path / "e.sqlite") as store:
        for run in ("run-1", "run-2", "run-1"):
            store.put_record(record(run))

        latest = store.latest_record()

    assert latest is not None
    assert latest.run == "run-1"


def test_altered_evidence_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    with Store(path) as store:
        store.put(evidence())
    raw = sqlite3.connect(path)
    raw.execute("UPDATE evidence SET body = CAST(REPLACE(CAST(body AS TEXT), '0.25', '0.21') AS BLOB)")
    raw.commit()
    raw.close()

    with Store(path) as store, pytest.raises(EvidenceError, match="altered"):
        store.get(evidence().key)


def test_evidence_moved_under_another_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    with Store(path) as store:
        store.put(evidence())
    raw = sqlite3.connect(path)
    raw.execute("UPDATE evidence SET key = ?", (evidence(seed=9).key,))
    raw.commit()
    raw.close()

    with Store(path) as store, pytest.raises(EvidenceError, match="another question"):
        store.get(evidence(seed=9).key)


def test_a_file_that_is_no_store_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)

    with pytest.raises(StorageError, match="delete it or name another --out"):
        Store(path)


def test_a_damaged_store_is_evidence_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "e.sqlite"
    with Store(path) as store:
        for seed in range(30):
            store.put(evidence(seed))
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))

    with pytest.raises(EvidenceError, match=r"damaged: .*; delete it and measure again"):
        Store(path)


def test_a_folder_that_cannot_be_made_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StorageError, match="--out"):
        Store(tmp_path / "file" / "e.sqlite")


def test_evidence_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, sys, signal; sys.path.insert(0, sys.argv[2]); from pathlib import Path\n"
        "from test_store_sqlite import evidence; from steeled.store.sqlite import Store\n"
        "Store(Path(sys.argv[1])).put(evidence()); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "e.sqlite"
    ended = subprocess.run([sys.executable, "-c", code, str(path), str(Path(__file__).parent)], env={**os.environ})

    assert ended.returncode == -signal.SIGKILL
    with Store(path) as store:
        assert store.get(evidence().key) == evidence()


def test_every_field_of_a_question_changes_its_key() -> None:
    question = evidence().question
    other = {
        "probe": "x",
        "version": "2",
        "risk": Risk.THEFT,
        "parameters": {"draws": 4},
        "target": "x",
        "data": "x",
        "recipe": "x",
        "threat": ThreatModel(epsilon=3.0),
        "rows": 5,
        "seed": 8,
        "report_rows": False,
    }
    fields = {field.name for field in dataclasses.fields(question)}

    keys = {dataclasses.replace(question, **{name: value}).key for name, value in other.items()}

    assert set(other) == fields
    assert len(keys | {question.key}) == len(other) + 1
