"""LightGBM models in text: lines of ``name=value`` between fixed headings."""

import re
from typing import ClassVar

from steeled.scanner.part import Part
from steeled.scanner.verdict import ScanVerdict

_LINE = re.compile(
    r"|tree|[A-Za-z_]\w*=[^\x00-\x08\x0e-\x1f]*|end of trees|feature_importances:|parameters:|end of parameters|"
    r"\[[\w. ]+: ?[^\x00-\x08\x0e-\x1f]*\]|pandas_categorical:[^\x00-\x08\x0e-\x1f]*|average_output|loaded_parameters:"
)


class LightgbmText:
    """The first two lines are ``tree`` and ``version=v…``."""

    refines: ClassVar[tuple[str, ...]] = ("text",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return part.head(14) == b"tree\nversion=v"

    def read(self, part: Part) -> str:
        try:
            text = str(part.data, "utf-8")
        except UnicodeDecodeError as problem:
            part.note(ScanVerdict.MALFORMED, "holds bytes that are no text", offset=problem.start)
            return "lightgbm_text"
        for number, line in enumerate(text.split("\n"), 1):
            if _LINE.fullmatch(line.rstrip("\r")) is None:
                part.note(
                    ScanVerdict.UNVERIFIABLE, f"holds a line that no LightGBM model has: line {number}, {line[:60]!r}"
                )
                break
        return "lightgbm_text"
