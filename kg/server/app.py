"""The application: which address gives what, and what every answer carries for safety."""

from __future__ import annotations

import asyncio
import ipaddress
import mimetypes
import re
from collections.abc import AsyncIterator, Coroutine, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.parts import record_of
from kg.server import description, negotiation, page, protocol
from kg.server.edition import QUERY, ROOT
from kg.server.engine import GRAPHS, Refused
from kg.server.pool import Answer
from kg.server.shelf import Shelf

_T = TypeVar("_T")
HTML = "text/html"
_RECORD = {HTML: ".html", "text/turtle": ".ttl", "application/ld+json": ".jsonld"}
_MEDIA = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".js": "text/javascript"}
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d+)?", re.ASCII)  # RFC 9110, section 7.2, without escapes
_WHOLE = 1 << 20  # bytes of an answer that are sent at once
_PIECE = 1 << 16
_SAFE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def make(shelf: Shelf, url: str = "", origins: Sequence[str] = ()) -> ASGIApp:
    """Make the application.

    Args:
        shelf: what is served.
        url: the address under which others see this server, if a proxy stands before it; ends in `/`.
        origins: web origins whose scripts may ask.

    """
    served = _Application(shelf, url)
    methods = ["GET", "HEAD"]
    cors = Middleware(
        CORSMiddleware, allow_origins=origins, allow_methods=[*methods, "POST"], allow_headers=["Content-Type"]
    )
    made = Starlette(
        routes=[
            Route("/sparql", served.sparql, methods=[*methods, "POST"]),
            Route(f"/{QUERY}", served.query, methods=methods),
            Route("/id/{identifier}", served.record, methods=methods),
            Route("/{path:path}", served.file, methods=methods),
        ],
        middleware=[cors] if origins else [],
        exception_handlers={Refused: _refused, HTTPException: served.failed},
    )
    return _Guard(made, urlsplit(url).hostname or "")


