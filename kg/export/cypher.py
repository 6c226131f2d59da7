"""Cypher with parameters, a statement a line: `{"statement": "...", "parameters": {...}}`.

That is what the Query API of Neo4j takes (https://neo4j.com/docs/query-api/current/query/), and the arguments of its
drivers: `driver.execute_query(line["statement"], line["parameters"])`, which tries again where the store says so. No value
stands in a statement; labels, types and names of properties come from the ontology and are quoted with backticks.

The lines come in order: a constraint, nodes, edges. As neosemantics has it, every node has the label `Resource` and its
IRI as `uri`. MERGE makes a second run change nothing. It adds and updates; what the facts no longer say, a class among it,
stays until it is deleted: `MATCH (n:Resource) WHERE n.uri STARTS WITH $base DETACH DELETE n`. FalkorDB takes no such constraint: leave out
the first line, and say `CREATE INDEX FOR (n:Resource) ON (n.uri)`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kg.export import propertygraph
from kg.export.properties import Key, Property, Type
from kg.export.propertygraph import Edge, Node, PropertyGraph
from kg.graph import Graph

LABEL = "Resource"
CONSTRAINT = f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:`{LABEL}`) REQUIRE n.uri IS UNIQUE"
_LINE = '{"statement": %s, "parameters": %s}\n'  # the names are those of the Query API
_BATCH = 500  # rows of a statement: some stores answer a long one with a timeout

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Call:
    """A statement of Cypher and its parameters."""

    text: str
    parameters: Mapping[str, list[Row]]


def write(graph: Graph) -> Iterator[bytes]:
    """Write the calls as lines of JSON.

    Raises:
        OntologyFault: see `propertygraph.make`.

    """
    made = propertygraph.of(graph)
    yield _line(Call(CONSTRAINT, {}))
    yield from map(_line, calls(made))


def calls(graph: PropertyGraph) -> Iterator[Call]:
    """Yield the calls that bring a property graph into a store; the constraint is not among them."""
    for name, nodes in graph.members.items():
        for rows in _batches(map(_node, nodes)):
            yield Call(_merge_nodes(nodes[0].labels, graph.keys[name]), {"rows": rows})
    for name, edges in graph.links.items():
        for rows in _batches(map(_edge, edges)):
            yield Call(_merge_edges(name), {"rows": rows})


def quoted(name: str) -> str:
    """Quote a label, a type or the name of a property (https://neo4j.com/docs/cypher-manual/current/syntax/naming/)."""
    return "`" + name.replace("`", "``") + "`"


def _merge_nodes(labels: Sequence[str], keys: Iterable[Key]) -> str:
    written = ":".join(map(quoted, (*labels, LABEL)))
    dates = [_date(key) for key in keys if key.type is Type.DATE]  # JSON has no dates
    return " ".join((f"UNWIND $rows AS row MERGE (n:{written} {{uri: row.uri}}) SET n = row.properties", *dates))


def _date(key: Key) -> str:
    name = quoted(key.name)
    value = f"[day IN row.dates.{name} | date(day)]" if key.multiple else f"date(row.dates.{name})"
    return f"SET n.{name} = {value}"


def _merge_edges(name: str) -> str:
    ends = f"MATCH (a:{LABEL} {{uri: row.start}}), (b:{LABEL} {{uri: row.end}})"
    return f"UNWIND $rows AS row {ends} MERGE (a)-[r:{quoted(name)}]->(b) SET r = row.properties"


def _node(node: Node) -> Row:
    dates = {name: _days(value) for name, value in node.properties.items() if _days(value)}
    plain = {name: value for name, value in node.properties.items() if name not in dates}
    return {"uri": node.iri, "properties": {"uri": node.iri, "id": node.id, **plain}, "dates": dates}


def _days(value: Property) -> str | list[str] | None:
    """Return dates as text; None where the value is none."""
    if isinstance(value, tuple):
        return [day.isoformat() for day in value if isinstance(day, dt.date)] or None
    return value.isoformat() if isinstance(value, dt.date) else None


def _edge(edge: Edge) -> Row:
    return {"start": edge.start, "end": edge.end, "properties": dict(edge.properties)}


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _line(call: Call) -> bytes:
    # Escaped to ASCII, U+2028 cannot end a line where somebody splits a file too eagerly.
    return (_LINE % (json.dumps(call.text), json.dumps(call.parameters))).encode()
