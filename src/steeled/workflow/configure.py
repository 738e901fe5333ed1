"""From a configuration file and what the command line changes to a request."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from steeled.policy.configuration import Configuration, json_schema, parse_configuration, read_configuration

__all__ = ["Configuration", "configure", "json_schema", "present"]

DEFAULT = Path("steeled.yaml")


def present() -> Path | None:
    """``./steeled.yaml``, if it is there."""
    return DEFAULT if DEFAULT.exists() else None


def configure(path: Path | None, changes: Mapping[str, Mapping[str, Any]]) -> tuple[Configuration, Path]:
    """The configuration with changes, and the folder that its relative paths belong to.

    Args:
        path: of the file; None for the defaults.
        changes: by section, such as ``{"run": {"budget": 60}}``; None means unchanged.

    Raises:
        ConfigurationError: the file or a change is not what the schema allows.
    """
    known = Configuration() if path is None else read_configuration(path)
    content = msgspec.to_builtins(known)
    for section, values in changes.items():
        given = {key: value for key, value in values.items() if value not in (None, ())}
        if given or section not in content:  # an unknown section is the parser's to refuse
            content[section] = {**content.get(section, {}), **given}
    root = Path() if path is None else path.parent
    return parse_configuration(content, str(path or "the command line")), root
