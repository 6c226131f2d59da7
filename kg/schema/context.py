"""The JSON-LD 1.1 context by which a fact file is ordinary YAML-LD (https://www.w3.org/TR/json-ld11/#context-definitions).

Fields are scoped to the type of the record (section 4.1.8) and, for parts, to the field that holds them. Codes take their
list as `@base` there: with `@vocab` a code that equals a field would silently become that property. A field that names
fields (`supports`) carries the table of the fields of its holder.
"""

from __future__ import annotations

from typing import Any

from kg.ontology import XSD
from kg.vocabulary import Class, Field, Kind, Vocabulary


def make(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the context of an ontology."""
    types = {
        name: {"@id": vocabulary.classes[name].iri, "@context": _fields(vocabulary, vocabulary.classes[name], None)}
        for name in vocabulary.record_types
    }
    return {"@version": 1.1, "id": "@id", "type": "@type", **types}


def _fields(vocabulary: Vocabulary, cls: Class, holder: Class | None) -> dict[str, Any]:
    return {field.name: _term(vocabulary, field, cls, holder) for field in cls.fields.values()}


def _term(vocabulary: Vocabulary, field: Field, cls: Class, holder: Class | None) -> dict[str, Any]:
    term: dict[str, Any] = {"@id": field.path}
    if field.kind is Kind.TEXT:
        return {**term, "@container": "@language"}
    if field.kind is Kind.REFERENCE:
        return {**term, "@type": "@id"}
    if field.kind is Kind.CODE:
        return {**term, "@type": "@id", "@context": {"@base": field.range}}
    if field.kind is Kind.FIELD:
        # The table replaces the definition of the field itself, were it among them.
        named = (f for f in (holder or cls).fields.values() if f.name != field.name)
        return {**term, "@type": "@vocab", "@context": {f.name: {"@id": f.path} for f in named}}
    if field.kind is Kind.PART:
        return {**term, "@context": _fields(vocabulary, vocabulary.by_iri[field.range], cls)}
    return term if field.range in ("", XSD + "string") else {**term, "@type": field.range}