class _Application:
    """What is behind each address."""

    def __init__(self, shelf: Shelf, url: str) -> None:
        self._shelf = shelf
        self._url = url

    async def sparql(self, request: HttpRequest) -> Response:
        """The SPARQL endpoint; without parameters, its description, and for people the query page."""
        accept = request.headers.get("accept", "")
        pure = request.method != "POST"
        if pure and accept and negotiation.choose(accept, (*protocol.OFFERED, HTML)) == HTML:
            query = request.scope["query_string"].decode("ascii")
            return RedirectResponse(f"{QUERY}?{query}".rstrip("?"), 303, {"Vary": "Accept"})
        served = self._shelf.served
        if pure and not request.scope["query_string"]:
            media = negotiation.choose(accept, GRAPHS)
            if not media:
                raise Refused(406, f"the service description comes as {', '.join(GRAPHS)}")
            endpoint = (self._url or str(request.base_url)) + "sparql"
            content = description.write(endpoint, served.edition.title, served.edition.graphs, media)
            return Response(content, media_type=media, headers={"Vary": "Accept"})
        asked = await protocol.read(request)
        return _respond(await _unless_gone(request, served.pool.ask(asked)))

    async def query(self, request: HttpRequest) -> Response:
        """The query page, or a result of it as a file."""
        served = self._shelf.served
        asked = page.read(request.scope["query_string"], served.edition)
        if asked.request is None:
            return self._page(page.render(asked, served.edition))
        if asked.download:
            response = _respond(await _unless_gone(request, served.pool.ask(asked.request)))
            if response.status_code == HTTPStatus.OK:
                response.headers["Content-Disposition"] = f'attachment; filename="{asked.file}"'
            return response
        try:
            answer = await _unless_gone(request, served.pool.ask(asked.request))
        except Refused as refused:
            return self._page(page.render(asked, served.edition, page.Result(error=str(refused))))
        with answer.file:
            return self._page(page.render(asked, served.edition, page.result(answer)))

    async def record(self, request: HttpRequest) -> Response:
        """A record's IRI leads to what tells of it (https://www.w3.org/TR/cooluris/#r303gendocument)."""
        files = self._shelf.served.edition.files
        identifier = record_of("/" + request.path_params["identifier"])[1:]
        if f"record/{identifier}.html" not in files:
            raise HTTPException(404)
        media = negotiation.choose(request.headers.get("accept", ""), _RECORD)
        if not media:
            raise Refused(406, f"a record comes as {', '.join(_RECORD)}")
        return RedirectResponse(f"../record/{identifier}{_RECORD[media]}", 303, {"Vary": "Accept"})

    async def file(self, request: HttpRequest) -> Response:
        """A file of the site."""
        edition = self._shelf.served.edition
        path = request.path_params["path"] or "index.html"
        if path not in edition.files:
            raise HTTPException(404)
        tag = f'"{edition.files[path].digest}"'
        html = path.endswith(".html")
        unchanged = tag in request.headers.get("if-none-match", "")
        if unchanged and not (html and self._shelf.problems):
            return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
        content = edition.read(path)
        if html:
            return self._page(content, tag="" if self._shelf.problems else tag)
        media = _MEDIA.get(path[path.rfind(".") :]) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        return Response(content, media_type=media, headers={"ETag": tag, "Cache-Control": "no-cache"})

    async def failed(self, request: HttpRequest, error: Exception) -> Response:
        """A page for people who came to an address where nothing is, a line for programs and for anything else."""
        known = error if isinstance(error, HTTPException) else HTTPException(500)
        accept = request.headers.get("accept", "")
        if known.status_code == HTTPStatus.NOT_FOUND and accept and negotiation.choose(accept, (HTML,)):
            root = "../" * (request.scope["raw_path"].count(b"/") - 1)
            return self._page(self._shelf.served.edition.missing.replace(ROOT, root).encode(), status=known.status_code)
        return PlainTextResponse(f"{known.detail}\n", known.status_code, known.headers)

    def _page(self, content: bytes, tag: str = "", status: int = 200) -> Response:
        """Make a page, with word of it if the facts have changed and have errors."""
        headers = {"Cache-Control": "no-cache", **({"ETag": tag} if tag else {})}
        return Response(page.warned(content, self._shelf.problems), status, headers, HTML)


def _respond(answer: Answer) -> Response:
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if answer.size <= _WHOLE:
        with answer.file:
            return Response(answer.file.read(), answer.status, headers, answer.media)

    async def pieces() -> AsyncIterator[bytes]:
        with answer.file:
            while piece := answer.file.read(_PIECE):
                yield piece

    headers["Content-Length"] = str(answer.size)
    return StreamingResponse(pieces(), answer.status, headers, answer.media)


async def _unless_gone(request: HttpRequest, work: Coroutine[Any, Any, _T]) -> _T:
    """Do something, but stop when the client closes the connection."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    doing, watching = asyncio.create_task(work), asyncio.create_task(gone())
    try:
        await next(asyncio.as_completed([doing, watching]))
        if not doing.done():
            raise Refused(503, "the client has gone")
        return doing.result()
    finally:
        doing.cancel()
        watching.cancel()


async def _refused(_: HttpRequest, error: Exception) -> Response:
    status = error.status if isinstance(error, Refused) else 500
    headers = {"Retry-After": "5"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return PlainTextResponse(f"{error}\n", status, headers)


class _Guard:
    """Refuses requests that came under the name of another site, and makes every answer safe for a browser.

    A page of another site can have its name lead to this machine (DNS rebinding); it cannot do so with an address.
    """

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app = app
        self._names = {"localhost", name} - {""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if "status" in message:  # the head of an answer
                headers = MutableHeaders(scope=message)
                for name, value in _SAFE.items():
                    headers.setdefault(name, value)
            await send(message)

        known = self._known(Headers(scope=scope).get("host", ""))
        app = self._app if known else PlainTextResponse("this server is not known by that name\n", 421)
        await app(scope, receive, safely)

    def _known(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        name = match[1].strip("[]").lower() if match else ""
        return name in self._names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
