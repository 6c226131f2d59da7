"""kg export."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice(["turtle", "ntriples", "nquads"]))
@click.option("--out", type=AnyPath(), help="File to write. Default: standard output.")
@click.pass_obj
def export(project: Path | None, format_: str, out: Path | None) -> None:
    """Validate the facts and write them in another format."""
    from kg import output
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.export import FORMATS

    build = made(project, checked=True)
    report.show(build.diagnostics)
    if not build.valid:
        click.echo(f"{report.count(build.diagnostics)}; nothing written", err=True)
        sys.exit(DATA)
    pieces = FORMATS[format_].write(build.graph)
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        return
    output.outside(out, (build.project.facts, build.project.ontology))
    output.write(out, pieces)
    click.echo(out)
