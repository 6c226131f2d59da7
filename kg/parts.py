"""Parts: what a record says, as the tree that it is written as, and the triples that this makes.

Parts have no ids. Instead of a blank node each gets an IRI made of its record's id, the field that holds it, and a hash of
(owner, path, digest of the content), so that equal parts of different records stay apart and an insertion renames nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

from kg.compiled.rules import Nodes
from kg.diagnostic import Diagnostic, Location
from kg.factfile import Node
from kg.ontology import TYPE
from kg.records import Entry
from kg.vocabulary import Class, Field

_SEPARATOR = "."
_HASH_LENGTH = 16  # hexadecimal digits: 64 bits
_TYPE = f"<{TYPE.value}>"


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to an id that no record has."""

    id: str
    range: str  # IRI of the class wanted
    location: Location


@dataclass(slots=True)
class Part:
    """A part; its content decides its name, and so has to be known first.

    Attributes:
        digest: of its content, in hexadecimal digits.
        name: in N-Triples syntax; empty until it is given.

    """

    cls: Class
    pairs: list[Pair]
    digest: str = field(init=False)
    name: str = ""

    def __post_init__(self) -> None:
        lines = [f"{f.path} {term if isinstance(term, str) else term.digest}" for f, term, _ in self.pairs]
        lines.sort()
        self.digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()


# A field, its value as a term in N-Triples syntax or as a part, and the node that says it.
Pair: TypeAlias = "tuple[Field, str | Part, Node]"


@dataclass(slots=True)
class Expansion:
    """What one record says, as terms in N-Triples syntax; the classes of the record and its parts."""

    entry: Entry
    subject: str
    pairs: list[Pair] = field(default_factory=list)
    nodes: Nodes = field(default_factory=dict)
    classes: dict[str, Class] = field(default_factory=dict)
    references: list[tuple[str, str]] = field(default_factory=list)  # ids that it points at, each with the class wanted
    dangling: list[Dangling] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def said(self) -> Iterator[tuple[str, str, str, Node]]:
        """The triples as subject, predicate, object, each with the node that says it."""
        record = self.entry.record
        yield self.subject, _TYPE, self.entry.cls.types[0], record.get("type") or record
        yield from _said(self.subject, self.pairs)

    @property
    def triples(self) -> list[tuple[ox.Triple, Node]]:
        """The triples, each with the node that says it."""
        said = list(self.said)
        text = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in said)
        parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        return [(quad.triple, node) for quad, (_, _, _, node) in zip(parsed, said, strict=True)]

    @property
    def parts(self) -> dict[ox.NamedNode, str]:
        """The IRI of the class of every part."""
        parts = iter(self.classes.items())
        next(parts, None)  # the record itself
        return {ox.NamedNode(part[1:-1]): cls.iri for part, cls in parts}

    def name(self) -> None:
        """Give names to the parts, and put together what is said of each node."""
        cls = self.entry.cls
        self.nodes[self.subject] = {_TYPE: [cls.types[0]]}
        self.classes[self.subject] = cls
        self._name(self.subject, self.pairs)

    def _name(self, owner: str, pairs: list[Pair]) -> None:
        about = self.nodes.setdefault(owner, {})
        for found, term, _ in pairs:
            if isinstance(term, str):
                object_ = term
            else:
                digest = hashlib.sha256(f"{owner[1:-1]}\n{found.path}\n{term.digest}".encode()).hexdigest()
                object_ = f"{self.subject[:-1]}{_SEPARATOR}{found.name}{_SEPARATOR}{digest[:_HASH_LENGTH]}>"
                term.name = object_
                self.classes[object_] = term.cls
                self._name(object_, term.pairs)
            objects = about.get(found.predicate)
            if objects is None:
                about[found.predicate] = [object_]
            elif object_ not in objects:
                objects.append(object_)


def _said(subject: str, pairs: list[Pair]) -> Iterator[tuple[str, str, str, Node]]:
    for found, term, node in pairs:
        if isinstance(term, str):
            yield subject, found.predicate, term, node
        else:
            yield subject, found.predicate, term.name, node
            yield from _said(term.name, term.pairs)


def record_of(part: str) -> str:
    """Return the IRI of the record that a part belongs to; that of a record is its own."""
    cut = part.find(_SEPARATOR, part.rfind("/"))
    return part if cut < 0 else part[:cut]
