"""HTTP/1.1 (https://www.rfc-editor.org/rfc/rfc9112) that ends, whatever the other side does.

httpx bounds every single read and write, so a server that sends a byte now and then, in headers or body, holds a client
for ever. Here a request has one deadline for all of it, and a body a greatest size, and none is ever decompressed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any, cast

import httpcore
import httpx

_SLICE = 1 << 16  # bytes written between two looks at the clock


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much.

    Attributes:
        connect: seconds for a connection.
        silence: seconds without a byte.
        total: seconds for a request and its answer.
        answer: bytes of an answer that is not a graph.
        wait: seconds at most to wait where a server asks for it.
        attempts: requests in all where a server asks to wait.

    """

    connect: float = 10
    silence: float = 120
    total: float = 900
    answer: int = 16 << 20
    wait: float = 30
    attempts: int = 6


class TooLong(Exception):
    """An answer is longer, or takes longer, than it may."""


class Transport(httpx.BaseTransport):
    """Sends what it is given to where it is told, by way of no proxy."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._clock = _Clock()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=_Backend(self._clock), max_connections=1
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            TooLong: the answer is encoded, so nobody knows how long it is.
            httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError: there is no answer.

        """
        self._clock.expires = time.monotonic() + self._limits.total
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=cast("Iterable[bytes]", request.stream),
                extensions=request.extensions,
            )
        )
        stream = _Body(answer, request.extensions.get("most", self._limits.answer))
        response = httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding.strip().lower() != "identity":
            stream.close()
            raise TooLong(f"the answer is compressed ({encoding[:20]}), which was not asked for")
        return response

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, most: float) -> None:
        self._answer = answer
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for piece in cast("Iterable[bytes]", self._answer.stream):
            read += len(piece)
            if read > self._most:
                raise TooLong(f"the answer is longer than {self._most} bytes")
            yield piece

    def close(self) -> None:
        self._answer.close()


@dataclass
class _Clock:
    expires: float = 0.0

    def left(self, timeout: float | None) -> float:
        left = self.expires - time.monotonic()
        if left <= 0:
            raise TooLong("the answer takes too long")
        return left if timeout is None else min(left, timeout)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._sync = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> httpcore.NetworkStream:  # type: ignore[override]  # noqa: ANN401 - passed on as they are
        return _Stream(self._sync.connect_tcp(host, port, self._clock.left(timeout), **options), self._clock)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _SLICE):
            self._stream.write(buffer[start : start + _SLICE], self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout)), self._clock)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - httpcore's signature
        return self._stream.get_extra_info(info)
