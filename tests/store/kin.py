"""Property graphs to load into, each really started: by an address, with a second door for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import servers

from kg import store
from kg.store.elements import Elements, PropertyStore

CREDENTIALS = {
    "bolt": store.Credentials("root", servers.PASSWORD),
    "falkordb": store.Credentials("default", servers.PASSWORD),
}


@dataclass(frozen=True)
class Kin:
    """A store by its address.

    Attributes:
        profile: which kind.
        url: an empty database of its own.
        ask: runs a statement behind the back of kg, and returns the rows.

    """

    profile: str
    url: str
    target: PropertyStore
    ask: Callable[..., list[list[Any]]]

    @property
    def key(self) -> str:
        """What the property is called that holds the IRI."""
        return "iri" if self.profile == "ladybug" else "uri"

    def held(self, base: str) -> tuple[int, int]:
        """How many nodes and edges there are with this base, whatever kg says."""
        key = self.key
        ((nodes,),) = self.ask(f"MATCH (n) WHERE n.{key} STARTS WITH '{base}' RETURN count(n)")
        ((edges,),) = self.ask(f"MATCH (a)-[r]->(b) WHERE a.{key} STARTS WITH '{base}' RETURN count(r)")
        return nodes, edges


def part(kin: Kin, graph: Any) -> Elements:
    """The facts as a part."""
    (found,) = kin.target.contents(graph)
    return found
