"""The state of an unpickler: bytes with a position, stack, marks and memo; every read is bounded.

Faithful to CPython's C unpickler (``Modules/_pickle.c``): a mark fences the stack, MEMOIZE numbers by the size of the
memo, the last PROTO counts. Frames: an opcode that straddles the end of a frame is read differently from a file and
from bytes (python/cpython#154848), so it is broken here.
"""

import struct
from collections.abc import Callable
from typing import Protocol

from steeled.scanner.broken import Broken
from steeled.scanner.pickle.values import Container, Global, Made, Shape, Value

Inline = Callable[["Machine", Made], None]
"""What a loader does right after BUILD on an instance, such as reading raw array bytes from the file."""
_U16 = struct.Struct("<H")
_U32 = struct.Struct("<I")
_I32 = struct.Struct("<i")
_U64 = struct.Struct("<Q")
_F64 = struct.Struct(">d")


class Judge(Protocol):
    """Who decides about the uses that a stream makes of names, and what values they give."""

    def named(self, name: Global, raw: tuple[str, str], proto: int) -> None:
        """A name is asked for."""
        ...

    def called(self, callee: Value, arguments: Value, offset: int) -> Value:
        """REDUCE, INST or OBJ with arguments: ``callee(*arguments)``."""
        ...

    def created(self, callee: Value, arguments: Value, keywords: Value, offset: int) -> Value:
        """NEWOBJ or NEWOBJ_EX: ``callee.__new__(callee, *arguments, **keywords)``."""
        ...

    def built(self, instance: Value, state: Value, offset: int) -> None:
        """BUILD: ``instance.__setstate__(state)`` or attributes set."""
        ...

    def filled(self, instance: Value, items: list[Value], offset: int) -> None:
        """APPEND(S), SETITEM(S) or ADDITEMS on something that is not a plain container."""
        ...

    def persistent(self, identity: Value, offset: int) -> Value:
        """A persistent id: what the loader makes of it."""
        ...

    def unknown(self, why: str, offset: int) -> Value:
        """Something that depends on the loading process."""
        ...


class Machine:
    """One pickle being read.

    ``at`` is the offset of the opcode, ``pos`` the next byte to read, ``fence`` the height below which nothing may be
    popped, ``shared`` how many containers were taken from the memo.
    """

    __slots__ = (
        "at",
        "data",
        "done",
        "fence",
        "frame_end",
        "inline",
        "judge",
        "marks",
        "memo",
        "pos",
        "proto",
        "shared",
        "stack",
    )

    def __init__(self, data: memoryview, start: int, judge: Judge, inline: "Inline") -> None:
        self.data = data
        self.pos = self.at = start
        self.judge = judge
        self.inline = inline
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.fence = 0
        self.memo: dict[int, Value] = {}
        self.proto = 0
        self.frame_end = -1
        self.shared = 0
        self.done = False

    def take(self, count: int) -> memoryview:
        """The next bytes, not copied."""
        start = self.pos
        stop = start + count
        if stop > len(self.data):
            raise Broken(self.at, f"opcode needs {count} bytes past the end")
        self.pos = stop
        return self.data[start:stop]

    def u8(self) -> int:
        return self.take(1)[0]

    def u16(self) -> int:
        return int(_U16.unpack(self.take(2))[0])

    def u32(self) -> int:
        return int(_U32.unpack(self.take(4))[0])

    def i32(self) -> int:
        return int(_I32.unpack(self.take(4))[0])

    def u64(self) -> int:
        return int(_U64.unpack(self.take(8))[0])

    def f64(self) -> float:
        return float(_F64.unpack(self.take(8))[0])

    def line(self) -> bytes:
        """Up to the next newline, which is consumed and not returned."""
        pieces = []
        for start in range(self.pos, len(self.data), 4096):
            piece = bytes(self.data[start : start + 4096])
            end = piece.find(b"\n")
            if end >= 0:
                pieces.append(piece[:end])
                self.pos = start + end + 1
                return b"".join(pieces)
            pieces.append(piece)
        raise Broken(self.at, "text argument without a newline")

    def text(self, raw: memoryview | bytes) -> str:
        try:
            return str(raw, "utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise Broken(self.at, "text that is not UTF-8") from None

    def push(self, value: Value) -> None:
        self.stack.append(value)

    def pop(self) -> Value:
        if len(self.stack) <= self.fence:
            raise Broken(self.at, "stack underflow")
        return self.stack.pop()

    def top(self) -> Value:
        if len(self.stack) <= self.fence:
            raise Broken(self.at, "stack underflow")
        return self.stack[-1]

    def mark(self) -> None:
        self.fence = len(self.stack)
        self.marks.append(self.fence)

    def pop_mark(self) -> list[Value]:
        """Everything above the last mark."""
        if not self.marks:
            raise Broken(self.at, "no mark on the stack")
        start = self.marks.pop()
        self.fence = self.marks[-1] if self.marks else 0
        items = self.stack[start:]
        del self.stack[start:]
        return items

    def get(self, index: int) -> None:
        try:
            value = self.memo[index]
        except KeyError:
            raise Broken(self.at, f"memo slot {index} is empty") from None
        if isinstance(value, Container | Made):
            self.shared += 1
        self.stack.append(value)

    def put(self, index: int) -> None:
        self.memo[index] = self.top()

    def push_name(self, module: Value, name: Value) -> None:
        """What GLOBAL, INST and STACK_GLOBAL leave on the stack."""
        if not (isinstance(module, str) and isinstance(name, str)):
            self.push(self.judge.unknown("asks for a name that is computed while loading", self.at))
            return
        found = Global(*python3_name(module, name, self.proto), self.at)
        self.judge.named(found, (module, name), self.proto)
        self.push(found)

    def fill(self, items: list[Value], *shapes: Shape) -> None:
        """Put items into the container on top of the stack, or ask the judge about another object."""
        holder = self.top()
        if isinstance(holder, Container) and holder.shape in shapes:
            holder.items.extend(items)
            return
        if isinstance(holder, Made):
            holder.items.extend(items)
        self.judge.filled(holder, items, self.at)


def python3_name(module: str, name: str, proto: int) -> tuple[str, str]:
    """What ``find_class`` imports: for PROTO < 3 the names of Python 2 are mapped."""
    if proto >= 3:
        return module, name
    # the table that pickle itself maps with; a copy would grow stale
    from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

    if (module, name) in NAME_MAPPING:
        new_module, new_name = NAME_MAPPING[module, name]
        return new_module, new_name
    return IMPORT_MAPPING.get(module, module), name
