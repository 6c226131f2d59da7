"""What all property graphs have in common: the facts are one part of nodes and edges (kg.export.propertygraph).

Of the facts are the nodes whose IRI begins with the base, with all of their properties, and the edges between two of them of
the types that the ontology makes. Nodes and edges of others, and their edges to nodes of the facts, stay as they are. Only
what differs is written; so a load that broke off goes on where it stopped.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from kg.export import propertygraph
from kg.export.propertygraph import Edge, Node, PropertyGraph
from kg.graph import Graph
from kg.store import Progress

Element = Node | Edge


@dataclass(frozen=True, eq=False)
class Elements:
    """A property graph as a part of a store: what is of the facts there.

    Attributes:
        base: how the IRIs of nodes begin.
        graph: the facts, and the schema that they keep.

    """

    base: str
    graph: PropertyGraph = field(repr=False)

    def __str__(self) -> str:
        return f"nodes and edges of {self.base}"

    def labels(self, found: Iterable[str]) -> tuple[str, ...]:
        """Return the labels of a node in the order of the facts, without those that somebody else gave it."""
        known = frozenset(found) & self._labels
        return self._orders.get(known) or tuple(sorted(known))

    @cached_property
    def _orders(self) -> Mapping[frozenset[str], tuple[str, ...]]:
        return {frozenset(node.labels): node.labels for node in self.graph.nodes}

    @cached_property
    def _labels(self) -> frozenset[str]:
        return frozenset(self.graph.keys).union(*self._orders.values())


@dataclass(frozen=True)
class Changes:
    """What has to be done to a store.

    Attributes:
        nodes_gone: the IRIs of nodes to delete, with their edges: they are of another class now, or there twice.
        edges_gone: edges to delete.
        nodes: those to write, whether or not there is one with that IRI.
        edges: those to write, whether or not there is one of that type with these ends.
        known: what is there already and not deleted: nodes by IRI, edges by type and ends.
        kept: how many elements need nothing.

    """

    nodes_gone: tuple[str, ...]
    edges_gone: tuple[Edge, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    known: frozenset[Hashable]
    kept: int


class PropertyStore(ABC):
    """A store that holds a property graph."""

    noun = "elements"  # as the standard has it, ISO/IEC 39075: nodes and edges

    def contents(self, graph: Graph) -> Mapping[Elements, tuple[Element, ...]]:
        """Return nodes and edges of the facts."""
        made = propertygraph.of(graph)
        return {Elements(graph.base, made): (*made.nodes, *made.edges)}

    def parts(self, base: str) -> frozenset[Elements]:  # noqa: ARG002 - the protocol's
        """There is no other part."""
        return frozenset()

    def holds(self, parts: Iterable[Elements]) -> Iterator[tuple[Elements, int, Iterable[Element]]]:
        """Count elements and read them back."""
        for part in parts:
            counted = self.count(part)
            yield part, counted, self.dump(part) if counted else ()

    def rewrites(self, item: Element) -> Hashable:
        """Nothing is rewritten: order alone does not count."""
        return form(item)

    def replace(self, contents: Mapping[Elements, tuple[Element, ...]], progress: Progress) -> None:
        """Delete what the facts do not say, write what is missing or differs."""
        for part in contents:
            made = changes(part.graph, self.dump(part) if self.count(part) else ())
            kept = [made.kept]

            def arrived(elements: int, kept: list[int] = kept) -> None:
                progress(elements + (kept.pop() if kept else 0))

            self.change(part, made, arrived)

    @abstractmethod
    def close(self) -> None:
        """Let go of the store."""

    @abstractmethod
    def count(self, part: Elements) -> int:
        """Count the elements of a part as the store does."""

    @abstractmethod
    def dump(self, part: Elements) -> Iterable[Element]:
        """Read the elements of a part back, nodes first."""

    @abstractmethod
    def change(self, part: Elements, made: Changes, progress: Progress) -> None:
        """Do what has to be done."""


def changes(graph: PropertyGraph, there: Iterable[Element]) -> Changes:
    """Compare what there should be with what there is."""
    nodes = {node.iri: node for node in graph.nodes}
    edges = {key_of(edge): edge for edge in graph.edges}
    there_nodes: set[str] = set()
    there_edges: set[tuple[str, str, str]] = set()
    same_nodes: set[str] = set()
    same_edges: set[tuple[str, str, str]] = set()
    gone: dict[str, None] = {}
    edges_gone: dict[tuple[str, str, str], Edge] = {}
    for element in there:
        if isinstance(element, Node):
            node = nodes.get(element.iri)
            if node is None or element.iri in there_nodes or set(node.labels) != set(element.labels):
                gone[element.iri] = None
            elif form(node) == form(element):
                same_nodes.add(element.iri)
            there_nodes.add(element.iri)
        else:
            key = key_of(element)
            edge = edges.get(key)
            if edge is None or key in there_edges:
                edges_gone[key] = element
            elif form(edge) == form(element):
                same_edges.add(key)
            there_edges.add(key)
    same_nodes -= gone.keys()
    same_edges -= edges_gone.keys()
    same_edges = {key for key in same_edges if not {key[1], key[2]} & gone.keys()}  # they go with their ends
    return Changes(
        tuple(gone),
        tuple(edge for edge in edges_gone.values() if not {edge.start, edge.end} & gone.keys()),
        tuple(node for iri, node in nodes.items() if iri not in same_nodes),
        tuple(edge for key, edge in edges.items() if key not in same_edges),
        frozenset((*there_nodes - gone.keys(), *there_edges - edges_gone.keys())),
        len(same_nodes) + len(same_edges),
    )


def some(graph: PropertyGraph, nodes: Iterable[Node] = (), edges: Iterable[Edge] = ()) -> PropertyGraph:
    """Return a property graph of these alone, with the same schema."""
    return replace(graph, nodes=tuple(nodes), edges=tuple(edges))


def form(element: Element) -> Hashable:
    """Return what makes an element the same as another."""
    properties = frozenset((name, type(value), value) for name, value in element.properties.items())
    if isinstance(element, Node):
        return element.iri, element.id, frozenset(element.labels), properties
    return *key_of(element), properties


def key_of(edge: Edge) -> tuple[str, str, str]:
    """Return what there is one edge of: type, start and end."""
    return edge.type, edge.start, edge.end
