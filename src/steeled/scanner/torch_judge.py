"""The judge of pickles inside PyTorch files, where persistent ids name the storages of tensors."""

from dataclasses import dataclass

from steeled.scanner.allow_list import AllowList, Entry
from steeled.scanner.part import Part
from steeled.scanner.pickle.judge import PickleJudge
from steeled.scanner.pickle.rules import STORAGE
from steeled.scanner.pickle.values import Global, Made, Value, elements

_SIZES = {
    "DoubleStorage": 8, "FloatStorage": 4, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8, "IntStorage": 4,
    "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "ComplexDoubleStorage": 16,
    "ComplexFloatStorage": 8, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1,
    "QUInt2x4Storage": 1, "UntypedStorage": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Storage:
    """Elements of one storage and their size in bytes."""

    numel: int
    size: int


class TorchJudge(PickleJudge):
    """Persistent ids are ``("storage", type, key, location, numel[, view])``, or ``("module", class, file, source)``.

    ``storages`` holds what the pickle says of each key; two different sizes for one key are malformed.
    """

    def __init__(self, part: Part, allowed: AllowList) -> None:
        super().__init__(part, allowed)
        self.storages: dict[str, Storage] = {}

    def persistent(self, identity: Value, offset: int) -> Value:
        match elements(identity):
            case ["storage", Global() as kind, str() as key, str(), int() as numel, *view] if view in ([], [None]):
                return self._storage(kind, key, numel, offset)
            case ["storage", Global() as kind, str() as key, str(), int() as numel, view] if elements(view) is not None:
                return self._storage(kind, key, numel, offset)
            case ["module", Global() as kind, *_]:
                return kind
        return self.unknown("refers to an object outside the file by an odd persistent id", offset)

    def _storage(self, kind: Global, key: str, numel: int, offset: int) -> Value:
        size = _SIZES.get(kind.name) if kind.module in ("torch", "torch.storage", "torch.cuda") else None
        if size is None or numel < 0:
            return self.unknown(f"stores tensors in a {kind.dotted}", offset)
        storage = Storage(numel, numel * size)
        if self.storages.setdefault(key, storage).size != storage.size:
            self.note(f"gives storage {key} two sizes", offset)
        return Made(STORAGE, [numel])


class ScriptJudge(TorchJudge):
    """In a TorchScript archive, ``__torch__.*`` names are classes of its own code, which is judged as code."""

    def entry(self, value: Value) -> Entry | None:
        if isinstance(value, Global) and value.module.split(".")[0] == "__torch__":
            is_native = value.module.startswith("__torch__.torch.classes")
            return None if is_native else Entry(frozenset("vnb"))
        return super().entry(value)
