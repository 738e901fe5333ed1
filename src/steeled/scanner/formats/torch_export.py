"""``torch.export`` archives (.pt2): a graph in JSON, raw weights, sample inputs.

What PyTorch's reader would resolve or evaluate is held against lists: operator targets, shape expressions (evaluated
by sympy), guards (executed as Python), tree specifications (name classes).
"""

import json
from typing import Any, ClassVar

from steeled.scanner.archive import directory, members, root_of
from steeled.scanner.part import Part
from steeled.scanner.shape_code import is_arithmetic
from steeled.scanner.strict_json import pairs, parse
from steeled.scanner.torch_members import is_mark
from steeled.scanner.torch_ops import operators
from steeled.scanner.verdict import ScanVerdict

_TREES = (None, "builtins.tuple", "builtins.list", "builtins.dict", "collections.OrderedDict")
_OPAQUE = ("as_custom_obj", "as_opaque_obj")


class TorchExport:
    """Marked by ``archive_format`` with the content ``pt2``."""

    refines: ClassVar[tuple[str, ...]] = ("zip", "torch_zip")
    is_fallback: ClassVar[bool] = False

    def claims(self, part: Part) -> bool:
        listing = directory(part)
        return listing is not None and any(name.rpartition("/")[2] == "archive_format" for name in listing.names)

    def read(self, part: Part) -> str:
        contents = members(part)
        root = root_of(tuple(contents))
        if not root:
            part.note(ScanVerdict.MALFORMED, "keeps its parts in more than one folder, so that loaders may pick either")
        raw = _raw_weights(part, contents, root)
        for name, data in contents.items():
            local = name.removeprefix(root)
            if local.startswith("models/") and local.endswith(".json"):
                _judge_graph(part.child(name, data))
            elif name not in raw and not is_mark(local, data):
                part.inside(name, data)
        return "torch_export"


def _raw_weights(part: Part, contents: dict[str, memoryview], root: str) -> set[str]:
    """Members that are read as plain bytes: listed in a configuration without ``use_pickle``."""
    raw: set[str] = set()
    pickled: set[str] = set()
    for name, data in contents.items():
        if name.startswith(f"{root}data/") and name.endswith("_config.json"):
            folder = name.rpartition("/")[0]
            for entry in parse(part.child(name, data)).get("config", {}).values():
                (pickled if entry.get("use_pickle", True) else raw).add(f"{folder}/{entry['path_name']}")
    return raw - pickled


def _judge_graph(part: Part) -> None:
    """Hold everything that the reader would resolve or evaluate against the lists."""
    for key, value in pairs(parse(part)):
        if why := _wrong(key, value):
            part.note(ScanVerdict.CODE_CARRYING, why)


def _wrong(key: str, value: Any) -> str:
    if key in ("target", "as_operator") and not (isinstance(value, str) and _is_pure(value)):
        return f"uses the operator {str(value)[:100]}, which is not on the list of pure operators"
    if key == "expr_str" and not is_arithmetic(value):
        return f"holds a shape that is more than arithmetic: {str(value)[:100]}"
    if key == "guards_code" and not (isinstance(value, list) and all(is_arithmetic(code) for code in value)):
        return "holds guards that are more than comparisons"
    if key in ("in_spec", "out_spec") and value and not _is_plain_tree(value):
        return f"passes values in a class of its own: {str(value)[:100]}"
    if key in _OPAQUE or (key == "custom_obj_values" and value):
        return "holds an object that is no tensor"
    return ""


def _is_pure(target: str) -> bool:
    match target.split("."):
        case ["torch", "ops", space, name] | ["torch", "ops", space, name, _]:
            return operators().is_pure(space, name)
        case ["_operator" | "math" as module, name]:
            return operators().is_pure(module, name)
        case ["torch", name]:
            return operators().is_pure("torch", name)
    return False


def _is_plain_tree(text: Any) -> bool:
    """A tree specification of tuples, lists and dicts only."""
    if not isinstance(text, str) or "__enum__" in text or "\\u" in text:
        return False
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return all(value in _TREES for key, value in pairs(tree) if key == "type" and not isinstance(value, dict | list))
