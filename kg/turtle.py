"""Turtle (https://www.w3.org/TR/turtle/) that reads and diffs well: grouped by subject, parts beside their record.

A value a line, so that an edit of one record touches only its own lines. Names are abbreviated only where no character
has to be escaped: some stores keep the backslash.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import pyoxigraph as ox

from kg.graph import Graph
from kg.layout import About, Layout, Layouts, Names
from kg.parts import record_of

_AT_ONCE = 100  # records in one piece


def write(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them; the ontology is a file of its own."""
    if graph.blocks is None:
        yield from document(graph, graph.prefixes)
        return
    blocks = graph.blocks
    yield from head(blocks.prefixes)
    records = blocks.records
    for start in range(0, len(records), _AT_ONCE):
        yield b"".join([b"\n\n" + blocks.turtle(iri).lstrip() for iri in records[start : start + _AT_ONCE]])


def head(used: Mapping[str, str]) -> Iterator[bytes]:
    """Declare prefixes."""
    return (f"@prefix {name}: <{iri}> .\n".encode() for name, iri in sorted(used.items()))


def document(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Write triples that stand in the order of their subjects."""
    writer = Writer(Layouts(prefixes))
    body = list(writer.blocks(triples))
    yield from head(writer.used)
    yield from (piece.encode() for piece in body)


class Writer:
    """Writes nodes, and remembers which prefixes they use."""

    def __init__(self, layouts: Layouts) -> None:
        self._layouts = layouts
        self._names = Names(layouts.prefixes)
        self.seen: dict[Layout, int] = {}  # how many nodes of each

    @property
    def used(self) -> dict[str, str]:
        """The prefixes, and what they stand for."""
        used = dict(self._names.used)
        for layout in self.seen:
            used |= layout.used
        return used

    def blocks(self, triples: Iterable[ox.Triple]) -> Iterator[str]:
        """Write a block for each subject; records stand further apart than their parts."""
        previous = ""
        for subject, group in groupby(triples, key=lambda triple: triple.subject):
            record = record_of(subject.value if isinstance(subject, ox.NamedNode) else str(subject))
            yield "\n" if record == previous else "\n\n"
            about: dict[str, dict[str, None]] = {}
            for triple in group:
                about.setdefault(str(triple.predicate), {})[str(triple.object)] = None
            yield self.node(str(subject), {predicate: list(objects) for predicate, objects in about.items()}, {})[1]
            previous = record

    def node(self, subject: str, about: About, made: About) -> tuple[str, str, str]:
        """Write all that is said of one subject.

        Args:
            subject: in N-Triples syntax.
            about: what is said of it.
            made: how much of that is derived.

        Returns:
            N-Triples; Turtle; for each line of N-Triples a `1` where it is derived, else a `0`.

        """
        layout = self._layouts.of(about)
        self.seen[layout] = self.seen.get(layout, 0) + 1
        values = layout.values(about)
        lines, turtle = layout.lines(subject, values), layout.turtle(subject, values, self._names)
        return lines, turtle, layout.flags(made, values) if made else "0" * len(values)

    def name(self, iri: str) -> str:
        """Abbreviate an IRI where that needs no escape."""
        return self._names[f"<{iri}>"]
