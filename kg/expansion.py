"""Expansion: the records of a fact file become triples, as JSON-LD 1.1 with the generated context would make them.

https://www.w3.org/TR/json-ld11-api/#expansion is the referee: two processors must get the same triples from a file (a
permanent test). JSON-LD drops what it does not know; here every unknown field, type, code and id is a diagnostic.

Parts have no ids. Instead of a blank node each gets an IRI made of its record's id, the field that holds it, and a hash of
(owner, path, digest of the content), so that equal parts of different records stay apart and an insertion renames nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import pyoxigraph as ox

from kg import literals
from kg.compiled.rules import Nodes
from kg.diagnostic import Diagnostic, Location, Severity, article
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.ontology import LANGUAGE, TYPE, XSD
from kg.records import ID, Entry
from kg.suggestion import did_you_mean
from kg.vocabulary import Class, Field, Kind, Vocabulary

_EMPTY = "give it a value or leave the field out"
_BLANK = " \t\r\n\xa0"
_PART_SEPARATOR = "."
_HASH_LENGTH = 16  # hexadecimal digits: 64 bits
_TYPE = f"<{TYPE.value}>"
_STRING = XSD + "string"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to an id that no record has."""

    id: str
    range: str  # IRI of the class wanted
    location: Location


@dataclass(slots=True)
class Expansion:
    """The triples of one record as terms in N-Triples syntax, each with the node that says it; the classes of its parts."""

    said: list[tuple[str, str, str, Node]] = field(default_factory=list)  # subject, predicate, object
    nodes: Nodes = field(default_factory=dict)  # the same triples, each once
    classes: dict[str, Class] = field(default_factory=dict)  # of the record and its parts
    references: list[tuple[str, str]] = field(default_factory=list)  # ids that it points at, each with the class wanted
    dangling: list[Dangling] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    @property
    def triples(self) -> list[tuple[ox.Triple, Node]]:
        """The triples, each with the node that says it."""
        text = "".join(f"{s} {p} {o} .\n" for s, p, o, _ in self.said)
        parsed = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
        return [(quad.triple, node) for quad, (_, _, _, node) in zip(parsed, self.said, strict=True)]

    @property
    def parts(self) -> dict[ox.NamedNode, str]:
        """The IRI of the class of every part."""
        parts = iter(self.classes.items())
        next(parts, None)  # the record itself
        return {ox.NamedNode(part[1:-1]): cls.iri for part, cls in parts}


@dataclass(slots=True)
class _Part:
    """A part before it has a name: its content decides the name."""

    cls: Class
    node: Mapping
    pairs: list[_Pair]
    digest: str


# A field, its value as a term in N-Triples syntax or as a part, and the node that says it.
_Pair: TypeAlias = "tuple[Field, str | _Part, Node]"


def record_of(part: str) -> str:
    """Return the IRI of the record that a part belongs to; that of a record is its own."""
    cut = part.find(_PART_SEPARATOR, part.rfind("/"))
    return part if cut < 0 else part[:cut]


def literal(text: str, datatype: str = "", language: str = "") -> str:
    """Write a literal in N-Triples syntax (https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples)."""
    if not text.isprintable() or '"' in text or "\\" in text:
        text = _ESCAPED.sub(_escape, text)
    if language:
        return f'"{text}"@{language.lower()}'
    return f'"{text}"' if datatype in ("", _STRING) else f'"{text}"^^<{datatype}>'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


def expand(entry: Entry, vocabulary: Vocabulary, base: str, ids: Container[str]) -> Expansion:
    """Turn one record into triples.

    Args:
        entry: the record.
        vocabulary: what it may say.
        base: absolute IRI; every id is base + id.
        ids: every id of the data set, to tell references that lead nowhere.

    Returns:
        Its triples and what is wrong with it. What is wrong gives no triple.

    """
    return _Expander(entry, vocabulary, base, ids).run()


