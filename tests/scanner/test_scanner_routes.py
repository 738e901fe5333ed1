"""Every way in which a pickle can call something is seen, in every container, and nothing is ever called."""

import bz2
import gzip
import io
import lzma
import os
import pickle
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from scanner_samples import ROUTES, Calls, laughs, zipped

from steeled.scanner.scan import scan, scan_bytes
from steeled.scanner.verdict import ScanVerdict

_WATCHED = (
    "import",
    "os.system",
    "subprocess.Popen",
    "os.exec",
    "socket.connect",
    "open",
    "compile",
    "exec",
    "pickle.find_class",
)
_events: list[str] = []
_recording = [False]


def _tar(data: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        entry = tarfile.TarInfo("model.pkl")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def _object_array(data: bytes) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.array([None], dtype=object), allow_pickle=True)
    head = stream.getvalue()
    return head[: head.index(b"\n") + 1] + data


CONTAINERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, format=lzma.FORMAT_ALONE),
    "zip": lambda data: zipped({"notes.txt": data}),
    "nested zip": lambda data: zipped({"a.zip": zipped({"b.zip": zipped({"c": data})})}),
    "torch": lambda data: zipped({"archive/data.pkl": data, "archive/version": b"3\n"}),
    "torch member": lambda data: zipped({"archive/data.pkl": b"\x80\x02}.", "archive/data/7": data}),
    "tar": _tar,
    "object array": _object_array,
    "after a pickle": lambda data: pickle.dumps([1.0, 2.0]) + data,
    "before a zip": lambda data: data + zipped({"a.npy": b""}),
}


@pytest.fixture
def audit() -> Iterator[list[str]]:
    """Names of the watched events that happen while the test runs."""
    if not getattr(sys, "_steeled_audit", False):
        sys.addaudithook(lambda event, _: _events.append(event) if _recording[0] and event in _WATCHED else None)
        sys._steeled_audit = True  # type: ignore[attr-defined]
    _events.clear()
    yield _events
    _recording[0] = False


@pytest.mark.parametrize("route", ROUTES)
def test_no_route_to_a_call_is_safe(route: str) -> None:
    report = scan_bytes(ROUTES[route])

    assert not report.is_safe
    assert report.findings


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("route", ["protocol 0", "reduce", "no stop", "memo"])
def test_no_container_hides_a_call(container: str, route: str) -> None:
    report = scan_bytes(CONTAINERS[container](ROUTES[route]))

    assert report.verdict in (ScanVerdict.DANGEROUS, ScanVerdict.MALFORMED)


def test_scan_executes_imports_and_opens_nothing(audit: list[str]) -> None:
    samples = [*ROUTES.values(), *(wrap(ROUTES["reduce"]) for wrap in CONTAINERS.values())]
    for data in samples:
        scan_bytes(data)  # loads the readers themselves

    _recording[0] = True
    verdicts = [scan_bytes(data).verdict for data in samples]
    _recording[0] = False

    assert set(audit) <= {"compile"}  # ast.literal_eval of a numpy header parses, and evaluates nothing
    assert ScanVerdict.SAFE not in verdicts


def test_marker_call_is_found_and_not_made(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    model = tmp_path / "credit.pkl"
    model.write_bytes(pickle.dumps({"weights": [1.0], "hook": Calls(os.mkdir, str(marker))}))

    report = scan(model)

    assert report.verdict is ScanVerdict.DANGEROUS
    assert "mkdir" in report.sentence
    assert not marker.exists()


def test_print_is_dangerous() -> None:
    report = scan_bytes(pickle.dumps(Calls(print, "hello")))

    assert report.verdict is ScanVerdict.DANGEROUS
    assert report.findings[0].name == "builtins.print"


def test_reference_explosion_is_found_without_walking_it() -> None:
    report = scan_bytes(laughs())

    assert report.verdict is ScanVerdict.MALFORMED


def test_shared_references_are_no_explosion() -> None:
    shared = ["a", "b"]

    assert scan_bytes(pickle.dumps([shared] * 1000)).is_safe


def test_bomb_is_stopped_by_its_budget() -> None:
    report = scan_bytes(zlib.compress(bytes(100 << 20), 9))

    assert report.verdict is ScanVerdict.UNVERIFIABLE
    assert "unpacks to more" in report.sentence


def test_depth_of_containers_is_bounded() -> None:
    data = pickle.dumps(1)
    for _ in range(12):
        data = zipped({"x": data})

    assert scan_bytes(data).verdict is ScanVerdict.UNVERIFIABLE


def test_cutting_a_pickle_anywhere_is_never_safe() -> None:
    data = pickle.dumps({"a": [1, 2.5, "text", b"bytes"], "b": np.arange(3)}, protocol=4)

    assert scan_bytes(data).is_safe
    assert not [cut for cut in range(1, len(data)) if scan_bytes(data[:cut]).is_safe]
