"""Connections to clients that are slow on purpose or have gone are closed, so that they do not keep others out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from uvicorn.protocols.http.h11_impl import H11Protocol

_REQUEST = 10  # seconds for the head of a request, from the beginning of the connection or the end of an answer
_TAKING = 10  # seconds in which a client has to take something of what waits for it


class Impatient(H11Protocol):
    """HTTP/1.1 with limits of time for the head of a request and for taking an answer; uvicorn has none for these."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for the first request."""
        super().connection_made(transport)
        # Else the second packet of an answer waits 40 ms for the first to be acknowledged; asyncio forgets it for a socket
        # that was not made with a protocol's number.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._set(_REQUEST, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        """Wait no more when a request is being answered."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete and not self.flow.write_paused:
            self._unset()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        if not self.flow.write_paused:
            self._set(_REQUEST, self.transport.abort)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent."""
        super().pause_writing()
        self._set(_TAKING, self._taken, self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Go on."""
        super().resume_writing()
        self._unset()
        if self.cycle is not None and self.cycle.response_complete:
            self._set(_REQUEST, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing."""
        self._unset()
        super().connection_lost(exc)

    def _taken(self, before: int) -> None:
        """Close the connection if as much waits for the client as before."""
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self.transport.abort()
        else:
            self._set(_TAKING, self._taken, left)

    def _set(self, seconds: float, what: Callable[..., None], *arguments: int) -> None:
        self._unset()
        self._timer = self.loop.call_later(seconds, what, *arguments)

    def _unset(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