class _Expander:
    def __init__(self, entry: Entry, vocabulary: Vocabulary, base: str, ids: Container[str]) -> None:
        self.entry = entry
        self.vocabulary = vocabulary
        self.base = base
        self.ids = ids
        self.result = Expansion()

    def run(self) -> Expansion:
        entry = self.entry
        subject, type_ = f"<{self.base}{entry.id}>", entry.cls.types[0]
        self.result.said.append((subject, _TYPE, type_, entry.record.get("type") or entry.record))
        self.result.nodes[subject] = {_TYPE: [type_]}
        self.result.classes[subject] = entry.cls
        self._name(subject, self._pairs(entry.record, entry.cls, entry.cls, top=True), subject)
        return self.result

    def _pairs(self, node: Mapping, cls: Class, holder: Class, *, top: bool = False) -> list[_Pair]:
        """Expand the fields of a record or part; `holder` is the class whose fields a name of a field means."""
        pairs: list[_Pair] = []
        said: set[tuple[str, str]] = set()  # path, and value or digest of a part
        for key, value in node.entries:
            if top and key.value in ("id", "type"):
                continue
            found = cls.fields.get(key.value)
            if found is None:
                self._unknown_field(key, value, cls, node)
                continue
            if isinstance(value, Sequence) and not value.items:
                self._report(value, "empty-value", f"'{found.name}' is an empty list", _EMPTY)
            # JSON-LD reads no languages inside a list, so there such a list is one wrong value.
            several = isinstance(value, Sequence) and (found.kind is not Kind.TEXT or not value.items)
            for item in value.items if several and isinstance(value, Sequence) else (value,):
                for term in self._values(found, item, cls, holder):
                    one = found.path, term if isinstance(term, str) else term.digest
                    if one not in said:
                        said.add(one)
                        pairs.append((found, term, item))
                    elif isinstance(term, _Part):
                        message = f"the same part twice in '{found.name}'"
                        self._report(item, "duplicate-part", message, "remove one")
                    else:
                        message = f"the same value twice in '{found.name}'"
                        self._report(item, "duplicate-value", message, "remove one", Severity.WARNING)
        return pairs

    def _values(self, field: Field, node: Node, cls: Class, holder: Class) -> Iterable[str | _Part]:  # noqa: PLR0911 - a branch a kind
        kind = field.kind
        if (isinstance(node, Scalar) and node.value == "") or (isinstance(node, Mapping) and not node.entries):
            self._report(node, "empty-value", f"'{field.name}' is empty", _EMPTY)
        elif kind is Kind.PART:
            return self._part(field, node, cls)
        elif kind is Kind.TEXT:
            return self._text(field, node)
        elif not isinstance(node, Scalar):
            message = f"'{field.name}' takes {article(kind.value)}, not {_what(node)}"
            self._report(node, "expected-value", message, field.description)
        elif kind is Kind.REFERENCE:
            return self._reference(field, node)
        elif kind is Kind.CODE:
            codes = self.vocabulary.lists[field.range].codes
            if node.value in codes:
                return (codes[node.value].term,)
            hint = did_you_mean(node.value, codes) or "one of: " + ", ".join(codes)
            self._report(node, "unknown-code", f"'{field.name}' has no code '{node.value}'", hint)
        elif kind is Kind.FIELD:
            if node.value in holder.fields and node.value != field.name:
                return (holder.fields[node.value].predicate,)
            message = f"'{field.name}' names a field of the {holder.label}, which has no '{node.value}'"
            self._report(node, "unknown-field", message, did_you_mean(node.value, holder.fields))
        else:
            return self._literal(field, node)
        return ()

    def _part(self, field: Field, node: Node, holder: Class) -> tuple[_Part, ...]:
        cls = self.vocabulary.by_iri[field.range]
        if not isinstance(node, Mapping):
            message = f"'{field.name}' takes a part, not {_what(node)}"
            hint = f"{article(cls.label)} has the fields {', '.join(cls.fields)}"
            self._report(node, "expected-part", message, hint)
            return ()
        if any(key.value in ("id", "type") and key.value not in cls.fields for key, _ in node.entries):
            self._report(
                node, "nested-record", f"a record inside '{field.name}'", "records never nest: refer to it by its id"
            )
            return ()
        pairs = self._pairs(node, cls, holder)
        lines = sorted([f"{f.path} {t if isinstance(t, str) else t.digest}" for f, t, _ in pairs])
        return (_Part(cls, node, pairs, hashlib.sha256("\n".join(lines).encode()).hexdigest()),)

    def _text(self, field: Field, node: Node) -> Iterator[str]:
        hint = f'write {field.name}: {{en: "..."}}'
        if not isinstance(node, Mapping):
            self._report(node, "expected-language", f"'{field.name}' takes text by language, not {_what(node)}", hint)
            return
        for key, value in node.entries:
            if not LANGUAGE.fullmatch(key.value):
                self._report(
                    key, "unknown-language", f"'{key.value}' is no language tag", "a BCP 47 tag: en, ko, zh-Hans"
                )
            elif not isinstance(value, Scalar):
                self._report(
                    value, "expected-value", f"'{field.name}' takes one text for a language, not {_what(value)}", hint
                )
            elif value.value == "":
                self._report(
                    value, "empty-value", f"'{field.name}' is empty", "quote text with commas in a flow mapping"
                )
            else:
                self._inspect(value)
                yield literal(value.value, language=key.value)

    def _literal(self, field: Field, node: Scalar) -> tuple[str, ...]:
        text = node.value
        if field.range == literals.EDTF and (problem := literals.bad_date(text)):
            self._report(node, "bad-date", problem, "write 2026-02-26, 2025-12, 2017 or 2026-01-01/2026-02-18")
            return ()
        if wanted := literals.unlike(field.range, text):
            self._report(node, "bad-value", f"'{field.name}' takes {wanted}, not '{text}'", field.description)
            return ()
        self._inspect(node)
        return (literal(text, field.range),)

    def _reference(self, field: Field, node: Scalar) -> tuple[str, ...]:
        if ID.fullmatch(node.value) and node.value in self.ids:
            self.result.references.append((node.value, field.range))
            return (f"<{self.base}{node.value}>",)
        self.result.dangling.append(Dangling(node.value, field.range, self.entry.file.at(node)))
        return ()

    def _name(self, owner: str, pairs: list[_Pair], record: str) -> None:
        """Emit the triples of a node once its parts have names."""
        said, about = self.result.said, self.result.nodes.setdefault(owner, {})
        for found, term, node in pairs:
            predicate = found.predicate
            if isinstance(term, str):
                object_ = term
            else:
                digest = hashlib.sha256(f"{owner[1:-1]}\n{found.path}\n{term.digest}".encode()).hexdigest()
                object_ = f"{record[:-1]}{_PART_SEPARATOR}{found.name}{_PART_SEPARATOR}{digest[:_HASH_LENGTH]}>"
                self.result.classes[object_] = term.cls
            said.append((owner, predicate, object_, node))
            objects = about.get(predicate)
            if objects is None:
                about[predicate] = [object_]
            elif object_ not in objects:
                objects.append(object_)
            if not isinstance(term, str):
                self._name(object_, term.pairs, record)

    def _unknown_field(self, key: Scalar, value: Node, cls: Class, node: Mapping) -> None:
        if node.flow and isinstance(value, Scalar) and value.value == "" and value.plain:
            hint = "quote the text before it: in a flow mapping a comma ends a value"
        else:
            hint = did_you_mean(key.value, cls.fields) or f"{cls.label} has: {', '.join(cls.fields)}"
        self._report(key, "unknown-field", f"{article(cls.label)} has no field '{key.value}'", hint)

    def _inspect(self, node: Scalar) -> None:
        """Warn of what a reader cannot see."""
        if not node.value.strip(_BLANK):
            self._report(node, "empty-value", "nothing but blanks", _EMPTY, Severity.WARNING)
        if node.value.isascii() and not node.plain:
            return
        for code, message, hint in literals.suspicions(node, self.entry.file.text):
            self._report(node, code, message, hint, Severity.WARNING)

    def _report(self, node: Node, code: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> None:
        self.result.diagnostics.append(Diagnostic(self.entry.file.at(node), code, message, hint, severity))


def _what(node: Node) -> str:
    if isinstance(node, Sequence):
        return "a list"
    return "a mapping" if isinstance(node, Mapping) else f"the text '{node.value}'"
