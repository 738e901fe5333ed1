"""The playbook: what each measure says in words, and what to do when it is on the wrong side of its limit."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from steeled.core.measurement import Unit
from steeled.core.risk import Risk
from steeled.knowledge.catalogue import entry


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something to do, roughly how long it takes one engineer, and whether it suits only a table or an array."""

    action: str
    effort: str
    suits: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What is known about a measure.

    Args:
        measure: its name, such as ``success_rate``.
        name: short, for a table.
        unit: of its number.
        phrase: follows the number; may hold ``{n}``, ``{cases}``, ``{effort}``, ``{share}``, ``{questions}``,
            ``{goal}``; empty for a measure that the playbook does not know.
        atlas, nist, owasp: its closest identifiers, empty for none.
        remedies: what to do, cheapest good one first.
    """

    measure: str
    name: str
    unit: Unit
    phrase: str
    atlas: str
    nist: str
    owasp: str
    remedies: tuple[Remedy, ...]


def advice(measure: str, risk: Risk | None = None) -> Advice:
    """What the playbook says of a measure; for one that it does not know, its plain name and the risk's identifiers."""
    known = _advice().get(measure)
    if known is not None:
        return known
    of = entry(risk) if risk is not None else None
    atlas, nist, owasp = (of.atlas, of.nist, of.owasp) if of else ((), (), ())
    return Advice(measure, measure.replace("_", " "), Unit.VALUE, "", _first(atlas), _first(nist), _first(owasp), ())


def measures() -> tuple[str, ...]:
    """The measures that the playbook knows."""
    return tuple(_advice())


@cache
def _advice() -> Mapping[str, Advice]:
    document = tomllib.loads((files("steeled.knowledge") / "playbook.toml").read_text("utf-8"))
    return {name: _read(name, fields) for name, fields in document["measures"].items()}


def _read(measure: str, fields: dict[str, Any]) -> Advice:
    remedies = tuple(Remedy(**remedy) for remedy in fields.get("remedies", ()))
    texts = {name: value for name, value in fields.items() if name not in ("remedies", "unit")}
    return Advice(measure=measure, unit=Unit(fields["unit"]), remedies=remedies, **texts)


def _first(identifiers: tuple[str, ...]) -> str:
    return identifiers[0] if identifiers else ""
