"""SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/): PUT replaces a graph, POST adds.

A graph goes as N-Triples, the form that stores misread least; small ones in a single PUT, which leaves the old or the new.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

import pyoxigraph as ox

from kg.store import Credentials, Progress, places
from kg.store.batches import deliver
from kg.store.client import Client, Request
from kg.store.endpoint import N_TRIPLES, NOT_FOUND, Endpoint, get
from kg.store.rdf import Graphs, RdfStore

_BATCH = 4 << 20  # bytes
_PAGES = ("text/html", "application/xhtml+xml")


class GraphStore(RdfStore):
    """A store that speaks the protocol.

    Args:
        client: how to speak to it.
        url: where it takes graphs (`?graph=` is added).
        endpoint: where it answers queries; without one, graphs are read by GET, and none can be listed.
        batch: bytes of a batch.

    """

    def __init__(self, client: Client, url: str, endpoint: Endpoint | None, batch: int = _BATCH) -> None:
        self._client = client
        self._url = url
        self._endpoint = endpoint
        self._batch = batch

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"graph store, {self._url}"

    def replace(self, contents: Graphs, progress: Progress) -> None:
        """PUT the first batch of every graph, POST the others; DELETE what is to be empty."""
        for graph, content in contents.items():
            if content:
                deliver(content, self._batch, partial(self._send, graph), progress)
            else:
                self._client.send(Request("DELETE", self._url, params={"graph": graph}, also=(NOT_FOUND,)))

    def _send(self, graph: str, body: bytes, first: bool) -> None:  # noqa: FBT001 - what `deliver` tells
        request = Request("PUT" if first else "POST", self._url, params={"graph": graph}, body=body, media=N_TRIPLES)
        answer = self._client.send(request)
        if answer.media in _PAGES and answer.body:  # Virtuoso says "html" and sends nothing
            raise self._client.unexpected(self._url, answer.media, "the success of a graph store")

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def count(self, graph: str) -> int:
        """Count by query, or else by reading."""
        return self._endpoint.count(graph) if self._endpoint else sum(1 for _ in self.dump(graph))

    def dump(self, graph: str) -> Generator[ox.Triple, None, None]:
        """GET a graph."""
        return get(self._client, self._url, graph)

    def graphs(self, prefix: str) -> frozenset[str] | None:
        """Ask, where queries are answered."""
        return self._endpoint.graphs(prefix) if self._endpoint else None


def connect(url: str, credentials: Credentials | None) -> GraphStore:
    """Reach any store that speaks the protocol."""
    client = Client(credentials)
    query = places.query_of(url)
    return GraphStore(client, url, Endpoint(client, query) if query else None)
