"""Stores that facts are loaded into: what a load asks of one, and the one registry of the ways to reach them.

A store is replaced graph by graph: the graphs of the facts become exactly what the facts say, all others stay as they are.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from kg.fault import Fault

if TYPE_CHECKING:
    import pyoxigraph as ox

Graphs: TypeAlias = "Mapping[str, Sequence[ox.Triple]]"  # by the IRI of the graph; none of them has blank nodes
Progress: TypeAlias = Callable[[int], None]  # told how many triples arrived, batch by batch


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

    def replace(self, graphs: Graphs, progress: Progress) -> None:
        """Make these graphs hold exactly these triples, whatever was there; one without triples is removed.

        Raises:
            kg.fault.Failure: it did not end; doing it again does no harm.

        """

    def count(self, graph: str) -> int:
        """Count the triples of a graph as the store does; one that is not there has none."""

    def dump(self, graph: str) -> Iterable[ox.Triple]:
        """Read a graph back."""

    def graphs(self, prefix: str) -> frozenset[str] | None:
        """Name the graphs that begin so; None where the store has no way to ask."""

    def rewrites(self, triple: ox.Triple) -> ox.Triple:
        """Bring a triple into a form that is the same before and after what the store is known to do to it."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to reach a store: `module` has `connect(url, credentials)`, imported when it is needed."""

    name: str
    schemes: tuple[str, ...]
    module: str


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile("graph-store", ("http", "https"), "kg.store.graphstore"),
        Profile("update", ("http", "https"), "kg.store.update"),
        Profile("oxigraph", ("http", "https"), "kg.store.oxigraph"),
        Profile("virtuoso", ("http", "https"), "kg.store.virtuoso"),
    )
}


def fitting(url: str) -> list[str]:
    """Return the profiles that an address may have.

    Raises:
        Fault: there is none, or the address holds what may be a secret.

    """
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
        schemes = sorted({scheme for known in PROFILES.values() for scheme in known.schemes})
        raise Fault(f"no store is reached by '{parts.scheme}:'; addresses begin with {', '.join(schemes)}")
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
    made: Target = _module(PROFILES[profile].module).connect(url, credentials)
    return made


def _module(name: str) -> Any:  # noqa: ANN401 - what its module holds
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kg."):
            raise
        raise Fault(f"this needs the package {error.name}: pip install 'kg-facts[stores]'") from None
