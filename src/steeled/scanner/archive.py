"""The members of a zip archive, unpacked in memory within the budget, with everything odd written down."""

import re
import zlib
from typing import cast

from steeled.scanner.broken import Broken
from steeled.scanner.inflate import inflate
from steeled.scanner.part import Part
from steeled.scanner.verdict import ScanVerdict
from steeled.scanner.zip_directory import END, Directory, Member, read_directory

_STORED, _DEFLATED = 0, 8
_ESCAPES = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:")


def directory(part: Part) -> Directory | None:
    """The directory of a part that is a zip archive; None if it is none or is broken beyond reading."""
    if "zip" not in part.known:
        try:
            part.known["zip"] = read_directory(part.data) if looks_like_zip(part) else None
        except Broken as broken:
            part.known["zip"] = None
            part.known["zip broken"] = broken
    return cast(Directory | None, part.known["zip"])


def looks_like_zip(part: Part) -> bool:
    """A local header at the front, or an end record at the very end."""
    return part.head(4) in (b"PK\x03\x04", END) or END in bytes(part.data[-(0xFFFF + 22) :])


def members(part: Part) -> dict[str, memoryview]:
    """Content by name. What is ambiguous, escapes the folder, does not match its checksum or cannot be unpacked is
    noted.

    Raises:
        Spent: unpacks to too much.
    """
    listing = directory(part)
    assert listing is not None, "only for parts whose directory was read"
    for offset, why in listing.wrong:
        part.note(ScanVerdict.MALFORMED, f"is an ambiguous archive: {why}", offset=offset)
    for start, stop in listing.unclaimed:
        part.leftover(start, stop)
    contents = {}
    for member in listing.members:
        part.budget.spend_member()
        if _ESCAPES.search(member.name):
            why = f"holds a member that would be written outside the folder: {member.name!r}"
            part.note(ScanVerdict.DANGEROUS, why, offset=member.header)
        if not member.name.endswith("/") or member.size:
            contents[member.name] = _content(part, member)
    return contents


def root_of(names: tuple[str, ...]) -> str:
    """The folder that all names share, with its slash; empty if they share none."""
    roots = {name.partition("/")[0] for name in names}
    return f"{roots.pop()}/" if len(roots) == 1 and all("/" in name for name in names) else ""


def _content(part: Part, member: Member) -> memoryview:
    packed = part.data[member.start : member.start + member.packed]
    if member.method == _STORED:
        data = packed
    elif member.method == _DEFLATED:
        data = inflate(packed, zlib.decompressobj(-15), part.budget).data
    else:
        part.note(ScanVerdict.UNVERIFIABLE, f"packs {member.name!r} by a method that is not read", offset=member.header)
        return memoryview(b"")
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        why = f"is an ambiguous archive: {member.name!r} does not match its size or checksum"
        part.note(ScanVerdict.MALFORMED, why, offset=member.header)
    return data
