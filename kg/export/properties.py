"""Properties: how literals become typed values, in property graphs and tables, with nothing lost.

A value is typed where its type can hold it. What a store would round or rewrite stays text: decimals, durations, EDTF. An
integer beyond 64 bits or a form that is not the canonical one (`007`, `1` for `true`) stands in a property of its own, the
name of the first with `_lexical` behind it, which then holds all values of the first to the letter.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kg.fault import Fault, OntologyFault
from kg.graph import Graph
from kg.ontology import RDF, SH, XSD
from kg.questions import view

Value = str | int | bool | dt.date
Property = Value | tuple[Value, ...]

VIEW = "views/single.rq"
LEXICAL = "_lexical"
# What formats call other things than fields.
RESERVED = frozenset({"iri", "uri", "id", "labels", "class", "record", "holder", "field"})
_INTEGERS = (
    *("integer", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
    *("long", "int", "short", "byte", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
)
_LARGEST = 2**63  # integers of every store that is served here have 64 bits
_DIGITS = len(str(_LARGEST))


class Type(enum.Enum):
    """What a store keeps a property as."""

    TEXT = "text"
    DECIMAL = "decimal"  # text to stores; a number to spreadsheets, where it is exact
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Key:
    """A property that the nodes of a class may have; with several values it is a list."""

    name: str
    type: Type
    multiple: bool


def type_of(datatype: str) -> Type:
    """Return the type for a datatype of RDF."""
    return _TYPES.get(datatype, Type.TEXT)


def typed(text: str, kind: Type) -> tuple[Value | None, bool]:
    """Read a lexical form.

    Returns:
        The value, None where the type cannot hold it; and whether the text can be had back from it.

    """
    value: Value | None = text
    if kind is Type.INTEGER:
        fits = len(text.lstrip("+-0")) <= _DIGITS  # int() refuses texts of thousands of digits
        value = int(text) if fits and -_LARGEST <= int(text) < _LARGEST else None
    elif kind is Type.BOOLEAN:
        value = text in ("true", "1")
    elif kind is Type.DATE:
        value = dt.date.fromisoformat(text)
    return value, value is not None and written(value) == text


def written(value: Value) -> str:
    """Return the canonical lexical form of a value (https://www.w3.org/TR/xmlschema11-2/)."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Keys:
    """The properties of a graph: which each class may have, and what each node has."""

    def __init__(self, graph: Graph) -> None:
        self._once = frozenset(_said_once(graph))
        self._keys: dict[str, dict[str, tuple[Key, str]]] = {}  # class -> name -> key and path
        self._said: dict[str, dict[str, list[str]]] = {}  # node -> name -> lexical forms

    def add(self, cls: str, key: Key, path: str) -> None:
        """Declare a property of a class; one with several values by its field may still have one alone.

        Raises:
            OntologyFault: another field has the name, or formats have another use for it.

        """
        keys = self._keys.setdefault(cls, {})
        if key.name not in keys:
            keys[key.name] = (Key(key.name, key.type, key.multiple and path not in self._once), path)
        if keys[key.name][1] != path:
            raise OntologyFault(f"{cls}: two fields make the property '{key.name}': rename one")
        if key.name in RESERVED:
            raise OntologyFault(f"{cls}: no field can be called '{key.name}' in property graphs and tables")

    def put(self, node: str, name: str, text: str) -> None:
        """Add a value to a node."""
        self._said.setdefault(node, {}).setdefault(name, []).append(text)

    def of(self, cls: str) -> tuple[Key, ...]:
        """Return the keys of a class: a field, then its other languages and forms; derived properties last."""
        found = self._keys.get(cls, {})
        places: dict[str, int] = {}
        for _, path in found.values():
            places.setdefault(path, len(places))
        return tuple(key for key, path in sorted(found.values(), key=lambda pair: (places[pair[1]], pair[0].name)))

    def values(self, node: str, cls: str) -> dict[str, Property]:
        """Return the properties of a node, typed, in the order of their names.

        Raises:
            Fault: it has two values of what has one at most.

        """
        found: dict[str, Property] = {}
        for name, texts in self._said.get(node, {}).items():
            key, path = self._keys[cls][name]
            if len(texts) > 1 and not key.multiple:
                raise Fault(f"{node} has two values of '{name}', which takes one: see `kg validate`")
            read = [typed(text, key.type) for text in texts]
            values = tuple(value for value, _ in read if value is not None)
            if values:
                found[name] = values if key.multiple else values[0]
            if not all(canonical for _, canonical in read):
                self.add(cls, Key(name + LEXICAL, Type.TEXT, key.multiple), path)
                found[name + LEXICAL] = tuple(texts) if key.multiple else texts[0]
        return dict(sorted(found.items()))


def _said_once(graph: Graph) -> Iterator[str]:
    """Yield the paths of texts with one value for a language at most, and of single derived properties."""
    ontology = graph.ontology
    shapes = [shape for shape in ontology.subjects() if ontology.text(shape, SH + "datatype") == RDF + "langString"]
    unique = {shape for shape in shapes if ontology.text(shape, SH + "uniqueLang") == "true"}
    several = {ontology.text(shape, SH + "path") for shape in shapes if shape not in unique}
    yield from {ontology.text(shape, SH + "path") for shape in unique} - several
    for row in view(graph, VIEW, ("path",)) if (ontology.directory / VIEW).exists() else ():
        if isinstance(path := row["path"], ox.NamedNode):
            yield path.value


_TYPES = {
    XSD + "decimal": Type.DECIMAL,
    XSD + "boolean": Type.BOOLEAN,
    XSD + "date": Type.DATE,
    **{XSD + name: Type.INTEGER for name in _INTEGERS},
}
