"""A property graph of the facts: nodes with labels and properties, edges with a type. The ontology alone says what is what.

- A record is a node and so is a part; its labels are its class and the superclasses.
- A field that holds ids or parts becomes edges, called as Neo4j recommends
  (https://neo4j.com/docs/cypher-manual/current/syntax/naming/): `childOf` is `CHILD_OF`. One that is called like a class gets
  `HAS_` in front, since some stores tell no case apart: `stage` is `HAS_STAGE`.
- All other fields become properties of the node, under their own names: of a code its name (the IRI is that of the list and
  the name), of a name of a field that name, of text one property a language (`label` in English, `label_ko` in Korean), of a
  literal a typed value (kg.export.properties). A field that can have several values becomes a list.
- Edges to records carry what `ontology/views/edges.rq` says of them (kg.export.provenance).
- Of what is derived, classes, literals and links by properties of the ontology itself come along. Left out is what repeats
  the facts in another vocabulary: the selectors of the Web Annotation model.

Nothing that the facts assert is lost: from nodes and edges every triple can be had back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kg import vocabulary as vocabularies
from kg.export.properties import Key, Keys, Property, Type, type_of
from kg.export.provenance import Provenance
from kg.fault import OntologyFault
from kg.graph import Graph
from kg.ontology import RDFS, TYPE, Term
from kg.vocabulary import Class, Field, Kind, Vocabulary, local_name

LANGUAGE = "en"  # the one without a suffix, as the ontology has it, too
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|-")
_LINKS = (Kind.REFERENCE, Kind.PART)


@dataclass(frozen=True, slots=True)
class Node:
    """A record or a part.

    Attributes:
        iri: its IRI.
        id: its IRI without the base.
        labels: its class and the superclasses, nearest first.
        properties: by name.

    """

    iri: str
    id: str
    labels: tuple[str, ...]
    properties: Mapping[str, Property]

    def __str__(self) -> str:
        return f"({self.id} :{':'.join(self.labels)} {dict(self.properties)})"


@dataclass(frozen=True, slots=True)
class Edge:
    """A link from a node to another; `start` and `end` are their IRIs, properties are lists."""

    type: str
    start: str
    end: str
    properties: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        return f"({self.start})-[:{self.type} {dict(self.properties)}]->({self.end})"


@dataclass(frozen=True)
class PropertyGraph:
    """Nodes and edges in the order of the graph, and the schema that they keep.

    Attributes:
        nodes: records, the parts of each behind it.
        edges: each once.
        keys: of each class that is not abstract, the properties that its nodes may have.
        types: of each type of edges, the classes that it may join.
        carried: the properties that edges may have.

    """

    nodes: tuple[Node, ...] = field(repr=False)
    edges: tuple[Edge, ...] = field(repr=False)
    keys: Mapping[str, tuple[Key, ...]]
    types: Mapping[str, tuple[tuple[str, str], ...]]
    carried: tuple[str, ...]

    @cached_property
    def classes(self) -> Mapping[str, str]:
        """The class of each node, by IRI."""
        return {node.iri: node.labels[0] for node in self.nodes}

    @cached_property
    def members(self) -> Mapping[str, list[Node]]:
        """The nodes of each class, those of its subclasses not among them."""
        found: dict[str, list[Node]] = {name: [] for name in self.keys}
        for node in self.nodes:
            found[node.labels[0]].append(node)
        return found

    @cached_property
    def links(self) -> Mapping[str, list[Edge]]:
        """The edges of each type."""
        found: dict[str, list[Edge]] = {name: [] for name in self.types}
        for edge in self.edges:
            found[edge.type].append(edge)
        return found


def of(graph: Graph) -> PropertyGraph:
    """Make a property graph with the vocabulary of the graph's own ontology; see `make`."""
    return make(graph, vocabularies.read(graph.ontology))


def make(graph: Graph, vocabulary: Vocabulary) -> PropertyGraph:
    """Make a property graph.

    Raises:
        OntologyFault: two fields would get one name, or a view does not keep its contract.
        Fault: a node has two values of what has one at most; `kg validate` says so, too.

    """
    return _Maker(graph, vocabulary).run()


def edge_type(name: str, vocabulary: Vocabulary) -> str:
    """Return the type of the edges of a field."""
    upper = _HUMP.sub("_", name).upper()
    return f"HAS_{upper}" if upper in {cls.upper() for cls in vocabulary.classes} else upper


def property_name(name: str, language: str = "") -> str:
    """Return the name of the property that holds a text in a language."""
    return name if language in ("", LANGUAGE) else f"{name}_{language.replace('-', '_')}"


