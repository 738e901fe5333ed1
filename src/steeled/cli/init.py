"""``steeled init``: a first configuration."""

from pathlib import Path
from typing import Any

import click

from steeled.cli.options import absolute, model_path
from steeled.workflow.configure import configure
from steeled.workflow.initialize import guess_label, initialize
from steeled.workflow.request import Request

_path = click.Path(path_type=Path)


@click.command()
@click.argument("model", type=_path)
@click.argument("data", required=False, type=_path)
@click.option("--train", type=_path, help="Rows that the model was trained on.")
@click.option("--test", type=_path, help="Rows that it was not trained on.")
@click.option("--label", help="Name of the label column; guessed from common names in a CSV file.")
@click.option("--recipe", help="module:function(data, seed) that trains the model again.")
@click.option("--factory", help="module:function that builds the network of a state dict.")
@click.option("--trust", multiple=True, help="Digest of a file to load although the scanner does not find it clean.")
@click.option("--config", type=_path, default=Path("steeled.yaml"), show_default=True, help="File to write.")
@click.pass_obj
def init(
    debug: bool,
    /,
    model: Path,
    data: Path | None,
    train: Path | None,
    test: Path | None,
    label: str | None,
    recipe: str | None,
    factory: str | None,
    trust: tuple[str, ...],
    config: Path,
) -> int:
    """Look at MODEL and DATA, and write a commented steeled.yaml to correct and keep."""
    first = test or data or train
    label = label or (guess_label(first) if first is not None and first.exists() else None)
    changes: dict[str, dict[str, Any]] = {
        "model": {"path": model_path(model), "recipe": recipe, "factory": factory, "trust": trust},
        "data": {"train": absolute(train), "test": absolute(test), "data": absolute(data), "label": label},
    }
    configuration, root = configure(None, changes)
    initialize(Request(configuration, root, Path(), debug=debug), config)
    click.echo(f"wrote {config}: correct who can change which column, then run `steeled audit --config {config}`")
    return 0
