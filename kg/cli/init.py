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
    """Begin a project with a small example."""
    from kg import output, template
    from kg.project import shipped_ontology

    if directory.is_dir() and any(directory.iterdir()):
        raise click.UsageError(f"{directory} is not empty; name a folder that is new or empty")
    for name, data in template.project(shipped_ontology()).items():
        (file := directory / name).parent.mkdir(parents=True, exist_ok=True)
        output.write(file, [data])
        click.echo(file)
    click.echo(f"Next: kg --project {shlex.quote(str(directory))} new TYPE ID writes a record to fill in", err=True)