class _Maker:
    def __init__(self, graph: Graph, vocabulary: Vocabulary) -> None:
        self.graph = graph
        self.vocabulary = vocabulary
        self.fields = {cls.name: {f.path: f for f in cls.fields.values()} for cls in vocabulary.classes.values()}
        self.classes = _classes(graph, vocabulary)
        self.holders = {part: (holder, path) for part, holder, path in self._held()}
        self.provenance = Provenance(graph, vocabulary, self.holders)
        self.keys = Keys(graph)
        self.made: dict[str, str] = {}  # field -> type of its edges
        self.types: dict[str, set[tuple[str, str]]] = {}
        self.edges: list[Edge] = []

    def run(self) -> PropertyGraph:
        concrete = [cls for cls in self.vocabulary.classes.values() if not cls.abstract]
        for cls in concrete:
            for found in cls.fields.values():
                self._declare(cls, found, concrete)
        for triple in self.graph:
            subject = _iri(triple.subject)
            if subject in self.classes and triple.predicate != TYPE:
                self._triple(triple, subject, self.classes[subject])
        nodes = tuple(
            Node(iri, iri.removeprefix(self.graph.base), self._labels(cls), self.keys.values(iri, cls.name))
            for iri, cls in self.classes.items()
        )
        keys = {cls.name: self.keys.of(cls.name) for cls in concrete}
        types = {name: tuple(sorted(pairs)) for name, pairs in sorted(self.types.items())}
        return PropertyGraph(nodes, tuple(self.edges), keys, types, self.provenance.names)

    def _held(self) -> Iterable[tuple[str, str, str]]:
        """Yield each part, the node that holds it, and the path."""
        for triple in self.graph.asserted:
            cls = self.classes.get(_iri(triple.subject))
            found = self.fields[cls.name].get(triple.predicate.value) if cls is not None else None
            if found is not None and found.kind is Kind.PART:
                yield _iri(triple.object), _iri(triple.subject), found.path

    def _declare(self, cls: Class, found: Field, concrete: Iterable[Class]) -> None:
        """Tell the schema of a field, whether or not a fact uses it."""
        if found.kind in _LINKS:
            ends = [end.name for end in concrete if self.vocabulary.is_a(end.iri, found.range)]
            self.types.setdefault(self._type(found.name), set()).update((cls.name, end) for end in ends)
        else:
            literal = found.kind is Kind.LITERAL
            kind = type_of(found.range) if literal else Type.TEXT
            several = found.kind is Kind.TEXT or found.maximum != 1
            self.keys.add(cls.name, Key(found.name, kind, several), found.path)

    def _triple(self, triple: ox.Triple, subject: str, cls: Class) -> None:
        """Put a triple where it belongs."""
        path, term = triple.predicate.value, triple.object
        found = self.fields[cls.name].get(path)
        name = found.name if found is not None else local_name(path)
        if isinstance(term, ox.Literal):
            datatype = found.range if found is not None else self.graph.ontology.text(triple.predicate, RDFS + "range")
            kind = Type.TEXT if term.language else type_of(datatype)
            several = found is None or found.kind is Kind.TEXT or found.maximum != 1
            name = property_name(name, term.language or "")
            self.keys.add(cls.name, Key(name, kind, several), path)
            self.keys.put(subject, name, term.value)
        elif found is not None and found.kind not in _LINKS:
            self.keys.put(subject, name, self._named(found, _iri(term), subject))
        elif _iri(term) in self.classes and (found is not None or self._declared(triple.predicate)):
            made = self._type(name)
            self.types.setdefault(made, set()).add((cls.name, self.classes[_iri(term)].name))
            carried = {} if found is not None and found.kind is Kind.PART else self.provenance.of(subject, path)
            self.edges.append(Edge(made, subject, _iri(term), carried))

    def _named(self, found: Field, iri: str, subject: str) -> str:
        """Return the name of a code, or of a field of what holds the node."""
        if found.kind is Kind.CODE:
            return iri.removeprefix(found.range)
        holder = self.classes[self.holders[subject][0] if subject in self.holders else subject]
        return self.fields[holder.name][iri].name

    def _type(self, name: str) -> str:
        """Return the type of the edges of a field, which no other field may have."""
        if name not in self.made:
            made = edge_type(name, self.vocabulary)
            if made in self.made.values():
                raise OntologyFault(f"two fields make edges '{made}', one of them '{name}': rename one")
            self.made[name] = made
        return self.made[name]

    def _declared(self, predicate: ox.NamedNode) -> bool:
        """Tell whether the ontology declares a property: links by others repeat the facts in other words."""
        return bool(self.graph.ontology.objects(predicate, TYPE.value))

    def _labels(self, cls: Class) -> tuple[str, ...]:
        return cls.name, *(self.vocabulary.by_iri[iri].name for iri in cls.superclasses)


def _classes(graph: Graph, vocabulary: Vocabulary) -> dict[str, Class]:
    """Return the class of each record and part: that of its types which is above no other."""
    found: dict[str, list[Class]] = {}
    for triple in graph:
        cls = vocabulary.by_iri.get(_iri(triple.object)) if triple.predicate == TYPE else None
        if cls is not None:
            found.setdefault(_iri(triple.subject), []).append(cls)
    return {
        iri: next(cls for cls in classes if not any(cls.iri in other.superclasses for other in classes))
        for iri, classes in found.items()
    }


def _iri(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
