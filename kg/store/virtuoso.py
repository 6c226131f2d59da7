"""Virtuoso 7 (https://github.com/openlink/virtuoso-opensource), whose dialect needs care.

It lets in by digest only. It cuts every answer off at `ResultSetMaxRows`, with no word of it: so graphs are counted, and
read in parts small enough. Its order with OFFSET is not stable, and it sorts no more than 10,000 rows: so a part is a
predicate, or a range of it by a hash of the subject (https://www.w3.org/TR/sparql11-query/#func-md5).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pyoxigraph as ox

from kg.fault import Failure, Fault
from kg.store import Credentials, places, rewriting
from kg.store.client import Client
from kg.store.endpoint import Endpoint, iri
from kg.store.graphstore import GraphStore

_PLACES = ("/sparql-graph-crud-auth", "/sparql-graph-crud", "/sparql-auth", "/sparql")
_BATCH = 1 << 20  # bytes
_PART = 5_000  # triples on average in a part, half of what Virtuoso shows as it is installed
_HASHES = 16**8  # by the first eight digits of a hash


class Virtuoso(GraphStore):
    """A graph store that shows graphs in parts and rewrites numbers and durations."""

    def __init__(self, client: Client, root: str, batch: int = _BATCH) -> None:
        self._parts = Endpoint(client, f"{root}/sparql-auth")
        super().__init__(client, f"{root}/sparql-graph-crud-auth", self._parts, batch)

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"Virtuoso, {self._url}"

    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """Read a graph part by part.

        Raises:
            Failure: fewer triples are shown than there are.

        """
        about = f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ GRAPH {iri(graph)} {{ ?s ?p ?o }} }} GROUP BY ?p"
        for predicate, said in self._parts.select(about, "p", "n"):
            counted, shown = self._parts.number(said), 0
            for condition in _ranges(-(-counted // _PART)):
                for triple in self._parts.dump(graph, predicate, condition):
                    shown += 1
                    yield triple
            if shown < counted:
                message = f"shows {shown} of {counted} triples with {predicate} in {graph}; raise its ResultSetMaxRows"
                raise Failure(f"{self._parts.url} {message}")

    def rewrites(self, item: ox.Triple) -> ox.Triple:
        """Values count, as far as Virtuoso keeps them."""
        return rewriting.by_value_in_virtuoso(item)


def connect(url: str, credentials: Credentials | None) -> Virtuoso:
    """Reach a server by its own address or that of one of its places.

    Raises:
        Fault: there are no credentials, and nobody else may write.

    """
    if credentials is None:
        raise Fault("Virtuoso lets nobody write without a user; set KG_USER and KG_PASSWORD")
    return Virtuoso(Client(credentials, digest=True), places.root_of(url, _PLACES))


def _ranges(parts: int) -> Iterator[str]:
    """Cut the subjects into so many parts of about the same size."""
    bounds = [f'"{part * _HASHES // parts:08x}"' for part in range(1, parts)]
    for low, high in zip((None, *bounds), (*bounds, None), strict=True):
        limits = [f"MD5(STR(?s)) {sign} {bound}" for sign, bound in ((">=", low), ("<", high)) if bound]
        yield f"FILTER({' && '.join(limits)})" if limits else ""
