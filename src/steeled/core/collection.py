"""The members of a plural folder, found by place: listing imports none of them."""

import importlib
import pkgutil
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import steeled


def members(place: str, kind: str = "") -> dict[str, str]:
    """Name and module of each member of a folder, sorted by name; nothing is imported.

    Args:
        place: folder below the package, such as ``probes/evasion``.
        kind: entry-point group after ``steeled.``, whose members join; empty for none.

    Returns:
        ``{"pgd": "steeled.probes.evasion.pgd", ...}``; from outside, ``{"name": "package.module:Class"}``.
    """
    folders = [str(Path(root) / place) for root in steeled.__path__]
    dotted = "steeled." + place.replace("/", ".")
    found = {m.name: f"{dotted}.{m.name}" for m in pkgutil.iter_modules(folders) if not m.name.startswith("_")}
    if kind:
        found |= {point.name: point.value for point in entry_points(group=f"steeled.{kind}")}
    return dict(sorted(found.items()))


def load(name: str, module: str) -> Any:
    """Import one member: the class in CamelCase after its file, or what follows the colon.

    Raises:
        AttributeError: the file does not hold the class that its name promises.
    """
    path, _, attribute = module.partition(":")
    return getattr(importlib.import_module(path), attribute or camel(name))


def camel(name: str) -> str:
    """``greedy_features`` becomes ``GreedyFeatures``."""
    return "".join(part.capitalize() for part in name.split("_"))
