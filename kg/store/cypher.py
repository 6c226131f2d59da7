"""Property graphs that speak openCypher (https://opencypher.org/): nodes and edges are merged, never pasted into a text.

Statements are those of `kg export cypher`; every node has the label `Resource` and its IRI as `uri`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from kg.export import cypher
from kg.export.cypher import LABEL, quoted
from kg.export.properties import Property
from kg.export.propertygraph import Edge, Node
from kg.store import Progress
from kg.store.elements import Changes, Element, Elements, PropertyStore, some

Row = Sequence[Any]
_T = TypeVar("_T")
_BATCH = 500  # what is deleted by one query

_NODES = f"MATCH (n:{LABEL}) WHERE n.uri STARTS WITH $base"
_EDGES = (
    f"MATCH (a:{LABEL})-[r]->(b:{LABEL}) "
    "WHERE a.uri STARTS WITH $base AND b.uri STARTS WITH $base AND type(r) IN $types"
)


class CypherStore(PropertyStore):
    """A store that is reached by queries."""

    @abstractmethod
    def read(self, query: str, parameters: Mapping[str, object]) -> Iterable[Row]:
        """Ask, and return the rows of the answer with values of Python."""

    @abstractmethod
    def write(self, query: str, parameters: Mapping[str, object]) -> None:
        """Change something; must be harmless to repeat."""

    @abstractmethod
    def prepare(self) -> None:
        """Have an IRI found fast, and if the store can, only once."""

    def count(self, part: Elements) -> int:
        """Count nodes and edges."""
        counts = (
            self.read(f"{_NODES} RETURN count(n)", {"base": part.base}),
            self.read(f"{_EDGES} RETURN count(r)", _of(part)),
        )
        return sum(int(row[0]) for rows in counts for row in rows)

    def dump(self, part: Elements) -> Iterator[Element]:
        """Ask for nodes, then for edges."""
        for uri, labels, found in self.read(f"{_NODES} RETURN n.uri, labels(n), properties(n)", {"base": part.base}):
            properties = {name: _property(value) for name, value in found.items() if name not in ("uri", "id")}
            yield Node(uri, str(found.get("id")), part.labels(labels), properties)
        asked = self.read(f"{_EDGES} RETURN type(r), a.uri, b.uri, properties(r)", _of(part))
        for type_, start, end, found in asked:
            yield Edge(type_, start, end, {name: _property(value) for name, value in found.items()})  # type: ignore[misc]  # a list of texts, or it differs

    def change(self, part: Elements, made: Changes, progress: Progress) -> None:
        """Delete, then write nodes and edges, a batch at a time."""
        self.prepare()
        for uris in _batches(made.nodes_gone):
            self.write(f"UNWIND $uris AS uri MATCH (n:{LABEL} {{uri: uri}}) DETACH DELETE n", {"uris": uris})
        for type_, edges in some(part.graph, edges=made.edges_gone).links.items():
            for batch in _batches(edges):
                rows = [{"start": edge.start, "end": edge.end} for edge in batch]
                ends = f"(a:{LABEL} {{uri: row.start}})-[r:{quoted(type_)}]->(b:{LABEL} {{uri: row.end}})"
                self.write(f"UNWIND $rows AS row MATCH {ends} DELETE r", {"rows": rows})
        for call in cypher.calls(some(part.graph, made.nodes, made.edges)):
            self.write(call.text, call.parameters)
            progress(len(call.parameters["rows"]))


def _of(part: Elements) -> Mapping[str, object]:
    return {"base": part.base, "types": [*part.graph.types]}


def _property(value: Any) -> Property:  # noqa: ANN401 - whatever a store holds
    return tuple(value) if isinstance(value, list) else value


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch
