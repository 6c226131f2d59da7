"""Turtle (https://www.w3.org/TR/turtle/) that reads and diffs well: grouped by subject, parts beside their record.

A value a line, so that an edit of one record touches only its own lines. Names are abbreviated only where no character
has to be escaped: some stores keep the backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import pyoxigraph as ox

from kg.expansion import record_of
from kg.graph import Graph
from kg.ontology import SKOS, TYPE

# A subset of PN_LOCAL without escapes (Turtle, section 6.5).
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?", re.ASCII)
_REMEMBERED = 10_000
_TYPE = f"<{TYPE.value}>"
_FIRST = {_TYPE: 0, f"<{SKOS}prefLabel>": 1}


def write(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them; the ontology is a file of its own."""
    if graph.blocks is None:
        yield from document(graph, graph.prefixes)
        return
    blocks = graph.blocks
    yield from head(blocks.prefixes)
    for iri in blocks.records:
        block = blocks[iri]
        yield f"\n\n{(block.turtle + block.turtle_of_parts).lstrip()}".encode()


def head(used: Mapping[str, str]) -> Iterator[bytes]:
    """Declare prefixes."""
    return (f"@prefix {name}: <{iri}> .\n".encode() for name, iri in sorted(used.items()))


def document(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Write triples that stand in the order of their subjects."""
    writer = Writer(prefixes)
    body = list(writer.blocks(triples))
    yield from head(writer.used)
    yield from (piece.encode() for piece in body)


class Writer:
    """Writes blocks of terms in N-Triples syntax, and remembers which prefixes they use."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = {iri: name for name, iri in prefixes.items()}
        self.used: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.orders: dict[tuple[str, ...], list[str]] = {}  # of properties, by which a subject has

    def blocks(self, triples: Iterable[ox.Triple]) -> Iterator[str]:
        """Write a block for each subject; records stand further apart than their parts."""
        previous = ""
        for subject, group in groupby(triples, key=lambda triple: triple.subject):
            record = record_of(subject.value if isinstance(subject, ox.NamedNode) else str(subject))
            yield "\n" if record == previous else "\n\n"
            about: dict[str, list[str]] = {}
            for triple in group:
                about.setdefault(str(triple.predicate), []).append(str(triple.object))
            yield self.block(str(subject), about)
            previous = record

    def block(self, subject: str, about: Mapping[str, list[str]]) -> str:
        """Write all that is said of one subject."""
        names = tuple(about)
        order = self.orders.get(names)
        if order is None:
            order = self.orders[names] = sorted(names, key=_order)
        lines = []
        term, known = self.term, self.names.get
        for predicate in order:
            values = about[predicate]
            if len(values) == 1:
                value = values[0]
                verb = "a" if predicate == _TYPE else known(predicate) or term(predicate)
                lines.append(f"{verb} {known(value) or term(value)}")
                continue
            objects = [known(value) or term(value) for value in sorted(set(values))]
            if predicate == _TYPE:
                lines.append("a " + ", ".join(objects))
            elif len(objects) == 1:
                lines.append(f"{term(predicate)} {objects[0]}")
            else:
                lines.append(term(predicate) + "\n        " + ",\n        ".join(objects))
        return f"{term(subject)} " + " ;\n    ".join(lines) + " .\n"

    def term(self, text: str) -> str:
        """Write one term."""
        if text[0] == "<":
            known = self.names.get(text)
            return known if known is not None else self._named(text)
        if text[0] == '"' and text[-1] == ">":
            end = text.rindex('"') + 3  # behind ^^
            return text[:end] + self.term(text[end:])
        return text

    def name(self, iri: str) -> str:
        """Abbreviate an IRI where that needs no escape."""
        return self.term(f"<{iri}>")

    def _named(self, text: str) -> str:
        iri = text[1:-1]
        cut = max(iri.rfind("#"), iri.rfind("/")) + 1
        prefix = self.prefixes.get(iri[:cut])
        short = text
        if prefix is not None and _LOCAL.fullmatch(iri, cut) is not None:
            self.used[prefix] = iri[:cut]
            short = f"{prefix}:{iri[cut:]}"
        if len(self.names) > _REMEMBERED:
            self.names.clear()  # most are names of parts, which come once or twice
        self.names[text] = short
        return short


def _order(predicate: str) -> tuple[int, str]:
    return _FIRST.get(predicate, 2), predicate[:-1]
