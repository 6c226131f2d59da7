"""JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/), compacted with the context of the ontology: it reads like a fact file.

The context stands in the file, so that nobody has to fetch it; of its terms those that the file uses, for processors copy
them again and again. A record holds its parts, a part what is derived of it. What the context has no term for
(superclasses, selectors, bounds) is written in full: an absolute IRI means the same everywhere. All values are strings: a
JSON number would lose how it was written. (PyLD and jsonld.js write an xsd:double anew all the same; nothing in a file can
stop them.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin

import pyoxigraph as ox

from kg import fields, vocabulary
from kg.fault import OntologyFault
from kg.graph import Graph
from kg.ontology import TYPE, XSD, Subject, Term
from kg.parts import record_of
from kg.schema import context
from kg.vocabulary import Class, Field, Kind, Vocabulary

_RELATIVE = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)  # no processor can take it for an absolute IRI or a path
_KEYWORDS = ("id", "type")  # of the context: what equals one would become the keyword


def write(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them.

    Raises:
        OntologyFault: a processor would misread a field.

    """
    vocab = vocabulary.read(graph.ontology)
    if problems := fields.misread(graph.ontology, vocab):
        raise OntologyFault(str(problems[0]))
    return Writer(vocab).document(graph)


class Writer:
    """Writes graphs by a vocabulary of which no processor would misread a field."""

    def __init__(self, vocab: Vocabulary) -> None:
        self._vocabulary = vocab
        self._context = context.make(vocab)
        self._heads: dict[str, str] = {}  # records are alike in the terms that they use

    def document(self, graph: Graph) -> Iterator[bytes]:
        """Write a graph."""
        nodes = _Nodes(graph, self._vocabulary)
        top = list(nodes.top())
        yield f'{{\n "@context": {self._head(graph.base, nodes.used)},\n "@graph": ['.encode()
        separator = "\n  "
        for node in top:
            yield f"{separator}{_json(node, 2)}".encode()
            separator = ",\n  "
        yield b"\n ]\n}\n"

    def _head(self, base: str, used: Mapping[str, Any]) -> str:
        key = json.dumps([base, used], sort_keys=True)
        if key not in self._heads:
            self._heads[key] = _json({"@version": 1.1, "@base": base, **_kept(self._context, used)}, 1)
        return self._heads[key]


