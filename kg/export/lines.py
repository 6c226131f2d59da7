"""N-Triples (https://www.w3.org/TR/n-triples/) and N-Quads (https://www.w3.org/TR/n-quads/), a statement a line, sorted.

In quads every triple lies in one graph: `graph.entities`, one for each document, `graph.derived`, and the ontology's.
Which document a record lies with is said by `ontology/views/graphs.rq` (columns `?record`, `?document`). On demand there is
`graph.edges` besides: edges of which nothing but a single source says that they are so, by a CONSTRUCT of the ontology.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg import canonical
from kg.fault import OntologyFault
from kg.graph import Graph
from kg.ontology import OWL
from kg.parts import record_of
from kg.questions import QueryError, Table, ask, read, view

VIEW = "views/graphs.rq"
EDGES = "questions/direct-edges.rq"


def triples(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them."""
    return (f"{triple} .\n".encode() for triple in graph)


def quads(graph: Graph, *, edges: bool = False) -> Iterator[bytes]:
    """Write facts, derived triples and ontology, each in its graph; see `dataset`."""
    return (f"{quad} .\n".encode() for quad in dataset(graph, edges=edges))


def dataset(graph: Graph, *, edges: bool = False) -> Iterator[ox.Quad]:
    """Put every triple into its graph; blank nodes, which only the ontology has, get labels that last.

    Args:
        graph: facts and ontology.
        edges: True for direct edges in a graph of their own.

    Raises:
        OntologyFault: the ontology does not say which edges there are.

    """
    direct = _edges(graph) if edges else []  # first: what is at fault stops before a byte is written
    yield from facts(graph)
    name = next((s for s in graph.ontology.typed(OWL + "Ontology") if isinstance(s, ox.NamedNode)), None)
    for triple in sorted(canonical.labelled(graph.ontology.triples), key=str):
        yield ox.Quad(
            triple.subject, triple.predicate, triple.object, name or ox.NamedNode(f"{graph.base}graph.ontology")
        )
    yield from direct


def facts(graph: Graph) -> Iterator[ox.Quad]:
    """Put the facts and what is derived from them into their graphs."""
    homes = _homes(graph)
    entities, derived = ox.NamedNode(f"{graph.base}graph.entities"), ox.NamedNode(f"{graph.base}graph.derived")
    for triple in graph:
        subject = triple.subject
        record = record_of(subject.value) if isinstance(subject, ox.NamedNode) else ""
        home = homes.get(record, entities) if triple in graph.asserted else derived
        yield ox.Quad(subject, triple.predicate, triple.object, home)


def _edges(graph: Graph) -> list[ox.Quad]:
    try:
        answer = ask(graph, read(graph.ontology.directory / EDGES))
    except (QueryError, OSError) as error:
        raise OntologyFault(f"ontology/{EDGES}: {error}") from None
    if isinstance(answer, bool | Table):
        raise OntologyFault(f"ontology/{EDGES}: a CONSTRUCT is needed")
    name = ox.NamedNode(f"{graph.base}graph.edges")
    return [ox.Quad(t.subject, t.predicate, t.object, name) for t in sorted(set(answer), key=str)]


def _homes(graph: Graph) -> dict[str, ox.NamedNode]:
    """Return the graph of every record that rests on one document only."""
    found = {}
    exists = (graph.ontology.directory / VIEW).exists()  # without the view all lies with the entities
    for row in view(graph, VIEW, ("record", "document")) if exists else ():
        record, document = row["record"], row["document"]
        if isinstance(record, ox.NamedNode) and isinstance(document, ox.NamedNode):
            found[record.value] = ox.NamedNode(f"{graph.base}graph.{document.value.removeprefix(graph.base)}")
    return found
