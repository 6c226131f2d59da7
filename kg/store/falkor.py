"""FalkorDB (https://docs.falkordb.com/), a property graph inside Redis: `falkor://HOST:PORT/GRAPH`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from falkordb import FalkorDB
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, AuthorizationError, RedisError, ResponseError
from redis.retry import Retry

from kg.export.cypher import LABEL
from kg.fault import Failure, Fault
from kg.graph import Graph
from kg.store import Credentials
from kg.store.cypher import CypherStore, Row
from kg.store.elements import Element, Elements
from kg.store.words import shown

_CONNECT, _SILENCE = 10, 120  # seconds, as over HTTP
_PORT = 6379
_SECURE = ("falkors", "rediss")
_T = TypeVar("_T")


class Falkor(CypherStore):
    """A graph of a server.

    Args:
        url: of the server, for a reader.
        options: how the client is to connect.
        graph: the key of the graph.
        credentials: who asks.

    """

    def __init__(self, url: str, options: Mapping[str, Any], graph: str, credentials: Credentials | None) -> None:
        self._url = url
        self._credentials = credentials
        self._client: FalkorDB = self._asked(lambda: FalkorDB(**options))
        self._key = graph
        self._graph = self._client.select_graph(graph)

    @property
    def name(self) -> str:
        """What it is and where."""
        return f"FalkorDB, {self._url}/{self._key}"

    def read(self, query: str, parameters: Mapping[str, object]) -> Iterable[Row]:
        """Ask; a graph that is not there has no rows, and is not made by asking."""
        if self._key not in self._asked(self._client.list_graphs):
            return []
        found: Iterable[Row] = self._asked(lambda: self._graph.ro_query(query, dict(parameters)).result_set)
        return found

    def write(self, query: str, parameters: Mapping[str, object]) -> None:
        """Change something."""
        self._asked(lambda: self._graph.query(query, dict(parameters)))

    def contents(self, graph: Graph) -> Mapping[Elements, tuple[Element, ...]]:
        """Return nodes and edges of the facts.

        Raises:
            Fault: a name has a backtick, which it can neither double nor escape.

        """
        made = super().contents(graph)
        for part in made:
            keys = (key.name for keys in part.graph.keys.values() for key in keys)
            for name in (*part.graph.keys, *part.graph.types, *keys):
                if "`" in name:
                    raise Fault(f"FalkorDB has no way to write the name '{name}' of the ontology; rename it")
        return made

    def prepare(self) -> None:
        """Make an index; its dialect has no such constraint as Neo4j's."""
        try:
            self._graph.query(f"CREATE INDEX FOR (n:{LABEL}) ON (n.uri)")
        except ResponseError:
            pass  # there is one
        except RedisError as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _asked(self, ask: Callable[[], _T]) -> _T:
        try:
            return ask()
        except RedisError as error:
            raise self._failure(error) from None

    def _failure(self, error: RedisError) -> Failure:
        said = shown(str(error) or type(error).__name__, self._credentials)
        if isinstance(error, AuthenticationError | AuthorizationError) or said.startswith(("NOAUTH", "WRONGPASS")):
            said += "; set KG_USER and KG_PASSWORD"
        return Failure(f"{self._url}: {said}")


def connect(url: str, credentials: Credentials | None) -> Falkor:
    """Reach a graph by the address of its server, and its key behind that.

    Raises:
        Fault: it names none.

    """
    parts = urlsplit(url)
    graph = parts.path.strip("/")
    if not parts.hostname or not graph:
        raise Fault(f"the address reads {parts.scheme}://HOST:{_PORT}/GRAPH, with the name of a graph")
    options = {
        "host": parts.hostname,
        "port": parts.port or _PORT,
        "ssl": parts.scheme in _SECURE,
        "username": credentials.user if credentials else None,
        "password": credentials.password if credentials else None,
        "socket_connect_timeout": _CONNECT,
        "socket_timeout": _SILENCE,
        "retry": Retry(NoBackoff(), 0),  # a load that broke off goes on by being done again
    }
    return Falkor(f"{parts.scheme}://{parts.netloc}", options, graph, credentials)
