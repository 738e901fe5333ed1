"""``steeled doctor``: what is installed, and what that enables."""

import json

import click

from steeled.cli.options import json_option
from steeled.core.digest import plain
from steeled.workflow.doctor import abilities, probes_by_risk


@click.command()
@json_option
def doctor(as_json: bool) -> int:
    """Show which frameworks are installed, which models that opens, and which probes there are."""
    found, probes = abilities(), probes_by_risk()
    if as_json:
        click.echo(json.dumps({"libraries": plain(found), "probes": plain(probes)}, indent=2))
        return 0
    for each in found:
        state = each.version or "missing"
        click.echo(
            f"{each.library:14} {state:12} {each.enables if each.version else f'{each.enables}: {each.install}'}"
        )
    click.echo()
    for risk, names in probes.items():
        click.echo(f"{risk:14} {', '.join(names) or 'no probes'}")
    return 0
