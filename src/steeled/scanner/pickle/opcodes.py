"""The table of all opcodes, and the loop that reads one pickle to its STOP."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from steeled.scanner.broken import Broken
from steeled.scanner.budget import Budget
from steeled.scanner.pickle import constants as c
from steeled.scanner.pickle import containers as k
from steeled.scanner.pickle import objects as o
from steeled.scanner.pickle.machine import Machine

HIGHEST_PROTOCOL = 5
SLICE = 4096  # opcodes between two looks at the budget
Step = Callable[[Machine], None]


def mark(m: Machine) -> None:
    m.mark()


def stop(m: Machine) -> None:
    m.done = True


def pop(m: Machine) -> None:
    if m.marks and m.marks[-1] == len(m.stack):
        m.pop_mark()
    else:
        m.pop()


def pop_mark(m: Machine) -> None:
    m.pop_mark()


def dup(m: Machine) -> None:
    m.push(m.top())


def proto(m: Machine) -> None:
    m.proto = m.u8()
    if m.proto > HIGHEST_PROTOCOL:
        raise Broken(m.at, f"pickle protocol {m.proto} does not exist")


def frame(m: Machine) -> None:
    length = m.u64()
    if m.pos < m.frame_end:
        raise Broken(m.at, "a frame begins inside a frame")
    if length > len(m.data) - m.pos:
        raise Broken(m.at, "a frame ends past the end")
    m.frame_end = m.pos + length


def get_text(m: Machine) -> None:
    m.get(_slot(m))


def get1(m: Machine) -> None:
    m.get(m.u8())


def get4(m: Machine) -> None:
    m.get(m.u32())


def put_text(m: Machine) -> None:
    m.put(_slot(m))


def put1(m: Machine) -> None:
    m.put(m.u8())


def put4(m: Machine) -> None:
    m.put(m.u32())


def memoize(m: Machine) -> None:
    m.put(len(m.memo))


def _slot(m: Machine) -> int:
    digits = m.line().partition(b"\0")[0].strip()  # C reads up to a zero byte
    try:
        slot = int(digits.lstrip(b"0") or b"0")
    except ValueError:
        raise Broken(m.at, "memo slot that is not a number") from None
    if slot < 0:
        raise Broken(m.at, "negative memo slot")
    return slot


_STEPS: Mapping[bytes, Step] = MappingProxyType(
    {
        b"(": mark, b".": stop, b"0": pop, b"1": pop_mark, b"2": dup, b"\x80": proto, b"\x95": frame,
        b"g": get_text, b"h": get1, b"j": get4, b"p": put_text, b"q": put1, b"r": put4, b"\x94": memoize,
        b"N": c.none, b"\x88": c.true, b"\x89": c.false, b"I": c.text_int, b"L": c.text_long, b"F": c.text_float,
        b"J": c.int4, b"K": c.int1, b"M": c.int2, b"\x8a": c.long1, b"\x8b": c.long4, b"G": c.float8,
        b"S": c.text_string, b"T": c.string4, b"U": c.string1, b"V": c.text_unicode,
        b"\x8c": c.unicode1, b"X": c.unicode4, b"\x8d": c.unicode8,
        b"C": c.bytes1, b"B": c.bytes4, b"\x8e": c.bytes8, b"\x96": c.bytes8,
        b"\x97": c.next_buffer, b"\x98": c.readonly_buffer,
        b")": k.empty_tuple, b"]": k.empty_list, b"}": k.empty_dict, b"\x8f": k.empty_set,
        b"t": k.tuple_of_mark, b"\x85": k.tuple1, b"\x86": k.tuple2, b"\x87": k.tuple3,
        b"l": k.list_of_mark, b"d": k.dict_of_mark, b"\x91": k.frozenset_of_mark,
        b"a": k.append, b"e": k.appends, b"s": k.set_item, b"u": k.set_items, b"\x90": k.add_items,
        b"c": o.global_, b"\x93": o.stack_global, b"R": o.reduce, b"i": o.inst, b"o": o.obj,
        b"\x81": o.newobj, b"\x92": o.newobj_ex, b"b": o.build, b"P": o.persistent_text, b"Q": o.persistent,
        b"\x82": o.ext1, b"\x83": o.ext2, b"\x84": o.ext4,
    }
)  # fmt: skip
STEPS: tuple[Step | None, ...] = tuple(_STEPS.get(bytes([i])) for i in range(256))


def run(m: Machine, budget: Budget) -> object:
    """Read opcodes until STOP, and return the value it leaves.

    Raises:
        Broken: bad opcode or argument, stack underflow, no STOP, an opcode across the end of a frame.
        Spent: out of budget.
    """
    data, size = m.data, len(m.data)
    while not m.done:
        budget.spend_opcodes(SLICE)
        for _ in range(SLICE):
            at = m.at = m.pos
            if at >= size:
                raise Broken(at, "no STOP at the end of the pickle")
            step = STEPS[data[at]]
            if step is None:
                raise Broken(at, f"byte 0x{data[at]:02x} is no pickle opcode")
            m.pos = at + 1
            frame_end = m.frame_end
            step(m)
            if m.at < frame_end < m.pos:
                raise Broken(at, "an opcode straddles the end of its frame, where two readings differ")
            if m.done:
                break
    return m.pop()
