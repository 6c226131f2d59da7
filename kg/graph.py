"""The graph that a build makes: asserted and derived triples, in one order that nothing outside them can change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from kg import canonical
from kg.compiled.rules import Nodes, Triple
from kg.layout import Layout
from kg.ontology import TYPE, Ontology, Term
from kg.parts import record_of
from kg.spill import Spill

if TYPE_CHECKING:
    import rdflib

_TYPE = f"<{TYPE.value}>"


class Block(NamedTuple):
    """What is said of one record, as text: of the record itself, and of its parts and whatever else is named after it.

    N-Triples stand in canonical order, of the letters; Turtle in that of the graph. `derived` has a `1` for each line of
    N-Triples, those of the record first, that the facts do not say themselves.
    """

    lines: str = ""
    lines_of_parts: str = ""
    turtle: str = ""
    turtle_of_parts: str = ""
    derived: str = ""


@dataclass(slots=True)
class Counts:
    """How many subjects, how many of them by class, how many triples by property; terms in N-Triples syntax."""

    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)

    def count(self, nodes: Nodes) -> None:
        """Count nodes."""
        properties, classes = self.properties, self.classes
        self.subjects += len(nodes)
        for about in nodes.values():
            for predicate, objects in about.items():
                properties[predicate] += len(objects)
            for cls in about.get(_TYPE, ()):
                classes[cls] += 1

    def alike(self, layout: Layout, number: int) -> None:
        """Count nodes with one layout."""
        self.subjects += number
        for predicate, objects in layout.numbers.items():
            self.properties[predicate] += objects * number
        for cls in layout.types:
            self.classes[cls] += number

    def triple(self, predicate: str, object_: str) -> None:
        """Count a triple of a subject that is counted."""
        self.properties[predicate] += 1
        if predicate == _TYPE:
            self.classes[object_] += 1

    def replace(self, old: Iterable[Triple], nodes: Nodes) -> None:
        """Count nodes in place of triples that were counted."""
        self.subjects -= len({subject for subject, _, _ in old})
        for _, predicate, object_ in old:
            self.properties[predicate] -= 1
            if predicate == _TYPE:
                self.classes[object_] -= 1
        self.count(nodes)

    def add(self, other: Counts) -> None:
        """Add what others have counted."""
        self.subjects += other.subjects
        self.classes.update(other.classes)
        self.properties.update(other.properties)


@dataclass(slots=True)
class Blocks:
    """The blocks of many records, by IRI. They are kept as they come from files, and cut out when asked for."""

    text: Spill = field(default_factory=Spill)
    places: dict[str, tuple[int, ...]] = field(default_factory=dict)  # where they start, lengths of their texts
    prefixes: dict[str, str] = field(default_factory=dict)  # those that the Turtle uses
    counts: Counts = field(default_factory=Counts)

    def __getitem__(self, iri: str) -> Block:
        _, *lengths = self.places[iri]
        piece, found, start = self.cut(iri, 0, len(lengths)), [], 0
        for length in lengths:
            found.append(piece[start : start + length].decode())
            start += length
        return Block(*found)

    def cut(self, iri: str, first: int, behind: int) -> bytes:
        """Return some texts of a block, by their numbers, one after the other."""
        place, *lengths = self.places[iri]
        return self.text.read(place + sum(lengths[:first]), sum(lengths[first:behind]))

    def ntriples(self, iri: str) -> bytes:
        """Return the N-Triples of a record and its parts."""
        return self.cut(iri, 0, 2)

    def turtle(self, iri: str) -> bytes:
        """Return the Turtle of a record and its parts."""
        return self.cut(iri, 2, 4)

    def add(self, base: str, piece: bytes, places: Iterable[tuple[str, tuple[int, ...]]]) -> None:
        """Add the records of a file.

        Args:
            base: every record's IRI is base + id.
            piece: their texts.
            places: id of each, where it starts in the piece, lengths of its texts.

        """
        begin = self.text.append(piece)
        self.places |= {base + identifier: (begin + start, *lengths) for identifier, (start, *lengths) in places}

    def put(self, iri: str, block: Block) -> None:
        """Put a block in the place of what is said of a record."""
        texts = [text.encode() for text in block]
        self.places[iri] = self.text.append(b"".join(texts)), *map(len, texts)

    @property
    def records(self) -> list[str]:
        """The IRIs, in order."""
        return sorted(self.places)


@dataclass(frozen=True)
class Graph:
    """Facts as RDF (https://www.w3.org/TR/rdf11-concepts/), without blank nodes.

    Attributes:
        base: every record's IRI is base + id.
        asserted: what the fact files say.
        derived: what the ontology makes of it; disjoint from `asserted`.
        ontology: the classes, shapes and codes by which it was read.

    """

    base: str
    asserted: frozenset[ox.Triple]
    derived: frozenset[ox.Triple]
    ontology: Ontology = field(repr=False)

    @classmethod
    def of(cls, base: str, load: Callable[[], Blocks], ontology: Ontology) -> Graph:
        """Make a graph of text, which is made only when somebody asks for it; so are the triples."""
        graph = object.__new__(cls)
        graph.__dict__.update(base=base, ontology=ontology, _load=load)
        return graph

    def __getattr__(self, name: str) -> frozenset[ox.Triple]:
        if name not in ("asserted", "derived") or self.blocks is None:
            raise AttributeError(name)
        triples: tuple[list[ox.Triple], list[ox.Triple]] = [], []
        for iri in self.blocks.records:
            for triple, derived in _parsed(self.blocks[iri]):
                triples[derived].append(triple)
        self.__dict__.update(asserted=frozenset(triples[0]), derived=frozenset(triples[1]))
        return frozenset(self.__dict__[name])

    @cached_property
    def blocks(self) -> Blocks | None:
        """The text of each record, where the graph was made from fact files."""
        load = self.__dict__.get("_load")
        return load() if load is not None else None

    def __len__(self) -> int:
        if self.blocks is not None:
            return self.blocks.counts.properties.total()
        return len(self.asserted) + len(self.derived)

    def __iter__(self) -> Iterator[ox.Triple]:
        """Walk the triples, records by id, the parts of each behind it."""
        return iter(self._sorted)

    @cached_property
    def _sorted(self) -> list[ox.Triple]:
        return sorted((*self.asserted, *self.derived), key=_order)

    @cached_property
    def about(self) -> Mapping[ox.NamedNode, list[ox.Triple]]:
        """The triples of each record, those of its parts among them."""
        found: dict[ox.NamedNode, list[ox.Triple]] = {}
        for triple in self:
            found.setdefault(ox.NamedNode(record_of(_value(triple.subject))), []).append(triple)
        return found

    @cached_property
    def counts(self) -> Counts:
        """How much is said of what."""
        if self.blocks is not None:
            return self.blocks.counts
        counts = Counts(subjects=len({triple.subject for triple in self}))
        for triple in self:
            counts.triple(str(triple.predicate), str(triple.object))
        return counts

    @property
    def ntriples(self) -> bytes:
        """The facts in N-Triples, records by id."""
        if self.blocks is None:
            return ox.serialize(self, format=ox.RdfFormat.N_TRIPLES) or b""
        return b"".join(map(self.blocks.ntriples, self.blocks.records))

    @property
    def canonical(self) -> Iterator[bytes]:
        """The lines of N-Triples, all in the order of their letters, in pieces."""
        blocks = self.blocks
        if blocks is None:
            yield "".join(sorted(f"{triple} .\n" for triple in self)).encode()
            return
        # A part is named after its record and a full stop, which sorts before what ends an IRI, `>`; digits lie between.
        order = [(f"{iri}{sign}", iri, n) for iri in blocks.records for n, sign in ((1, "."), (0, ">"))]
        order.sort()
        for _, iri, which in order:
            yield blocks.cut(iri, which, which + 1)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal digits."""
        return canonical.digest(self.canonical)

    @cached_property
    def store(self) -> ox.Store:
        """Facts and ontology in one SPARQL store, as questions, rules and checks see them."""
        made = ox.Store()
        made.load(self.ntriples, format=ox.RdfFormat.N_TRIPLES, lenient=True)  # our own text needs no validation
        made.extend(self.ontology.quads())  # a store would name the nodes of a text that have no names anew
        return made

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for writing: those of the ontology, and `id` for the records."""
        return {"id": self.base, **self.ontology.prefixes}

    def to_rdflib(self) -> rdflib.Graph:
        """Return a copy as an rdflib graph, literals to the letter as the facts have them."""
        import rdflib  # noqa: PLC0415 - 100 ms, and only who asks for it needs it

        normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            graph = rdflib.Graph().parse(data=self.ntriples, format="nt")
        finally:
            rdflib.NORMALIZE_LITERALS = normalizes
        for prefix, iri in self.prefixes.items():
            graph.bind(prefix, iri)
        return graph


def _parsed(block: Block) -> Iterator[tuple[ox.Triple, bool]]:
    quads = ox.parse(block.lines + block.lines_of_parts, format=ox.RdfFormat.N_TRIPLES)
    return ((quad.triple, made == "1") for quad, made in zip(quads, block.derived, strict=True))


def _value(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _order(triple: ox.Triple) -> tuple[str, str, str, str]:
    subject = _value(triple.subject)
    return record_of(subject), subject, triple.predicate.value, str(triple.object)
