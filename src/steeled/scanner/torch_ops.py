"""Operators of PyTorch that only compute; shipped as data by ``scripts/generate_allow_list.py``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Operators:
    """Operator names by namespace (``aten``, ``prim``, ...), and those known not to be pure.

    Args:
        pure: tensors and numbers in, tensors and numbers out: no file, no network, no callback.
        refused: every other operator that the generating version has; a method of such a name is never taken for a
            model's own.
    """

    pure: Mapping[str, frozenset[str]]
    refused: frozenset[str]

    def is_pure(self, namespace: str, name: str) -> bool:
        return name in self.pure.get(namespace, frozenset())


@cache
def operators() -> Operators:
    """The shipped list. Cost: about 1 ms, once a process."""
    content = json.loads((resources.files("steeled.scanner") / "allowed_ops.json").read_bytes())
    return Operators(
        {space: frozenset(names) for space, names in content["pure"].items()}, frozenset(content["refused"])
    )
