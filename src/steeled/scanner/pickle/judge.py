"""Decides about every use that a pickle makes of a name; writes what is not allowed into the findings."""

from steeled.scanner.allow_list import AllowList, Entry
from steeled.scanner.harmful import severity
from steeled.scanner.part import Part
from steeled.scanner.pickle.rules import check
from steeled.scanner.pickle.values import Container, Global, Made, Shape, Unknown, Value, elements
from steeled.scanner.verdict import ScanVerdict


class PickleJudge:
    """The judge of a bare pickle: names and uses by the allow-list, persistent ids and extensions unverifiable."""

    def __init__(self, part: Part, allowed: AllowList) -> None:
        self.part = part
        self.allowed = allowed

    def entry(self, value: Value) -> Entry | None:
        """What the list says of a value, if it is a name."""
        return self.allowed.find(value.module, value.name) if isinstance(value, Global) else None

    def note(self, why: str, offset: int, name: str = "", verdict: ScanVerdict = ScanVerdict.UNVERIFIABLE) -> None:
        self.part.note(verdict, why, offset=offset, name=name)

    def named(self, name: Global, raw: tuple[str, str], proto: int) -> None:
        if self.entry(name) is None:
            spelt = "" if raw == (name.module, name.name) else f" (written {raw[0]}.{raw[1]})"
            verdict = severity(name.module, name.name, called=False)
            self.note(
                f"asks for {name.dotted}{spelt}, which is not on the allow-list", name.offset, name.dotted, verdict
            )

    def called(self, callee: Value, arguments: Value, offset: int) -> Value:
        given = elements(arguments)
        if not isinstance(callee, Global):
            self.note("calls a value that is computed while loading", offset)
            return Made(None, given or [])
        if given is None or not isinstance(arguments, Container) or arguments.shape is not Shape.TUPLE:
            self.note(f"calls {callee.dotted} with arguments that are computed while loading", offset, callee.dotted)
            given = []
        entry = self.entry(callee)
        if entry is None:
            self.note(
                f"calls {callee.dotted}", offset, callee.dotted, severity(callee.module, callee.name, called=True)
            )
            return Made(callee, given)
        if "c" not in entry.uses:
            self.note(f"calls {callee.dotted}, which may only be held or restored", offset, callee.dotted)
        elif wrong := check(self, entry.rule, given):
            self.note(f"calls {callee.dotted} {wrong}", offset, callee.dotted)
        first = given[0] if given else None
        return Made(first if entry.gives_first and isinstance(first, Global) else callee, given)

    def created(self, callee: Value, arguments: Value, keywords: Value, offset: int) -> Value:
        given = elements(arguments)
        if not isinstance(callee, Global):
            self.note("makes an instance of a class that is computed while loading", offset)
            return Made(None, given or [])
        entry = self.entry(callee)
        if entry is None:
            verdict = severity(callee.module, callee.name, called=False)
            self.note(f"makes an instance of {callee.dotted}", offset, callee.dotted, verdict)
        elif "n" not in entry.uses:
            self.note(f"makes an instance of {callee.dotted}, which is allowed as a value only", offset, callee.dotted)
        elif given is None or isinstance(keywords, Made | Unknown):
            self.note(
                f"makes an instance of {callee.dotted} with arguments computed while loading", offset, callee.dotted
            )
        return Made(callee, [*(given or []), keywords] if keywords is not None else given or [])

    def built(self, instance: Value, state: Value, offset: int) -> None:
        if isinstance(instance, Global):
            why = f"overwrites attributes of {instance.dotted} itself"
            self.note(why, offset, instance.dotted, ScanVerdict.DANGEROUS)
            return
        if isinstance(instance, Made):
            instance.states.append(state)
        maker = instance.maker if isinstance(instance, Made) else None
        if maker is None:
            self.note("sets the state of a value that is computed while loading", offset)
            return
        entry = self.entry(maker)
        if entry is None:
            return  # already found when it was called or created
        if "b" not in entry.uses:
            self.note(f"sets the state of a {maker.dotted}, which has none", offset, maker.dotted)
        if special := _special_attribute(state):
            why = f"sets the special attribute {special} of a {maker.dotted}"
            self.note(why, offset, maker.dotted, ScanVerdict.DANGEROUS)
        if maker.dotted == "functools.partial" and (wrong := check(self, "wrapped", elements(state) or [])):
            self.note(f"calls functools.partial {wrong}", offset, maker.dotted)

    def filled(self, instance: Value, items: list[Value], offset: int) -> None:
        maker = instance.maker if isinstance(instance, Made) else None
        if isinstance(instance, Global):
            why = f"puts items into {instance.dotted} itself"
            self.note(why, offset, instance.dotted, ScanVerdict.DANGEROUS)
        elif maker is None:
            self.note("puts items into a value that is not a container", offset)
        elif (entry := self.entry(maker)) is not None and "i" not in entry.uses:
            self.note(f"puts items into a {maker.dotted}, which is not a container", offset, maker.dotted)

    def persistent(self, identity: Value, offset: int) -> Value:
        return self.unknown("refers to an object outside the file by a persistent id", offset)

    def unknown(self, why: str, offset: int) -> Value:
        self.note(why, offset)
        return Unknown(why)


# What torch.jit leaves on the modules that it has looked at.
_ORDINARY = frozenset(("__overloads__", "__constants__", "__annotations__", "__jit_unused_properties__"))


def _special_attribute(state: Value) -> str:
    """The first key of a state such as ``__class__`` that changes what an object is; empty if there is none."""
    parts = state.items if isinstance(state, Container) and state.shape is Shape.TUPLE else [state]
    for part in parts:
        if isinstance(part, Container) and part.shape is Shape.DICT:
            for key in part.items[::2]:
                if isinstance(key, str) and key.startswith("__") and key.endswith("__") and key not in _ORDINARY:
                    return key
    return ""
