"""Running the server until a signal ends it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from kg.server import app
from kg.server.connection import Impatient
from kg.server.shelf import Shelf

_CONNECTIONS = 256
_HEAD = 1 << 18  # bytes of the head of a request: the longest query that is answered fits, escaped, into an address
_GRACE = 3  # seconds that running queries get when the server ends


def run(listening: socket.socket, shelf: Shelf, url: str = "", origins: Sequence[str] = ()) -> None:
    """Serve until SIGINT or SIGTERM; connections are closed first, then the handler of the signal is called.

    Args:
        listening: where clients connect.
        shelf: what is served.
        url: the address under which others see this server, if a proxy stands before it; ends in `/`.
        origins: web origins whose scripts may ask.

    Raises:
        Failure: the query engine could not be started.

    """
    asyncio.run(_run(listening, shelf, app.make(shelf, url, origins)))


async def _run(listening: socket.socket, shelf: Shelf, application: ASGIApp) -> None:
    config = uvicorn.Config(
        application,
        http=Impatient,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=_CONNECTIONS,
        h11_max_incomplete_event_size=_HEAD,
        timeout_graceful_shutdown=2 * _GRACE,
    )
    async with shelf.open():
        await _Server(config, shelf).serve([listening])


class _Server(uvicorn.Server):
    """Ends the queries that still run some seconds after a signal, so that their clients are told."""

    def __init__(self, config: uvicorn.Config, shelf: Shelf) -> None:
        super().__init__(config)
        self._shelf = shelf

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close connections."""
        asyncio.get_running_loop().call_later(_GRACE, self._shelf.served.pool.stop)
        await super().shutdown(sockets)
