"""The directory of a zip archive, checked against the local headers and against every byte between them.

Loaders disagree about broken archives: some read the central directory, some the local headers, some ignore flags and
checksums (CVE-2025-10156). So both are read, and any difference is a note *malformed*, while the members are still
judged. Source: APPNOTE.TXT 6.3.10, sections 4.3 and 4.5.3.
"""

import struct
from dataclasses import dataclass

from steeled.scanner.broken import Broken

END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_LOCATOR64 = b"PK\x06\x07"
_CENTRAL = b"PK\x01\x02"
_LOCAL = b"PK\x03\x04"
_DESCRIPTOR = b"PK\x07\x08"
_MOST_COMMENT = 0xFFFF
_ENCRYPTED = 0x2041  # classic, strong, and hidden headers
_DESCRIBED = 0x0008


@dataclass(frozen=True, slots=True)
class Member:
    """One member as the central directory lists it.

    Args:
        name: as UTF-8 or latin-1.
        method: 0 stored, 8 deflated, others unread.
        crc, packed, size: checksum, bytes in the archive, bytes when unpacked.
        header: offset of the local header.
        start: offset of the packed bytes.
    """

    name: str
    method: int
    crc: int
    packed: int
    size: int
    header: int
    start: int


@dataclass(frozen=True, slots=True)
class Directory:
    """Members in the order of the directory, what is wrong with the archive, and byte ranges that nothing claims."""

    members: tuple[Member, ...]
    wrong: tuple[tuple[int, str], ...]
    unclaimed: tuple[tuple[int, int], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(member.name for member in self.members)


@dataclass(frozen=True, slots=True)
class _Tail:
    """Where the directory lies, how many entries it has, and where the archive ends."""

    start: int
    stop: int
    count: int
    end: int


def read_directory(data: memoryview) -> Directory:
    """Read and check the directory. Cost: O(members), no unpacking.

    Raises:
        Broken: no end record, or entries outside the file.
    """
    tail = _tail(data)
    wrong: list[tuple[int, str]] = []
    members, at = [], tail.start
    for _ in range(tail.count):
        member, at = _entry(data, at, tail.stop, wrong)
        members.append(member)
    if at != tail.stop:
        wrong.append((at, "the zip directory is longer than its entries"))
    names = [member.name for member in members]
    if len(set(names)) != len(names):
        wrong.append((tail.start, "two zip members have the same name"))
    return Directory(tuple(members), tuple(wrong), tuple(_unclaimed(data, members, tail, wrong)))


def _tail(data: memoryview) -> _Tail:
    base = max(0, len(data) - _MOST_COMMENT - 22)
    found = bytes(data[base:]).rfind(END)
    if found < 0 or base + found + 22 > len(data):
        raise Broken(0, "a zip archive without an end record")
    at = base + found
    disk, first, here, count, size, start, comment = struct.unpack_from("<4H2LH", data, at + 4)
    stop, is_full = at, 0xFFFF in (here, count) or 0xFFFFFFFF in (size, start)
    if at >= 20 and data[at - 20 : at - 16] == _LOCATOR64:
        (stop,) = struct.unpack_from("<Q", data, at - 12)
        if stop + 56 > at or data[stop : stop + 4] != _END64:
            raise Broken(at, "a zip archive whose 64-bit end record is elsewhere")
        wide = struct.unpack_from("<2L4Q", data, stop + 16)
        narrow = (disk, first, here, count, size, start)
        if any(old not in (new, 0xFFFF, 0xFFFFFFFF) for old, new in zip(narrow, wide, strict=True)):
            raise Broken(at, "a zip archive whose two end records differ")
        disk, first, here, count, size, start = wide
    elif is_full:
        raise Broken(at, "a zip archive whose 64-bit end record is missing")
    if disk or first or here != count or start + size > len(data):
        raise Broken(at, "a zip archive whose end record contradicts the file")
    if start + size != stop:
        raise Broken(at, "a zip archive whose directory is not where its end record says")
    if count * 46 > size:
        raise Broken(at, "a zip archive with fewer entries than it says")
    return _Tail(start, stop, count, at + 22 + comment)


def _entry(data: memoryview, at: int, stop: int, wrong: list[tuple[int, str]]) -> tuple[Member, int]:
    """The entry at this offset of the directory, and where the next one begins."""
    if at + 46 > stop or data[at : at + 4] != _CENTRAL:
        raise Broken(at, "a broken entry in the zip directory")
    flags, method, _, _, crc, packed, size, n_name, n_extra, n_comment = struct.unpack_from("<4H3L3H", data, at + 8)
    (header,) = struct.unpack_from("<L", data, at + 42)
    name = bytes(data[at + 46 : at + 46 + n_name])
    extra = data[at + 46 + n_name : at + 46 + n_name + n_extra]
    after = at + 46 + n_name + n_extra + n_comment
    if after > stop:
        raise Broken(at, "an entry that reaches past the zip directory")
    size, packed, header = _wide(extra, [size, packed, header])
    start = _local(data, header, (name, flags, method, crc, packed, size), wrong)
    if start + packed > len(data):
        raise Broken(header, "a zip member that reaches past the end")
    if flags & _ENCRYPTED:
        wrong.append((header, "a zip member is marked as encrypted, which some loaders ignore"))
    text = name.decode("utf-8", "replace") if flags & 0x800 else name.decode("cp437")
    if "\0" in text or "\ufffd" in text:
        wrong.append((header, "a zip member has a broken name"))
    return Member(text, method, crc, packed, size, header, start), after


def _wide(extra: memoryview, values: list[int]) -> list[int]:
    """Sizes and offset, taken from the 64-bit field where the 32-bit ones are full."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            field, used = extra[at + 4 : at + 4 + length], 0
            for i, value in enumerate(values):
                if value == 0xFFFFFFFF:
                    if used + 8 > len(field):
                        raise Broken(0, "a zip member without its 64-bit sizes")
                    (values[i],) = struct.unpack_from("<Q", field, used)
                    used += 8
            return values
        at += 4 + length
    return values


def _local(
    data: memoryview, at: int, listed: tuple[bytes, int, int, int, int, int], wrong: list[tuple[int, str]]
) -> int:
    """Compare the local header with the directory, and return where the packed bytes begin."""
    if at + 30 > len(data) or data[at : at + 4] != _LOCAL:
        raise Broken(at, "a zip member without its local header")
    flags, method, _, _, crc, packed, size, n_name, n_extra = struct.unpack_from("<4H3L2H", data, at + 6)
    name = bytes(data[at + 30 : at + 30 + n_name])
    start = at + 30 + n_name + n_extra
    if start > len(data):
        raise Broken(at, "a zip member that reaches past the end")
    size, packed = _wide(data[at + 30 + n_name : start], [size, packed])
    same = (name, flags & ~0x800, method) == (listed[0], listed[1] & ~0x800, listed[2])
    sizes = (crc, packed, size)
    if flags & _DESCRIBED and not any(sizes):
        sizes = listed[3:]
    if not same or sizes != listed[3:]:
        wrong.append((at, "the local header of a zip member differs from the directory"))
    return int(start)


def _unclaimed(
    data: memoryview, members: list[Member], tail: _Tail, wrong: list[tuple[int, str]]
) -> list[tuple[int, int]]:
    """Ranges that neither a member nor the directory covers; overlaps are wrong."""
    at, gaps = 0, []
    for member in sorted(members, key=lambda m: m.header):
        if member.header < at:
            wrong.append((member.header, "zip members overlap"))
        elif member.header > at:
            gaps.append((at, member.header))
        at = member.start + member.packed
        at += _descriptor(data, at, member)
    if tail.start < at:
        wrong.append((tail.start, "zip members overlap the directory"))
    elif tail.start > at:
        gaps.append((at, tail.start))
    if tail.end != len(data):
        gaps.append((min(tail.end, len(data)), len(data)))
    return gaps


def _descriptor(data: memoryview, at: int, member: Member) -> int:
    """Length of the data descriptor after a member: 0 when there is none, with or without signature, 32 or 64 bits."""
    for mark in (_DESCRIPTOR, b""):
        for wide in ("<LLL", "<LQQ"):
            body = mark + struct.pack(wide, member.crc, member.packed & _mask(wide), member.size & _mask(wide))
            if data[at : at + len(body)] == body:
                return len(body)
    return 0


def _mask(wide: str) -> int:
    return 0xFFFFFFFFFFFFFFFF if "Q" in wide else 0xFFFFFFFF
