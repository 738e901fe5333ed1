"""What the arguments of an allowed call must look like; each rule returns why not, or an empty text."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from steeled.scanner.pickle.values import Container, Global, Made, Unknown, Value, children, elements, is_constant

if TYPE_CHECKING:  # the judge asks the rules, and they ask it back
    from steeled.scanner.pickle.judge import PickleJudge

MOST_NODES = 20_000
MOST_BYTES = 1 << 24
_BASES = frozenset(f"builtins.{name}" for name in ("object", "dict", "list", "set", "tuple", "int", "float", "str"))
Rule = Callable[["PickleJudge", list[Value]], str]


def check(judge: "PickleJudge", rule: str, arguments: list[Value]) -> str:
    """Apply a rule by its name in ``curated.json``.

    Raises:
        KeyError: a rule that does not exist; a test reads the data for this.
        Spent: out of time.
    """
    judge.part.budget.check_time()
    return RULES[rule](judge, arguments) if rule else ""


def plain(judge: "PickleJudge", arguments: list[Value]) -> str:
    """Constants, containers of constants, and listed names."""
    todo, seen = list(arguments), 0
    while todo:
        value = todo.pop()
        seen += 1
        if seen > MOST_NODES:
            return "with too large an argument"
        if isinstance(value, Container):
            todo.extend(children(value))
        elif not is_constant(value) and judge.entry(value) is None:
            return "with an argument that is not a constant"
    return ""


def small(judge: "PickleJudge", arguments: list[Value]) -> str:
    """Plain, and no number that would reserve much memory."""
    if any(isinstance(value, int) and abs(value) > MOST_BYTES for value in arguments):
        return "with a huge number"
    return plain(judge, arguments)


def plain_or_made(judge: "PickleJudge", arguments: list[Value]) -> str:
    """Plain, or made by allowed calls; those were judged when they were made."""
    return "with an argument that only the loading process knows" if _holds_unknown(arguments) else ""


def small_or_made(judge: "PickleJudge", arguments: list[Value]) -> str:
    """Like ``plain_or_made``, and no number that would reserve much memory."""
    if any(isinstance(value, int) and abs(value) > MOST_BYTES for value in arguments):
        return "with a huge number"
    return plain_or_made(judge, arguments)


def latin1(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``(text, "latin1")``: how protocols below 3 write bytes."""
    match arguments:
        case [str(), "latin1" | "latin-1" | "iso-8859-1" | "utf-8" | "ascii"]:
            return ""
    return "with another codec than latin1"


def class_first(judge: "PickleJudge", arguments: list[Value]) -> str:
    """The first argument is a class that may be made by ``__new__``."""
    entry = judge.entry(arguments[0]) if arguments else None
    return "" if entry and "n" in entry.uses else "on a class that is not on the allow-list"


def class_arguments(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``f(cls, {...})``: a listed class, and what it is made of."""
    return class_first(judge, arguments) or plain_or_made(judge, arguments[1:])


def reconstructor(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``copyreg._reconstructor(cls, base, state)``: ``base.__new__(cls)`` of a plain base."""
    base = arguments[1] if len(arguments) > 1 else None
    if not (isinstance(base, Global) and base.dotted in _BASES):
        return "with a base that is not a plain type"
    return class_first(judge, arguments)


def wrapped(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``functools.partial(f, ...)``: f will be called, so it must be a function that may be called or computed with."""
    target = arguments[0] if arguments else None
    entry = judge.entry(target)
    if entry is None or not (entry.uses == frozenset("v") or "c" in entry.uses):
        return "around something that is not an allowed function"
    return check(judge, entry.rule, arguments[1:]) if entry.rule else ""


def factory(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``defaultdict(factory, ...)``: None or a listed callable."""
    if not arguments or arguments[0] is None:
        return ""
    entry = judge.entry(arguments[0])
    return "" if entry and "c" in entry.uses else "with a factory that is not an allowed function"


def ufunc(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``_ufunc_reconstruct(module, name)``: imports, so the name must be listed."""
    match arguments:
        case [str() as module, str() as name] if judge.allowed.find(module, name) is not None:
            return ""
    return "for a function that is not on the allow-list"


def torch_bytes(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``torch.storage._load_from_bytes(b)``: a torch file inside the pickle, judged as one."""
    match arguments:
        case [memoryview() as data]:
            return "" if judge.part.inside("storage", data) in ("torch_legacy", "torch_zip") else "on no torch file"
        case [Made(maker=Global(module="_codecs", name="encode"), arguments=[str() as text, *_])]:
            try:
                data = memoryview(text.encode("latin-1"))
            except UnicodeEncodeError:
                return "on no bytes"
            return "" if judge.part.inside("storage", data) in ("torch_legacy", "torch_zip") else "on no torch file"
    return "on bytes that are computed while loading"


def tensor(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``_rebuild_tensor*(storage, offset, size, stride, ...)``: the view must lie inside its storage."""
    if len(arguments) < 4:
        return "with too few arguments"
    storage, offset, size, stride = arguments[:4]
    maker = storage.maker if isinstance(storage, Made) else None
    if maker is None or maker.dotted not in (STORAGE.dotted, "torch.storage._load_from_bytes"):
        return "on something that is not a storage"
    numel = storage.arguments[0] if isinstance(storage, Made) and maker is STORAGE else None
    sizes, strides = _integers(size), _integers(stride)
    if not isinstance(offset, int) or sizes is None or strides is None or len(sizes) != len(strides):
        return "with a shape that is not constant"
    if offset < 0 or min(sizes + strides, default=0) < 0:
        return "with a negative shape"
    last = offset + sum((n - 1) * step for n, step in zip(sizes, strides, strict=True))
    if numel is not None and (not isinstance(numel, int) or (0 not in sizes and last >= numel)):
        return "for a view outside its storage"
    return ""


def typed(judge: "PickleJudge", arguments: list[Value]) -> str:
    """``_rebuild_from_type_v2(func, type, args, state)``: a call inside a call."""
    if len(arguments) != 4 or judge.entry(arguments[1]) is None:
        return "for a type that is not on the allow-list"
    made = judge.called(arguments[0], arguments[2], 0)
    if isinstance(arguments[3], Unknown):
        return "with a state that is computed while loading"
    if isinstance(made, Made) and isinstance(arguments[1], Global):
        judge.built(Made(arguments[1], []), arguments[3], arguments[1].offset)
    return ""


STORAGE = Global("torch.storage", "UntypedStorage", 0)
"""Maker of the value that a torch persistent id stands for; its first argument is the number of elements."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "plain": plain, "small": small, "plain_or_made": plain_or_made, "small_or_made": small_or_made,
        "latin1": latin1, "class_first": class_first, "class_arguments": class_arguments,
        "reconstructor": reconstructor, "wrapped": wrapped, "factory": factory, "ufunc": ufunc,
        "torch_bytes": torch_bytes, "tensor": tensor, "typed": typed,
    }
)  # fmt: skip


def _holds_unknown(arguments: list[Value]) -> bool:
    """Whether an argument, or an item of one, is unknown; deeper ones were found when they were pushed."""
    return any(isinstance(item, Unknown) for value in arguments for item in (value, *(elements(value) or [])[:100]))


def _integers(value: Value) -> list[int] | None:
    if isinstance(value, Made) and value.maker is not None and value.maker.dotted == "torch.Size":
        value = value.arguments[0] if value.arguments else None
    items = elements(value)
    if items is None or not all(isinstance(item, int) for item in items):
        return None
    return [item for item in items if isinstance(item, int)]
