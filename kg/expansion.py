"""Expansion: the records of a fact file become triples, as JSON-LD 1.1 with the generated context would make them.

https://www.w3.org/TR/json-ld11-api/#expansion is the referee: two processors must get the same triples from a file (a
permanent test). JSON-LD drops what it does not know; here every unknown field, type, code and id is a diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from collections.abc import Sequence as PySequence
from dataclasses import dataclass
from typing import TypeAlias

from kg import literals
from kg.diagnostic import Diagnostic, Severity, article
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.ontology import LANGUAGE, XSD
from kg.parts import Dangling, Expansion, Pair, Part
from kg.records import ID, Entry
from kg.suggestion import did_you_mean
from kg.vocabulary import Class, Field, Kind, Vocabulary

_EMPTY = "give it a value or leave the field out"
_BLANK = " \t\r\n\xa0"
_REMEMBERED = 4_000  # terms of one field
_STRING = XSD + "string"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile(r'[\\"\x00-\x1f\x7f]')


def literal(text: str, datatype: str = "", language: str = "") -> str:
    """Write a literal in N-Triples syntax (https://www.w3.org/TR/rdf12-n-triples/#canonical-ntriples)."""
    if not text.isprintable() or '"' in text or "\\" in text:
        text = _ESCAPED.sub(_escape, text)
    if language:
        return f'"{text}"@{language.lower()}'
    return f'"{text}"' if datatype in ("", _STRING) else f'"{text}"^^<{datatype}>'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0]) or f"\\u{ord(match[0]):04X}"


