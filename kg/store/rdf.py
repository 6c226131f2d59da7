"""What all stores of RDF have in common: the facts lie in named graphs, without blank nodes."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.export.lines import dataset
from kg.graph import Graph
from kg.ontology import Term
from kg.store import rewriting

Graphs: TypeAlias = Mapping[str, Sequence[ox.Triple]]  # by the IRI of the graph

OWN = "graph."  # how the local names of the graphs of facts begin; no id of a record has a full stop
_GENID = "/.well-known/genid/"


class RdfStore(ABC):
    """A store whose parts are named graphs and whose items are triples."""

    noun = "triples"

    def contents(self, graph: Graph) -> Graphs:
        """Return the named graphs of the facts."""
        return named(graph)

    def parts(self, base: str) -> frozenset[str] | None:
        """Name the graphs of facts with this base; the ontology's lies elsewhere."""
        return self.graphs(base + OWN)

    def holds(self, parts: Iterable[str]) -> Iterator[tuple[str, int, Iterable[ox.Triple]]]:
        """Count graphs and read them back."""
        for graph in parts:
            with contextlib.closing(self.dump(graph)) as triples:  # one that is not read to its end is let go
                counted = self.count(graph)
                yield graph, counted, triples if counted else ()

    def rewrites(self, item: ox.Triple) -> ox.Triple:
        """Values count, not how they are written."""
        return rewriting.by_value(item)

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""

    @abstractmethod
    def graphs(self, prefix: str) -> frozenset[str] | None:
        """Name the graphs that begin so; None where the store has no way to ask."""

    @abstractmethod
    def count(self, graph: str) -> int:
        """Count the triples of a graph as the store does; one that is not there has none."""

    @abstractmethod
    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """Read a graph back."""


def named(graph: Graph) -> Graphs:
    """Return the graphs of a data set by name, as `kg export nquads` writes them, but without blank nodes.

    The ontology has some; each becomes an IRI made of its label, which lasts
    (https://www.w3.org/TR/rdf11-concepts/#section-skolemization). Blank nodes could not be compared, would fall apart
    where a graph comes in batches, and some stores refuse them.
    """
    found: dict[str, list[ox.Triple]] = {}
    for quad in dataset(graph):
        subject, object_ = (_named(term, graph.base) for term in (quad.subject, quad.object))
        triple = ox.Triple(subject, quad.predicate, object_)  # type: ignore[arg-type]  # a subject stays one
        found.setdefault(quad.graph_name.value, []).append(triple)  # type: ignore[union-attr]  # none lies in the default graph
    return found


def _named(term: Term, base: str) -> Term:
    return ox.NamedNode(urljoin(base, _GENID + term.value)) if isinstance(term, ox.BlankNode) else term
