"""Neo4j and its kin over Bolt (https://neo4j.com/docs/bolt/current/), by the official driver.

The database stands behind the address, `bolt://HOST:PORT/DATABASE`; without one it is the user's own. The driver's
connections have no deadline once they are open, so the asynchronous driver is used, whose calls can be given one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine, Iterable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import AuthError, ClientError, DriverError, Neo4jError

from kg.export.cypher import CONSTRAINT
from kg.fault import Failure, Fault
from kg.store import Credentials
from kg.store.cypher import CypherStore, Row
from kg.store.words import shown

_CONNECT, _TOTAL = 10, 900  # seconds for a connection, and for a query and its answer, as over HTTP
_RETRY = 30  # seconds
_PORT = 7687
_T = TypeVar("_T")

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what it has to say comes as an exception, too


class Refused(Failure):
    """The server understands what is asked and does not do it."""


class Bolt(CypherStore):
    """A database behind Bolt.

    Args:
        url: of the server.
        database: its name; none for the default.
        credentials: who asks.
        seconds: how long a query may take.
        retry: seconds in which the driver tries again what did not arrive.

    """

    def __init__(
        self,
        url: str,
        database: str | None,
        credentials: Credentials | None,
        seconds: float = _TOTAL,
        retry: float = _RETRY,
    ) -> None:
        self._url = url
        self._database = database
        self._credentials = credentials
        self._seconds = seconds
        self._runner = asyncio.Runner()
        try:
            self._driver = neo4j.AsyncGraphDatabase.driver(
                url,
                auth=(credentials.user, credentials.password) if credentials else None,
                connection_timeout=_CONNECT,
                connection_acquisition_timeout=2 * _CONNECT,
                max_transaction_retry_time=retry,
                user_agent="kg",
            )
        except (ValueError, DriverError, Neo4jError) as error:
            raise Fault(f"the address is malformed: {shown(str(error), credentials)}") from None

        self._await(self._driver.verify_connectivity())  # a query would be tried for half a minute

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"database {self._database} over Bolt, {self._url}" if self._database else f"Bolt, {self._url}"

    def read(self, query: str, parameters: Mapping[str, object]) -> Iterable[Row]:
        """Ask."""
        return [[_plain(value) for value in row.values()] for row in self._run(query, parameters).records]

    def write(self, query: str, parameters: Mapping[str, object]) -> None:
        """Change something; the driver tries again where the server says that it may."""
        self._run(query, parameters)

    def prepare(self) -> None:
        """Make the constraint; a store that has another dialect, or doubled nodes, goes without."""
        with contextlib.suppress(Refused):
            self._run(CONSTRAINT, {})

    def close(self) -> None:
        """Close the connections."""
        self._runner.run(self._driver.close())
        self._runner.close()

    def _run(self, query: str, parameters: Mapping[str, object]) -> neo4j.EagerResult:
        text = cast("Any", query)  # the driver asks for literals; no value stands in ours
        return self._await(self._driver.execute_query(text, dict(parameters), database_=self._database))

    def _await(self, call: Coroutine[Any, Any, _T]) -> _T:
        """Wait for the answer to a call.

        Raises:
            Failure: there is none in time, or not one of success.

        """

        async def bounded() -> _T:
            async with asyncio.timeout(self._seconds):
                return await call

        try:
            return self._runner.run(bounded())
        except TimeoutError:
            raise Failure(f"{self._url}: no answer in time") from None
        except (Neo4jError, DriverError, OSError) as error:
            said = error.message if isinstance(error, Neo4jError) else str(error)
            said = shown(said or type(error).__name__, self._credentials)
            if isinstance(error, AuthError):
                who = f"does not let in {self._credentials.user}" if self._credentials else "asks who you are"
                raise Failure(f"{self._url} {who} ({said}); set KG_USER and KG_PASSWORD") from None
            kind = Refused if isinstance(error, ClientError) else Failure
            raise kind(f"{self._url}: {said}") from None


def connect(url: str, credentials: Credentials | None) -> Bolt:
    """Reach a database by the address of its server, and its name behind that."""
    parts = urlsplit(url)
    database = parts.path.strip("/")
    if not parts.hostname or "/" in database:
        raise Fault(f"the address is malformed; it reads {parts.scheme}://HOST:{_PORT}/DATABASE")
    return Bolt(f"{parts.scheme}://{parts.netloc}", database or None, credentials)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a store holds
    """Return the values of the driver as those of Python."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.to_native() if hasattr(value, "to_native") else value  # dates and times
