"""``steeled audit``: the main job."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click

from steeled.cli.options import absolute, config_option, json_option, model_path, out_option, seconds
from steeled.cli.progress import watcher
from steeled.cli.show import show_plan, show_record
from steeled.workflow.audit import audit as run_audit
from steeled.workflow.configure import configure, present
from steeled.workflow.dry_run import dry_run
from steeled.workflow.request import Request
from steeled.workflow.write_reports import write_reports

_path = click.Path(path_type=Path)


@click.command()
@click.argument("model", required=False, type=_path)
@click.argument("data", required=False, type=_path)
@config_option
@click.option("--train", type=_path, help="Rows that the model was trained on.")
@click.option("--test", type=_path, help="Rows that it was not trained on.")
@click.option("--label", help="Name of the label column.")
@click.option("--text", help="Name of the text column.")
@click.option("--goal", help="Class that the attacker wants; without it, any wrong answer counts.")
@click.option(
    "--knowledge", type=click.Choice(["labels", "scores", "gradients", "parameters"]), help="Of the attacker."
)
@click.option("--cost", type=float, help="Effort that the attacker may spend on a table row.")
@click.option("--epsilon", type=float, help="Largest change of an array, in input units.")
@click.option("--norm", type=click.Choice(["linf", "l2", "l1"]), help="How changes of arrays are measured.")
@click.option("--profile", type=click.Choice(["quick", "standard", "deep"]), help="How thorough.")
@click.option("--budget", callback=seconds, help="Time for the whole audit, such as 60s or 5m.")
@click.option("--rows", type=int, help="Rows that each probe attacks at most.")
@click.option("--workers", type=int, help="Processes at once.")
@click.option("--seed", type=int, help="Base seed; the same seed gives the same numbers.")
@click.option("--only", multiple=True, help="A probe or risk to run; may be repeated.")
@click.option("--without", multiple=True, help="A probe or risk to leave out; may be repeated.")
@click.option("--recipe", help="module:function(data, seed) that trains the model again.")
@click.option("--factory", help="module:function that builds the network of a state dict.")
@click.option("--trust", multiple=True, help="Digest of a file to load although the scanner does not find it clean.")
@click.option("--format", "formats", multiple=True, help="Report to write: html, json, terminal; may be repeated.")
@click.option("--open-timeout", default=120.0, show_default=True, help="Seconds that opening the model may take.")
@click.option("--dry-run", is_flag=True, help="Print the plan, and why the rest will not run; measure nothing.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@out_option
@json_option
@click.pass_obj
def audit(debug: bool, /, config: Path | None, folder: Path, as_json: bool, **given: Any) -> int:
    """Measure every risk of MODEL on DATA, judge it, and write the report.

    \b
    steeled audit model.joblib --train train.csv --test test.csv --label default
    steeled audit                        what ./steeled.yaml says
    steeled audit model.onnx data.parquet --label y --budget 60s

    MODEL is a scikit-learn pickle or joblib file, an XGBoost, LightGBM, CatBoost, PyTorch or ONNX file, or module:name
    of an object in your own code, such as a function from rows to scores. DATA is a CSV or Parquet table, an .npz file
    or a folder of images by class; half of it is then used to train on and half to test on, and what only holds for
    the model's own training rows is not tested. Run the same command again after an interruption: it goes on where it
    was.
    """
    configuration, root = configure(config or present(), _changes(given))
    request = Request(
        configuration=configuration,
        root=root,
        folder=folder,
        open_seconds=given["open_timeout"],
        debug=debug,
        command=shlex.join(["steeled", *sys.argv[1:]]),
    )
    if given["dry_run"]:
        click.echo(show_plan(dry_run(request), as_json))
        return 0
    record = run_audit(request, watcher(given["quiet"] or as_json))
    paths = write_reports(record, folder, configuration.report.formats)
    click.echo(show_record(record, paths, as_json))
    return record.verdict.exit_code


def _changes(given: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Options by section of the configuration."""
    rows = {name: absolute(given[name]) for name in ("train", "test", "data")}
    if any(rows.values()):  # rows of the command line replace those of the file, all of them
        rows = {name: path or "" for name, path in rows.items()}
    return {
        "model": {
            "path": model_path(given["model"]),
            "recipe": given["recipe"],
            "factory": given["factory"],
            "trust": given["trust"],
        },
        "data": {**rows, "label": given["label"], "text": given["text"]},
        "threat": {name: given[name] for name in ("goal", "knowledge", "cost", "epsilon", "norm")},
        "run": {name: given[name] for name in ("profile", "budget", "rows", "workers", "seed", "only", "without")},
        "report": {"formats": given["formats"]},
    }
