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
from kg.ontology import SKOS, TYPE, XSD, Term

# A subset of PN_LOCAL without escapes (Turtle, section 6.5).
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?", re.ASCII)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')
_FIRST = {TYPE.value: 0, SKOS + "prefLabel": 1}


def write(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them; the ontology is a file of its own."""
    return document(graph, graph.prefixes)


def document(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    """Write triples that stand in the order of their subjects."""
    writer = Writer(prefixes)
    body = list(writer.blocks(triples))
    yield from writer.head()
    yield from (piece.encode() for piece in body)


class Writer:
    """Writes blocks, and remembers which prefixes they use."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = {iri: name for name, iri in prefixes.items()}
        self.used: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def head(self) -> Iterator[bytes]:
        """Declare the prefixes that were used."""
        return (f"@prefix {name}: <{iri}> .\n".encode() for name, iri in sorted(self.used.items()))

    def blocks(self, triples: Iterable[ox.Triple]) -> Iterator[str]:
        """Write a block for each subject; records stand further apart than their parts."""
        previous = ""
        for subject, group in groupby(triples, key=lambda triple: triple.subject):
            record = record_of(subject.value if isinstance(subject, ox.NamedNode) else str(subject))
            yield "\n" if record == previous else "\n\n"
            yield self.block(subject, list(group))
            previous = record

    def block(self, subject: Term, triples: list[ox.Triple]) -> str:
        """Write all that is said of one subject."""
        lines = []
        ordered = sorted(triples, key=lambda t: (_FIRST.get(t.predicate.value, 2), t.predicate.value, str(t.object)))
        for predicate, group in groupby(ordered, key=lambda triple: triple.predicate):
            verb = "a" if predicate == TYPE else self.name(predicate.value)
            objects = [self.term(triple.object) for triple in group]
            if predicate == TYPE:
                lines.append(f"{verb} {', '.join(objects)}")
            elif len(objects) == 1:
                lines.append(f"{verb} {objects[0]}")
            else:
                lines.append(verb + "\n        " + ",\n        ".join(objects))
        return f"{self.term(subject)} " + " ;\n    ".join(lines) + " .\n"

    def term(self, term: Term) -> str:
        """Write one term."""
        if isinstance(term, ox.NamedNode):
            return self.name(term.value)
        if not isinstance(term, ox.Literal):
            return str(term)
        text = '"' + _ESCAPED.sub(_escape, term.value) + '"'
        if term.language:
            return f"{text}@{term.language}"
        return text if term.datatype.value == XSD + "string" else f"{text}^^{self.name(term.datatype.value)}"

    def name(self, iri: str) -> str:
        """Abbreviate an IRI where that needs no escape."""
        if iri not in self.names:
            cut = max(iri.rfind("#"), iri.rfind("/")) + 1
            prefix = self.prefixes.get(iri[:cut])
            short = prefix is not None and _LOCAL.fullmatch(iri, cut) is not None
            if prefix is not None and short:
                self.used[prefix] = iri[:cut]
            self.names[iri] = f"{prefix}:{iri[cut:]}" if short else f"<{iri}>"
        return self.names[iri]


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"
