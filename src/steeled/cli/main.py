"""The ``steeled`` command: a group whose commands are imported only when they are called."""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from steeled import __version__
from steeled.errors import SteeledError, StorageError

COMMANDS = {
    "audit": "Measure every risk of a model, judge it, and write the report.",
    "compare": "Show what changed between two audited versions.",
    "demo": "Train and audit the bundled credit-risk model.",
    "doctor": "Show what is installed, and what that enables.",
    "init": "Look at a model and its data, and write a commented steeled.yaml.",
    "judge": "Judge stored evidence again under another policy; runs nothing.",
    "report": "Render the stored audit in another format.",
    "scan": "Inspect files for code that would run when they are loaded.",
    "schema": "Print the JSON Schema of steeled.yaml, for editors.",
}


class _LazyGroup(click.Group):
    """Lists commands without importing them: frameworks must not slow down ``--help``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"steeled.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="steeled")
@click.option("--debug", is_flag=True, help="Show the traceback of an error; may stand anywhere.")
def steeled(debug: bool) -> None:
    """Stress-test, harden, gate and guard machine-learning models.

    Exit codes: 0 pass, 1 fail, 2 usage or configuration, 3 inconclusive or could not test, 4 evidence altered.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code; every error is one line, with a traceback only in debug mode."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(given))


def run(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code. ``--debug`` may stand anywhere."""
    debug = "--debug" in arguments
    try:
        code = steeled.main(
            [word for word in arguments if word != "--debug"], prog_name="steeled", standalone_mode=False, obj=debug
        )
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("\nsteeled: interrupted; what was measured is kept, the same command goes on from there", err=True)
        return 3
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains on exit
        return 3
    except SteeledError as problem:
        return _fail(problem, problem.exit_code, debug)
    except OSError as problem:
        return _fail(StorageError(f"{problem}; make room, or name another folder with --out"), 2, debug)
    except Exception as problem:  # noqa: BLE001  # the last door: a bug of ours must not look like a verdict
        text = f"internal error: {type(problem).__name__}: {problem}; run again with --debug and report it"
        return _fail(SteeledError(text), 3, debug)
    return code if isinstance(code, int) else 0


def _fail(problem: SteeledError, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo(f"steeled: error: {problem}", err=True)
    return code


if __name__ == "__main__":
    main()
