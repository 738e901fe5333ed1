"""``steeled demo``: see what an audit looks like, on the bundled model."""

from pathlib import Path

import click

from steeled.cli.options import json_option
from steeled.cli.progress import watcher
from steeled.cli.show import show_record
from steeled.workflow.audit import audit
from steeled.workflow.configure import configure
from steeled.workflow.demo import prepare_demo
from steeled.workflow.request import Request
from steeled.workflow.write_reports import write_reports


@click.command()
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("steeled-demo"),
    show_default=True,
    help="Folder for data, model, reports and evidence; nothing is written elsewhere.",
)
@json_option
@click.pass_obj
def demo(debug: bool, /, folder: Path, as_json: bool) -> int:
    """Train a credit-risk model on the German credit data and audit it; exits 0 whatever the verdict."""
    watch = watcher(as_json)
    watch.opening("training the credit-risk model on 750 real loan applications (German credit, UCI)")
    path = prepare_demo(folder)
    configuration, root = configure(path, {})
    request = Request(configuration, root, folder / "report", debug=debug, command=f"steeled audit --config {path}")
    record = audit(request, watch)
    paths = write_reports(record, request.folder, configuration.report.formats)
    click.echo(show_record(record, paths, as_json))
    return 0
