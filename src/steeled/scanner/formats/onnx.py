"""ONNX models: every node, tensor and function wherever the schema allows one.

Checked: operators of known domains only; external data only at a plain relative path.
Source: onnx.proto (field numbers), IR versions 3 to 13.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part
from steeled.scanner.protobuf import BYTES, VARINT, Field, fields
from steeled.scanner.verdict import ScanVerdict

MOST_DEPTH = 64
DOMAINS = frozenset(
    ("", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "com.microsoft")
)
# Operators of known domains that run foreign code or read files.
HARMFUL = frozenset(
    (
        "PyOp", "PythonOp", "PythonOpGrad", "TritonOp", "EPContext", "ExternalGraph", "ATen", "ATenOp",
        "NonMaxSuppressionCustom",
    )
)  # fmt: skip
_HARMFUL_DOMAINS = ("ai.onnx.contrib", "org.pytorch.aten")
# Message, field number -> message inside. What is not listed is a number, text or raw data.
_INSIDE: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        "model": {7: "graph", 20: "training", 25: "function", 8: "opset"},
        "graph": {1: "node", 5: "tensor", 15: "sparse"},
        "node": {5: "attribute"},
        "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        "sparse": {1: "tensor", 2: "tensor"},
        "training": {1: "graph", 2: "graph"},
        "function": {7: "node", 11: "attribute", 9: "opset"},
        "tensor": {13: "entry"},
        "entry": {},
        "opset": {},
    }
)
_HIGHEST = 26
_PLAIN_PATH = re.compile(r"[\w][\w. +=@,-]*(/[\w][\w. +=@,-]*)*")


class Onnx:
    """Protobuf has no magic: a model is a version, a graph and nothing else."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        if part.head(1) not in (b"\x08", b"\x12", b"\x1a", b"\x22", b"\x3a", b"\x42"):
            return False
        try:
            top = [(field.number, field.wire) for field in fields(part.data)]
        except Broken:
            return False
        return (1, VARINT) in top and (7, BYTES) in top and all(number <= _HIGHEST for number, _ in top)

    def read(self, part: Part) -> str:
        local = {_text(f.data, 10) for f in fields(part.data) if f.number == 25 and f.wire == BYTES}
        _judge(part, "model", part.data, 0, local, 0)
        return "onnx"


def _text(message: memoryview, number: int) -> str:
    """A text field of a message; the last one counts, as protobuf says."""
    found = ""
    for field in fields(message):
        if field.number == number and field.wire == BYTES:
            found = str(field.data, "utf-8", "replace")
    return found


def _judge(part: Part, kind: str, data: memoryview, base: int, local: set[str], depth: int) -> None:
    """A message and everything in it."""
    part.budget.check_time()
    if depth > MOST_DEPTH:
        raise Broken(base, "graphs nested too deep")
    inside = _INSIDE[kind]
    found = (
        list(fields(data, base))
        if kind != "tensor"
        else [f for f in fields(data, base) if f.number in (1, 2, 8, 13, 14)]
    )
    if kind == "node":
        _judge_node(part, found, base, local)
    if kind == "tensor":
        _judge_tensor(part, found, base)
    for field in found:
        if field.wire == BYTES and field.number in inside:
            _judge(part, inside[field.number], field.data, field.offset, local, depth + 1)


def _judge_node(part: Part, found: list[Field], base: int, local: set[str]) -> None:
    texts = {f.number: str(f.data, "utf-8", "replace") for f in found if f.number in (4, 7) and f.wire == BYTES}
    operator, domain = texts.get(4, ""), texts.get(7, "")
    name = f"{domain or 'ai.onnx'}.{operator}"
    if operator in HARMFUL or domain.startswith(_HARMFUL_DOMAINS):
        part.note(ScanVerdict.DANGEROUS, f"uses the operator {name}, which runs foreign code", offset=base, name=name)
    elif domain not in DOMAINS and domain not in local:
        why = f"uses the operator {name}, whose domain needs a library that is not read here"
        part.note(ScanVerdict.UNVERIFIABLE, why, offset=base, name=name)


def _judge_tensor(part: Part, found: list[Field], base: int) -> None:
    entries = [f.data for f in found if f.number == 13 and f.wire == BYTES]
    is_external = any(f.number == 14 and f.value == 1 for f in found)
    if not entries and not is_external:
        return
    locations = [_text(entry, 2) for entry in entries if _text(entry, 1) == "location"]
    if len(locations) != 1 or _PLAIN_PATH.fullmatch(locations[0]) is None:
        place = ", ".join(map(repr, locations)) or "nowhere"
        why = f"reads tensors from {place}, which is no plain path inside its folder"
        part.note(ScanVerdict.DANGEROUS, why, offset=base)
        return
    why = f"keeps tensors in another file, {locations[0]!r}, which this digest does not cover: save it as one file"
    part.note(ScanVerdict.UNVERIFIABLE, why, offset=base)
