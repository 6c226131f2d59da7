"""A database of Ladybug (Kuzu's successor, https://docs.ladybugdb.com/), a file on this machine: `ladybug:PATH`.

The tables are those of `kg export ladybug`: one of nodes for each class, one of relations for each type of edges. A load is
one transaction; what is new comes from Parquet files, the way that is fast there.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import ladybug

from kg.export import ladybug as tables
from kg.export import parquet
from kg.export.cypher import quoted
from kg.export.properties import Property
from kg.export.propertygraph import Edge, Node
from kg.fault import Failure
from kg.store import Credentials, Progress
from kg.store.elements import Changes, Element, Elements, PropertyStore, key_of, some
from kg.store.words import shown

_KEY = "iri"
_OWN = ("_ID", "_LABEL", "_SRC", "_DST", _KEY, "id", "labels")  # what a node or an edge has besides its properties


class Ladybug(PropertyStore):
    """A database by its path; it is made by the first load."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"Ladybug, {self._path}"

    def count(self, part: Elements) -> int:
        """Count by table."""
        if not self._path.exists():
            return 0
        with self._opened(read_only=True) as run:
            base = {"base": part.base}
            counts = [run(f"{_nodes(name)} RETURN count(n)", base) for name in _tables(run)]
            counts += [run(f"{_edges(name)} RETURN count(r)", base) for name in self._types(part, run)]
        return sum(int(rows[0][0]) for rows in counts)

    def dump(self, part: Elements) -> Iterator[Element]:
        """Read table by table."""
        with self._opened(read_only=True) as run:
            base = {"base": part.base}
            for name in _tables(run):
                for (found,) in run(f"{_nodes(name)} RETURN n", base):
                    labels = part.labels((name, *(found.get("labels") or ())))
                    yield Node(found[_KEY], str(found.get("id")), labels, _properties(found))
            for name in self._types(part, run):
                for start, end, found in run(f"{_edges(name)} RETURN a.iri, b.iri, r", base):
                    yield Edge(name, start, end, _properties(found))  # type: ignore[arg-type]  # lists of texts, or it differs

    def change(self, part: Elements, made: Changes, progress: Progress) -> None:
        """Delete, update and add in one transaction.

        Raises:
            Failure: it was rolled back.

        """
        parquet.require()
        new = [node for node in made.nodes if node.iri not in made.known]
        added = some(part.graph, new, made.edges)
        with tempfile.TemporaryDirectory(prefix="kg-") as folder, self._opened(read_only=False) as run:
            for name, pieces in tables.rows(added, part.graph.classes).items():
                Path(folder, name).write_bytes(b"".join(pieces))
            run("BEGIN TRANSACTION")
            self._tables(part, run)
            for name in _tables(run) if made.nodes_gone else ():
                gone = f"UNWIND $iris AS iri MATCH (n:{quoted(name)} {{iri: iri}}) DETACH DELETE n"
                run(gone, {"iris": [*made.nodes_gone]})
            old = (edge for edge in made.edges if key_of(edge) in made.known)  # to be written anew
            for edge in (*made.edges_gone, *old):
                start, end = (quoted(part.graph.classes[iri]) for iri in (edge.start, edge.end))
                pattern = f"(a:{start} {{iri: $source}})-[r:{quoted(edge.type)}]->(b:{end} {{iri: $target}})"
                run(f"MATCH {pattern} DELETE r", {"source": edge.start, "target": edge.end})
            for node in (node for node in made.nodes if node.iri in made.known):
                self._update(part, node, run)
            for query in tables.copies(added, f"{folder}/", part.graph.classes):
                run(query)
            run("COMMIT")
        progress(len(made.nodes) + len(made.edges))

    def close(self) -> None:
        """Nothing stays open."""

    def _tables(self, part: Elements, run: Run) -> None:
        """Make the tables that are not there, and the columns that a newer ontology has."""
        foreign = {name for name, kind in _all(run) if kind == "NODE"} - set(_tables(run))
        if taken := sorted(foreign & part.graph.keys.keys()):
            raise Failure(f"{self._path} has a table {taken[0]} that is not of facts; take another database")
        for query in tables.tables(part.graph, " IF NOT EXISTS"):
            run(query)
        joining = {name: pairs for name, pairs in part.graph.types.items() if pairs}
        wanted = {**tables.node_columns(part.graph), **dict.fromkeys(joining, tables.carried_columns(part.graph))}
        for name, columns in wanted.items():
            there = {row[1] for row in run(f"CALL table_info({_text(name)}) RETURN *")}
            for column in sorted(columns.keys() - there):
                run(f"ALTER TABLE {quoted(name)} ADD {quoted(column)} {columns[column]}")
        for name, pairs in joining.items():
            ends = {tuple(row[:2]) for row in run(f"CALL show_connection({_text(name)}) RETURN *")}
            for start, end in sorted(set(pairs) - ends):
                run(f"ALTER TABLE {quoted(name)} ADD FROM {quoted(start)} TO {quoted(end)}")

    def _update(self, part: Elements, node: Node, run: Run) -> None:
        """Give a node that is there all of its properties."""
        values: dict[str, Property | None] = {"id": node.id, "labels": node.labels}
        values |= {key.name: node.properties.get(key.name) for key in part.graph.keys[node.labels[0]]}
        sets = ", ".join(f"n.{quoted(name)} = $v{place}" for place, name in enumerate(values))
        given = {
            f"v{place}": [*value] if isinstance(value, tuple) else value for place, value in enumerate(values.values())
        }
        run(f"MATCH (n:{quoted(node.labels[0])} {{iri: $iri}}) SET {sets}", {"iri": node.iri, **given})

    def _types(self, part: Elements, run: Run) -> list[str]:
        """Return the types of edges that have a table."""
        return sorted({name for name, kind in _all(run) if kind == "REL"} & part.graph.types.keys())

    @contextlib.contextmanager
    def _opened(self, *, read_only: bool) -> Iterator[Run]:
        """Open the database, and close it whatever happens; what is not committed is gone then."""
        try:
            database = ladybug.Database(str(self._path), read_only=read_only)
            connection = ladybug.Connection(database)
        except RuntimeError as error:
            raise Failure(f"{self._path}: {shown(str(error), None)}") from None
        try:
            yield Run(self._path, connection)
        finally:
            connection.close()
            database.close()


