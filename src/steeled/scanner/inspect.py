"""Identify a part by its content, and let every format that claims it read it."""

from functools import cache

from steeled.core.collection import load, members
from steeled.scanner.broken import Broken, Spent
from steeled.scanner.format import Format
from steeled.scanner.part import Part
from steeled.scanner.verdict import ScanVerdict

UNKNOWN = "unknown"


def inspect(part: Part) -> str:
    """Judge a part, and return its format: of several claims, the one that is no fallback and reads first by name.

    A part that two formats claim is *malformed*: what is scanned may not be what is loaded. A part that none claims is
    *unverifiable*. Nothing that hostile bytes do to a reader leaves this function.
    """
    if not part.data:
        part.note(ScanVerdict.UNVERIFIABLE, "is empty")
        return UNKNOWN
    claiming = _claiming(part)
    if not claiming:
        part.note(ScanVerdict.UNVERIFIABLE, f"is of no format that is read here{_looks_like(part)}")
        return UNKNOWN
    found = [_read(part, name) for name in claiming]
    if len(found) > 1:
        part.note(ScanVerdict.MALFORMED, f"is {' and '.join(found)} at once")
    return found[0]


def _claiming(part: Part) -> list[str]:
    """Names of the formats that must read the part."""
    kinds = formats()
    claiming = [name for name, kind in kinds.items() if not kind.is_fallback and _claims(kind, part)]
    if not claiming:
        claiming = [name for name, kind in kinds.items() if kind.is_fallback and _claims(kind, part)][:1]
    refined = {other for name in claiming for other in kinds[name].refines}
    return [name for name in claiming if name not in refined]


def _claims(kind: Format, part: Part) -> bool:
    try:
        return kind.claims(part)
    except (Broken, Spent):
        return True  # something of it was recognized: its reader says what is wrong


def _read(part: Part, name: str) -> str:
    try:
        return formats()[name].read(part)
    except Broken as broken:
        part.note(ScanVerdict.MALFORMED, f"is a broken {name} file: {broken.why}", offset=broken.offset)
    except Spent as spent:
        part.note(ScanVerdict.UNVERIFIABLE, str(spent))
    # the one broad except: hostile bytes reach this line, and whatever a reader trips over is an answer
    except Exception as problem:  # noqa: BLE001
        part.note(ScanVerdict.UNVERIFIABLE, f"cannot be read as {name}: {type(problem).__name__}: {problem}")
    return name


@cache
def formats() -> dict[str, Format]:
    """One instance of every format, by name. Cost: imports the files of ``formats/``, once a process."""
    return {name: load(name, module)() for name, module in members("scanner/formats").items()}


def _looks_like(part: Part) -> str:
    head = part.head(8).hex(" ")
    return f" (it begins with {head})"
