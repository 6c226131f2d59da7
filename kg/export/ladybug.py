"""Parquet files and the Cypher that loads them into Ladybug (Kuzu's successor), https://docs.ladybugdb.com/.

In the folder that holds the files: `lbug facts.lbug < load.cypher`, or `connection.execute(text)` in Python.

A table of nodes for every class that is not abstract, its key the IRI; `labels` holds the superclasses. A table of
relations for every type of edges. A second run stops at the first CREATE and so doubles nothing; to load anew, begin with
a new database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.export import parquet, propertygraph
from kg.export.cypher import quoted
from kg.export.properties import Key, Property, Type
from kg.export.propertygraph import Edge, Node, PropertyGraph
from kg.graph import Graph

SCRIPT = "load.cypher"
_TYPES = {Type.INTEGER: "INT64", Type.BOOLEAN: "BOOLEAN", Type.DATE: "DATE"}
_NODE = (
    Key("iri", Type.TEXT, multiple=False),
    Key("id", Type.TEXT, multiple=False),
    Key("labels", Type.TEXT, multiple=True),
)
# A table of relations joins several pairs of classes: the file says which each row belongs to.
_ENDS = tuple(Key(name, Type.TEXT, multiple=False) for name in ("source", "target", "sourceClass", "targetClass"))


def files(graph: Graph) -> Mapping[str, Iterator[bytes]]:
    """Return the files by name; which there are depends on the ontology alone.

    Raises:
        Fault: pyarrow is not installed.
        OntologyFault: see `propertygraph.make`.

    """
    parquet.require()
    made = propertygraph.of(graph)
    return {
        SCRIPT: (f"{line};\n".encode() for line in statements(made)),
        **{_file("nodes", name): _nodes(made, name) for name in made.keys},
        **{_file("relations", name): _edges(made, name) for name in made.types},
    }


def statements(graph: PropertyGraph) -> Iterator[str]:
    """Yield the statements that make the tables and fill them, all or none."""
    yield "BEGIN TRANSACTION"
    for name, keys in graph.keys.items():
        columns = ", ".join(f"{quoted(key.name)} {_column(key)}" for key in (*_NODE, *keys))
        yield f"CREATE NODE TABLE {quoted(name)} ({columns}, PRIMARY KEY (iri))"
    carried = "".join(f", {quoted(name)} STRING[]" for name in graph.carried)
    for name, pairs in graph.types.items():
        ends = ", ".join(f"FROM {quoted(start)} TO {quoted(end)}" for start, end in pairs)
        if pairs:
            yield f"CREATE REL TABLE {quoted(name)} ({ends}{carried})"
    for name, nodes in graph.members.items():
        if nodes:
            yield f"COPY {quoted(name)} FROM {_text(_file('nodes', name))}"
    for name, edges in graph.links.items():
        for start, end in sorted({(graph.classes[edge.start], graph.classes[edge.end]) for edge in edges}):
            columns = ", ".join(map(quoted, ("source", "target", *graph.carried)))
            of = f"WHERE sourceClass = {_text(start)} AND targetClass = {_text(end)}"
            rows = f"LOAD FROM {_text(_file('relations', name))} {of} RETURN {columns}"
            yield f"COPY {quoted(name)} FROM ({rows}) (from = {_text(start)}, to = {_text(end)})"
    yield "COMMIT"


def _nodes(graph: PropertyGraph, name: str) -> Iterator[bytes]:
    yield parquet.written((*_NODE, *graph.keys[name]), map(_node, graph.members[name]))


def _node(node: Node) -> Mapping[str, Property]:
    return {"iri": node.iri, "id": node.id, "labels": node.labels, **node.properties}


def _edges(graph: PropertyGraph, name: str) -> Iterator[bytes]:
    carried = (Key(column, Type.TEXT, multiple=True) for column in graph.carried)
    yield parquet.written((*_ENDS, *carried), (_edge(graph, edge) for edge in graph.links[name]))


def _edge(graph: PropertyGraph, edge: Edge) -> Mapping[str, Property]:
    classes = {"sourceClass": graph.classes[edge.start], "targetClass": graph.classes[edge.end]}
    return {"source": edge.start, "target": edge.end, **classes, **edge.properties}


def _file(what: str, name: str) -> str:
    return f"{what}.{name}.parquet"


def _column(key: Key) -> str:
    return _TYPES.get(key.type, "STRING") + "[]" * key.multiple


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
