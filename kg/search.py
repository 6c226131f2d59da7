"""Finding records by name, proposition or quoted words: case, accents and typographic marks make no difference.

What is searched is said by `ontology/views/find.rq`: columns `?record`, `?in` (the field), `?text` and `?status`
(how its source presents the record, where that is said), best fields first.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.graph import Graph
from kg.names import Names, folded
from kg.ontology import Term
from kg.questions import view

VIEW = "views/find.rq"


@dataclass(frozen=True, slots=True)
class Hit:
    """A record, the field in which the words stand, and the text that holds them."""

    id: str
    field: ox.NamedNode
    text: str
    status: Term | None


def find(graph: Graph, names: Names, text: str) -> list[Hit]:
    """Return the records in which all the words of a text stand, names before propositions before quotes."""
    wanted = folded(text).split()
    rows = view(graph, VIEW, ("record", "in", "text", "status"))
    found: dict[str, tuple[tuple[int, int, str], Hit]] = {}
    for number, row in enumerate(rows if wanted else ()):
        record, field, value = row["record"], row["in"], row["text"]
        if not (isinstance(record, ox.NamedNode) and isinstance(field, ox.NamedNode) and isinstance(value, ox.Literal)):
            continue
        held = folded(value.value)
        if all(word in held for word in wanted):
            identifier = record.value.removeprefix(names.base)
            rank = (0 if held == " ".join(wanted) else 1, number, identifier)
            if identifier not in found or rank < found[identifier][0]:
                found[identifier] = rank, Hit(identifier, field, value.value, row["status"])
    return [hit for _, hit in sorted(found.values(), key=lambda pair: pair[0])]
