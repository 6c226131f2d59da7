"""Formats: each a module with `write`, registered here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kg.export import jsonld, lines, rdfxml, trig, turtle
from kg.graph import Graph


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a graph: yields the file in pieces, always the same bytes for the same graph."""

    name: str
    suffix: str
    write: Callable[[Graph], Iterator[bytes]]


FORMATS: Mapping[str, Format] = {
    made.name: made
    for made in (
        Format("turtle", ".ttl", turtle.write),
        Format("ntriples", ".nt", lines.triples),
        Format("nquads", ".nq", lines.quads),
        Format("trig", ".trig", trig.write),
        Format("jsonld", ".jsonld", jsonld.write),
        Format("rdfxml", ".rdf", rdfxml.write),
    )
}
