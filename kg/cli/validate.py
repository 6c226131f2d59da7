"""kg validate."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

_POLL = 0.1  # seconds


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="How to report.",
)
@click.option(
    "--engine",
    type=click.Choice(["compiled", "shacl", "pyshacl"]),
    default="compiled",
    show_default=True,
    help="SHACL engine; pyshacl is the reference.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info"]),
    default="error",
    show_default=True,
    help="The least severity that gives exit code 1.",
)
@click.option("--watch", is_flag=True, help="Run again whenever a file changes, until interrupted.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes that read files. Default: one a core, where that pays."
)
@click.pass_obj
def validate(project: Path | None, format_: str, engine: str, fail_on: str, jobs: int | None, *, watch: bool) -> None:
    """Check the facts; print each finding as file:line:column."""
    from kg.cli import DATA, hush, report
    from kg.cli.stage import made
    from kg.diagnostic import Severity
    from kg.project import find

    while True:
        before = find(project).state() if watch else None
        result = made(project, checked=True, engine=engine, jobs=jobs)
        text = report.FORMATS[format_](result)
        try:
            click.echo(text, nl=bool(text))
        except BrokenPipeError:  # a reader that has seen enough changes no verdict
            hush()
        number = len(result.sources.records)
        skipped = "" if result.checked else "; checks across records wait until every record can be read"
        click.echo(f"{number} record{'s' * (number != 1)}: {report.count(result.diagnostics)}{skipped}", err=True)
        for line in report.tally(result.diagnostics):
            click.echo(line, err=True)
        if not watch:
            break
        while find(project).state() == before:
            time.sleep(_POLL)
    level = Severity[fail_on.upper()]
    if any(diagnostic.severity >= level for diagnostic in result.diagnostics):
        sys.exit(DATA)
