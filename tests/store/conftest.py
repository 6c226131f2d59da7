"""Stores to load into, empty at the beginning of every test."""

from __future__ import annotations

import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import generation
import inside
import pyoxigraph as ox
import pytest
import samples
import servers

import kg
from kg import store
from kg.graph import Graph
from kg.pipeline import Build

_OURS = ("https://w3id.org/kg-facts/", "https://example.org/")
CREDENTIALS = store.Credentials("dba", "dba")


@pytest.fixture
def run(monkeypatch) -> Callable[..., inside.Done]:
    """Run the program in this process, which is quicker; how it ends as a process is tested elsewhere."""

    def running(*arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> inside.Done:
        with monkeypatch.context() as patch:
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            return inside.kg(*arguments, stdin=stdin)

    return running


@pytest.fixture(scope="session")
def built() -> Build:
    """The shipped facts."""
    return kg.build(generation.ROOT, checked=False)


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
        self._update(f"INSERT DATA {{ GRAPH <{graph}> {{ {body} }} }}")

    def take(self, graph: str, line: str) -> None:
        """Delete a triple behind the back of kg."""
        self._update(f"DELETE DATA {{ GRAPH <{graph}> {{ {line} }} }}")

    def _update(self, update: str) -> None:
        if self.profile == "oxigraph-directory":
            ox.Store(self.url.partition(":")[2]).update(update)
            self.target.close()
            return
        root = self.url.removesuffix("/store").removesuffix("/update")
        if self.profile == "virtuoso":
            _authorized(root).open(f"{root}/sparql-auth", urllib.parse.urlencode({"query": update}).encode()).close()
        else:
            headers = {"Content-Type": "application/sparql-update"}
            request = urllib.request.Request(f"{root}/update", update.encode(), headers)  # noqa: S310 - on this machine
            urllib.request.urlopen(request).close()  # noqa: S310 - as above


def _authorized(root: str) -> urllib.request.OpenerDirector:
    passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, root, CREDENTIALS.user, CREDENTIALS.password)
    return urllib.request.build_opener(urllib.request.HTTPDigestAuthHandler(passwords))


def _place(url: str, profile: str) -> Place:
    """Reach a store and empty it of what tests leave."""
    target = store.connect(url, CREDENTIALS, profile)
    for prefix in _OURS:
        target.replace(dict.fromkeys(target.graphs(prefix) or (), ()), lambda _: None)
    return Place(url, profile, target)


@pytest.fixture(params=["oxigraph", "graph-store", "update", "virtuoso", "oxigraph-directory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Every profile for stores of RDF that are quick to reach, on a real store."""
    if request.param == "oxigraph-directory":
        return _place(f"oxigraph:{tmp_path / 'store'}", request.param)
    if request.param == "virtuoso":
        return _place(request.getfixturevalue("virtuoso"), request.param)
    path = {"oxigraph": "", "graph-store": "/store", "update": "/update"}[request.param]
    return _place(request.getfixturevalue("oxigraph").url + path, request.param)


@pytest.fixture
def virtuoso_place(virtuoso: str) -> Place:
    """Virtuoso, for what only it does."""
    return _place(virtuoso, "virtuoso")


@pytest.fixture(scope="session")
def jena(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of Jena's commands, made as docs/stores/tdb2.md says it."""
    return servers.jena(tmp_path_factory.mktemp("jena"))


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Graph]:
    """Make a graph of triples."""
    return lambda asserted, derived=None: samples.graph(asserted, tmp_path, derived)
