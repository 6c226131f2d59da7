"""Tables of the facts, for people with spreadsheets: one a class, and one for each kind of part, the evidence among them.

The columns are the fields, in the order of the ontology, with the values that they have in a property graph: of references
the ids, of parts what they say in short. A part has a row of its own in the table of its class, with the ids of its `record`
and of its `holder` (a record or a part), and the `field` of the holder in which it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg import vocabulary as vocabularies
from kg.export import propertygraph
from kg.export.properties import Key, Property, Type, written
from kg.export.propertygraph import Node, PropertyGraph, edge_type
from kg.graph import Graph
from kg.parts import record_of
from kg.vocabulary import Class, Field, Kind, Vocabulary

SEPARATOR = "; "  # of several values in one cell, where a format has no lists
_LINKS = (Kind.REFERENCE, Kind.PART)
_LONGEST = 1000  # characters of what a part says in short; its own table has it whole
_ID = Key("id", Type.TEXT, multiple=False)
_HELD = tuple(Key(name, Type.TEXT, multiple=False) for name in ("record", "holder", "field"))


@dataclass(frozen=True, slots=True)
class Table:
    """The records or parts of one class."""

    name: str
    keys: tuple[Key, ...]
    rows: tuple[Mapping[str, Property], ...]


def make(graph: Graph) -> list[Table]:
    """Make the tables, those of records first; which there are depends on the ontology alone.

    Raises:
        OntologyFault: see `propertygraph.make`.

    """
    vocabulary = vocabularies.read(graph.ontology)
    maker = _Maker(graph, vocabulary)
    concrete = [cls for cls in vocabulary.classes.values() if not cls.abstract]
    return [maker.table(cls) for cls in sorted(concrete, key=lambda cls: (cls.part, cls.name))]


def cell(value: Property | None) -> str:
    """Return a value as text; several are joined."""
    if value is None:
        return ""
    return SEPARATOR.join(map(written, value)) if isinstance(value, tuple) else written(value)


class _Maker:
    def __init__(self, graph: Graph, vocabulary: Vocabulary) -> None:
        self.base = graph.base
        self.vocabulary = vocabulary
        self.graph: PropertyGraph = propertygraph.make(graph, vocabulary)
        self.nodes = {node.iri: node for node in self.graph.nodes}
        self.types = {name: edge_type(name, vocabulary) for cls in vocabulary.classes.values() for name in cls.fields}
        fields = {made: name for name, made in self.types.items()}
        self.ends: dict[tuple[str, str], list[str]] = {}
        self.holders: dict[str, tuple[str, str]] = {}
        for edge in self.graph.edges:
            self.ends.setdefault((edge.start, edge.type), []).append(edge.end)
            if vocabulary.classes[self.graph.classes[edge.end]].part:
                self.holders[edge.end] = (self.nodes[edge.start].id, fields[edge.type])

    def table(self, cls: Class) -> Table:
        found = {key.name: key for key in self.graph.keys[cls.name]}
        derived = [
            name
            for name, pairs in self.graph.types.items()
            if name not in self.types.values() and cls.name in dict(pairs)
        ]
        links = {
            Key(f.name, Type.TEXT, f.maximum != 1): self.types[f.name] for f in cls.fields.values() if f.kind in _LINKS
        }
        links |= {Key(name, Type.TEXT, multiple=True): name for name in derived}
        named = {key.name: key for key in links}
        keys = dict.fromkeys((_ID, *(_HELD if cls.part else ())))
        for name in cls.fields:
            keys |= dict.fromkeys([named[name]] if name in named else [found[form] for form in _forms(name, found)])
        keys |= dict.fromkeys((*found.values(), *links))  # what is derived comes last
        return Table(cls.name, tuple(keys), tuple(self._row(node, cls, links) for node in self.graph.members[cls.name]))

    def _row(self, node: Node, cls: Class, links: Mapping[Key, str]) -> Mapping[str, Property]:
        row: dict[str, Property] = {"id": node.id, **node.properties}
        if cls.part:
            holder, name = self.holders[node.iri]
            row |= {"record": record_of(node.iri).removeprefix(self.base), "holder": holder, "field": name}
        for key, made in links.items():
            if ends := self._ends(node, made):
                row[key.name] = tuple(ends) if key.multiple else ends[0]
        return row

    def _ends(self, node: Node, made: str) -> list[str]:
        """Return what a cell shows of the ends of links: ids, or what parts say; by the numbers in them, then as text."""
        nodes = (self.nodes[iri] for iri in self.ends.get((node.iri, made), ()))
        return [text for _, text in sorted((_numbers(end), self._end(end)) for end in nodes)]

    def _end(self, node: Node) -> str:
        cls = self.vocabulary.classes[node.labels[0]]
        if not cls.part:
            return node.id
        said = [f"{name}: {value}" for field in cls.fields.values() for name, value in self._said(node, field)]
        text = ", ".join(said)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _said(self, node: Node, field: Field) -> Iterator[tuple[str, str]]:
        if field.kind in _LINKS:
            texts = self._ends(node, self.types[field.name])
            yield from ((field.name, f"{{{text}}}" if field.kind is Kind.PART else text) for text in texts)
        else:
            yield from ((name, cell(node.properties[name])) for name in _forms(field.name, node.properties))


def _numbers(node: Node) -> list[int]:
    return [value for value in node.properties.values() if isinstance(value, int)]


def _forms(name: str, names: Iterable[str]) -> list[str]:
    """Return a property and its other languages and forms."""
    return sorted(other for other in names if other == name or other.startswith(f"{name}_"))
