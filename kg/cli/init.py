"""kg init."""

from __future__ import annotations

import contextlib
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
    files = template.project(shipped_ontology())
    try:
        for name, data in files.items():
            (directory / name).parent.mkdir(parents=True, exist_ok=True)
            output.write(directory / name, [data])
    except BaseException:  # half a project is none, and would be in the way of the next try
        for name in files:
            with contextlib.suppress(OSError):
                (directory / name).unlink()
        raise
    for name in files:
        click.echo(directory / name)
    import shlex

    click.echo(f"Next: kg --project {shlex.quote(str(directory))} new TYPE ID writes a record to fill in", err=True)
