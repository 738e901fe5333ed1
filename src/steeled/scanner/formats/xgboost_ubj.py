"""XGBoost models in Universal Binary JSON."""

from typing import ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.formats.xgboost_json import is_model
from steeled.scanner.part import Part
from steeled.scanner.ubjson import parse


class XgboostUbj:
    """An object whose first key has a length of a binary kind."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        head = part.head(32)
        return head[:1] == b"{" and head[1:2] in (b"i", b"U", b"I", b"l", b"L") and b"learner" in head

    def read(self, part: Part) -> str:
        value, end = parse(part.data)
        if not is_model(value):
            raise Broken(0, "other keys than a model has")
        part.leftover(end, len(part.data))
        return "xgboost_ubj"
