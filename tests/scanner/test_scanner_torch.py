"""PyTorch files: state dicts, modules, TorchScript and exported programs."""

import io
import json
import pickle
import re
import warnings
import zipfile
from typing import Any

import pytest
from scanner_samples import zipped

from steeled.scanner.scan import scan_bytes
from steeled.scanner.verdict import ScanVerdict

torch = pytest.importorskip("torch")


@pytest.fixture(scope="module")
def network() -> Any:
    nn = torch.nn
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(72, 3)).eval()


def _saved(value: Any, **settings: Any) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream, **settings)
    return stream.getvalue()


@pytest.fixture(scope="module")
def script(network: Any) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(network), stream)
    return stream.getvalue()


@pytest.fixture(scope="module")
def exported(network: Any) -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = torch.export.Dim("rows")
        program = torch.export.export(network, (torch.zeros(2, 1, 8, 8),), dynamic_shapes=({0: rows},))
        torch.export.save(program, stream)
    return stream.getvalue()


def _rewritten(data: bytes, ending: str, change: Any) -> bytes:
    """The archive with one member changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    mangled = re.escape(ending).replace(r"\.py", r"(/___torch_mangle_\d+)?\.py") + "$"  # was scripted before
    (name,) = [name for name in members if re.search(mangled, name)]
    return zipped(members | {name: change(members[name])})


def test_state_dict_and_module_are_safe(network: Any) -> None:
    optimizer = torch.optim.Adam(network.parameters())
    checkpoint = {"model": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3}

    reports = [scan_bytes(_saved(value)) for value in (network.state_dict(), network, checkpoint)]
    reports += [scan_bytes(_saved(network.state_dict(), _use_new_zipfile_serialization=False))]
    reports += [scan_bytes(pickle.dumps(network))]

    assert [report.sentence for report in reports if not report.is_safe] == []
    assert [report.format for report in reports] == ["torch_zip"] * 3 + ["torch_legacy", "pickle"]


def test_plain_script_is_safe(script: bytes) -> None:
    report = scan_bytes(script)

    assert (report.format, report.sentence, report.is_safe) == ("torch_script", report.sentence, True)


@pytest.mark.parametrize(
    "line",
    [
        'torch.save(input, "/tmp/x")',
        '(input).save("/tmp/x")',
        'getattr(input, "save")("/tmp/x")',
        'torch.from_file("/etc/passwd", True, 3)',
        'ops.aten.save(input, "/tmp/x")',
        "ops.other.anything(input)",
        "__torch__.torch.classes.other.Thing(input)",
        "print(input)",
        "[i for i in input]",
    ],
)
def test_script_that_does_more_than_compute_carries_code(script: bytes, line: str) -> None:
    change = lambda code: code.replace(b"    return ", f"    x = {line}\n    return ".encode(), 1)  # noqa: E731
    report = scan_bytes(_rewritten(script, "torch/nn/modules/linear.py", change))

    assert report.verdict is ScanVerdict.CODE_CARRYING


def test_plain_exported_program_is_safe(exported: bytes) -> None:
    report = scan_bytes(exported)

    assert report.format == "torch_export"
    assert report.is_safe, report.sentence


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("target", "torch.hub.load"),
        ("target", "torch.ops.other.op.default"),
        ("target", "_operator.attrgetter"),
        ("expr_str", "__import__('os').system('x')"),
        ("expr_str", "Symbol('s0').func"),
        ("in_spec", '[1, {"type": "other.Class", "context": "null", "children_spec": []}]'),
        ("guards_code", ["__import__('os')"]),
        ("as_custom_obj", {"name": "x"}),
    ],
)
def test_exported_program_that_resolves_or_evaluates_carries_code(exported: bytes, key: str, value: Any) -> None:
    change = lambda text: json.dumps({**json.loads(text), "more": {key: value}}).encode()  # noqa: E731

    assert scan_bytes(_rewritten(exported, "models/model.json", change)).verdict is ScanVerdict.CODE_CARRYING


def test_storage_of_another_size_is_malformed(network: Any) -> None:
    report = scan_bytes(_rewritten(_saved(network.state_dict()), "data/0", lambda data: data + b"\0" * 4))

    assert report.verdict is ScanVerdict.MALFORMED


def test_magic_that_is_computed_is_not_legacy(network: Any) -> None:
    data = _saved(network.state_dict(), _use_new_zipfile_serialization=False)
    magic = data[: data.index(b".") + 1]
    computed = b"\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R."

    assert scan_bytes(data).is_safe
    assert scan_bytes(computed + data[len(magic) :]).verdict is ScanVerdict.DANGEROUS


def test_two_folders_in_one_archive_are_malformed() -> None:
    pkl = b"\x80\x02}."

    assert scan_bytes(zipped({"a/data.pkl": pkl, "b/data.pkl": pkl})).verdict is ScanVerdict.MALFORMED
