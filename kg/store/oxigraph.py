"""Oxigraph's server (https://github.com/oxigraph/oxigraph): a graph store under `/store`, queries under `/query`.

It also takes a whole data set at once, but that replaces the graphs of others too; so graphs go one by one.
"""

from __future__ import annotations

from kg.store import Credentials, places
from kg.store.client import Client
from kg.store.endpoint import Endpoint
from kg.store.graphstore import GraphStore

_PLACES = ("/store", "/query", "/update")


def connect(url: str, credentials: Credentials | None) -> GraphStore:
    """Reach a server by its own address or that of one of its places."""
    client = Client(credentials)
    root = places.root_of(url, _PLACES)
    return GraphStore(client, f"{root}/store", Endpoint(client, f"{root}/query"))
