"""Stores that facts are loaded into: what a load asks of one, and the one registry of the ways to reach them.

A store holds facts in parts, each of which is replaced, counted and compared as one: a store of RDF in named graphs, a
property graph in one part. What is no part of the facts stays as it is.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from kg.fault import Fault

if TYPE_CHECKING:
    from kg.graph import Graph

Part: TypeAlias = Any  # the IRI of a named graph; kg.store.elements.Elements; a reader sees str(part)
Item: TypeAlias = Any  # pyoxigraph.Triple; kg.export.propertygraph.Node or Edge
Contents: TypeAlias = Mapping[Part, Sequence[Item]]
Progress: TypeAlias = Callable[[int], None]  # told how many items arrived, batch by batch


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks; the password is never shown."""

    user: str
    password: str = field(repr=False)


class Target(Protocol):
    """A store that can be loaded and checked. Every method may raise kg.fault.Failure."""

    @property
    def name(self) -> str:
        """What it is and where, for a reader."""

    @property
    def noun(self) -> str:
        """What items are called, for a reader."""

    def contents(self, graph: Graph) -> Contents:
        """Return what it should hold of the facts."""

    def parts(self, base: str) -> frozenset[Part] | None:
        """Return the parts that facts with this base have there; None where the store has no way to ask."""

    def holds(self, parts: Iterable[Part]) -> Iterator[tuple[Part, int, Iterable[Item]]]:
        """Read parts back: of each how many items there are, as the store counts, and the items."""

    def replace(self, contents: Contents, progress: Progress) -> None:
        """Make these parts hold exactly these items, whatever was there; one without items is removed.

        Raises:
            kg.fault.Failure: it did not end; doing it again does no harm.

        """

    def rewrites(self, item: Item) -> Hashable:
        """Bring an item into a form that is the same before and after what the store is known to do to it."""

    def close(self) -> None:
        """Let go of the store."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to reach a store.

    Attributes:
        name: what it is chosen by.
        schemes: how addresses begin.
        module: has `connect(url, credentials)`; imported when it is needed.
        local: True where a path stands behind the scheme.

    """

    name: str
    schemes: tuple[str, ...]
    module: str
    local: bool = False


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("graph-store", ("http", "https"), "kg.store.graphstore"),
        Profile("update", ("http", "https"), "kg.store.update"),
        Profile("oxigraph", ("http", "https"), "kg.store.oxigraph"),
        Profile("virtuoso", ("http", "https"), "kg.store.virtuoso"),
        Profile("oxigraph-directory", ("oxigraph",), "kg.store.directory", local=True),
        Profile("tdb2", ("tdb2",), "kg.store.tdb2", local=True),
        Profile("bolt", ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"), "kg.store.bolt"),
        Profile("falkordb", ("falkor", "falkors", "redis", "rediss"), "kg.store.falkor"),
        Profile("ladybug", ("ladybug",), "kg.store.ladybug", local=True),
    )
}


def fitting(url: str) -> list[str]:
    """Return the profiles that an address may have.

    Raises:
        Fault: there is none, or the address holds what may be a secret.

    """
    scheme, _, rest = url.partition(":")
    for known in PROFILES.values():
        if known.local and scheme in known.schemes:
            if not rest or rest.startswith("//"):
                raise Fault(f"behind '{scheme}:' stands a path, as in {scheme}:folder/name")
            return [known.name]
    try:
        parts = urlsplit(url)
        _ = parts.port  # read only now, and then checked
    except ValueError:
        raise Fault("the address is malformed") from None
    if parts.username is not None or parts.password is not None:
        raise Fault("the address holds a user; set KG_USER and KG_PASSWORD instead")
    if parts.query or parts.fragment:
        raise Fault("the address has a ? or #; give it without")  # a token may stand there
    found = [known.name for known in PROFILES.values() if parts.scheme in known.schemes]
    if not found:
        servers, local = (
            ", ".join(sorted({f"{one}:" for known in PROFILES.values() if known.local == is_ for one in known.schemes}))
            for is_ in (False, True)
        )
        raise Fault(f"no store is reached by that address; it begins with {servers}, or for a path with {local}")
    return found


def connect(url: str, credentials: Credentials | None = None, profile: str | None = None) -> Target:
    """Reach the store at an address; without a profile, the one that its scheme or the server tells.

    Raises:
        Fault: the address is none (`fitting`), or the profile does not fit it or cannot be told.
        kg.fault.Failure: the server does not answer.

    """
    names = fitting(url)
    if profile is None:
        profile = _module("kg.store.detection").detect(url) if len(names) > 1 else names[0]
    if profile not in names:
        raise Fault(f"profile '{profile}' does not fit this address; {', '.join(names)} do")
    known = PROFILES[profile]
    made: Target = _module(known.module).connect(url.partition(":")[2] if known.local else url, credentials)
    return made


def _module(name: str) -> Any:  # noqa: ANN401 - what its module holds
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kg."):
            raise
        raise Fault(f"this needs the package {error.name}: pip install 'kg-facts[stores]'") from None
