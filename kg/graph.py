"""The graph that a build makes: asserted and derived triples, in one order that nothing outside them can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.expansion import record_of
from kg.ontology import Ontology, Term

if TYPE_CHECKING:
    import rdflib


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

    def __len__(self) -> int:
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
    def store(self) -> ox.Store:
        """Facts and ontology in one SPARQL store, as questions, rules and checks see them."""
        return store(self, self.ontology.triples)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for writing: those of the ontology, and `id` for the records."""
        return {"id": self.base, **self.ontology.prefixes}

    def to_rdflib(self) -> rdflib.Graph:
        """Return a copy as an rdflib graph, literals to the letter as the facts have them."""
        import rdflib  # noqa: PLC0415 - 100 ms, and only who asks for it needs it

        normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            text = ox.serialize(self, format=ox.RdfFormat.N_TRIPLES)
            graph = rdflib.Graph().parse(data=text, format="nt")
        finally:
            rdflib.NORMALIZE_LITERALS = normalizes
        for prefix, iri in self.prefixes.items():
            graph.bind(prefix, iri)
        return graph


def store(*parts: Graph | tuple[ox.Triple, ...]) -> ox.Store:
    """Load triples into one in-memory store."""
    made = ox.Store()
    made.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for part in parts for t in part)
    return made


def _value(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _order(triple: ox.Triple) -> tuple[str, str, str, str]:
    subject = _value(triple.subject)
    return record_of(subject), subject, triple.predicate.value, str(triple.object)
