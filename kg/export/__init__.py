"""Formats: each a module with `write`, or `files` for those of several files, registered here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from kg import turtle
from kg.export import (
    csvtables,
    cypher,
    graphml,
    jsonld,
    ladybug,
    lines,
    neo4jcsv,
    parquet,
    rdfxml,
    trig,
    workbook,
)
from kg.graph import Graph


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a graph: yields the file in pieces, always the same bytes for the same graph.

    Attributes:
        name: what it is chosen by.
        suffix: of a file.
        write: writes it.
        write_edges: writes it with a graph of direct edges besides; None where a format has no graphs.

    """

    name: str
    suffix: str
    write: Callable[[Graph], Iterator[bytes]]
    write_edges: Callable[[Graph], Iterator[bytes]] | None = None


@dataclass(frozen=True, slots=True)
class Folder:
    """A way to write a graph as files of one folder: by name their pieces, always the same bytes for the same graph.

    Which names there are depends on the ontology alone, so that nothing old stays beside what is new.
    """

    name: str
    files: Callable[[Graph], Mapping[str, Iterator[bytes]]]


FORMATS: Mapping[str, Format] = {
    made.name: made
    for made in (
        Format("turtle", ".ttl", turtle.write),
        Format("ntriples", ".nt", lines.triples),
        Format("nquads", ".nq", lines.quads, partial(lines.quads, edges=True)),
        Format("trig", ".trig", trig.write, partial(trig.write, edges=True)),
        Format("jsonld", ".jsonld", jsonld.write),
        Format("rdfxml", ".rdf", rdfxml.write),
        Format("cypher", ".jsonl", cypher.write),
        Format("graphml", ".graphml", graphml.write),
        Format("xlsx", ".xlsx", workbook.write),
    )
}

FOLDERS: Mapping[str, Folder] = {
    made.name: made
    for made in (
        Folder("neo4j-csv", neo4jcsv.files),
        Folder("ladybug", ladybug.files),
        Folder("csv", csvtables.files),
        Folder("parquet", parquet.files),
    )
}