_Values: TypeAlias = "PySequence[str | Part]"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A field of a class, and the terms that texts were found to be as its values where nothing was to be said of them."""

    field: Field
    alone: bool  # no other field of the class has its path
    terms: dict[str, str]

    def keep(self, text: str, term: str) -> tuple[str]:
        """Keep a term for the next time."""
        if len(self.terms) < _REMEMBERED:
            self.terms[text] = term
        return (term,)


class Expander:
    """Turns records into triples.

    Args:
        vocabulary: what they may say.
        base: absolute IRI; every id is base + id.

    """

    def __init__(self, vocabulary: Vocabulary, base: str) -> None:
        self.vocabulary = vocabulary
        self.base = base
        self._slots: dict[str, dict[str, _Slot]] = {}

    def expand(self, entry: Entry, ids: Container[str]) -> Expansion:
        """Turn one record into triples.

        Args:
            entry: the record.
            ids: every id of the data set, to tell references that lead nowhere.

        Returns:
            Its triples and what is wrong with it. What is wrong gives no triple.

        """
        return _Expanding(self, entry, ids).expanded()

    def slots(self, cls: Class) -> dict[str, _Slot]:
        """Return the fields of a class by their names."""
        found = self._slots.get(cls.iri)
        if found is None:
            paths = [f.path for f in cls.fields.values()]
            found = {name: _Slot(f, paths.count(f.path) == 1, {}) for name, f in cls.fields.items()}
            self._slots[cls.iri] = found
        return found


class _Expanding:
    """One record on its way."""

    def __init__(self, expander: Expander, entry: Entry, ids: Container[str]) -> None:
        self.entry = entry
        self.slots = expander.slots
        self.vocabulary = expander.vocabulary
        self.base = expander.base
        self.ids = ids
        self.result = Expansion(entry, f"<{self.base}{entry.id}>")

    def expanded(self) -> Expansion:
        cls = self.entry.cls
        self.result.pairs = self._pairs(self.entry.record, cls, cls, top=True)
        self.result.name()
        return self.result

    def _pairs(self, node: Mapping, cls: Class, holder: Class, *, top: bool = False) -> list[Pair]:
        """Expand the fields of a record or part; `holder` is the class whose fields a name of a field means."""
        pairs: list[Pair] = []
        shared: set[tuple[str, str]] = set()  # what fields say that have a path together
        slots, values = self.slots(cls), self._values
        for name, value in node.fields.items():
            if top and name in ("id", "type"):
                continue
            slot = slots.get(name)
            if slot is None:
                self._unknown_field(node.key(name), value, cls, node)
                continue
            found = slot.field
            if slot.alone and isinstance(value, Scalar):  # said by nothing else
                pairs += [(found, term, value) for term in values(slot, value, cls, holder)]
                continue
            said = set() if slot.alone else shared
            for item in self._items(found, value):
                for term in values(slot, item, cls, holder):
                    one = found.path, term if isinstance(term, str) else term.digest
                    if one not in said:
                        said.add(one)
                        pairs.append((found, term, item))
                    else:
                        self._twice(found, term, item)
        return pairs

    def _items(self, field: Field, node: Node) -> Iterable[Node]:
        """Return the values that are written for a field."""
        # JSON-LD reads no languages inside a list, so there such a list is one wrong value.
        if not isinstance(node, Sequence) or (field.kind is Kind.TEXT and node.items):
            return (node,)
        if not node.items:
            self._report(node, "empty-value", f"'{field.name}' is an empty list", _EMPTY)
        return node.items

    def _twice(self, field: Field, term: str | Part, node: Node) -> None:
        if isinstance(term, str):
            message = f"the same value twice in '{field.name}'"
            self._report(node, "duplicate-value", message, "remove one", Severity.WARNING)
        else:
            self._report(node, "duplicate-part", f"the same part twice in '{field.name}'", "remove one")

    def _values(self, slot: _Slot, node: Node, cls: Class, holder: Class) -> _Values:  # noqa: PLR0911 - a branch a kind
        field = slot.field
        kind = field.kind
        if isinstance(node, Scalar) and kind is not Kind.REFERENCE:
            term = slot.terms.get(node.value)
            if term is not None:
                return (term,)
        if (isinstance(node, Scalar) and node.value == "") or (isinstance(node, Mapping) and not node.fields):
            self._report(node, "empty-value", f"'{field.name}' is empty", _EMPTY)
        elif kind is Kind.PART:
            return self._part(field, node, cls)
        elif kind is Kind.TEXT:
            return self._text(field, node)
        elif not isinstance(node, Scalar):
            message = f"'{field.name}' takes {article(kind.value)}, not {_what(node)}"
            self._report(node, "expected-value", message, field.description)
        elif kind is Kind.REFERENCE:
            return self._reference(slot, node)
        elif kind is Kind.CODE:
            return self._code(slot, node)
        elif kind is Kind.FIELD:
            return self._field(field, node, holder)
        else:
            return self._literal(slot, node)
        return ()

    def _code(self, slot: _Slot, node: Scalar) -> _Values:
        codes = self.vocabulary.lists[slot.field.range].codes
        if node.value in codes:
            return slot.keep(node.value, codes[node.value].term)
        hint = did_you_mean(node.value, codes) or "one of: " + ", ".join(codes)
        self._report(node, "unknown-code", f"'{slot.field.name}' has no code '{node.value}'", hint)
        return ()

    def _field(self, field: Field, node: Scalar, holder: Class) -> _Values:
        if node.value in holder.fields and node.value != field.name:
            return (holder.fields[node.value].predicate,)
        message = f"'{field.name}' names a field of the {holder.label}, which has no '{node.value}'"
        self._report(node, "unknown-field", message, did_you_mean(node.value, holder.fields))
        return ()

    def _part(self, field: Field, node: Node, holder: Class) -> _Values:
        cls = self.vocabulary.by_iri[field.range]
        if not isinstance(node, Mapping):
            message = f"'{field.name}' takes a part, not {_what(node)}"
            hint = f"{article(cls.label)} has the fields {', '.join(cls.fields)}"
            self._report(node, "expected-part", message, hint)
            return ()
        names = node.fields
        if ("id" in names and "id" not in cls.fields) or ("type" in names and "type" not in cls.fields):
            message = f"a record inside '{field.name}'"
            self._report(node, "nested-record", message, "records never nest: refer to it by its id")
            return ()
        return (Part(cls, self._pairs(node, cls, holder)),)

    def _text(self, field: Field, node: Node) -> _Values:
        hint = f'write {field.name}: {{en: "..."}}'
        if not isinstance(node, Mapping):
            self._report(node, "expected-language", f"'{field.name}' takes text by language, not {_what(node)}", hint)
            return ()
        found = []
        for tag, value in node.fields.items():
            if not LANGUAGE.fullmatch(tag):
                message = f"'{tag}' is no language tag"
                self._report(node.key(tag), "unknown-language", message, "a BCP 47 tag: en, ko, zh-Hans")
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
                found.append(literal(value.value, language=tag))
        return found

    def _literal(self, slot: _Slot, node: Scalar) -> _Values:
        field, text = slot.field, node.value
        if field.range == literals.EDTF and (problem := literals.bad_date(text)):
            self._report(node, "bad-date", problem, "write 2026-02-26, 2025-12, 2017 or 2026-01-01/2026-02-18")
            return ()
        if wanted := literals.unlike(field.range, text):
            self._report(node, "bad-value", f"'{field.name}' takes {wanted}, not '{text}'", field.description)
            return ()
        if text.isascii() and text.isprintable() and " " not in text:  # then there is nothing to be said of it
            return slot.keep(text, literal(text, field.range))
        self._inspect(node)
        return (literal(text, field.range),)

    def _reference(self, slot: _Slot, node: Scalar) -> _Values:
        text, wanted = node.value, slot.field.range
        term = slot.terms.get(text)
        if (term is not None or ID.fullmatch(text)) and text in self.ids:
            self.result.references.append((text, wanted))
            return (term,) if term is not None else slot.keep(text, f"<{self.base}{text}>")
        self.result.dangling.append(Dangling(text, wanted, self.entry.file.at(node)))
        return ()

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
