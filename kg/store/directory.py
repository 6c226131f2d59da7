"""A store of Oxigraph on disk (https://github.com/oxigraph/oxigraph), without its server: `oxigraph:PATH`.

One process at a time may write to it, so a server that has it open keeps this out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import cached_property, partial
from pathlib import Path

import pyoxigraph as ox

from kg.fault import Failure
from kg.store import Credentials, Progress
from kg.store.batches import deliver
from kg.store.rdf import Graphs, RdfStore
from kg.store.update import drop, insert
from kg.store.words import shown

_BATCH = 4 << 20  # bytes: one transaction
_FAULTS = (OSError, RuntimeError)  # the latter where files of the store are damaged, or change while they are opened


class Directory(RdfStore):
    """A folder that holds a store; it is made by the first load."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"Oxigraph, {self._path}"

    def replace(self, contents: Graphs, progress: Progress) -> None:
        """Drop every graph and insert its triples; one of a single batch is the old or the new."""
        try:
            self.close()  # a reader would not see what is written now
            store = ox.Store(self._path)
            for graph, triples in contents.items():
                if triples:
                    deliver(triples, _BATCH, partial(self._insert, store, graph), progress)
                else:
                    store.update(drop(graph).decode())
            store.flush()
        except _FAULTS as error:
            raise self._failure(error) from None

    def _insert(self, store: ox.Store, graph: str, lines: bytes, first: bool) -> None:  # noqa: FBT001 - what `deliver` tells
        store.update(insert(graph, lines, anew=first).decode())

    def count(self, graph: str) -> int:
        """Count by reading."""
        return sum(1 for _ in self.dump(graph))

    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """Read a graph."""
        try:
            for quad in self._read.quads_for_pattern(None, None, None, ox.NamedNode(graph)):
                yield quad.triple
        except _FAULTS as error:
            raise self._failure(error) from None

    def graphs(self, prefix: str) -> frozenset[str]:
        """Name those that begin so."""
        names: Iterable[ox.NamedNode | ox.BlankNode] = self._read.named_graphs()
        return frozenset(name.value for name in names if name.value.startswith(prefix) and self.count(name.value))

    def close(self) -> None:
        """Forget what was read."""
        self.__dict__.pop("_read", None)

    @cached_property
    def _read(self) -> ox.Store:
        """The store as it is now; an empty one where there is none, since looking makes none."""
        if not self._path.exists():
            return ox.Store()
        try:
            return ox.Store.read_only(str(self._path))
        except _FAULTS as error:
            raise self._failure(error) from None

    def _failure(self, error: Exception) -> Failure:
        return Failure(f"{self._path}: {shown(str(error), None)}")


def connect(url: str, credentials: Credentials | None) -> Directory:  # noqa: ARG001 - a folder has no users
    """Reach a store by its folder."""
    return Directory(Path(url).expanduser())
