"""Walks the pickles that follow each other in a run of bytes, in joblib's reading and in the plain one."""

import contextlib
import re
from dataclasses import dataclass

from steeled.scanner.broken import Broken
from steeled.scanner.harmful import is_known
from steeled.scanner.part import Part
from steeled.scanner.pickle.expansion import FEW_SHARED, MOST_EXPANDED, expanded
from steeled.scanner.pickle.inline_arrays import InlineArrays, plain
from steeled.scanner.pickle.judge import PickleJudge
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.opcodes import run
from steeled.scanner.pickle.values import Value
from steeled.scanner.verdict import ScanVerdict

_IMPORTABLE = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Walked:
    """One pickle, read to its STOP or to where it breaks.

    Args:
        value: what STOP leaves; None when broken.
        end: offset after it.
        is_whole: whether STOP was reached.
        arrays: where joblib's raw arrays begin.
    """

    value: Value
    end: int
    is_whole: bool
    arrays: tuple[int, ...]


def walk(part: Part, judge: PickleJudge, start: int = 0) -> Walked:
    """Read one pickle and write what is wrong with it into the findings of ``judge.part``.

    Raises:
        Spent: out of budget.
    """
    inline = InlineArrays(part.budget)
    machine = Machine(part.data, start, judge, inline)
    try:
        value = run(machine, part.budget)
    except Broken as broken:
        judge.part.note(ScanVerdict.MALFORMED, broken.why, offset=broken.offset)
        walked = Walked(None, machine.pos, False, tuple(inline.starts))
    else:
        if machine.shared >= FEW_SHARED and expanded(value) > MOST_EXPANDED:
            judge.part.note(ScanVerdict.MALFORMED, "explodes when its shared references are written out", offset=start)
        walked = Walked(value, machine.pos, True, tuple(inline.starts))
    if inline.starts:
        _compare(part, judge, start, inline)
    return walked


def _compare(part: Part, judge: PickleJudge, start: int, inline: InlineArrays) -> None:
    """What ``pickle.load`` would run where joblib reads array bytes: names there mean two readings."""
    aside = part.aside()
    # array bytes are no opcodes, so it breaks there; what ran before that is what counts
    with contextlib.suppress(Broken):
        run(Machine(part.data, start, PickleJudge(aside, judge.allowed), plain), part.budget)
    for found in aside.findings.found.values():
        by_chance = inline.has_nested and _is_mixed(found.name, judge)
        if found.offset >= inline.starts[0] and _IMPORTABLE.fullmatch(found.name) and not by_chance:
            why = f"{found.why} when read without joblib"
            judge.part.note(ScanVerdict.MALFORMED, why, offset=found.offset, name=found.name)


def _is_mixed(dotted: str, judge: PickleJudge) -> bool:
    """Whether a name is two texts of the file put together by chance.

    An array of objects is a pickle with a memo of its own. Read as part of the outer one, its references hit the outer
    memo and give pairs such as a module of the list with a name of another, or an attribute with an attribute.
    """
    module, _, name = dotted.rpartition(".")
    listed = judge.allowed.entries
    if is_known(module):
        return False
    if module in listed:
        return any(name in names for names in listed.values())
    return module.partition(".")[0] not in {known.partition(".")[0] for known in listed}
