"""kg export."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path

# Those of kg.export, which is slow to import.
_FORMATS = ["turtle", "ntriples", "nquads", "trig", "jsonld", "rdfxml", "cypher", "graphml", "xlsx"]
_FOLDERS = ["neo4j-csv", "ladybug", "csv", "parquet"]


@click.command()
@click.argument("format_", metavar="FORMAT", type=click.Choice([*_FORMATS, *_FOLDERS]))
@click.option("--out", type=AnyPath(), help="File to write, or a folder for several. Default: standard output.")
@click.option(
    "--edges", is_flag=True, help="Add a graph of edges that a source says flatly and nothing disputes (nquads, trig)."
)
@click.pass_obj
def export(project: Path | None, format_: str, out: Path | None, *, edges: bool) -> None:
    """Validate the facts and write them in another format.

    \b
    turtle, ntriples, jsonld, rdfxml   facts and what is derived from them
    nquads, trig                       these and the ontology, in a graph for each document, one for what no single
                                       document says, one derived, and the ontology's
    neo4j-csv, cypher, ladybug         a property graph for Neo4j and its kin, for Ladybug (Kuzu)
    graphml                            the same for Gephi
    csv, parquet, xlsx                 tables, one a class
    neo4j-csv, ladybug, csv and parquet are several files: --out names their folder.
    """  # noqa: D301 - \b is click's mark for lines that stay as they are
    from kg import output
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.export import FOLDERS, FORMATS
    from kg.fault import Fault, Unwritable

    if out is None and format_ in _FOLDERS:
        raise Fault(f"{format_} is several files: name their folder with --out")
    if edges and (format_ in FOLDERS or FORMATS[format_].write_edges is None):
        having = ", ".join(name for name, known in FORMATS.items() if known.write_edges)
        raise Fault(f"{format_} has no place for a graph of edges: {having} have")
    build = made(project, checked=True)
    report.show(build.diagnostics, build.project)
    if not build.valid:
        click.echo(f"{report.count(build.diagnostics)}; nothing written", err=True)
        sys.exit(DATA)
    inputs = (build.project.facts, build.project.ontology)
    if out is not None and format_ in _FOLDERS:
        output.folder(out, FOLDERS[format_].files(build.graph).items(), inputs)
        click.echo(out)
        return
    try:
        chosen = FORMATS[format_]
        write = chosen.write_edges if edges and chosen.write_edges else chosen.write
        pieces = write(build.graph)
    except Unwritable as error:
        subject, predicate = str(error.triple.subject).strip("<>"), error.triple.predicate.value
        place = build.sources.locate(subject, predicate, str(error.triple.object))
        raise Fault(f"{place}: {error}" if place else str(error)) from None
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.writelines(pieces)
        return
    output.outside(out, inputs)
    output.write(out, pieces)
    click.echo(out)
