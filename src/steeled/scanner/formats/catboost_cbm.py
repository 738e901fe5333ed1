"""CatBoost models: a magic, the model as a flat buffer, and tables for categories, each with its length.

CatBoost's own parser reads the buffer; it names no code and no files. Layout as read from files that CatBoost 1.2
writes.
"""

from typing import ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part

_MAGIC = b"CBM1"


class CatboostCbm:
    """Every byte lies in the buffer or in one of the tables."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return part.head(4) == _MAGIC

    def read(self, part: Part) -> str:
        at = _skip(part, 4)
        if b"FlabuffersModel" not in bytes(part.data[8 : min(at, 4096)]):
            raise Broken(8, "a buffer that does not name its format")
        if at < len(part.data):
            count, at = int.from_bytes(part.data[at : at + 4], "little"), at + 4
            for _ in range(min(count, 10_000)):
                at = _skip(part, at)
        part.leftover(at, len(part.data))
        return "catboost_cbm"


def _skip(part: Part, at: int) -> int:
    """The offset after a block of 4 bytes length and that many bytes."""
    after = at + 4 + int.from_bytes(part.data[at : at + 4], "little")
    if at + 4 > len(part.data) or after > len(part.data):
        raise Broken(at, "a block that reaches past the end")
    return after
