import pickle
from pathlib import Path

import numpy as np
import pytest
from small_models import values_of

from steeled.core.case import Case
from steeled.core.threat_model import ThreatModel
from steeled.probes.supply_chain.unsafe_code import UnsafeCode


class Marker:
    """Its pickle creates a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def inspect(*files: Path):
    case = Case(ThreatModel(), np.random.default_rng(0), rows=10, files=files)
    return UnsafeCode().inspect(case)


def test_planted_call_is_found_and_not_made(tmp_path):
    mark, file = tmp_path / "mark", tmp_path / "model.pkl"
    file.write_bytes(pickle.dumps(Marker(mark)))

    result = inspect(file)

    counts = values_of(result)
    assert counts["unsafe_files"].value + counts["unverifiable_files"].value == 1
    assert result.tables[0].rows
    assert not mark.exists()


def test_system_call_counts_as_unsafe(tmp_path):
    file = tmp_path / "model.pkl"
    file.write_bytes(b"cposix\nsystem\n(S'true'\ntR.")

    result = inspect(file)

    count = values_of(result)["unsafe_files"]
    assert count.value == 1
    assert count.note
    assert result.tables[0].rows[0][2] == "posix.system"


def test_plain_numbers_are_safe(tmp_path):
    file = tmp_path / "weights.npy"
    np.save(file, np.arange(5.0))

    result = inspect(file)

    assert {m.value for m in result.measurements} == {0.0}
    assert result.tables == ()


def test_each_file_is_counted_once(tmp_path):
    good, bad = tmp_path / "weights.npy", tmp_path / "model.pkl"
    np.save(good, np.arange(5.0))
    bad.write_bytes(b"cposix\nsystem\n(S'true'\ntR" + b"0cposix\nsystem\n(S'true'\ntR.")

    count = values_of(inspect(good, bad))["unsafe_files"]

    assert (count.value, count.n) == (1.0, 2)


def test_no_file_is_not_measurable():
    assert not any(m.is_measured for m in inspect().measurements)


@pytest.mark.parametrize("name", ["unsafe_files", "unverifiable_files"])
def test_counts_are_exact(tmp_path, name):
    file = tmp_path / "weights.npy"
    np.save(file, np.arange(5.0))

    assert values_of(inspect(file))[name].bound == "exact"
