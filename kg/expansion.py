"""Expansion: the records of a fact file become triples, as JSON-LD 1.1 with the generated context would make them.

https://www.w3.org/TR/json-ld11-api/#expansion is the referee: two processors must get the same triples from a file (a
permanent test). JSON-LD drops what it does not know; here every unknown field, type, code and id is a diagnostic.

Parts have no ids. Instead of a blank node each gets an IRI made of its record's id, the field that holds it, and a hash of
(owner, path, digest of the content), so that equal parts of different records stay apart and an insertion renames nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

import pyoxigraph as ox

from kg import literals
from kg.diagnostic import Diagnostic, Location, Severity, article
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.ontology import TYPE, XSD
from kg.records import ID, Entry
from kg.suggestion import did_you_mean
from kg.vocabulary import Class, Field, Kind, Vocabulary

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", re.ASCII)
_PART_SEPARATOR = "."
_HASH_LENGTH = 16  # hexadecimal digits: 64 bits


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference to an id that no record has."""

    id: str
    range: str  # IRI of the class wanted
    location: Location


@dataclass(slots=True)
class Expansion:
    """The triples of one record, each with the node that says it, and the classes of its parts."""

    triples: list[tuple[ox.Triple, Node]] = field(default_factory=list)
    parts: dict[ox.NamedNode, str] = field(default_factory=dict)  # part -> IRI of its class
    dangling: list[Dangling] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """A part before it has a name: its content decides the name."""

    cls: Class
    node: Mapping
    pairs: list[tuple[Field, ox.NamedNode | ox.Literal | _Part, Node]]
    digest: str


def record_of(part: str) -> str:
    """Return the IRI of the record that a part belongs to; that of a record is its own."""
    cut = part.find(_PART_SEPARATOR, part.rfind("/"))
    return part if cut < 0 else part[:cut]


