"""Where stores keep their places: the endings of their addresses, as their manuals give them.

A store takes graphs or updates at one address and answers queries at another beside it, and no standard says where.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """An ending of an address: which profile is spoken there, and by what ending queries are found."""

    ending: str
    profile: str
    query: str


PLACES = (  # the longest first
    Address("/rdf-graphs/service", "graph-store", ""),  # RDF4J, GraphDB
    Address("/sparql/gsp", "graph-store", "/sparql"),  # Neptune
    Address("/statements", "update", ""),  # RDF4J, GraphDB
    Address("/update", "update", "/query"),  # Fuseki, Stardog, Oxigraph
    Address("/sparql", "update", "/sparql"),  # Neptune, Blazegraph
    Address("/store", "graph-store", "/query"),  # Oxigraph behind another server
    Address("/data", "graph-store", "/query"),  # Fuseki
)


def place_of(url: str) -> Address | None:
    """Find the place that an address ends in."""
    return next((place for place in PLACES if url.rstrip("/").endswith(place.ending)), None)


def query_of(url: str) -> str | None:
    """Find where queries are answered, None where the address does not tell."""
    place = place_of(url)
    return url.rstrip("/").removesuffix(place.ending) + place.query if place else None


def root_of(url: str, endings: tuple[str, ...]) -> str:
    """Return the address of a server from that of one of its places."""
    root = url.rstrip("/")
    return next((root.removesuffix(ending) for ending in endings if root.endswith(ending)), root)
