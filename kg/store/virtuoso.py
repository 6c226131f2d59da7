"""Virtuoso 7 (https://github.com/openlink/virtuoso-opensource), whose dialect needs care.

It lets in by digest only. It cuts every answer off at `ResultSetMaxRows`, with no word of it: so graphs are counted, and
read in parts small enough. Its order with OFFSET is not stable, and it sorts no more than 10,000 rows: so the parts are
made by a hash of the subject (https://www.w3.org/TR/sparql11-query/#func-md5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.fault import Failure, Fault
from kg.store import Credentials, places, rewriting
from kg.store.client import Client
from kg.store.endpoint import Endpoint
from kg.store.graphstore import GraphStore

_PLACES = ("/sparql-graph-crud-auth", "/sparql-graph-crud", "/sparql-auth", "/sparql")
_BATCH = 1 << 20  # bytes
_PART = 2_500  # triples on average in a part, a quarter of what Virtuoso shows as it is installed
_DIGITS = "0123456789abcdef"


class Virtuoso(GraphStore):
    """A graph store that shows graphs in parts and rewrites numbers and durations."""

    def __init__(self, client: Client, root: str, batch: int = _BATCH) -> None:
        self._parts = Endpoint(client, f"{root}/sparql-auth")
        super().__init__(client, f"{root}/sparql-graph-crud-auth", self._parts, batch)

    def dump(self, graph: str) -> Iterable[ox.Triple]:
        """Read a graph part by part.

        Raises:
            Failure: fewer triples are shown than there are.

        """
        counted = self.count(graph)
        digits = 0
        while counted > _PART * len(_DIGITS) ** digits:
            digits += 1
        shown = 0
        for hash_ in _hashes(digits):
            condition = f'FILTER(STRSTARTS(MD5(STR(?s)), "{hash_}"))' if hash_ else ""
            for triple in self._parts.dump(graph, condition):
                shown += 1
                yield triple
        if shown < counted:
            raise Failure(
                f"{self._parts.url} shows {shown} of {counted} triples of {graph}; raise its ResultSetMaxRows"
            )

    def rewrites(self, triple: ox.Triple) -> ox.Triple:
        """Values count, as far as Virtuoso keeps them."""
        return rewriting.by_value_in_virtuoso(triple)


def connect(url: str, credentials: Credentials | None) -> Virtuoso:
    """Reach a server by its own address or that of one of its places.

    Raises:
        Fault: there are no credentials, and nobody else may write.

    """
    if credentials is None:
        raise Fault("Virtuoso lets nobody write without a user; set KG_USER and KG_PASSWORD")
    return Virtuoso(Client(credentials, digest=True), places.root_of(url, _PLACES))


def _hashes(digits: int) -> Iterator[str]:
    """Name the parts: every beginning of so many hexadecimal digits."""
    if digits == 0:
        yield ""
        return
    for beginning in _hashes(digits - 1):
        for digit in _DIGITS:
            yield beginning + digit
