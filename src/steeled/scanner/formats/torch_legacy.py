"""PyTorch files before the zip format: five pickles in a row, then the storages."""

from typing import ClassVar

from steeled.scanner.allow_list import allow_list
from steeled.scanner.broken import Broken
from steeled.scanner.part import Part
from steeled.scanner.pickle.inline_arrays import plain
from steeled.scanner.pickle.judge import PickleJudge
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.opcodes import run
from steeled.scanner.pickle.values import Value, elements
from steeled.scanner.pickle.walk import walk
from steeled.scanner.torch_judge import TorchJudge

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001


class TorchLegacy:
    """Magic and protocol must be constants in the stream: a loader compares whatever a call returns."""

    refines: ClassVar[tuple[str, ...]] = ("pickle",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        if part.head(1) != b"\x80":
            return False
        machine = Machine(part.data[:64], 0, PickleJudge(part.aside(), allow_list()), plain)
        try:
            return _is_magic(run(machine, part.budget))
        except Broken:
            return False

    def read(self, part: Part) -> str:
        judge = TorchJudge(part, allow_list())
        values: list[Value] = []
        at = 0
        for _ in range(5):
            walked = walk(part, judge, at)
            if not walked.is_whole:
                return "torch_legacy"
            values.append(walked.value)
            at = walked.end
        magic, protocol, _, _, keys = values
        if not _is_magic(magic) or protocol != _PROTOCOL:
            raise Broken(0, "another magic number or protocol than torch writes")
        part.leftover(_skip_storages(part, judge, keys, at), len(part.data))
        return "torch_legacy"


def _is_magic(value: Value) -> bool:
    return isinstance(value, int) and value == _MAGIC


def _skip_storages(part: Part, judge: TorchJudge, keys: Value, at: int) -> int:
    """Where the last storage ends: each is its number of elements, then the elements."""
    for key in elements(keys) or []:
        storage = judge.storages.get(key) if isinstance(key, str) else None
        if storage is None:
            raise Broken(at, "a storage that no tensor refers to")
        numel = int.from_bytes(part.data[at : at + 8], "little", signed=True)
        if numel != storage.numel:
            raise Broken(at, "a storage of another size than its tensors say")
        at += 8 + storage.size
        if at > len(part.data):
            raise Broken(at, "a storage that reaches past the end")
    return at
