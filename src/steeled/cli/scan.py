"""``steeled scan``: look inside files without loading them."""

import json
from pathlib import Path

import click

from steeled.cli.options import json_option
from steeled.core.digest import plain
from steeled.workflow.scan import exit_code, scan_files


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def scan(paths: tuple[Path, ...], as_json: bool) -> int:
    """Inspect PATHS (files or folders) for code that would run when they are loaded; loads nothing.

    Exits 0 when all are safe, 1 when one can run code or is malformed, 3 when one cannot be inspected completely.
    """
    reports = scan_files(paths)
    if as_json:
        click.echo(json.dumps(plain(reports), indent=2))
        return exit_code(reports)
    for report in reports:
        click.echo(f"{report.verdict.value:14} {report.path}  ({report.format}, {report.digest})")
        for finding in report.findings:
            click.echo(f"    {finding.place}: {finding.name or report.format}: {finding.why}")
    return exit_code(reports)
