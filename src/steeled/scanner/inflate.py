"""Unpacking a compressed stream piece by piece, so that a bomb is stopped by the budget and not by the memory."""

import bz2
import lzma
import zlib
from dataclasses import dataclass
from typing import Protocol

from steeled.scanner.broken import Broken
from steeled.scanner.budget import Budget

_STEP = 1 << 20


class Decompressor(Protocol):
    """What ``zlib.decompressobj``, ``bz2`` and ``lzma`` offer."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Inflated:
    """What came out, and how many packed bytes it took."""

    data: memoryview
    used: int


def inflate(packed: memoryview, decompressor: Decompressor, budget: Budget) -> Inflated:
    """Unpack one stream from the front of ``packed``.

    Raises:
        Broken: damaged or truncated.
        Spent: more bytes than the budget.
    """
    out, at, pending = bytearray(), 0, b""
    try:
        while not decompressor.eof:
            if not pending and getattr(decompressor, "needs_input", True):
                pending = bytes(packed[at : at + _STEP])
                at += len(pending)
            piece = decompressor.decompress(pending, _STEP)
            if not piece and not pending and not decompressor.eof and at >= len(packed):
                raise Broken(len(packed), "a compressed stream that is cut off")
            pending = getattr(decompressor, "unconsumed_tail", b"")  # bz2 and lzma keep their input themselves
            budget.spend_inflated(len(piece))
            out += piece
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as problem:
        raise Broken(at, f"a damaged compressed stream ({problem})") from None
    return Inflated(memoryview(bytes(out)), at - len(decompressor.unused_data))


def decompressor_for(head: bytes) -> Decompressor | None:
    """A fresh decompressor for a stream that begins like this; None if it is not compressed."""
    if head[:3] == b"\x1f\x8b\x08":
        return zlib.decompressobj(31)
    if head[:3] == b"BZh" and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return bz2.BZ2Decompressor()
    if head[:6] == b"\xfd7zXZ\0":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 29)
    if head[:3] == b"\x5d\0\0" and len(head) >= 13:
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=1 << 29)
    if len(head) >= 2 and head[0] == 0x78 and (head[0] << 8 | head[1]) % 31 == 0 and not head[1] & 0x20:
        return zlib.decompressobj(15)
    return None
