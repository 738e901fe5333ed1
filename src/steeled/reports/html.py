"""The report as one self-contained page: no script, no request, light and dark, on screen and on A4."""

import json
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from steeled.core.record import Record
from steeled.reports._page import page
from steeled.reports._text import Fragment, clip, css_string, cut, flat, name, plain, shown
from steeled.reports.json import SCHEMA, escape, refuse_non_finite

LARGEST = 1_000_000
"""Bytes that a page may have."""


def render(record: Record) -> str:
    """The page.

    Properties: no string of the record reaches it unescaped; at most 1 MB; says the same outcomes as the JSON.

    Raises:
        EvidenceError: a number is NaN or infinite: it is neither drawn nor hidden.
        ValueError: the page would exceed 1 MB.
    """
    refuse_non_finite(record)
    text = (
        _environment()
        .get_template("report.html.j2")
        .render(
            record=record,
            page=page(record),
            version=record.environment.get("steeled", ""),
            style=Fragment((files("steeled.reports") / "templates" / "report.css").read_text("utf-8")),
            foot=css_string(
                f"{cut(plain(record.model), 30)} - {plain(record.model_digest)[:15]} - {record.verdict.outcome.upper()}"
            ),
            summary=Fragment(_summary(record)),
        )
    )
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST:
        raise ValueError(f"the page has {size:,} bytes, at most {LARGEST:,} are allowed; report fewer curves or rows")
    return text


@cache
def _environment() -> Environment:
    """Everything that is not markup of ours is escaped, and shows what it hides."""
    environment = Environment(
        loader=PackageLoader("steeled.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"flat": flat, "name": name, "clip": clip}
    return environment


def _finalize(value: object) -> object:
    return shown(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _summary(record: Record) -> str:
    """The verdict for machines, as JSON that cannot end the element it stands in."""
    document = {
        "schema": SCHEMA,
        "run": record.run,
        "model": record.model,
        "outcome": record.verdict.outcome,
        "exit_code": record.verdict.exit_code,
        "findings": {finding.rule.id: finding.outcome for finding in record.verdict.findings},
    }
    return escape(json.dumps(document))
