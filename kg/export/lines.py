"""N-Triples (https://www.w3.org/TR/n-triples/) and N-Quads (https://www.w3.org/TR/n-quads/), a statement a line, sorted.

In quads every triple lies in one graph: `graph.entities`, one for each document, `graph.derived`, and the ontology's.
Which document a record lies with is said by `ontology/views/graphs.rq` (columns `?record`, `?document`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg import canonical
from kg.expansion import record_of
from kg.graph import Graph
from kg.ontology import OWL
from kg.questions import view

VIEW = "views/graphs.rq"


def triples(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them."""
    return (f"{triple} .\n".encode() for triple in graph)


def quads(graph: Graph) -> Iterator[bytes]:
    """Write facts, derived triples and ontology, each in its graph."""
    return (f"{quad} .\n".encode() for quad in dataset(graph))


def dataset(graph: Graph) -> Iterator[ox.Quad]:
    """Put every triple into its graph; blank nodes, which only the ontology has, get labels that last."""
    yield from facts(graph)
    name = next((s for s in graph.ontology.typed(OWL + "Ontology") if isinstance(s, ox.NamedNode)), None)
    for triple in sorted(canonical.labelled(graph.ontology.triples), key=str):
        yield ox.Quad(
            triple.subject, triple.predicate, triple.object, name or ox.NamedNode(f"{graph.base}graph.ontology")
        )


def facts(graph: Graph) -> Iterator[ox.Quad]:
    """Put the facts and what is derived from them into their graphs."""
    homes = _homes(graph)
    entities, derived = ox.NamedNode(f"{graph.base}graph.entities"), ox.NamedNode(f"{graph.base}graph.derived")
    for triple in graph:
        subject = triple.subject
        record = record_of(subject.value) if isinstance(subject, ox.NamedNode) else ""
        home = homes.get(record, entities) if triple in graph.asserted else derived
        yield ox.Quad(subject, triple.predicate, triple.object, home)


def _homes(graph: Graph) -> dict[str, ox.NamedNode]:
    """Return the graph of every record that rests on one document only."""
    found = {}
    exists = (graph.ontology.directory / VIEW).exists()  # without the view all lies with the entities
    for row in view(graph, VIEW, ("record", "document")) if exists else ():
        record, document = row["record"], row["document"]
        if isinstance(record, ox.NamedNode) and isinstance(document, ox.NamedNode):
            found[record.value] = ox.NamedNode(f"{graph.base}graph.{document.value.removeprefix(graph.base)}")
    return found
