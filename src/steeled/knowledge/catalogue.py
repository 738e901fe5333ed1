"""The risk catalogue: what each risk is called, what it means, and its identifiers in published taxonomies."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from steeled.core.risk import Risk


@dataclass(frozen=True, slots=True)
class Entry:
    """One risk.

    Args:
        risk: which.
        number: of its section in a report.
        name: for headings.
        question: what the reader asks; ``{someone}`` stands for the person behind a row.
        meaning: one line.
        because: heading of what follows.
        why: why attacks of this kind work, in two sentences.
        atlas, mitigations, nist, owasp, cwe: identifiers, the closest first; evidence for a control, never compliance.
        ai_act: wording of the law, empty where it names nothing.
    """

    risk: Risk
    number: int
    name: str
    question: str
    meaning: str
    because: str
    why: str
    atlas: tuple[str, ...]
    mitigations: tuple[str, ...]
    nist: tuple[str, ...]
    owasp: tuple[str, ...]
    cwe: tuple[str, ...]
    ai_act: str


def entry(risk: Risk) -> Entry:
    """What the catalogue says of a risk."""
    return _entries()[risk]


@cache
def taxonomies() -> Mapping[str, str]:
    """Name and version of each taxonomy, by the field of ``Entry`` that holds its identifiers."""
    return dict(_document()["taxonomies"])


@cache
def _entries() -> Mapping[Risk, Entry]:
    return {Risk(risk): Entry(Risk(risk), **_frozen(fields)) for risk, fields in _document()["risks"].items()}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((files("steeled.knowledge") / "catalogue.toml").read_text("utf-8"))


def _frozen(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
