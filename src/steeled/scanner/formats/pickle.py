"""Pickles of every protocol, bare or with joblib's raw arrays between the opcodes."""

import re
from typing import ClassVar

from steeled.scanner.allow_list import allow_list
from steeled.scanner.broken import Broken
from steeled.scanner.harmful import is_known
from steeled.scanner.part import Part
from steeled.scanner.pickle.inline_arrays import plain
from steeled.scanner.pickle.judge import PickleJudge
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.opcodes import run
from steeled.scanner.pickle.values import Global, Value
from steeled.scanner.pickle.walk import walk

_PROTO = 0x80
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


class Pickle:
    """Protocols 0 and 1 have no magic, so anything that runs like a pickle is one."""

    refines: ClassVar[tuple[str, ...]] = ()
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        head = part.head(2)
        return (len(head) == 2 and head[0] == _PROTO and head[1] < 16) or _runs(part)

    def read(self, part: Part) -> str:
        judge = PickleJudge(part, allow_list())
        at, has_arrays = 0, False
        while at < len(part.data):
            walked = walk(part, judge, at)
            has_arrays = has_arrays or bool(walked.arrays)
            if not walked.is_whole:
                break
            at = walked.end
            if at < len(part.data) and part.data[at] != _PROTO:
                part.leftover(at, len(part.data))
                break
        return "joblib" if has_arrays else "pickle"


def _runs(part: Part) -> bool:
    """Whether a loader would do something with these bytes, rather than stumble over a text that is none of its own."""
    sniffer = _Sniffer(part.aside(), allow_list())
    machine = Machine(part.data, 0, sniffer, plain)
    try:
        run(machine, part.budget)
    except Broken:
        return sniffer.has_acted
    return sniffer.has_acted or sniffer.has_asked or machine.pos == len(part.data)


class _Sniffer(PickleJudge):
    """Notices names that can be imported and calls of names."""

    has_asked = False
    has_acted = False

    def named(self, name: Global, raw: tuple[str, str], proto: int) -> None:
        if not (_IDENTIFIER.fullmatch(name.module) and _IDENTIFIER.fullmatch(name.name)):
            raise Broken(name.offset, "a name that nothing can import")
        self.has_asked = True
        self.has_acted = self.has_acted or is_known(name.module) or self.entry(name) is not None

    def called(self, callee: Value, arguments: Value, offset: int) -> Value:
        self.has_acted = self.has_acted or isinstance(callee, Global)
        return super().called(callee, arguments, offset)

    def created(self, callee: Value, arguments: Value, keywords: Value, offset: int) -> Value:
        self.has_acted = self.has_acted or isinstance(callee, Global)
        return super().created(callee, arguments, keywords, offset)

    def persistent(self, identity: Value, offset: int) -> Value:
        raise Broken(offset, "a persistent id, which plain loaders refuse")
