"""Reading by SPARQL 1.1 (https://www.w3.org/TR/sparql11-protocol/#query-operation): counting, naming and showing graphs.

Queries go as a form: every store takes that, and some hang on anything else. IRIs and texts enter a query in the syntax of
N-Triples, as pyoxigraph writes them, which no text can break out of.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import IO, cast
from urllib.parse import urlencode

import pyoxigraph as ox

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
        rows = self.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH {iri(graph)} {{ ?s ?p ?o }} }}", "n")
        return self.number(rows[0][0] if rows else "")

    def number(self, text: str) -> int:
        """Read what was counted.

        Raises:
            Failure: it is no number.

        """
        if not (text.isascii() and text.isdigit()):
            raise self._client.unexpected(self.url, text, "a number")
        return int(text)

    def graphs(self, prefix: str) -> frozenset[str]:
        """Name the graphs that begin so."""
        begins = f"STRSTARTS(STR(?g), {ox.Literal(prefix)})"
        rows = self.select(f"SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER({begins}) }}", "g")
        return frozenset(name for (name,) in rows)

    def dump(self, graph: str, predicate: str | None = None, condition: str = "") -> Generator[ox.Triple, None, None]:
        """Show the triples of a graph: all, or those of a predicate whose ?s and ?o meet a condition."""
        pattern = f"?s {iri(predicate) if predicate else '?p'} ?o"
        query = f"CONSTRUCT {{ {pattern} }} WHERE {{ GRAPH {iri(graph)} {{ {pattern} }} {condition} }}"
        return _triples(self._client, Request("POST", self.url, body=_form(query), media=_FORM, accept=N_TRIPLES))

    def select(self, query: str, *columns: str) -> list[tuple[str, ...]]:
        """Ask for columns.

        Raises:
            Failure: the answer is not in SPARQL 1.1 Query Results JSON (https://www.w3.org/TR/sparql11-results-json/).

        """
        answer = self._client.send(Request("POST", self.url, body=_form(query), media=_FORM, accept=_RESULTS))
        if answer.media not in (_RESULTS, "application/json"):
            raise self._client.unexpected(self.url, answer.media, "results of a query")
        try:
            rows = json.loads(answer.body)["results"]["bindings"]
            return [tuple(str(row[column]["value"]) for column in columns) for row in rows]
        except (ValueError, LookupError, TypeError, RecursionError):
            raise self._client.unexpected(self.url, answer.media, "results of a query") from None


def get(client: Client, url: str, graph: str) -> Generator[ox.Triple, None, None]:
    """GET a graph by the Graph Store HTTP Protocol; one that is not there has no triples."""
    return _triples(client, Request("GET", url, params={"graph": graph}, accept=N_TRIPLES, also=(NOT_FOUND,)))


def _triples(client: Client, request: Request) -> Generator[ox.Triple, None, None]:
    """Ask for triples and read them as they come.

    Raises:
        Failure: the answer is not N-Triples.

    """
    with client.stream(request) as response:
        if response.status_code == NOT_FOUND:
            return
        if media(response) != N_TRIPLES:
            raise client.unexpected(request.url, media(response), N_TRIPLES)
        try:
            for quad in ox.parse(cast("IO[bytes]", Body(response)), format=ox.RdfFormat.N_TRIPLES):
                yield quad.triple
        except (SyntaxError, MemoryError) as error:  # the latter: a line that never ends
            raise client.unexpected(request.url, str(error), N_TRIPLES) from None


def iri(text: str) -> str:
    """Write an IRI for a query; one that would break out of it is refused by pyoxigraph (ValueError)."""
    return str(ox.NamedNode(text))


def _form(query: str) -> bytes:
    return urlencode({"query": query}).encode()
