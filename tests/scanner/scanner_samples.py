"""Hostile and harmless streams for the scanner's tests, made here; every payload is a harmless marker."""

import io
import pickle
import zipfile
from typing import Any

MARKER = "touch STEELED_MARKER"


class Calls:
    """An object whose pickle calls ``function(*arguments)`` when it is loaded."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return self.call


def text(value: str) -> bytes:
    """SHORT_BINUNICODE of a short text."""
    return b"\x8c" + bytes([len(value)]) + value.encode()


def name(module: str, attribute: str) -> bytes:
    """STACK_GLOBAL of two constants."""
    return text(module) + text(attribute) + b"\x93"


COMMAND = text(MARKER)
SYSTEM = name("os", "system")
ROUTES = {
    "protocol 0": b"cos\nsystem\n(V" + MARKER.encode() + b"\ntR.",
    "protocol 0 with posix": b"cposix\nsystem\n(S'" + MARKER.encode() + b"'\ntR.",
    "reduce": b"\x80\x04" + SYSTEM + COMMAND + b"\x85R.",
    "popped result": b"\x80\x04" + SYSTEM + COMMAND + b"\x85R0N.",
    "inside a dict": b"\x80\x04}" + text("weights") + SYSTEM + COMMAND + b"\x85Rs.",
    "inst": b"(V" + MARKER.encode() + b"\nios\nsystem\n.",
    "obj": b"\x80\x04(" + SYSTEM + COMMAND + b"o.",
    "newobj": b"\x80\x04" + name("subprocess", "Popen") + COMMAND + b"\x85\x81.",
    "newobj_ex": b"\x80\x04" + name("subprocess", "Popen") + COMMAND + b"\x85}\x92.",
    "memo": b"\x80\x04" + text("os") + b"\x94" + text("system") + b"\x940" + b"0h\x00h\x01\x93" + COMMAND + b"\x85R.",
    "sparse memo": b"\x80\x04" + text("os") + b"r\xff\xff\xff\x7f0" + b"j\xff\xff\xff\x7f" + text("system")
     + b"\x93" + COMMAND + b"\x85R.",
    "decoy memo": b"\x80\x04" + text("numpy") + b"q\x000" + text("os") + b"q\x000h\x00" + text("system")
     + b"\x93" + COMMAND + b"\x85R.",
    "python 2 name": b"\x80\x02c__builtin__\neval\nX\x03\x00\x00\x001+1\x85R.",
    "python 2 module": b"\x80\x02ccommands\ngetoutput\nX\x02\x00\x00\x00ls\x85R.",
    "dotted name": b"\x80\x04" + name("pathlib", "os.system") + COMMAND + b"\x85R.",
    "dotted name of a listed module": b"\x80\x04" + name("numpy", "lib.os.system") + COMMAND + b"\x85R.",
    "getattr": b"\x80\x04" + name("builtins", "getattr") + name("builtins", "__import__") + text("x") + b"\x86R.",
    "partial": b"\x80\x04" + name("functools", "partial") + SYSTEM + b"\x85R.",
    "nested pickle": b"\x80\x04" + name("pickle", "loads") + b"C\x04\x80\x04N." + b"\x85R.",
    "second pickle": b"\x80\x04N.\x80\x04" + SYSTEM + COMMAND + b"\x85R.",
    "second pickle of protocol 0": b"\x80\x04N." + b"cos\nsystem\n(V" + MARKER.encode() + b"\ntR.",
    "no stop": b"\x80\x04" + SYSTEM + COMMAND + b"\x85R",
    "broken after the call": b"\x80\x04" + SYSTEM + COMMAND + b"\x85R\xff",
    "no proto": SYSTEM + COMMAND + b"\x85R.",
    "lower proto later": b"\x80\x04\x80\x02c__builtin__\nexec\nX\x01\x00\x00\x001\x85R.",
    "computed name": b"\x80\x04" + name("operator", "concat") + text("o") + text("s") + b"\x86R"
     + text("system") + b"\x93" + COMMAND + b"\x85R.",
    "extension": b"\x80\x02\x82\x01.",
    "persistent id": b"\x80\x04" + text("x") + b"Q.",
    "attributes of a function": b"\x80\x04" + name("numpy", "sum") + b"}" + text("__globals__") + b"Nsb.",
    "class swapped": b"\x80\x04" + name("sklearn.svm._classes", "SVC") + b")\x81}" + text("__class__") + b"Nsb.",
    "items put into a function": b"\x80\x04" + name("numpy", "sum") + text("k") + b"Ns.",
    "called result": b"\x80\x04" + name("collections", "OrderedDict") + b")R)R.",
    "constructor that opens a file": b"\x80\x04" + name("numpy", "memmap") + text("f") + b"\x85R.",
    "printing": b"\x80\x04" + name("builtins", "print") + text("x") + b"\x85R.",
    "frame crossed": b"\x80\x04\x95\x02\x00\x00\x00\x00\x00\x00\x00\x8c\x01a.",
    "long line first": b"V" + b"a" * 100_000 + b"\n0cos\nsystem\n(V" + MARKER.encode() + b"\ntR.",
    "odd number first": b"I010\n0cos\nsystem\n(V" + MARKER.encode() + b"\ntR.",
    "new line in a slot": b"\x80\x04" + text("os") + b"p00\n" + b"0g0\n" + text("system") + b"\x93"
     + COMMAND + b"\x85R.",
}  # fmt: skip


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive in memory."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return stream.getvalue()


def laughs(levels: int = 40) -> bytes:
    """Lists of one list twice: small to read, 2^levels to walk."""
    value: list[Any] = ["lol"]
    for _ in range(levels):
        value = [value, value]
    return pickle.dumps(value)
