"""The record as JSON: the source of every number, under the names that the dataclasses give them."""

import json
import re
from dataclasses import fields, is_dataclass
from math import isfinite

import msgspec

from steeled.core.digest import plain
from steeled.core.evidence import Question
from steeled.core.record import Record
from steeled.errors import EvidenceError

SCHEMA = "steeled.report/1"
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def render(record: Record) -> str:
    """The whole record, with its schema, exit code and evidence keys.

    Properties: ``parse(render(record))`` gives a record that renders the same; equal records give equal text.

    Raises:
        EvidenceError: a number is NaN or infinite: JSON has no such number, and a report must not invent one.
    """
    refuse_non_finite(record)
    document = {"schema": SCHEMA, "exit_code": record.verdict.exit_code, **plain(record)}
    for entry, evidence in zip(document["evidence"], record.evidence, strict=True):
        entry["key"] = evidence.key
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def parse(text: str) -> Record:
    """The record that ``render`` wrote.

    Raises:
        EvidenceError: another schema, damaged text, or an evidence key or exit code that does not match its content.
    """
    try:
        document = json.loads(text)
        schema = document.get("schema") if isinstance(document, dict) else None
        if schema != SCHEMA:
            raise EvidenceError(f"expected a report of schema {SCHEMA!r}, got {schema!r}; render it again")
        record = msgspec.convert(document, Record)
    except (ValueError, msgspec.ValidationError, RecursionError) as error:
        raise EvidenceError(f"the report cannot be read: {error}; render it again from the stored evidence") from error
    keys = [entry.get("key") for entry in document["evidence"]]
    if keys != [evidence.key for evidence in record.evidence]:
        raise EvidenceError("an evidence key does not match its question: the report was altered; measure again")
    if document.get("exit_code") != record.verdict.exit_code:
        raise EvidenceError("exit code and verdict differ: the report was altered; render it again")
    return record


def escape(text: str) -> str:
    """JSON text that is the same JSON inside a page: no ``<``, ``>``, ``&``, U+2028 or U+2029 is left."""
    return "".join(_ESCAPED.get(character, character) for character in text)


def refuse_non_finite(value: object, where: str = "record") -> None:
    """Look for numbers that are none; parameters are spared: there infinity is a setting, kept as text.

    Raises:
        EvidenceError: NaN or infinity, with its place.
    """
    if isinstance(value, float) and not isfinite(value):
        raise EvidenceError(f"{where} is {value}: a report holds finite numbers only; measure again")
    if isinstance(value, tuple | list):
        for number, item in enumerate(value):
            refuse_non_finite(item, f"{where}[{number}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            if not (isinstance(value, Question) and part.name == "parameters"):
                refuse_non_finite(getattr(value, part.name), f"{where}.{part.name}")
