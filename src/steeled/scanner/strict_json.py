"""JSON that has one reading: UTF-8, no repeated keys, bounded size and depth."""

import json
from collections.abc import Iterator
from typing import Any, cast

from steeled.scanner.broken import Broken
from steeled.scanner.part import Part

MOST_BYTES = 1 << 30


def parse(part: Part) -> Any:
    """The value of a part that is one JSON text; parsed once.

    Raises:
        Broken: not JSON, not UTF-8, a key twice in one object, nested too deep, longer than ``MOST_BYTES``.
    """
    if "json" not in part.known:
        part.known["json"] = _parse(part.data)
    return part.known["json"]


def looks_like_json(part: Part) -> bool:
    """An object or array at the front, and a bracket at the end."""
    head, tail = part.head(64).lstrip(), bytes(part.data[-64:]).rstrip()
    if min(head.translate(None, b"\t\n\r"), default=0) < 32:
        return False
    return head[:1] in (b"{", b"[") and tail[-1:] in (b"}", b"]")


def parse_object(part: Part) -> dict[str, Any] | None:
    """The value if it is an object; None for anything else."""
    if part.head(64).lstrip()[:1] != b"{" or not looks_like_json(part):
        return None
    try:
        value = parse(part)
    except Broken:
        return None
    return cast(dict[str, Any], value) if isinstance(value, dict) else None


def pairs(tree: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    todo = [tree]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            yield from value.items()
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)


def _parse(data: memoryview) -> Any:
    if len(data) > MOST_BYTES:
        raise Broken(0, "JSON longer than is read")
    try:
        return json.loads(str(data, "utf-8"), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as problem:
        raise Broken(getattr(problem, "pos", 0), f"JSON that cannot be read ({problem})") from None


def _unique(items: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(items)
    if len(found) != len(items):
        raise ValueError("a key twice in one object")
    return found
