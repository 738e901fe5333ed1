"""Zip archives of no special kind: every member is judged."""

from typing import ClassVar

from steeled.scanner.archive import directory, looks_like_zip, members
from steeled.scanner.broken import Broken
from steeled.scanner.part import Part


class Zip:
    """An archive by its end record or its first header."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return directory(part) is not None or (looks_like_zip(part) and part.head(2) == b"PK")

    def read(self, part: Part) -> str:
        if directory(part) is None:
            broken = part.known["zip broken"]
            assert isinstance(broken, Broken)
            raise broken
        for name, data in members(part).items():
            part.inside(name, data)
        return "zip"
