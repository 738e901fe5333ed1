"""gzip, zlib, bz2, xz and lzma streams, as joblib writes them: unpacked within the budget, and judged inside."""

from typing import ClassVar

from steeled.scanner.inflate import decompressor_for, inflate
from steeled.scanner.part import Part


class Compressed:
    """Several streams in a row are one content, as the standard library reads them."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return decompressor_for(part.head(16)) is not None

    def read(self, part: Part) -> str:
        pieces, at = [], 0
        while (decompressor := decompressor_for(bytes(part.data[at : at + 16]))) is not None:
            inflated = inflate(part.data[at:], decompressor, part.budget)
            pieces.append(inflated.data)
            at += inflated.used
        part.leftover(at, len(part.data))
        content = pieces[0] if len(pieces) == 1 else memoryview(b"".join(pieces))
        inner = part.inside("unpacked", content)
        return "joblib" if inner == "pickle" else inner  # only joblib's loader unpacks by itself
