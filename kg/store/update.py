"""SPARQL 1.1 Update (https://www.w3.org/TR/sparql11-update/), for stores without a graph store protocol.

The first request drops a graph and inserts its first batch: one operation, so a small graph is the old or the new.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

import pyoxigraph as ox

from kg.store import Credentials, Progress, places
from kg.store.batches import deliver
from kg.store.client import Client, Request
from kg.store.endpoint import Endpoint, iri
from kg.store.rdf import Graphs, RdfStore

_BATCH = 256 << 10  # bytes: an update is parsed whole
_UPDATE = "application/sparql-update"


class UpdateStore(RdfStore):
    """A store that takes updates.

    Args:
        client: how to speak to it.
        url: where it takes updates.
        endpoint: where it answers queries.
        batch: bytes of a batch.

    """

    def __init__(self, client: Client, url: str, endpoint: Endpoint, batch: int = _BATCH) -> None:
        self._client = client
        self._url = url
        self._endpoint = endpoint
        self._batch = batch

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"SPARQL store, {self._url}"

    def replace(self, contents: Graphs, progress: Progress) -> None:
        """Drop every graph and insert its triples."""
        for graph, content in contents.items():
            if content:
                deliver(content, self._batch, partial(self._insert, graph), progress)
            else:
                self._send(drop(graph))

    def _insert(self, graph: str, lines: bytes, first: bool) -> None:  # noqa: FBT001 - what `deliver` tells
        self._send(insert(graph, lines, anew=first))

    def _send(self, update: bytes) -> None:
        self._client.send(Request("POST", self._url, body=update, media=_UPDATE))

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def count(self, graph: str) -> int:
        """Count by query."""
        return self._endpoint.count(graph)

    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """Construct the graph."""
        return self._endpoint.dump(graph)

    def graphs(self, prefix: str) -> frozenset[str]:
        """Ask."""
        return self._endpoint.graphs(prefix)


def connect(url: str, credentials: Credentials | None) -> UpdateStore:
    """Reach any store that takes updates."""
    client = Client(credentials)
    return UpdateStore(client, url, Endpoint(client, places.query_of(url) or url))


def drop(graph: str) -> bytes:
    """Write an operation that removes a graph, if it is there."""
    return f"DROP SILENT GRAPH {iri(graph)}".encode()


def insert(graph: str, lines: bytes, *, anew: bool) -> bytes:
    """Write an update that adds N-Triples to a graph, or makes it anew."""
    before = drop(graph) + b" ;\n" if anew else b""
    return before + f"INSERT DATA {{ GRAPH {iri(graph)} {{\n".encode() + lines + b"} }"
