"""kg build."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path

    from kg.pipeline import Build

FILES = ("kg.ttl", "ontology.ttl")


@click.command()
@click.option("--out", type=AnyPath(), help="Folder for kg.ttl and ontology.ttl. Default: build/ in the project.")
@click.option("--without", metavar="DOCUMENT", help="Leave out a document and all that rests on it; says what falls.")
@click.option("--unchecked", is_flag=True, help="Skip shapes and checks; the output says so.")
@click.pass_obj
def build(project: Path | None, out: Path | None, without: str | None, *, unchecked: bool) -> None:
    """Validate the facts and write them as Turtle.

    Writes kg.ttl (facts and what is derived) and ontology.ttl, or nothing at all where there is an error.
    """
    from kg import output, pipeline
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.export import turtle

    result = made(project, checked=not unchecked)
    report.show(result.diagnostics)
    if not result.valid:
        click.echo(f"{report.count(result.diagnostics)}; nothing written", err=True)
        sys.exit(DATA)
    if without is not None:
        result = _withdraw(result, without)
    directory = out if out is not None else result.project.root / "build"
    notice = (b"# Unchecked: shapes and checks were skipped.\n",) if unchecked else ()
    with output.folder(directory, FILES, (result.project.facts, result.project.ontology)):
        output.write(directory / "ontology.ttl", pipeline.ontology_text(result))
        output.write(directory / "kg.ttl", (*notice, *turtle.write(result.graph)))
    records = len(result.sources.records)
    skipped = "unchecked, " if unchecked else ""
    click.echo(f"{skipped}{records} records, {len(result.graph)} triples, {report.count(result.diagnostics)}", err=True)
    click.echo(directory / "kg.ttl")


def _withdraw(build: Build, document: str) -> Build:
    """Take a document out, and say what falls with it and what loses support."""
    from kg import withdrawal
    from kg.cli.stage import one

    remainder = withdrawal.without(build, one(build, document))
    click.echo(f"{len(remainder.fallen)} records fall:", err=True)
    for identifier in remainder.fallen:
        click.echo(f"  {identifier}  {build.sources.records[identifier].location}", err=True)
    click.echo(f"{len(remainder.weakened)} records lose support:", err=True)
    for identifier, fields in remainder.weakened.items():
        click.echo(f"  {identifier}: {', '.join(fields)}", err=True)
    return remainder.build
