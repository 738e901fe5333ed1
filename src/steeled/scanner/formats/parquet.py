"""Parquet tables: data between two magics, no code."""

from typing import ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part

_MAGIC = b"PAR1"


class Parquet:
    """The footer's length must lie inside the file."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return part.head(4) == _MAGIC and part.data[-4:] == _MAGIC

    def read(self, part: Part) -> str:
        footer = int.from_bytes(part.data[-8:-4], "little")
        if not 0 < footer <= len(part.data) - 12:
            raise Broken(len(part.data) - 8, "a footer that lies outside the file")
        return "parquet"
