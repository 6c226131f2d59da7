"""The way back: from a triple of the ontology to the line and column of the Turtle that says it.

No parser hands out positions. But one that is fed byte by byte yields a triple as soon as it has read its object: so where
it has come to is where the triple ends. Nothing is kept; the files are read again when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox

from kg.diagnostic import Location
from kg.ontology import TYPE, Ontology, Subject, Term


class _Trickle:
    """Bytes that are read one at a time."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.offset = 0

    def read(self, _: int = -1) -> bytes:
        self.offset += 1
        return self.data[self.offset - 1 : self.offset]


class TurtleMap:
    """The places of the triples of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology

    @cached_property
    def _ends(self) -> list[tuple[str, bytes, int]]:
        """Where each triple ends: the file, its bytes, the offset; in the order of the ontology's triples."""
        found: list[tuple[str, bytes, int]] = []
        for file in sorted(self.ontology.directory.glob("*.ttl")):
            data = file.read_bytes()
            trickle = _Trickle(data)
            parser = ox.parse(trickle, format=ox.RdfFormat.TURTLE)  # type: ignore[arg-type]  # `read` is all it needs
            found += ((f"ontology/{file.name}", data, trickle.offset) for _ in parser)
        return found

    @cached_property
    def _numbers(self) -> dict[ox.Triple, int]:
        numbers: dict[ox.Triple, int] = {}
        for number, triple in enumerate(self.ontology.triples):
            numbers.setdefault(triple, number)
        return numbers

    @cached_property
    def _first(self) -> dict[Subject, int]:
        """Where something is said of a subject first."""
        first: dict[Subject, int] = {}
        for number, triple in enumerate(self.ontology.triples):
            first.setdefault(triple.subject, number)
        return first

    def subject(self, subject: Term) -> Location:
        """Return where something is said of a subject first; where it has no name, that is where the predicate stands."""
        if isinstance(subject, ox.Literal) or subject not in self._first:
            return Location("ontology/shapes.ttl")
        number = self._first[subject]
        if isinstance(subject, ox.BlankNode):
            return self.predicate(self.ontology.triples[number])
        path, data, end = self._end(number)
        return _location(path, data, _last(data, self._spellings(subject), self._begin(number) or end))

    def predicate(self, triple: ox.Triple) -> Location:
        """Return where the predicate of a triple stands."""
        number = self._numbers[triple]
        path, data, _ = self._end(number)
        return _location(path, data, self._begin(number))

    def object(self, triple: ox.Triple) -> Location:
        """Return where the object of a triple stands; where it has no name, that is where its predicate stands."""
        if not isinstance(triple.object, ox.NamedNode):
            return self.predicate(triple)
        path, data, end = self._end(self._numbers[triple])
        return _location(path, data, _last(data, self._spellings(triple.object), end))

    def _end(self, number: int) -> tuple[str, bytes, int]:
        # A file that has changed meanwhile may hold fewer.
        return self._ends[number] if number < len(self._ends) else ("ontology/shapes.ttl", b"", 0)

    def _begin(self, number: int) -> int:
        """Return the offset of the predicate of a triple."""
        triple = self.ontology.triples[number]
        _, data, end = self._end(number)
        if isinstance(triple.object, ox.BlankNode) and self._first.get(triple.object, number) < number:
            end = self._begin(self._first[triple.object])  # `[ ... ]`: what is in it came first
        elif isinstance(triple.object, ox.Literal):
            end -= len(triple.object.value.encode())
        spellings = self._spellings(triple.predicate)
        # A list in brackets spells its predicates nowhere; then it is where its member is.
        return _last(data, (b"a", *spellings) if triple.predicate == TYPE else spellings, end) or end

    def _spellings(self, term: Term) -> list[bytes]:
        """Return how Turtle can write a name."""
        if not isinstance(term, ox.NamedNode):
            return [str(term).encode()]
        iri = term.value
        short = [f"{name}:{iri[len(ns) :]}" for name, ns in self.ontology.prefixes.items() if iri.startswith(ns)]
        return [spelling.encode() for spelling in (f"<{iri}>", *short)]


def _last(data: bytes, spellings: Iterable[bytes], end: int) -> int:
    """Find the last place before an offset where a whole word is one of some spellings; 0 where there is none."""
    found = 0
    for spelling in spellings:
        at = data.rfind(spelling, 0, end)
        while at >= 0 and (_in_word(data[at - 1 : at]) or _in_word(data[at + len(spelling) : at + len(spelling) + 1])):
            at = data.rfind(spelling, 0, at + len(spelling) - 1) if at else -1
        found = max(found, at)
    return found


def _in_word(byte: bytes) -> bool:
    return byte.isalnum() or byte in (b"_", b"-", b":") if byte else False


def _location(path: str, data: bytes, offset: int) -> Location:
    line = data.rfind(b"\n", 0, offset) + 1
    return Location(path, data.count(b"\n", 0, offset), len(data[line:offset].decode("utf-8", "replace")))
