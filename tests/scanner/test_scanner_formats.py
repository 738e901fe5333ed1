"""Each other format: what it must look like, and what is found in a hostile one."""

import io
import json
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scanner_samples import ROUTES, zipped

from steeled.core.digest import digest_file
from steeled.errors import DataError
from steeled.scanner.scan import scan, scan_bytes
from steeled.scanner.verdict import ScanVerdict


def _npy(array: np.ndarray) -> bytes:  # type: ignore[type-arg]
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def _safetensors(header: dict[str, object], data: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def _field(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | 2, len(data)]) + data


def _onnx(node: bytes = b"", tensor: bytes = b"") -> bytes:
    graph = (_field(1, node) if node else b"") + (_field(5, tensor) if tensor else b"") + _field(2, b"g")
    return b"\x08\x08" + _field(7, graph)


PARQUET = io.BytesIO()
pd.DataFrame({"a": [1, 2]}).to_parquet(PARQUET)
SAFE = {
    "numpy_npy": _npy(np.arange(6.0).reshape(2, 3)),
    "numpy_npz": zipped({"a.npy": _npy(np.arange(3)), "b.npy": _npy(np.array(["x", None], dtype=object))}),
    "safetensors": _safetensors({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, bytes(8)),
    "onnx": _onnx(node=_field(4, b"Relu")),
    "csv": b"age,job\n1,a\n2,b\n",
    "text": b"# A model card\nuse torch.load and os.system never (really)\n",
    "parquet": PARQUET.getvalue(),
}
TEXTS = [
    b"credit\ngood\nbad\n", b"id,name\n1,Bob\n", b"Person,x\nPaul,3\nPeter,4\nRon,5\nNed,1\n", b"a: 1\nb: [1, 2]\n",
    b'{"model_type": "bert", "layers": [1, 2]}', b"N.B. this is prose.\n", b"1\n2\n3\n", b"0.5,1.5\n2.5,3.5\n",
    b'<?xml version="1.0"?><PMML version="4.4"></PMML>',
]  # fmt: skip
HOSTILE = {
    "npy that is cut": (SAFE["numpy_npy"][:-1], ScanVerdict.MALFORMED),
    "npy with a tail": (SAFE["numpy_npy"] + b"tail", ScanVerdict.UNVERIFIABLE),
    "npy with a pickle behind": (SAFE["numpy_npy"] + ROUTES["reduce"], ScanVerdict.DANGEROUS),
    "npz with a pickle": (zipped({"a.npy": ROUTES["reduce"]}), ScanVerdict.DANGEROUS),
    "safetensors with a hole": (
        _safetensors({"w": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, bytes(8)),
        ScanVerdict.MALFORMED,
    ),
    "safetensors with a tail": (SAFE["safetensors"] + b"x", ScanVerdict.MALFORMED),
    "onnx with python": (_onnx(node=_field(4, b"PyOp") + _field(7, b"ai.onnx.contrib")), ScanVerdict.DANGEROUS),
    "onnx of another domain": (_onnx(node=_field(4, b"Op") + _field(7, b"my.domain")), ScanVerdict.UNVERIFIABLE),
    "onnx that reads files": (
        _onnx(tensor=_field(13, _field(1, b"location") + _field(2, b"../../etc/passwd"))),
        ScanVerdict.DANGEROUS,
    ),
    "onnx in two files": (
        _onnx(tensor=_field(13, _field(1, b"location") + _field(2, b"model.data"))),
        ScanVerdict.UNVERIFIABLE,
    ),
    "source": (b"import os\nos.system('x')\n", ScanVerdict.CODE_CARRYING),
    "yaml tag": (b"a: !!python/object/apply:os.system ['x']\n", ScanVerdict.DANGEROUS),
    "xml entity": (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///x">]><x/>', ScanVerdict.DANGEROUS),
    "auto_map": (b'{"auto_map": {"AutoModel": "modeling.Own"}}', ScanVerdict.CODE_CARRYING),
    "template": (b'{"chat_template": "{{ x.__class__ }}"}', ScanVerdict.UNVERIFIABLE),
    "keras import": (
        b'{"class_name": "system", "module": "os", "config": {}}',
        ScanVerdict.DANGEROUS,
    ),
    "keras lambda": (b'{"class_name": "Lambda", "config": {}}', ScanVerdict.CODE_CARRYING),
    "executable": (b"\x7fELF" + bytes(60), ScanVerdict.UNVERIFIABLE),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), ScanVerdict.UNVERIFIABLE),
    "nothing": (b"", ScanVerdict.UNVERIFIABLE),
    "noise": (bytes(range(200, 256)) * 3, ScanVerdict.UNVERIFIABLE),
    "skops function": (
        zipped(
            {"schema.json": b'{"__class__": "system", "__module__": "os", "__loader__": "FunctionNode", "protocol": 2}'}
        ),
        ScanVerdict.DANGEROUS,
    ),
    "skops node of another kind": (
        zipped(
            {"schema.json": b'{"__class__": "x", "__module__": "a", "__loader__": "OperatorFuncNode", "protocol": 2}'}
        ),
        ScanVerdict.UNVERIFIABLE,
    ),
    "xgboost with another key": (b'{"learner": {"gradient_booster": {}, "os": 1}, "version": [1], "x": 0}', None),
}


@pytest.mark.parametrize("kind", SAFE)
def test_format_is_recognized_by_content_and_safe(kind: str) -> None:
    report = scan_bytes(SAFE[kind], name="model.pkl")

    assert report.is_safe, report.sentence
    assert report.format == kind


@pytest.mark.parametrize("data", TEXTS)
def test_text_that_reads_like_opcodes_is_text(data: bytes) -> None:
    report = scan_bytes(data)

    assert report.is_safe, report.sentence
    assert report.format in ("text", "csv")


@pytest.mark.parametrize("case", [case for case in HOSTILE if HOSTILE[case][1] is not None])
def test_hostile_file_has_its_verdict(case: str) -> None:
    data, verdict = HOSTILE[case]

    assert scan_bytes(data).verdict is verdict


def test_other_keys_are_no_xgboost_model() -> None:
    assert scan_bytes(HOSTILE["xgboost with another key"][0]).format != "xgboost_json"


@pytest.mark.parametrize("front", [SAFE["safetensors"], SAFE["numpy_npz"], SAFE["csv"], b"CBM1" + bytes(80)])
def test_appending_a_call_never_leaves_a_file_safe(front: bytes) -> None:
    assert not scan_bytes(front + ROUTES["reduce"]).is_safe


def test_name_of_a_file_decides_nothing() -> None:
    names = ["model.pkl", "notes.txt", "weights.safetensors", "data.csv", "x"]

    assert {scan_bytes(ROUTES["memo"], name=name).verdict for name in names} == {ScanVerdict.DANGEROUS}


def test_digest_is_that_of_the_file_and_of_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.npy").write_bytes(SAFE["numpy_npy"])
    (folder / "deep" / "b.csv").write_bytes(SAFE["csv"])

    assert scan(folder).digest == digest_file(folder)
    assert scan(folder / "a.npy").digest == digest_file(folder / "a.npy")
    assert scan(folder).is_safe
    assert scan(folder).format == "folder"


def test_one_bad_file_spoils_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(SAFE["numpy_npy"])
    (tmp_path / "tokenizer.txt").write_bytes(ROUTES["protocol 0"])

    report = scan(tmp_path)

    assert report.verdict is ScanVerdict.DANGEROUS
    assert report.findings[0].path == "tokenizer.txt"


def test_empty_folder_and_link_that_leads_out_are_unverifiable(tmp_path: Path) -> None:
    empty, linked = tmp_path / "empty", tmp_path / "linked"
    empty.mkdir()
    linked.mkdir()
    (linked / "a.csv").write_bytes(SAFE["csv"])
    (linked / "out").symlink_to("/")

    assert scan(empty).verdict is ScanVerdict.UNVERIFIABLE
    assert scan(linked).verdict is ScanVerdict.UNVERIFIABLE


def test_missing_file_is_an_error_of_the_request(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="readable file"):
        scan(tmp_path / "absent.pkl")
