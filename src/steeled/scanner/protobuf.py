"""Bounded reading of protobuf messages, without a schema: fields in their order.

Source: protobuf.dev/programming-guides/encoding.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from steeled.scanner.broken import Broken

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its number, its wire type, and a number or bytes."""

    number: int
    wire: int
    value: int
    data: memoryview
    offset: int


def fields(data: memoryview, base: int = 0) -> Iterator[Field]:
    """The fields of one message; ``base`` is added to offsets.

    Raises:
        Broken: a field that does not fit, or a group.
    """
    at, nothing = 0, data[:0]
    while at < len(data):
        start = at
        key, at = varint(data, at, base)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise Broken(base + start, "a field without a number")
        if wire == VARINT:
            value, at = varint(data, at, base)
            yield Field(number, wire, value, nothing, base + start)
            continue
        if wire not in (FIXED64, BYTES, FIXED32):
            raise Broken(base + start, f"wire type {wire}")
        length, at = varint(data, at, base) if wire == BYTES else ((8 if wire == FIXED64 else 4), at)
        if length > len(data) - at:
            raise Broken(base + start, "a field that reaches past the end")
        yield Field(number, wire, 0, data[at : at + length], base + at)
        at += length


def varint(data: memoryview, at: int, base: int = 0) -> tuple[int, int]:
    """A number of at most ten bytes, and the offset after it."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(data):
            raise Broken(base + at, "a number that is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
    raise Broken(base + at, "a number of more than ten bytes")
