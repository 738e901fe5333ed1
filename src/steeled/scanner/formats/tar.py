"""tar archives: every regular file is judged; links and special entries cannot be verified.

Source: POSIX.1-1988 ustar.
"""

import re
from typing import ClassVar

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part, is_zero
from steeled.scanner.verdict import ScanVerdict

_BLOCK = 512
_ESCAPES = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\")


class Tar:
    """A first block whose checksum is right."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        return len(part.data) >= _BLOCK and _has_checksum(part.head(_BLOCK))

    def read(self, part: Part) -> str:
        at = 0
        while at + _BLOCK <= len(part.data) and not is_zero(part.data[at : at + _BLOCK]):
            at = _entry(part, at)
        part.leftover(at, len(part.data))
        return "tar"


def _has_checksum(block: bytes) -> bool:
    stated = block[148:156].strip(b" \0")
    if not stated or not all(c in b"01234567" for c in stated):
        return False
    return sum(block[:148]) + 8 * 32 + sum(block[156:]) == int(stated, 8)


def _entry(part: Part, at: int) -> int:
    """Judge one entry, and return where the next one begins."""
    block = bytes(part.data[at : at + _BLOCK])
    digits = block[124:136].strip(b" \0")
    if not _has_checksum(block) or not all(c in b"01234567" for c in digits):
        raise Broken(at, "a tar header that is damaged")
    size, kind = int(digits or b"0", 8), block[156:157]
    prefix = block[345:500].split(b"\0")[0] if block[257:262] == b"ustar" and block[262:263] == b"\0" else b""
    name = b"/".join(filter(None, [prefix, block[:100].split(b"\0")[0]])).decode("utf-8", "replace")
    start, after = at + _BLOCK, at + _BLOCK + -(-size // _BLOCK) * _BLOCK
    if start + size > len(part.data):
        raise Broken(at, "a tar member that reaches past the end")
    if _ESCAPES.search(name):
        part.note(
            ScanVerdict.DANGEROUS, f"holds a member that would be written outside the folder: {name!r}", offset=at
        )
    if kind in (b"0", b"\0", b"7"):
        part.inside(name, part.data[start : start + size])
    elif kind != b"5":
        part.note(ScanVerdict.UNVERIFIABLE, f"holds {name!r}, which is no plain file", offset=at)
    return after
