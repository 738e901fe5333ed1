"""Bounded reading of Universal Binary JSON, as XGBoost writes it.

Source: ubjson.org, draft 12. Arrays of numbers become None: their values cannot matter to a scan.
"""

import struct
from typing import Any

from steeled.scanner.broken import Broken

_NUMBERS = {
    ord("i"): ">b",
    ord("U"): ">B",
    ord("I"): ">h",
    ord("l"): ">i",
    ord("L"): ">q",
    ord("d"): ">f",
    ord("D"): ">d",
}
_CONSTANTS: dict[int, bool | None] = {ord("Z"): None, ord("T"): True, ord("F"): False}
_MOST_DEPTH = 64


def parse(data: memoryview) -> tuple[Any, int]:
    """The value at the front, and the offset after it.

    Raises:
        Broken: cut off, an unknown marker, nested too deep.
    """
    return _value(data, _marker(data, 0), 1, 0)


def _marker(data: memoryview, at: int) -> int:
    if at >= len(data):
        raise Broken(at, "UBJSON that is cut off")
    return data[at]


def _value(data: memoryview, kind: int, at: int, depth: int) -> tuple[Any, int]:
    """A value of a kind whose content begins at ``at``."""
    if depth > _MOST_DEPTH:
        raise Broken(at, "UBJSON nested too deep")
    if kind in _NUMBERS:
        return _number(data, kind, at)
    if kind in _CONSTANTS:
        return _CONSTANTS[kind], at
    if kind == ord("C"):
        return chr(_marker(data, at)), at + 1
    if kind in b"SH":
        return _text(data, at)
    if kind == ord("["):
        return _array(data, at, depth)
    if kind == ord("{"):
        return _object(data, at, depth)
    raise Broken(at - 1, f"UBJSON marker 0x{kind:02x}")


def _number(data: memoryview, kind: int, at: int) -> tuple[Any, int]:
    size = struct.calcsize(_NUMBERS[kind])
    if at + size > len(data):
        raise Broken(at, "UBJSON that is cut off")
    return struct.unpack_from(_NUMBERS[kind], data, at)[0], at + size


def _length(data: memoryview, at: int) -> tuple[int, int]:
    kind = _marker(data, at)
    if kind not in b"iUIlL":
        raise Broken(at, "a UBJSON length that is no integer")
    length, after = _number(data, kind, at + 1)
    if not 0 <= length <= len(data):
        raise Broken(at, "a UBJSON length past the end")
    return length, after


def _text(data: memoryview, at: int) -> tuple[str, int]:
    length, at = _length(data, at)
    if at + length > len(data):
        raise Broken(at, "UBJSON that is cut off")
    return str(data[at : at + length], "utf-8", "replace"), at + length


def _header(data: memoryview, at: int) -> tuple[int | None, int | None, int]:
    """Type and count of an optimized container, if it is one."""
    kind = count = None
    if _marker(data, at) == ord("$"):
        kind, at = _marker(data, at + 1), at + 2
    if _marker(data, at) == ord("#"):
        count, at = _length(data, at + 1)
    elif kind is not None:
        raise Broken(at, "a typed UBJSON container without a count")
    return kind, count, at


def _array(data: memoryview, at: int, depth: int) -> tuple[Any, int]:
    kind, count, at = _header(data, at)
    if kind in _NUMBERS and count is not None:
        after = at + count * struct.calcsize(_NUMBERS[kind])
        if after > len(data):
            raise Broken(at, "UBJSON that is cut off")
        return None, after
    items: list[Any] = []
    while count is None or len(items) < count:
        if count is None and _marker(data, at) == ord("]"):
            return items, at + 1
        inner, at = (kind, at) if kind is not None else (_marker(data, at), at + 1)
        value, at = _value(data, inner, at, depth + 1)
        items.append(value)
    return items, at


def _object(data: memoryview, at: int, depth: int) -> tuple[dict[str, Any], int]:
    kind, count, at = _header(data, at)
    found: dict[str, Any] = {}
    while count is None or len(found) < count:
        if count is None and _marker(data, at) == ord("}"):
            return found, at + 1
        key, at = _text(data, at)
        if key in found:
            raise Broken(at, "a UBJSON key twice in one object")
        inner, at = (kind, at) if kind is not None else (_marker(data, at), at + 1)
        found[key], at = _value(data, inner, at, depth + 1)
    return found, at
