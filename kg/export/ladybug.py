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
    return {SCRIPT: (f"{line};\n".encode() for line in statements(made)), **rows(made)}


def rows(graph: PropertyGraph, classes: Mapping[str, str] | None = None) -> Mapping[str, Iterator[bytes]]:
    """Return the Parquet files by name.

    Args:
        graph: nodes and edges.
        classes: of nodes by IRI; needed where edges join others than those of the graph.

    """
    of = classes or graph.classes
    return {
        **{_file("nodes", name): _nodes(graph, name) for name in graph.keys},
        **{_file("relations", name): _edges(graph, name, of) for name in graph.types},
    }


def statements(graph: PropertyGraph) -> Iterator[str]:
    """Yield the statements that make the tables and fill them, all or none."""
    yield "BEGIN TRANSACTION"
    yield from tables(graph)
    yield from copies(graph)
    yield "COMMIT"


def tables(graph: PropertyGraph, condition: str = "") -> Iterator[str]:
    """Yield the statements that make the tables."""
    for name, columns in node_columns(graph).items():
        listed = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns.items())
        yield f"CREATE NODE TABLE{condition} {quoted(name)} ({listed}, PRIMARY KEY (iri))"
    carried = "".join(f", {quoted(column)} {kind}" for column, kind in carried_columns(graph).items())
    for name, pairs in graph.types.items():
        ends = ", ".join(f"FROM {quoted(start)} TO {quoted(end)}" for start, end in pairs)
        if pairs:
            yield f"CREATE REL TABLE{condition} {quoted(name)} ({ends}{carried})"


def node_columns(graph: PropertyGraph) -> Mapping[str, Mapping[str, str]]:
    """Return the columns of each class and their types."""
    return {name: {key.name: _column(key) for key in (*_NODE, *keys)} for name, keys in graph.keys.items()}


def carried_columns(graph: PropertyGraph) -> Mapping[str, str]:
    """Return the columns that relations have besides their ends, and their types."""
    return dict.fromkeys(graph.carried, "STRING[]")


def copies(graph: PropertyGraph, folder: str = "", classes: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the statements that fill the tables from Parquet files; `folder` stands before their names."""
    of = classes or graph.classes
    for name, nodes in graph.members.items():
        if nodes:
            listed = ", ".join(map(quoted, node_columns(graph)[name]))
            yield f"COPY {quoted(name)} ({listed}) FROM {_text(folder + _file('nodes', name))}"
    for name, edges in graph.links.items():
        for start, end in sorted({(of[edge.start], of[edge.end]) for edge in edges}):
            columns = ", ".join(map(quoted, ("source", "target", *graph.carried)))
            chosen = f"WHERE sourceClass = {_text(start)} AND targetClass = {_text(end)}"
            loaded = f"LOAD FROM {_text(folder + _file('relations', name))} {chosen} RETURN {columns}"
            listed = f" ({', '.join(map(quoted, graph.carried))})" if graph.carried else ""
            yield f"COPY {quoted(name)}{listed} FROM ({loaded}) (from = {_text(start)}, to = {_text(end)})"


def _nodes(graph: PropertyGraph, name: str) -> Iterator[bytes]:
    yield parquet.written((*_NODE, *graph.keys[name]), map(_node, graph.members[name]))


def _node(node: Node) -> Mapping[str, Property]:
    return {"iri": node.iri, "id": node.id, "labels": node.labels, **node.properties}


def _edges(graph: PropertyGraph, name: str, classes: Mapping[str, str]) -> Iterator[bytes]:
    carried = (Key(column, Type.TEXT, multiple=True) for column in graph.carried)
    yield parquet.written((*_ENDS, *carried), (_edge(edge, classes) for edge in graph.links[name]))


def _edge(edge: Edge, classes: Mapping[str, str]) -> Mapping[str, Property]:
    ends = {"sourceClass": classes[edge.start], "targetClass": classes[edge.end]}
    return {"source": edge.start, "target": edge.end, **ends, **edge.properties}


def _file(what: str, name: str) -> str:
    return f"{what}.{name}.parquet"


def _column(key: Key) -> str:
    return _TYPES.get(key.type, "STRING") + "[]" * key.multiple


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
