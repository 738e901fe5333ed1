"""Options that several commands share, and how words become values."""

import re
from pathlib import Path

import click

out_option = click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("steeled-report"),
    show_default=True,
    help="Folder for reports and evidence; nothing is written elsewhere.",
)
config_option = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=None,
    help="Configuration; ./steeled.yaml when it exists.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout instead of text.")


def seconds(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
    """``90``, ``60s``, ``5m`` or ``1h`` as seconds."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if match is None or float(match[1]) <= 0:
        raise click.BadParameter(f"expected a duration such as 60s, 5m or 1h, got {text!r}")
    return float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]]


def absolute(path: Path | None) -> str | None:
    """A path of the command line, which belongs to the current folder and not to the configuration's."""
    return str(path.absolute()) if path is not None else None


def model_path(path: Path | None) -> str | None:
    """The model as ``model.path``: a file's absolute path, or ``module:name`` as it is."""
    if path is not None and ":" in path.name and not path.exists():
        return str(path)
    return absolute(path)