def expand(entry: Entry, vocabulary: Vocabulary, base: str, ids: MappingOf[str, object]) -> Expansion:
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
    def __init__(self, entry: Entry, vocabulary: Vocabulary, base: str, ids: MappingOf[str, object]) -> None:
        self.entry = entry
        self.vocabulary = vocabulary
        self.base = base
        self.ids = ids
        self.result = Expansion()

    def run(self) -> Expansion:
        entry = self.entry
        subject = ox.NamedNode(self.base + entry.id)
        type_node = entry.record.get("type") or entry.record
        self.result.triples.append((ox.Triple(subject, TYPE, ox.NamedNode(entry.cls.iri)), type_node))
        self._name(subject, self._pairs(entry.record, entry.cls, entry.cls, top=True), subject)
        return self.result

    def _pairs(
        self, node: Mapping, cls: Class, holder: Class, *, top: bool = False
    ) -> list[tuple[Field, ox.NamedNode | ox.Literal | _Part, Node]]:
        """Expand the fields of a record or part; `holder` is the class whose fields a name of a field means."""
        pairs: list[tuple[Field, ox.NamedNode | ox.Literal | _Part, Node]] = []
        for key, value in node.entries:
            if top and key.value in ("id", "type"):
                continue
            found = cls.fields.get(key.value)
            if found is None:
                self._unknown_field(key, value, cls, node)
                continue
            for item in value.items if isinstance(value, Sequence) else (value,):
                for term in self._values(found, item, cls, holder):
                    if isinstance(term, _Part) and any(f == found and _same(term, t) for f, t, _ in pairs):
                        message = f"the same part twice in '{found.name}'"
                        self._report(item, "duplicate-part", message, "remove one")
                    else:
                        pairs.append((found, term, item))
        return pairs

    def _values(
        self, field: Field, node: Node, cls: Class, holder: Class
    ) -> Iterator[ox.NamedNode | ox.Literal | _Part]:
        if isinstance(node, Scalar) and node.value == "":
            self._report(node, "empty-value", f"'{field.name}' is empty", "give it a value or leave the field out")
        elif field.kind is Kind.PART:
            yield from self._part(field, node, cls)
        elif field.kind is Kind.TEXT:
            yield from self._text(field, node)
        elif not isinstance(node, Scalar):
            message = f"'{field.name}' takes {article(field.kind.value)}, not {_what(node)}"
            self._report(node, "expected-value", message, field.description)
        elif field.kind is Kind.REFERENCE:
            yield from self._reference(field, node)
        elif field.kind is Kind.CODE:
            codes = self.vocabulary.lists[field.range].codes
            if node.value in codes:
                yield ox.NamedNode(codes[node.value].iri)
            else:
                hint = did_you_mean(node.value, codes) or "one of: " + ", ".join(codes)
                self._report(node, "unknown-code", f"'{field.name}' has no code '{node.value}'", hint)
        elif field.kind is Kind.FIELD:
            if node.value in holder.fields and node.value != field.name:
                yield ox.NamedNode(holder.fields[node.value].path)
            else:
                message = f"'{field.name}' names a field of the {holder.label}, which has no '{node.value}'"
                self._report(node, "unknown-field", message, did_you_mean(node.value, holder.fields))
        else:
            yield from self._literal(field, node)

    def _part(self, field: Field, node: Node, holder: Class) -> Iterator[_Part]:
        cls = self.vocabulary.by_iri[field.range]
        if not isinstance(node, Mapping):
            message = f"'{field.name}' takes a part, not {_what(node)}"
            hint = f"{article(cls.label)} has the fields {', '.join(cls.fields)}"
            self._report(node, "expected-part", message, hint)
            return
        if any(key.value in ("id", "type") and key.value not in cls.fields for key, _ in node.entries):
            self._report(
                node, "nested-record", f"a record inside '{field.name}'", "records never nest: refer to it by its id"
            )
            return
        pairs = self._pairs(node, cls, holder)
        lines = sorted(f"{f.path} {t.digest if isinstance(t, _Part) else t}" for f, t, _ in pairs)
        yield _Part(cls, node, pairs, hashlib.sha256("\n".join(lines).encode()).hexdigest())

    def _text(self, field: Field, node: Node) -> Iterator[ox.Literal]:
        if not isinstance(node, Mapping):
            hint = f'write {field.name}: {{en: "..."}}'
            self._report(node, "expected-language", f"'{field.name}' takes text by language, not {_what(node)}", hint)
            return
        for key, value in node.entries:
            if not _LANGUAGE.fullmatch(key.value):
                self._report(
                    key, "unknown-language", f"'{key.value}' is no language tag", "a BCP 47 tag: en, ko, zh-Hans"
                )
            elif not isinstance(value, Scalar):
                self._report(
                    value, "expected-value", f"'{field.name}' takes one text for a language, not {_what(value)}", ""
                )
            elif value.value == "":
                self._report(
                    value, "empty-value", f"'{field.name}' is empty", "quote text with commas in a flow mapping"
                )
            else:
                self._inspect(value)
                yield ox.Literal(value.value, language=key.value)

    def _literal(self, field: Field, node: Scalar) -> Iterator[ox.Literal]:
        if field.range == literals.EDTF and (problem := literals.bad_date(node.value)):
            self._report(node, "bad-date", problem, "write 2026-02-26, 2025-12, 2017 or 2026-01-01/2026-02-18")
            return
        if wanted := literals.unlike(field.range, node.value):
            self._report(node, "bad-value", f"'{field.name}' takes {wanted}, not '{node.value}'", "")
            return
        self._inspect(node)
        yield ox.Literal(node.value, datatype=ox.NamedNode(field.range or XSD + "string"))

    def _reference(self, field: Field, node: Scalar) -> Iterator[ox.NamedNode]:
        if ID.fullmatch(node.value) and node.value in self.ids:
            yield ox.NamedNode(self.base + node.value)
        else:
            self.result.dangling.append(Dangling(node.value, field.range, self.entry.file.at(node)))

    def _name(
        self,
        owner: ox.NamedNode,
        pairs: Iterable[tuple[Field, ox.NamedNode | ox.Literal | _Part, Node]],
        record: ox.NamedNode,
    ) -> None:
        """Emit the triples of a node once its parts have names."""
        for found, term, node in pairs:
            predicate = ox.NamedNode(found.path)
            if not isinstance(term, _Part):
                self.result.triples.append((ox.Triple(owner, predicate, term), node))
                continue
            digest = hashlib.sha256(f"{owner.value}\n{found.path}\n{term.digest}".encode()).hexdigest()
            name = _PART_SEPARATOR.join((record.value, found.name, digest[:_HASH_LENGTH]))
            part = ox.NamedNode(name)
            self.result.parts[part] = term.cls.iri
            self.result.triples.append((ox.Triple(owner, predicate, part), term.node))
            self._name(part, term.pairs, record)

    def _unknown_field(self, key: Scalar, value: Node, cls: Class, node: Mapping) -> None:
        if node.flow and isinstance(value, Scalar) and value.value == "" and value.plain:
            hint = "quote the text before it: in a flow mapping a comma ends a value"
        else:
            hint = did_you_mean(key.value, cls.fields) or f"{cls.label} has: {', '.join(cls.fields)}"
        self._report(key, "unknown-field", f"{article(cls.label)} has no field '{key.value}'", hint)

    def _inspect(self, node: Scalar) -> None:
        """Warn of what a reader cannot see."""
        for code, message, hint in literals.suspicions(node, self.entry.file.text):
            self._report(node, code, message, hint, Severity.WARNING)

    def _report(self, node: Node, code: str, message: str, hint: str, severity: Severity = Severity.ERROR) -> None:
        self.result.diagnostics.append(Diagnostic(self.entry.file.at(node), code, message, hint, severity))


def _same(part: _Part, other: ox.NamedNode | ox.Literal | _Part) -> bool:
    """Tell whether two parts say the same."""
    return isinstance(other, _Part) and other.digest == part.digest


def _what(node: Node) -> str:
    if isinstance(node, Sequence):
        return "a list"
    return "a mapping" if isinstance(node, Mapping) else f"the text '{node.value}'"
