"""kg init."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("directory", type=AnyPath())
def init(directory: Path) -> None:
    """Begin a project: a folder with facts/dataset.yaml."""
    from kg import output, template
    from kg.project import CONFIGURATION

    facts = directory / "facts"
    if facts.exists():
        raise click.UsageError(f"{facts} exists already")
    facts.mkdir(parents=True)
    output.write(facts / CONFIGURATION, [template.DATASET.encode()])
    click.echo(facts / CONFIGURATION)
    click.echo(f"Next: kg --project {shlex.quote(str(directory))} new TYPE ID writes a record to fill in", err=True)