def _kept(terms: Mapping[str, Any], used: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is not used of a context, and of the contexts of its terms."""
    kept = {}
    for name, term in terms.items():
        fields = term.get("@context", {}) if isinstance(term, dict) else {}
        if name in used and fields.keys() - {"@base"}:
            kept[name] = {**term, "@context": _kept(fields, used[name])}
        elif name in used or not isinstance(term, dict):
            kept[name] = term
    return kept


def _json(value: object, depth: int) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("\n", "\n" + depth * " ")


@dataclass(frozen=True, slots=True)
class _Scope:
    """The fields for which the context has terms where a node stands."""

    cls: Class
    holder: Class | None  # of what holds a part; a record has none
    used: dict[str, Any]  # term -> terms used within it


class _Nodes:
    """Makes node objects: each node once, where something of its record first points at it, or at the top."""

    def __init__(self, graph: Graph, vocab: Vocabulary) -> None:
        self.graph = graph
        self.vocabulary = vocab
        self.used: dict[str, Any] = {}
        self.written: set[Subject] = set()
        self.said: dict[Subject, dict[str, list[Term]]] = {}
        for triple in graph:
            self.said.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)

    def top(self) -> Iterator[dict[str, Any]]:
        """Yield the records, which stand before their parts, and whatever no record holds."""
        for subject in self.said:
            if subject not in self.written:
                yield self.node(subject, self.record(subject))

    def record(self, subject: Subject) -> _Scope | None:
        """Return the fields of the class that a fact file gives a record."""
        for term in self.said[subject].get(TYPE.value, ()):
            cls = self.vocabulary.by_iri.get(_iri(term))
            if cls and not (cls.part or cls.abstract) and ox.Triple(subject, TYPE, term) in self.graph.asserted:
                return _Scope(cls, None, self.used.setdefault(cls.name, {}))
        return None

    def node(self, subject: Subject, scoped: _Scope | None) -> dict[str, Any]:
        """Make a node object."""
        self.written.add(subject)
        said = self.said[subject]
        made: dict[str, Any] = {"id": self.reference(subject)}
        types = [_iri(term) for term in said.get(TYPE.value, ()) if not isinstance(term, ox.Literal)]
        if scoped and not scoped.holder:  # the term, for that is what brings the fields
            types = [scoped.cls.name, *(iri for iri in types if iri != scoped.cls.iri)]
        if types:
            made["type"] = _some(types)
        fields = {field.path: field for field in scoped.cls.fields.values()} if scoped else {}
        for path in (*(path for path in fields if path in said), *sorted(said.keys() - fields.keys())):
            rest = [term for term in said[path] if path != TYPE.value or isinstance(term, ox.Literal)]
            if scoped and path in fields:
                value, rest = self.field(rest, fields[path], scoped)
                if value is not None:
                    made[fields[path].name] = value
            if rest:
                made[path] = _some([self.plain(term, subject) for term in rest])
        return made

    def field(self, terms: list[Term], field: Field, scoped: _Scope) -> tuple[object, list[Term]]:
        """Write the values of a field, and return those that it cannot hold: what has no language in text by language."""
        used = scoped.used.setdefault(field.name, {})
        if field.kind is not Kind.TEXT:
            return _some([self.coerced(term, field, scoped, used) for term in terms]), []
        texts: dict[str, list[str]] = {}
        rest: list[Term] = []
        for term in terms:
            if isinstance(term, ox.Literal) and term.language:
                texts.setdefault(term.language, []).append(term.value)
            else:
                rest.append(term)
        return {language: _some(found) for language, found in texts.items()} or None, rest

    def coerced(self, term: Term, field: Field, scoped: _Scope, used: dict[str, Any]) -> object:
        """Write a value as the context reads it (https://www.w3.org/TR/json-ld11/#type-coercion)."""
        if isinstance(term, ox.Literal):
            same = field.kind is Kind.LITERAL and term.datatype.value == (field.range or XSD + "string")
            return term.value if same else _value(term)
        if field.kind is Kind.PART:
            return self.held(term, _Scope(self.vocabulary.by_iri[field.range], scoped.cls, used))
        if field.kind is Kind.CODE:
            return _relative(_iri(term), field.range)
        if field.kind is Kind.FIELD:
            named = (scoped.holder or scoped.cls).path(_iri(term))
            if named and named.name != field.name:
                used[named.name] = {}
                return named.name
            return _iri(term)
        return self.reference(term) if field.kind is Kind.REFERENCE else {"id": self.reference(term)}

    def plain(self, term: Term, subject: Subject) -> object:
        """Write a value of a property that the context has no term for."""
        if isinstance(term, ox.Literal):
            return term.value if term.datatype.value == XSD + "string" else _value(term)
        same = record_of(_iri(term)) == record_of(_iri(subject)) != _iri(term)
        return self.held(term, None) if same else {"id": self.reference(term)}

    def held(self, term: Term, scoped: _Scope | None) -> dict[str, Any]:
        """Write a node within another, or a reference where it stands elsewhere."""
        if isinstance(term, ox.Literal) or term in self.written or term not in self.said:
            return {"id": self.reference(term)}
        return self.node(term, scoped)

    def reference(self, term: Term) -> str:
        """Write an IRI, without the base where that is safe."""
        return _relative(_iri(term), self.graph.base)


@lru_cache(maxsize=1 << 16)  # few are named once
def _relative(iri: str, base: str) -> str:
    rest = iri.removeprefix(base)
    safe = _RELATIVE.fullmatch(rest) and rest not in _KEYWORDS and urljoin(base, rest) == iri
    return rest if safe else iri


def _value(literal: ox.Literal) -> dict[str, str]:
    """Make a value object (https://www.w3.org/TR/json-ld11/#value-objects)."""
    if literal.language:
        return {"@value": literal.value, "@language": literal.language}
    plain = literal.datatype.value == XSD + "string"
    return {"@value": literal.value, **({} if plain else {"@type": literal.datatype.value})}


def _some(values: list[Any]) -> object:
    return values[0] if len(values) == 1 else values


def _iri(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)
