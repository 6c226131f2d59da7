"""The SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), queries only: from an HTTP request to a query."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from kg.server import negotiation
from kg.server.engine import GRAPHS, RESULTS, Refused, Request

FORM, DIRECT, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
# Other names that clients use, and the names of formats they stand for.
_SYNONYMS = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
OFFERED = (*RESULTS, *_SYNONYMS, *GRAPHS)
_READ_ONLY = "this endpoint is read-only: it answers queries and takes no update"
_LONGEST = 1 << 20  # bytes of a body
_PATIENCE = 10  # seconds for a body to arrive
_MOST = 100  # parameters of a request


async def read(request: HttpRequest) -> Request:
    """Read a query operation (https://www.w3.org/TR/sparql11-protocol/#query-operation).

    Raises:
        Refused: it is none; with status 400, 403, 406, 408, 413 or 415.

    """
    pairs = parameters(request.scope["query_string"])
    body = b""
    if request.method == "POST":
        media, charset = _content_type(request.headers.get("content-type", ""))
        if media == UPDATE:
            raise Refused(403, _READ_ONLY)
        if media not in (FORM, DIRECT) or charset not in ("", "utf-8"):
            raise Refused(415, f"a query is sent as {FORM} or as {DIRECT}, in UTF-8")
        body = await _body(request)
        pairs += parameters(body) if media == FORM else [("query", _decoded(body))]
    return query(pairs, request.headers.get("accept", ""))


def query(pairs: list[tuple[str, str]], accept: str) -> Request:
    """Make a query of the parameters of a request and what the client accepts."""
    names = [name for name, _ in pairs]
    if {"update", "using-graph-uri", "using-named-graph-uri"} & set(names):
        raise Refused(403, _READ_ONLY)
    queries = [value for name, value in pairs if name == "query"]
    if len(queries) != 1 or not queries[0].strip():
        raise Refused(400, "one query is needed, in the parameter 'query'")
    results = negotiation.choose(accept, (*RESULTS, *_SYNONYMS))
    graph = negotiation.choose(accept, GRAPHS)
    if not (results or graph):
        raise Refused(406, f"results come as {', '.join(RESULTS)}, triples as {', '.join(GRAPHS)}")
    default = tuple(value for name, value in pairs if name == "default-graph-uri")
    named = tuple(value for name, value in pairs if name == "named-graph-uri")
    return Request(queries[0], default, named, _SYNONYMS.get(results, results), graph)


def parameters(text: bytes) -> list[tuple[str, str]]:
    """Read parameters of a form or an address.

    Raises:
        Refused: they are not in UTF-8, or too many.

    """
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST)
    except UnicodeDecodeError:
        raise Refused(400, "the parameters are not in UTF-8 with percent escapes") from None
    except ValueError:
        raise Refused(400, f"more than {_MOST} parameters") from None


def _content_type(header: str) -> tuple[str, str]:
    """Return media type and charset."""
    media, _, rest = header.partition(";")
    charset = re.search(r'charset\s*=\s*"?([\w-]+)', rest, re.ASCII | re.IGNORECASE)
    return media.strip().lower(), charset[1].lower() if charset else ""


async def _body(request: HttpRequest) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(_PATIENCE):
            async for piece in request.stream():
                body += piece
                if len(body) > _LONGEST:
                    raise Refused(413, f"the body is larger than {_LONGEST >> 20} MiB")
    except ClientDisconnect:
        raise Refused(400, "the client has gone") from None
    except TimeoutError:
        raise Refused(408, f"the body did not arrive within {_PATIENCE} seconds") from None
    return bytes(body)


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, f"the query is not in UTF-8 at byte {error.start}") from None
