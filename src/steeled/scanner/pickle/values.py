"""What stands on the symbolic stack: plain constants as themselves, everything else as one of these.

``None``, ``bool``, ``int``, ``float``, ``str`` and ``memoryview`` (bytes, not copied) are constants. Containers and
instances are compared by identity and may be filled after they were pushed, as in a real unpickler.
"""

from dataclasses import dataclass, field
from enum import StrEnum

Value = object


class Shape(StrEnum):
    """Kinds of container; the items of a dict alternate key and value."""

    TUPLE = "tuple"
    LIST = "list"
    DICT = "dict"
    SET = "set"
    FROZENSET = "frozenset"


@dataclass(slots=True, eq=False)
class Container:
    """A container that the stream builds with opcodes of its own."""

    shape: Shape
    items: list[Value]

    def get(self, key: str) -> Value:
        """The last value that a dict holds under a text key; None if there is none."""
        for i in range(len(self.items) - 2, -1, -2):
            if self.items[i] == key:
                return self.items[i + 1]
        return None


@dataclass(slots=True, eq=False, frozen=True)
class Global:
    """A name that the stream asks for, as Python 3 would import it.

    Args:
        module, name: both spellings that matter were judged when it was pushed.
        offset: where it was asked for.
    """

    module: str
    name: str
    offset: int

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What a call or ``__new__`` would return.

    Args:
        maker: what was called; None when that was not a plain name.
        arguments: what it was called with.
        states: what BUILD gave it, in order.
        items: what was put in by APPEND(S), SETITEM(S), ADDITEMS.
    """

    maker: Global | None
    arguments: list[Value]
    states: list[Value] = field(default_factory=list)
    items: list[Value] = field(default_factory=list)


@dataclass(slots=True, eq=False, frozen=True)
class Unknown:
    """A value that only running the stream would tell: an extension code, a persistent id, a buffer."""

    why: str


def children(value: Value) -> list[Value]:
    """The values that this one holds."""
    if isinstance(value, Container):
        return value.items
    if isinstance(value, Made):
        return [*value.arguments, *value.states, *value.items]
    return []


def is_constant(value: Value) -> bool:
    return value is None or isinstance(value, bool | int | float | str | memoryview)


def elements(value: Value) -> list[Value] | None:
    """The items of a tuple or list; None for anything else."""
    if isinstance(value, Container) and value.shape in (Shape.TUPLE, Shape.LIST):
        return value.items
    return None
