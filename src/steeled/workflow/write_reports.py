"""Writes the reports of a record into its folder; a report is any file in ``reports/``."""

import os
from collections.abc import Iterable
from pathlib import Path

from steeled.core.collection import load, members
from steeled.core.record import Record
from steeled.errors import ConfigurationError, StorageError

_SUFFIX = {"terminal": "txt"}  # others are named after their format


def write_reports(record: Record, folder: Path, formats: Iterable[str]) -> dict[str, Path]:
    """Render and write ``report.<format>`` for each format; whole or not at all.

    Raises:
        ConfigurationError: an unknown format.
        StorageError: the folder cannot be written.
    """
    return {name: _write(folder / f"report.{_SUFFIX.get(name, name)}", render(record, name)) for name in formats}


def render(record: Record, name: str) -> str:
    """One report as text.

    Raises:
        ConfigurationError: an unknown format.
    """
    known = members("reports", "reports")
    if name not in known:
        raise ConfigurationError(f"there is no report format {name!r}; there are {', '.join(known)}")
    module = known[name]
    text = load(name, module if ":" in module else f"{module}:render")(record)
    assert isinstance(text, str)
    return text


def _write(path: Path, text: str) -> Path:
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as problem:
        raise StorageError(f"cannot write {path}: {problem.strerror}; name another folder with --out") from problem
    return path
