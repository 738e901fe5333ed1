"""skops archives: a tree of nodes in ``schema.json``, and arrays beside it.

The loader builds exactly this tree: the kind of a node decides what is done with its names, so both are judged; a
kind that is not read here is unverifiable (CVE-2025-54412, -54413).
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from steeled.scanner.allow_list import allow_list
from steeled.scanner.archive import directory, members
from steeled.scanner.harmful import severity
from steeled.scanner.part import Part
from steeled.scanner.strict_json import parse
from steeled.scanner.verdict import ScanVerdict

_SCHEMA = "schema.json"
_PROTOCOLS = (0, 1, 2)
_HOLDS = frozenset(
    (
        "DictNode", "ListNode", "SetNode", "TupleNode", "BytesNode", "BytearrayNode", "SliceNode", "JsonNode",
        "NdArrayNode", "MaskedArrayNode", "RandomStateNode", "RandomGeneratorNode", "DTypeNode", "SparseMatrixNode",
        "DefaultDictNode", "TypeNode", "CachedNode",
    )
)  # fmt: skip
_MAKES = frozenset(("ObjectNode", "TreeNode", "LossNode"))


class Skops:
    """A zip with ``schema.json`` at its root, whose text speaks of loaders."""

    refines: ClassVar[tuple[str, ...]] = ("zip",)
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        listing = directory(part)
        return listing is not None and _SCHEMA in listing.names

    def read(self, part: Part) -> str:
        contents = members(part)
        schema = part.child(_SCHEMA, contents.pop(_SCHEMA))
        tree = parse(schema)
        if not isinstance(tree, dict) or tree.get("protocol") not in _PROTOCOLS:
            schema.note(ScanVerdict.UNVERIFIABLE, "is a skops schema of another protocol")
        for node in _nodes(tree):
            _judge(schema, node)
        for name, data in contents.items():
            part.inside(name, data)
        return "skops"


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object that names a loader, at any depth."""
    todo = [tree]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            if "__loader__" in value:
                yield value
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)


def _judge(schema: Part, node: dict[str, Any]) -> None:
    loader = str(node["__loader__"])
    if loader == "FunctionNode":
        _judge_name(schema, (node.get("__module__"), node.get("__class__")), needs="", what="holds the function")
        if isinstance(content := node.get("content"), dict):  # how skops before 0.10 names it
            _judge_name(
                schema, (content.get("module_path"), content.get("function")), needs="", what="holds the function"
            )
    elif loader in _HOLDS or loader in _MAKES:
        needs = "n" if loader == "ObjectNode" else ""
        _judge_name(schema, (node.get("__module__"), node.get("__class__")), needs=needs, what="makes a")
    else:
        schema.note(ScanVerdict.UNVERIFIABLE, f"uses the loader {loader}, which is not read here")


def _judge_name(schema: Part, found: tuple[Any, Any], *, needs: str, what: str) -> None:
    module, name = found
    if not (isinstance(module, str) and isinstance(name, str)):
        schema.note(ScanVerdict.MALFORMED, "holds a node without a name")
        return
    entry, dotted = allow_list().find(module, name), f"{module}.{name}"
    if entry is None:
        verdict = severity(module, name, called=False)
        schema.note(verdict, f"{what} {dotted}, which is not on the allow-list", name=dotted)
    elif needs and not entry.uses & {needs, "c"}:
        schema.note(ScanVerdict.UNVERIFIABLE, f"{what} {dotted}, which is allowed as a value only", name=dotted)
