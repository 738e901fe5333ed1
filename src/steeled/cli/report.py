"""``steeled report``: the stored audit in another format."""

from pathlib import Path

import click

from steeled.workflow.rejudge import stored_record
from steeled.workflow.write_reports import render, write_reports


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("steeled-report"))
@click.option("--format", "formats", multiple=True, default=("html",), show_default=True, help="html, json, terminal.")
@click.option("--stdout", is_flag=True, help="Print instead of writing into FOLDER.")
def report(folder: Path, formats: tuple[str, ...], stdout: bool) -> int:
    """Render the latest audit in FOLDER; runs nothing."""
    record = stored_record(folder)
    if stdout:
        click.echo("\n".join(render(record, name) for name in formats))
        return 0
    for name, path in write_reports(record, folder, formats).items():
        click.echo(f"{name:9} {path.absolute()}")
    return 0
