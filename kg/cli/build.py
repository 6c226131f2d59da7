"""kg build."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path

    from kg.pipeline import Build


@click.command()
@click.option("--out", type=AnyPath(), help="Folder for the files. Default: build/ in the project.")
@click.option("--without", metavar="DOCUMENT", help="Leave out a document and all that rests on it; says what falls.")
@click.option("--unchecked", is_flag=True, help="Skip shapes and checks; the output says so.")
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Read on a Dask scheduler, like tcp://host:8786, and write N-Quads, a file for each.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Processes that read files. Default: one a core, where that pays."
)
@click.pass_obj
def build(
    project: Path | None,
    out: Path | None,
    without: str | None,
    cluster: str | None,
    jobs: int | None,
    *,
    unchecked: bool,
) -> None:
    """Validate the facts and write them as Turtle.

    \b
    kg.ttl        facts and what is derived from them
    ontology.ttl  classes, shapes and codes
    dataset.ttl   title, licence, creators, counts, how it was made (DCAT and VoID)
    kg.sha256     SHA-256 of the canonical form (RDFC-1.0) of the graph in kg.ttl
    SHA256SUMS    what `sha256sum --check` reads

    Where there is an error it writes nothing at all. An earlier build in the folder is replaced whole; a folder that
    holds anything else is refused.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    from kg import output, release
    from kg.cli import DATA, report
    from kg.cli.stage import made, one

    if cluster is not None:
        if not unchecked or without is not None:
            raise click.UsageError(
                "a cluster builds without shapes, checks and --without: validate on one machine and add --unchecked"
            )
        _build_elsewhere(cluster, project, out)
        return
    result = made(project, checked=not unchecked, jobs=jobs)
    report.show(result.diagnostics, result.project)
    if not result.valid:
        click.echo(f"{report.count(result.diagnostics)}; nothing written", err=True)
        sys.exit(DATA)
    withdrawn = one(result, without) if without is not None else ""
    if withdrawn:
        result = _withdraw(result, withdrawn)
    directory = out if out is not None else result.project.root / "build"
    files = release.files(result, withdrawn)
    output.folder(directory, files, (result.project.facts, result.project.ontology))
    records = len(result.sources.records)
    skipped = "unchecked, " if unchecked else ""
    click.echo(f"{skipped}{records} records, {len(result.graph)} triples, {report.count(result.diagnostics)}", err=True)
    click.echo(f"SHA-256 of the canonical graph: {result.graph.sha256}", err=True)
    click.echo(directory / release.GRAPH)


def _withdraw(build: Build, document: str) -> Build:
    """Take a document out, and say what falls with it and what loses support."""
    from kg import withdrawal

    remainder = withdrawal.without(build, document)
    click.echo(f"{len(remainder.fallen)} records fall:", err=True)
    for identifier in remainder.fallen:
        click.echo(f"  {identifier}  {build.sources.records[identifier].location}", err=True)
    click.echo(f"{len(remainder.weakened)} records lose support:", err=True)
    for identifier, fields in remainder.weakened.items():
        click.echo(f"  {identifier}: {', '.join(fields)}", err=True)
    return remainder.build


def _build_elsewhere(address: str, project: Path | None, out: Path | None) -> None:
    """Build on a cluster."""
    from kg import cluster, output, pipeline
    from kg.cli import DATA, report
    from kg.diagnostic import Severity
    from kg.project import find

    found = find(project)
    dataset, diagnostics = found.dataset()
    diagnostics += pipeline.prepare(found)[2]
    directory = (out if out is not None else found.root / "quads").resolve()
    output.outside(directory, (found.facts, found.ontology))
    faulty = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    facts, target = found.facts.resolve().as_uri(), directory.as_uri()
    read = None if faulty else cluster.build(address, found, dataset.base, facts, target)
    told = sorted({*diagnostics, *(read.told() if read is not None else ())})
    report.show(told, found)
    if read is None or any(diagnostic.severity is Severity.ERROR for diagnostic in told):
        click.echo(f"{report.count(told)}; nothing written", err=True)
        sys.exit(DATA)
    click.echo(f"unchecked, {len(read.sources.records)} records, {report.count(told)}", err=True)
    click.echo(directory)
