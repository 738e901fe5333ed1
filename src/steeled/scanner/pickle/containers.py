"""Opcodes that build and fill tuples, lists, dicts and sets."""

from steeled.scanner.broken import Broken
from steeled.scanner.pickle.machine import Machine
from steeled.scanner.pickle.values import Container, Shape


def empty_tuple(m: Machine) -> None:
    m.push(Container(Shape.TUPLE, []))


def empty_list(m: Machine) -> None:
    m.push(Container(Shape.LIST, []))


def empty_dict(m: Machine) -> None:
    m.push(Container(Shape.DICT, []))


def empty_set(m: Machine) -> None:
    m.push(Container(Shape.SET, []))


def tuple_of_mark(m: Machine) -> None:
    m.push(Container(Shape.TUPLE, m.pop_mark()))


def tuple1(m: Machine) -> None:
    m.push(Container(Shape.TUPLE, [m.pop()]))


def tuple2(m: Machine) -> None:
    second = m.pop()
    m.push(Container(Shape.TUPLE, [m.pop(), second]))


def tuple3(m: Machine) -> None:
    third, second = m.pop(), m.pop()
    m.push(Container(Shape.TUPLE, [m.pop(), second, third]))


def list_of_mark(m: Machine) -> None:
    m.push(Container(Shape.LIST, m.pop_mark()))


def dict_of_mark(m: Machine) -> None:
    items = m.pop_mark()
    if len(items) % 2:
        raise Broken(m.at, "DICT with a key but no value")
    m.push(Container(Shape.DICT, items))


def frozenset_of_mark(m: Machine) -> None:
    m.push(Container(Shape.FROZENSET, m.pop_mark()))


def append(m: Machine) -> None:
    item = m.pop()
    m.fill([item], Shape.LIST)


def appends(m: Machine) -> None:
    m.fill(m.pop_mark(), Shape.LIST)


def set_item(m: Machine) -> None:
    value, key = m.pop(), m.pop()
    m.fill([key, value], Shape.DICT)


def set_items(m: Machine) -> None:
    items = m.pop_mark()
    if len(items) % 2:
        raise Broken(m.at, "SETITEMS with a key but no value")
    m.fill(items, Shape.DICT)


def add_items(m: Machine) -> None:
    m.fill(m.pop_mark(), Shape.SET)
