"""``steeled judge``: another policy, the same evidence."""

from pathlib import Path

import click

from steeled.cli.options import config_option, json_option
from steeled.cli.show import show_record
from steeled.workflow.configure import configure, present
from steeled.workflow.rejudge import rejudge
from steeled.workflow.write_reports import write_reports


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("steeled-report"))
@config_option
@json_option
def judge(folder: Path, config: Path | None, as_json: bool) -> int:
    """Judge the evidence in FOLDER by the rules of a configuration, and write the reports again; runs nothing."""
    configuration, _ = configure(config or present(), {})
    record = rejudge(folder, configuration)
    paths = write_reports(record, folder, configuration.report.formats)
    click.echo(show_record(record, paths, as_json))
    return record.verdict.exit_code
