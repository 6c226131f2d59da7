"""A TDB2 location of Apache Jena (https://jena.apache.org/documentation/tdb2/), by Jena's own commands: `tdb2:PATH`.

Each start of Java takes a second; so one process counts all graphs, one shows them, and one writes them all, in one
transaction.
"""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from kg.fault import Failure, Fault
from kg.store import Credentials, Progress
from kg.store.endpoint import iri
from kg.store.rdf import OWN, Graphs, RdfStore
from kg.store.update import drop
from kg.store.words import shown

_QUERY, _UPDATE = "tdb2.tdbquery", "tdb2.tdbupdate"
_DATA = "Data-*"  # what a location holds
_COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


class Location(RdfStore):
    """A location; it is made by the first load."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counted: Mapping[str, int] | None = None  # by `parts`, for the look that follows

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"Jena TDB2, {self._path}"

    def replace(self, contents: Graphs, progress: Progress) -> None:
        """Drop all graphs and load their triples from files, all or none."""
        with tempfile.TemporaryDirectory(prefix="kg-") as folder:
            update = []
            for number, (graph, triples) in enumerate(contents.items()):
                update.append(drop(graph).decode())
                if triples:
                    file = Path(folder, f"{number}.nt")
                    with file.open("w", encoding="utf-8", newline="\n") as lines:
                        lines.writelines(f"{triple} .\n" for triple in triples)
                    update.append(f"LOAD <{file.as_uri()}> INTO GRAPH {iri(graph)}")
            request = Path(folder, "update.ru")
            request.write_text(" ;\n".join(update), encoding="utf-8")
            self._path.mkdir(parents=True, exist_ok=True)
            self._run(_UPDATE, f"--update={request}")
        progress(sum(map(len, contents.values())))

    def holds(self, parts: Iterable[str]) -> Iterator[tuple[str, int, Iterable[ox.Triple]]]:
        """Count the graphs in one process, and show those that are there in another."""
        names = list(parts)
        counts, self._counted = self._counts() if self._counted is None else self._counted, None
        found: dict[str, list[ox.Triple]] = {name: [] for name in names if counts.get(name)}
        if found:
            chosen = " ".join(map(iri, found))
            shown = f"VALUES ?g {{ {chosen} }} GRAPH ?g {{ ?s ?p ?o }}"
            quads = self._ask(f"CONSTRUCT {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ {shown} }}", "NQ")
            for quad in ox.parse(quads, format=ox.RdfFormat.N_QUADS):
                found[quad.graph_name.value].append(quad.triple)
        for name in names:
            yield name, counts.get(name, 0), found.pop(name, ())

    def count(self, graph: str) -> int:
        """Count by query."""
        return self._counts().get(graph, 0)

    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """Construct the graph."""
        for _, _, triples in self.holds([graph]):
            yield from triples

    def parts(self, base: str) -> frozenset[str]:
        """Name the graphs of facts with this base."""
        self._counted = self._counts()
        return frozenset(name for name in self._counted if name.startswith(base + OWN))

    def graphs(self, prefix: str) -> frozenset[str]:
        """Ask."""
        return frozenset(name for name in self._counts() if name.startswith(prefix))

    def close(self) -> None:
        """Nothing stays open."""

    def _counts(self) -> Mapping[str, int]:
        """Count the triples of all graphs; looking makes no location where there is none."""
        if not any(self._path.glob(_DATA)):
            return {}
        rows = csv.DictReader(io.StringIO(self._ask(_COUNTS, "CSV").decode(), newline=""))
        return {row["g"]: int(row["n"]) for row in rows}

    def _ask(self, query: str, results: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="kg-") as folder:
            request = Path(folder, "query.rq")
            request.write_text(query, encoding="utf-8")
            return self._run(_QUERY, f"--results={results}", f"--query={request}")

    def _run(self, command: str, *options: str) -> bytes:
        """Run one of Jena's commands.

        Raises:
            Fault: it is not installed.
            Failure: it did not end well.

        """
        program = shutil.which(command)
        if program is None:
            raise Fault(f"this needs {command} of Apache Jena on the PATH (https://jena.apache.org/download/)")
        ended = subprocess.run([program, f"--loc={self._path}", *options], capture_output=True, check=False)
        if ended.returncode:
            lines = ended.stderr.decode(errors="replace").splitlines()
            said = [line for line in lines if line.strip() and not line.startswith("Picked up ")]  # of Java's options
            raise Failure(f"{self._path}: {command}: {shown(said[0] if said else 'no word of why', None)}")
        return ended.stdout


def connect(url: str, credentials: Credentials | None) -> Location:  # noqa: ARG001 - a folder has no users
    """Reach a location.

    Raises:
        Fault: the folder holds something else.

    """
    path = Path(url).expanduser()
    if path.exists() and not any(path.glob(_DATA)) and (not path.is_dir() or any(path.iterdir())):
        raise Fault(f"{path} is not a TDB2 location")
    return Location(path)
