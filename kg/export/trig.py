"""TriG (https://www.w3.org/TR/trig/): the graphs of N-Quads as blocks of Turtle, each written as `kg.turtle` does."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.export.lines import dataset
from kg.graph import Graph
from kg.layout import Layouts
from kg.turtle import Writer, head


def write(graph: Graph, *, edges: bool = False) -> Iterator[bytes]:
    """Write facts, derived triples and ontology, each in its graph, the graphs by name; see `lines.dataset`."""
    graphs: dict[str, list[ox.Triple]] = {}
    for quad in dataset(graph, edges=edges):
        graphs.setdefault(str(quad.graph_name), []).append(quad.triple)
    writer = Writer(Layouts(graph.prefixes))
    body = []
    for name, triples in sorted(graphs.items()):
        body += [f"\n\n{writer.name(name[1:-1])} {{", *writer.blocks(triples), "}\n"]
    yield from head(writer.used)
    yield from (piece.encode() for piece in body)
