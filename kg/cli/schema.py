"""kg schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not what the ontology says.")
@click.option(
    "--ids",
    type=AnyPath(),
    metavar="FILE",
    help="Write a schema for your own editor instead, which also completes the ids of the facts as they are now.",
)
@click.pass_obj
def schema(project: Path | None, ids: Path | None, *, check: bool) -> None:
    """Generate context.jsonld and facts.schema.json from the ontology."""
    from kg import output, pipeline
    from kg import schema as generated
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.project import find

    if ids and check:
        raise click.UsageError("--check is of the files beside the ontology; --ids writes another")
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
    if ids:
        build = made(project, checked=False)  # whatever can be read of them, while they are being written
        known = {i: (source.type, build.names.labels.get(i, "")) for i, source in build.sources.records.items()}
        output.write(ids, [generated.with_ids(vocab, known).encode()])
        click.echo(ids)
        return
    for name, text in generated.generate(vocab).items():
        output.write(directory / name, [text.encode()])
        click.echo(directory / name)
