"""Opcodes that push a constant: numbers, text, bytes."""

import re
from collections.abc import Callable

from steeled.scanner.broken import Broken
from steeled.scanner.pickle.machine import Machine

_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.|\Z)", re.DOTALL)
_LETTERS = bytes.maketrans(b"abfnrtv", b"\a\b\f\n\r\t\v")


def none(m: Machine) -> None:
    m.push(None)


def true(m: Machine) -> None:
    m.push(True)


def false(m: Machine) -> None:
    m.push(False)


def text_int(m: Machine) -> None:
    raw = m.line()
    if raw in (b"00", b"01"):
        m.push(raw == b"01")
    else:
        _number(m, raw, lambda text: int(text, 0))


def text_long(m: Machine) -> None:
    _number(m, m.line().removesuffix(b"L"), lambda text: int(text, 0))


def text_float(m: Machine) -> None:
    _number(m, m.line(), float)


def int4(m: Machine) -> None:
    m.push(m.i32())


def int1(m: Machine) -> None:
    m.push(m.u8())


def int2(m: Machine) -> None:
    m.push(m.u16())


def long1(m: Machine) -> None:
    m.push(int.from_bytes(m.take(m.u8()), "little", signed=True))


def long4(m: Machine) -> None:
    count = m.i32()
    if count < 0:
        raise Broken(m.at, "LONG4 of negative length")
    m.push(int.from_bytes(m.take(count), "little", signed=True))


def float8(m: Machine) -> None:
    m.push(m.f64())


def text_string(m: Machine) -> None:
    raw = m.line()
    if len(raw) < 2 or raw[0] != raw[-1] or raw[:1] not in (b"'", b'"'):
        raise Broken(m.at, "STRING without quotes")
    m.push(_ESCAPE.sub(lambda found: _unescape(m, found.group(1)), raw[1:-1]).decode("latin-1"))


def string4(m: Machine) -> None:
    count = m.i32()
    if count < 0:
        raise Broken(m.at, "BINSTRING of negative length")
    m.push(str(m.take(count), "latin-1"))


def string1(m: Machine) -> None:
    m.push(str(m.take(m.u8()), "latin-1"))


def text_unicode(m: Machine) -> None:
    try:
        m.push(m.line().decode("raw-unicode-escape"))
    except UnicodeDecodeError:
        raise Broken(m.at, "UNICODE with a broken escape") from None


def unicode1(m: Machine) -> None:
    m.push(m.text(m.take(m.u8())))


def unicode4(m: Machine) -> None:
    m.push(m.text(m.take(m.u32())))


def unicode8(m: Machine) -> None:
    m.push(m.text(m.take(m.u64())))


def bytes1(m: Machine) -> None:
    m.push(m.take(m.u8()))


def bytes4(m: Machine) -> None:
    m.push(m.take(m.u32()))


def bytes8(m: Machine) -> None:
    m.push(m.take(m.u64()))


def next_buffer(m: Machine) -> None:
    m.push(m.judge.unknown("needs a buffer from outside the file", m.at))


def readonly_buffer(m: Machine) -> None:
    m.top()


def _number(m: Machine, raw: bytes, read: Callable[[bytes], int | float]) -> None:
    """A number in text. C's ``strtol`` reads spellings that ``int`` refuses, so what is odd is unknown, not the end."""
    try:
        m.push(read(raw))
    except ValueError:
        m.push(m.judge.unknown("holds a number in an odd spelling", m.at))


def _unescape(m: Machine, code: bytes) -> bytes:
    """What a backslash and ``code`` stand for in a Python 2 string; unknown escapes stay as they are."""
    if code in (b"", b"x"):
        raise Broken(m.at, "STRING with a broken escape")
    if code[:1] == b"x":
        return bytes([int(code[1:], 16)])
    if code.isdigit():
        return bytes([int(code, 8) & 255]) if code < b"8" else b"\\" + code
    if code in (b"\\", b"'", b'"'):
        return code
    if code in b"abfnrtv":
        return code.translate(_LETTERS)
    return b"" if code == b"\n" else b"\\" + code
