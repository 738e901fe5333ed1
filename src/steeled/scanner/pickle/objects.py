"""Opcodes that ask for names, call them, and set the state of what they made."""

from steeled.scanner.broken import Broken
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.values import Container, Made, Shape


def global_(m: Machine) -> None:
    module, name = m.text(m.line()), m.text(m.line())
    m.push_name(module, name)


def stack_global(m: Machine) -> None:
    name, module = m.pop(), m.pop()
    m.push_name(module, name)


def reduce(m: Machine) -> None:
    arguments = m.pop()
    callee = m.pop()
    m.push(m.judge.called(callee, arguments, m.at))


def inst(m: Machine) -> None:
    module, name = m.text(m.line()), m.text(m.line())
    arguments = Container(Shape.TUPLE, m.pop_mark())
    m.push_name(module, name)
    m.push(m.judge.called(m.pop(), arguments, m.at))


def obj(m: Machine) -> None:
    items = m.pop_mark()
    if not items:
        raise Broken(m.at, "OBJ without a class")
    m.push(m.judge.called(items[0], Container(Shape.TUPLE, items[1:]), m.at))


def newobj(m: Machine) -> None:
    arguments = m.pop()
    callee = m.pop()
    m.push(m.judge.created(callee, arguments, None, m.at))


def newobj_ex(m: Machine) -> None:
    keywords, arguments = m.pop(), m.pop()
    callee = m.pop()
    m.push(m.judge.created(callee, arguments, keywords, m.at))


def build(m: Machine) -> None:
    state = m.pop()
    instance = m.top()
    m.judge.built(instance, state, m.at)
    if isinstance(instance, Made):
        m.inline(m, instance)


def persistent_text(m: Machine) -> None:
    m.push(m.judge.persistent(m.text(m.line()), m.at))


def persistent(m: Machine) -> None:
    m.push(m.judge.persistent(m.pop(), m.at))


def ext1(m: Machine) -> None:
    _extension(m, m.u8())


def ext2(m: Machine) -> None:
    _extension(m, m.u16())


def ext4(m: Machine) -> None:
    _extension(m, m.i32())


def _extension(m: Machine, code: int) -> None:
    m.push(m.judge.unknown(f"asks for extension code {code}, which only the loading process knows", m.at))
