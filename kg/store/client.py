"""An HTTP client for stores that may be hostile, broken or in a hurry.

It follows no redirect (https://www.rfc-editor.org/rfc/rfc9110#name-redirection-3xx), so that neither a body nor a password
reaches a server that nobody named; it stops at once where it is not let in; it waits, but not for ever, where it is asked
to; and it never shows the password.
"""

from __future__ import annotations

import contextlib
import io
import re
import time
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore
import httpx

from kg.fault import Failure, Fault
from kg.store import Credentials
from kg.store.transport import Limits, TooLong, Transport
from kg.store.words import shown

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12

_OK, _MULTIPLE, _BAD = 200, 300, 400
_UNAUTHORIZED, _FORBIDDEN, _TOO_LARGE = 401, 403, 413
_BUSY = (429, 503)
_TAG = re.compile(r"<(?:/?[a-z]\w*(?:\s[^<>]*)?|![^<>]*)>", re.IGNORECASE)  # of a page on which an error stands
_LAPSE = 1.0  # seconds to wait where a server does not say how long


class TooLarge(Failure):
    """The server takes no body of this size (413)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        method: GET, PUT, POST, DELETE.
        url: where.
        params: what stands behind the question mark.
        body: what is sent.
        media: its type.
        accept: the type that is wanted.
        also: statuses that are an answer as good as success.

    """

    method: str
    url: str
    params: Mapping[str, str] | None = None
    body: bytes | None = None
    media: str = ""
    accept: str = "*/*"
    also: Container[int] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    media: str  # without parameters, in lower case; empty where the server does not say
    body: bytes


class Client:
    """Speaks to one store, with one name and password.

    Args:
        credentials: sent with every request; with `digest` not themselves but a proof of them (RFC 7616).
        digest: True for servers that take nothing else.
        limits: how long and how much.

    """

    def __init__(self, credentials: Credentials | None, limits: Limits | None = None, *, digest: bool = False) -> None:
        self.limits = limits or Limits()
        self._credentials = credentials
        self._http = httpx.Client(
            transport=Transport(self.limits),
            auth=(
                None
                if credentials is None
                else httpx.DigestAuth(credentials.user, credentials.password)
                if digest
                else httpx.BasicAuth(credentials.user, credentials.password)
            ),
            timeout=httpx.Timeout(self.limits.silence, connect=self.limits.connect),
            headers={"Accept-Encoding": "identity", "User-Agent": "kg"},
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc: what they would see or send, nobody asked for
        )

    def send(self, request: Request) -> Answer:
        """Send a request and read the answer whole; errors as for `stream`."""
        with self.stream(request, self.limits.answer) as response:
            return Answer(response.status_code, media(response), b"".join(response.iter_raw()))

    @contextlib.contextmanager
    def stream(self, request: Request, most: float = float("inf")) -> Iterator[httpx.Response]:
        """Send a request and hand out the answer before its body is read, at most so many bytes of it.

        Raises:
            TooLarge: the body is too large for the server.
            Failure: there is no answer, or not one of success.
            Fault: the address is malformed.

        """
        headers = {"Accept": request.accept, **({"Content-Type": request.media} if request.media else {})}
        with self._failing(request):
            response = self._patiently(
                self._http.build_request(
                    request.method,
                    request.url,
                    params=request.params,
                    content=request.body,
                    headers=headers,
                    extensions={"most": most},
                )
            )
            try:
                if response.status_code not in request.also:
                    self._judge(request, response)
                yield response
            finally:
                response.close()

    def _patiently(self, request: httpx.Request) -> httpx.Response:
        """Send a request again where the server asks to wait (RFC 9110, section 10.2.3), a few times, never for long."""
        for attempt in range(self.limits.attempts):
            try:
                response = self._http.send(request, stream=True)
            except (LookupError, ValueError):  # of httpx.DigestAuth
                raise Failure(f"{request.url} asks for a proof of identity that nobody understands") from None
            if response.status_code not in _BUSY or attempt == self.limits.attempts - 1:
                break
            response.close()
            asked = response.headers.get("Retry-After", "")
            seconds = float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else _LAPSE  # noqa: PLR2004 - more is no time
            time.sleep(min(seconds, self.limits.wait))
        return response

    def _judge(self, request: Request, response: httpx.Response) -> None:
        method, url, status = request.method, request.url, response.status_code
        if _OK <= status < _MULTIPLE:
            return
        if status == _UNAUTHORIZED:
            who = f"does not let in {self._credentials.user}" if self._credentials else "asks who you are"
            raise Failure(f"{url} {who} (401); set KG_USER and KG_PASSWORD")
        if status == _FORBIDDEN:
            raise Failure(f"{url} forbids {method} (403)")
        if status == _TOO_LARGE:
            raise TooLarge(f"{url} takes no body of this size (413)")
        if _MULTIPLE <= status < _BAD:
            to = self.shown(response.headers.get("Location", "nowhere"))
            raise Failure(f"{url} redirects to {to}; nothing was sent there: give that address if it is the store's")
        said = _TAG.sub(" ", next(response.iter_raw(), b"").decode(errors="replace"))
        raise Failure(f"{url} answers {method} with {status}: {self.shown(said)}")

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def shown(self, text: str) -> str:
        """Make what a server says fit to print."""
        return shown(text, self._credentials)

    def unexpected(self, url: str, got: str, wanted: str) -> Failure:
        """Say that an answer of success is none."""
        return Failure(f"{url} answers with '{self.shown(got)}', not with {wanted}; is it the right address?")

    @contextlib.contextmanager
    def _failing(self, request: Request) -> Iterator[None]:
        """Turn what goes wrong below into a Failure that says where."""
        where = f"{request.url}, {request.method}"
        try:
            yield
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.UnsupportedProtocol) as error:
            raise Fault(f"the address is malformed: {self.shown(str(error))}") from None
        except (httpx.TimeoutException, httpcore.TimeoutException, TooLong) as error:
            raise Failure(f"{where}: {error if isinstance(error, TooLong) else 'no answer in time'}") from None
        except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Failure(f"{where}: {self.shown(str(error) or 'the connection broke off')}") from None


class Body(io.RawIOBase):
    """The body of an answer as a file, for a parser."""

    def __init__(self, response: httpx.Response) -> None:
        self._pieces = response.iter_raw()
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        """Fill a buffer, never beyond its end: pyoxigraph's parser dies of that, and the process with it."""
        if not self._left:
            self._left = memoryview(next(filter(None, self._pieces), b""))
        into = memoryview(buffer)
        piece, self._left = self._left[: len(into)], self._left[len(into) :]
        into[: len(piece)] = piece
        return len(piece)


def media(response: httpx.Response) -> str:
    """Return the type of an answer without parameters; nothing where the server does not say."""
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()
