"""The command line: parse, call one library function, render, exit. The only place that prints or exits.

Exit codes: 0 fine, 1 findings in the data or the ontology, 2 wrong usage, 3 the environment, 130 interrupted.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

import kg
from kg.cli.path import AnyPath
from kg.fault import Failure, Fault, OntologyFault

if TYPE_CHECKING:
    from pathlib import Path

# Each a module of this package with a function of the same name. Imported when needed.
COMMANDS = (
    "build",
    "validate",
    "query",
    "find",
    "why",
    "audit",
    "export",
    "load",
    "site",
    "serve",
    "init",
    "new",
    "schema",
    "explain",
)

DATA, USAGE, ENVIRONMENT, INTERRUPTED = 1, 2, 3, 130


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"kg.cli.{cmd_name}"), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option("--project", type=AnyPath(), help="The folder that holds facts/. Default: the nearest one upward.")
@click.version_option(kg.__version__, prog_name="kg")
@click.pass_context
def cli(ctx: click.Context, project: Path | None) -> None:
    """Curated fact files become a knowledge graph that can be trusted.

    Facts in YAML are validated, exported as Turtle, asked with SPARQL; every answer can be traced to exact words.
    """
    ctx.obj = project


def main() -> None:
    """Run the command line and exit."""
    if sys.stdout is None:  # started without the usual streams
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - pathlib costs start-up; for the life of the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as above
    gc.disable()  # a command lives shortly and makes no cycles worth collecting; a sixth of the time
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter still gets the line
    code = _run()
    gc.freeze()  # an interpreter that ends collects once more, whatever is disabled; a tenth of a short command
    sys.exit(code)


def _run() -> int:
    stdout = sys.stdout
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        error.show()
        code = USAGE
    except Fault as error:
        code = _failed(str(error), USAGE)
    except OntologyFault as error:
        code = _failed(str(error), DATA)
    except Failure as error:
        code = _failed(str(error), ENVIRONMENT)
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except SystemExit as end:
        # click's own answer to a reader that has seen enough is another stream, and code 1, which means findings
        code = 0 if sys.stdout is not stdout else end.code
    except BrokenPipeError:  # `| head` has seen enough
        hush()
        code = 0
    except OSError as error:
        code = _failed(f"{error.filename or 'output'}: {error.strerror or error}", ENVIRONMENT)
    return code if isinstance(code, int) else 0


def hush() -> None:
    """Let standard output go nowhere from here on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(message: str, code: int) -> int:
    click.echo(f"Error: {message}", err=True)
    return code
