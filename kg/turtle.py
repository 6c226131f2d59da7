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
        self.orders: dict[tuple[str, ...], list[tuple[str, str]]] = {}  # of properties, by which a subject has

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
        term, known, named = self.term, self.names.get, self._named
        names = tuple(about)
        order = self.orders.get(names)
        if order is None:
            order = [(name, "a" if name == _TYPE else term(name)) for name in sorted(names, key=_order)]
            self.orders[names] = order
        lines = []
        for predicate, verb in order:
            values = about[predicate]
            if len(values) == 1:  # as most have; so this is what counts
                value = values[0]
                text = value
                if value[0] == "<":
                    text = known(value) or named(value)
                elif value[-1] == ">":
                    text = term(value)
                lines.append(f"{verb} {text}")
                continue
            objects = [term(value) for value in sorted(set(values))]
            if verb == "a":
                lines.append("a " + ", ".join(objects))
            elif len(objects) == 1:
                lines.append(f"{verb} {objects[0]}")
            else:
                lines.append(verb + "\n        " + ",\n        ".join(objects))
        return f"{term(subject)} " + " ;\n    ".join(lines) + " .\n"

    def term(self, text: str) -> str:
        """Write one term."""
        if text[0] == "<":
            return self.names.get(text) or self._named(text)
        if text[-1] == ">":
            end = text.rindex('"') + 3  # behind ^^
            datatype = text[end:]
            return text[:end] + (self.names.get(datatype) or self._named(datatype))
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
