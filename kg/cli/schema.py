"""kg schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not what the ontology says.")
@click.pass_obj
def schema(project: Path | None, *, check: bool) -> None:
    """Generate context.jsonld and facts.schema.json from the ontology."""
    from kg import output, pipeline
    from kg import schema as generated
    from kg.cli import DATA, report
    from kg.project import find

    found = find(project)
    directory = found.ontology
    _, vocab, faults = pipeline.prepare(found)
    if check and not report.failed(faults):
        faults += generated.drift(vocab, directory)
    report.show(sorted(faults), found)
    if report.failed(faults):
        sys.exit(DATA)
    if check:
        return
    for name, text in generated.generate(vocab).items():
        output.write(directory / name, [text.encode()])
        click.echo(directory / name)
