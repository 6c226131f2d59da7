"""Reading by SPARQL 1.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation): counting, naming and showing graphs.

Queries go as a form: every store takes that, and some hang on anything else. IRIs and texts enter a query in the syntax of
N-Triples, as pyoxigraph writes them, which no text can break out of.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.diagnostic import escape
from kg.fault import Failure
from kg.store.client import Body, Client, Request, media

_FORM = "application/x-www-form-urlencoded"
_RESULTS = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"
NOT_FOUND = 404


class Endpoint:
    """The place of a store that answers queries."""

    def __init__(self, client: Client, url: str) -> None:
        self._client = client
        self.url = url

    def count(self, graph: str) -> int:
        """Count the triples of a graph."""
        (count,) = self.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {iri(graph)} {{ ?s ?p ?o }} }}", "n") or ("",)
        if not (count.isascii() and count.isdigit()):
            raise Failure(f"{self.url} does not count")
        return int(count)

    def graphs(self, prefix: str) -> frozenset[str]:
        """Name the graphs that begin so."""
        begins = f"STRSTARTS(STR(?g), {ox.Literal(prefix)})"
        return frozenset(self.select(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({begins}) }}", "g"))

    def dump(self, graph: str, condition: str = "") -> Iterator[ox.Triple]:
        """Show the triples of a graph, those that meet a condition on ?s, ?p and ?o."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {iri(graph)} {{ ?s ?p ?o }} {condition} }}"
        return _triples(self._client, Request("POST", self.url, body=_form(query), media=_FORM, accept=N_TRIPLES))

    def select(self, query: str, column: str) -> list[str]:
        """Ask for one column.

        Raises:
            Failure: the answer is not in SPARQL 1.1 Query Results JSON (https://www.w3.org/TR/sparql11-results-json/).

        """
        answer = self._client.send(Request("POST", self.url, body=_form(query), media=_FORM, accept=_RESULTS))
        if answer.media not in (_RESULTS, "application/json"):
            raise unexpected(self.url, answer.media, "results of a query")
        try:
            return [str(row[column]["value"]) for row in json.loads(answer.body)["results"]["bindings"]]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise unexpected(self.url, answer.media, "results of a query") from None


def get(client: Client, url: str, graph: str) -> Iterator[ox.Triple]:
    """GET a graph by the Graph Store HTTP Protocol; one that is not there has no triples."""
    return _triples(client, Request("GET", url, params={"graph": graph}, accept=N_TRIPLES, also=(NOT_FOUND,)))


def _triples(client: Client, request: Request) -> Iterator[ox.Triple]:
    """Ask for triples and read them as they come.

    Raises:
        Failure: the answer is not N-Triples.

    """
    with client.stream(request) as response:
        if response.status_code == NOT_FOUND:
            return
        if media(response) != N_TRIPLES:
            raise unexpected(request.url, media(response), N_TRIPLES)
        try:
            for quad in ox.parse(cast("IO[bytes]", Body(response)), format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple
        except (SyntaxError, MemoryError) as error:  # the latter: a line that never ends
            raise Failure(f"{request.url} answers with broken triples: {escape(str(error))[:200]}") from None


def iri(text: str) -> str:
    """Write an IRI for a query; one that would break out of it is refused by pyoxigraph (ValueError)."""
    return str(ox.NamedNode(text))


def unexpected(url: str, got: str, wanted: str) -> Failure:
    """Say that an answer of success is none."""
    return Failure(f"{url} answers with {escape(got)[:60] or 'something'}, not with {wanted}; is it the right address?")


def _form(query: str) -> bytes:
    return urlencode({"query": query}).encode()
