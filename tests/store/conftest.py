"""Stores to load into, empty at the beginning of every test."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import samples
import servers

from kg import store
from kg.graph import Graph

_OURS = ("https://w3id.org/kg-facts/", "https://example.org/")
CREDENTIALS = store.Credentials("dba", "dba")


@pytest.fixture(scope="session")
def oxigraph() -> Iterator[servers.Oxigraph]:
    """Oxigraph's server, in memory."""
    with servers.oxigraph() as server:
        yield server


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Virtuoso, as Debian installs it."""
    with servers.virtuoso(tmp_path_factory.mktemp("virtuoso")) as url:
        yield url


@dataclass(frozen=True)
class Place:
    """A store by an address and a profile."""

    url: str
    profile: str
    target: store.Target

    def put(self, graph: str, *lines: str) -> None:
        """Write into a graph behind the back of kg, by the other door of the store."""
        body = "".join(f"{line}\n" for line in lines)
        root = self.url.removesuffix("/store").removesuffix("/update")
        if self.profile == "virtuoso":
            form = {"query": f"INSERT DATA {{ GRAPH <{graph}> {{ {body} }} }}"}
            _authorized(root).open(f"{root}/sparql-auth", urllib.parse.urlencode(form).encode()).close()
        else:
            update = f"INSERT DATA {{ GRAPH <{graph}> {{ {body} }} }}".encode()
            _post(f"{root}/update", update)

    def take(self, graph: str, line: str) -> None:
        """Delete a triple behind the back of kg."""
        root = self.url.removesuffix("/store").removesuffix("/update")
        update = f"DELETE DATA {{ GRAPH <{graph}> {{ {line} }} }}"
        if self.profile == "virtuoso":
            _authorized(root).open(f"{root}/sparql-auth", urllib.parse.urlencode({"query": update}).encode()).close()
        else:
            _post(f"{root}/update", update.encode())


def _post(url: str, update: bytes) -> None:
    request = urllib.request.Request(url, update, {"Content-Type": "application/sparql-update"})
    urllib.request.urlopen(request).close()


def _authorized(root: str) -> urllib.request.OpenerDirector:
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, root, CREDENTIALS.user, CREDENTIALS.password)
    return urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))


@pytest.fixture(params=["oxigraph", "graph-store", "update", "virtuoso"])
def place(request: pytest.FixtureRequest) -> Place:
    """Every profile, on a real store."""
    profile = request.param
    if profile == "virtuoso":
        url = request.getfixturevalue("virtuoso")
    else:
        root = request.getfixturevalue("oxigraph").url
        url = root + {"oxigraph": "", "graph-store": "/store", "update": "/update"}[profile]
    target = store.connect(url, CREDENTIALS, profile)
    for prefix in _OURS:
        target.replace(dict.fromkeys(target.graphs(prefix) or (), ()), lambda _: None)
    return Place(url, profile, target)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Graph]:
    """Make a graph of triples."""
    return lambda asserted, derived=None: samples.graph(asserted, tmp_path, derived)