class Run:
    """Runs queries; called with one and its parameters, it returns the rows."""

    def __init__(self, path: Path, connection: ladybug.Connection) -> None:
        self._path = path
        self._connection = connection

    def __call__(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """Run a query.

        Raises:
            Failure: it cannot be run.

        """
        try:
            found = self._connection.execute(query, dict(parameters or {}))
            rows = (found[-1] if isinstance(found, list) else found).get_all()
        except RuntimeError as error:
            raise Failure(f"{self._path}: {shown(str(error), None)}") from None
        return cast("list[list[Any]]", rows)  # rows are lists unless somebody asks for dictionaries


def connect(url: str, credentials: Credentials | None) -> Ladybug:  # noqa: ARG001 - a file has no users
    """Reach a database by its path."""
    return Ladybug(Path(url).expanduser())


def _all(run: Run) -> Iterable[tuple[str, str]]:
    return ((name, kind) for name, kind in run("CALL show_tables() RETURN name, type"))


def _tables(run: Run) -> list[str]:
    """Return the tables of nodes that facts can lie in: the key is the IRI."""
    keys = {
        name: [row[1] for row in run(f"CALL table_info({_text(name)}) RETURN *") if row[4]]
        for name, kind in _all(run)
        if kind == "NODE"
    }
    return sorted(name for name, key in keys.items() if key == [_KEY])


def _nodes(name: str) -> str:
    return f"MATCH (n:{quoted(name)}) WHERE n.iri STARTS WITH $base"


def _edges(name: str) -> str:
    return f"MATCH (a)-[r:{quoted(name)}]->(b) WHERE a.iri STARTS WITH $base AND b.iri STARTS WITH $base"


def _properties(found: Mapping[str, Any]) -> dict[str, Property]:
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in found.items()
        if name not in _OWN and value is not None
    }


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
