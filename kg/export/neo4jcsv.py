"""CSV for `neo4j-admin database import full`, a file a class and a file a type of edges.

https://neo4j.com/docs/operations-manual/current/import/full-import/ says what a header is. In the folder that holds the
files:

    neo4j-admin database import full neo4j @import.args

As neosemantics has it, every node has the label `Resource` and its IRI as `uri`, so one constraint holds for all; it has to
be made after the import, since that makes none:

    CREATE CONSTRAINT FOR (n:Resource) REQUIRE n.uri IS UNIQUE

An array has no escape for its delimiter. So that is U+001F (UNIT SEPARATOR), a control character that no fact can hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kg.export import propertygraph
from kg.export.cypher import LABEL
from kg.export.properties import Key, Property, Type, written
from kg.export.propertygraph import Edge, Node
from kg.fault import Fault
from kg.graph import Graph

ARGUMENTS = "import.args"
DELIMITER = "\x1f"

_TYPES = {Type.INTEGER: "long", Type.BOOLEAN: "boolean", Type.DATE: "date"}
_OPTIONS = (
    "--id-type=string",
    f"--array-delimiter=U+{ord(DELIMITER):04X}",
    "--multiline-fields=true",  # texts have line ends
    "--legacy-style-quoting=false",  # a backslash is a backslash
    "--ignore-empty-strings=false",
    "--trim-strings=false",
)


def files(graph: Graph) -> Mapping[str, Iterator[bytes]]:
    """Return the files by name; which there are depends on the ontology alone.

    Raises:
        OntologyFault: see `propertygraph.make`.

    """
    made = propertygraph.of(graph)
    nodes = {f"nodes.{name}.csv": name for name in made.keys}
    edges = {f"relationships.{name}.csv": name for name in made.types}
    options = [f"--nodes={file}" for file, name in nodes.items() if made.members[name]]
    options += [f"--relationships={file}" for file, name in edges.items() if made.links[name]]
    return {
        **{file: _nodes(made.keys[name], made.members[name]) for file, name in nodes.items()},
        **{file: _edges(made.carried, made.links[name]) for file, name in edges.items()},
        ARGUMENTS: (f"{option}\n".encode() for option in (*_OPTIONS, *options)),
    }


def _nodes(keys: Sequence[Key], nodes: Sequence[Node]) -> Iterator[bytes]:
    header = [f"{key.name}:{_TYPES.get(key.type, 'string')}{'[]' * key.multiple}" for key in keys]
    yield _line((f"uri:ID({LABEL})", "id:string", *header, ":LABEL"))
    for node in nodes:
        values = [node.properties.get(key.name) for key in keys]
        yield _line((node.iri, node.id, *values, (*node.labels, LABEL)))


def _edges(carried: Sequence[str], edges: Sequence[Edge]) -> Iterator[bytes]:
    yield _line((f":START_ID({LABEL})", f":END_ID({LABEL})", ":TYPE", *(f"{name}:string[]" for name in carried)))
    for edge in edges:
        yield _line((edge.start, edge.end, edge.type, *(edge.properties.get(name) for name in carried)))


def _line(cells: Iterable[Property | None]) -> bytes:
    return (",".join(map(_cell, cells)) + "\n").encode()


def _cell(value: Property | None) -> str:
    """Write a value; text is quoted, so that nothing in it is trimmed or taken for something else."""
    if value is None:
        return ""
    if not isinstance(value, str | tuple):
        return written(value)
    values = value if isinstance(value, tuple) else (value,)
    text = DELIMITER.join(map(written, values))
    if text.count(DELIMITER) != len(values) - 1:
        raise Fault(f"{text[:40]!r} holds the delimiter of arrays, U+{ord(DELIMITER):04X}")
    return '"' + text.replace('"', '""') + '"'
