"""``steeled compare``: two audited versions side by side."""

from pathlib import Path

import click

from steeled.cli.options import json_option
from steeled.cli.show import show_comparison
from steeled.workflow.compare import Trend
from steeled.workflow.compare import compare as compare_records
from steeled.workflow.rejudge import stored_record


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--fail-on-worse", is_flag=True, help="Exit with 1 when a measure became worse beyond chance.")
@json_option
def compare(before: Path, after: Path, fail_on_worse: bool, as_json: bool) -> int:
    """Show what changed from the audit in BEFORE to the audit in AFTER (folders, or report.json files)."""
    changes = compare_records(stored_record(before), stored_record(after))
    click.echo(show_comparison(changes, as_json))
    return int(fail_on_worse and any(change.trend is Trend.WORSE for change in changes))
