"""Formats that are recognized but not read here: always unverifiable, and the reader learns what it is."""

from typing import ClassVar

from steeled.scanner.part import Part
from steeled.scanner.verdict import ScanVerdict

_MAGICS = (
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "an lz4 stream"),
    (b"\x28\xb5\x2f\xfd", "a zstd stream"),
    (b"ZF0x", "a joblib file of before 2013"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"GGUF", "a GGUF model"),
    (b"\x7fELF", "a native executable"),
    (b"MZ", "a native executable"),
    (b"\xcf\xfa\xed\xfe", "a native executable"),
    (b"\xca\xfe\xba\xbe", "a native executable"),
    (b"\0asm", "a WebAssembly program"),
)


class Unread:
    """By magic at the front, only when no reader claims the part."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = True

    def claims(self, part: Part) -> bool:
        return any(part.head(len(magic)) == magic for magic, _ in _MAGICS)

    def read(self, part: Part) -> str:
        kind = next(what for magic, what in _MAGICS if part.head(len(magic)) == magic)
        part.note(ScanVerdict.UNVERIFIABLE, f"is {kind}, which is not read here")
        return "unknown"
