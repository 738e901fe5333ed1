"""``steeled schema``: the JSON Schema of the configuration."""

import json

import click

from steeled.workflow.configure import json_schema


@click.command()
def schema() -> int:
    """Print the JSON Schema of steeled.yaml; editors use it to complete and check."""
    click.echo(json.dumps(json_schema(), indent=2))
    return 0
