"""JSON Schema 2020-12 (https://json-schema.org/draft/2020-12/schema) of a fact file, for completion and hints in editors.

An editor reads YAML with types of its own, so a text field also takes the number, boolean or null that it may see there. The
schema helps to write; what is right is said by `kg validate` alone.

With the known ids a field completes those of the records that it takes, and marks any other. Such a schema is as old as the
moment when it was made: it is for one's own editor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from kg.diagnostic import article
from kg.vocabulary import Class, CodeList, Field, Kind, Vocabulary, local_name

_SCALAR = ["string", "number", "boolean", "null"]
_ID = ["string", "integer"]  # an id may be of digits alone
Ids: TypeAlias = Mapping[str, tuple[str, str]]  # the class of each record, by name, and its label


def make(vocabulary: Vocabulary, ids: Ids | None = None) -> dict[str, Any]:
    """Return the schema of an ontology.

    Args:
        vocabulary: what a fact file may say.
        ids: the known records, of which references complete those of their class; None where any id will do.

    """
    records = vocabulary.record_types
    parts = [cls for cls in vocabulary.classes.values() if cls.part and not cls.abstract]
    used = {f.range for cls in vocabulary.classes.values() for f in cls.fields.values() if f.kind is Kind.CODE}
    definitions = {
        **{f"code/{codes.name}": _codes(codes) for iri, codes in sorted(vocabulary.lists.items()) if iri in used},
        **{cls.name: _class(vocabulary, cls) for cls in parts},
        **{name: _class(vocabulary, vocabulary.classes[name]) for name in records},
    }
    fields = [field for cls in vocabulary.classes.values() for field in cls.fields.values()]
    for wanted in sorted({field.range for field in fields if field.kind is Kind.REFERENCE}):
        known = (
            None if ids is None else {i: label for i, (name, label) in ids.items() if _fits(vocabulary, name, wanted)}
        )
        described = {"description": f"The id of {article(vocabulary.by_iri[wanted].label)}."}
        definitions[_reference(vocabulary, wanted)] = described | ({"type": _ID} if known is None else _known(known))
    record = {
        "type": "object",
        "required": ["id", "type"],
        "properties": {
            "id": {
                "type": _ID,
                "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                "description": "Unique in the data set, kebab-case.",
            },
            "type": {
                "enum": records,
                "enumDescriptions": [vocabulary.classes[name].definition for name in records],
            },
        },
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
                "then": {"$ref": f"#/$defs/{name}"},
            }
            for name in records
        ],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fact file",
        "description": "One record, or a list of records. Generated from the ontology by `kg schema`.",
        "oneOf": [{"$ref": "#/$defs/record"}, {"type": "array", "items": {"$ref": "#/$defs/record"}}],
        "$defs": {"record": record, **definitions},
    }


def _class(vocabulary: Vocabulary, cls: Class) -> dict[str, Any]:
    properties = {field.name: _field(vocabulary, field) for field in cls.fields.values()}
    if not cls.part:
        properties = {"id": {}, "type": {}, **properties}
    made: dict[str, Any] = {
        "type": "object",
        "description": cls.definition,
        "properties": properties,
        "additionalProperties": False,
    }
    if required := [field.name for field in cls.fields.values() if field.minimum]:
        made["required"] = required
    return made


def _field(vocabulary: Vocabulary, field: Field) -> dict[str, Any]:
    value = _value(vocabulary, field)
    if field.kind is Kind.TEXT:
        return {"description": field.description, **value}
    several: dict[str, Any] = {"type": "array", "items": value, "minItems": 1}
    if field.maximum == 1:  # a list of one is one
        several["maxItems"] = 1
    return {"description": field.description, "anyOf": [value, several]}


def _value(vocabulary: Vocabulary, field: Field) -> dict[str, Any]:
    if field.kind is Kind.TEXT:
        return {"type": "object", "additionalProperties": {"type": _SCALAR}, "minProperties": 1}
    if field.kind is Kind.CODE:
        return {"$ref": f"#/$defs/code~1{local_name(field.range)}"}
    if field.kind is Kind.PART:
        return {"$ref": f"#/$defs/{vocabulary.by_iri[field.range].name}"}
    if field.kind is Kind.REFERENCE:
        return {"$ref": f"#/$defs/{_reference(vocabulary, field.range)}".replace("id/", "id~1")}
    return {"type": _SCALAR}


def _reference(vocabulary: Vocabulary, wanted: str) -> str:
    return f"id/{vocabulary.by_iri[wanted].name}"


def _fits(vocabulary: Vocabulary, name: str, wanted: str) -> bool:
    return vocabulary.is_a(vocabulary.classes[name].iri, wanted)


def _known(ids: Mapping[str, str]) -> dict[str, Any]:
    """List ids with their labels, each also as the number that an editor may see there."""
    found: dict[str | int, str] = {}
    for identifier, label in sorted(ids.items()):
        found[identifier] = label
        if identifier.isdecimal():
            found[int(identifier)] = label
    return {"enum": list(found), "enumDescriptions": list(found.values())} if found else {"not": {}}


def _codes(codes: CodeList) -> dict[str, Any]:
    options = [{"const": code.name, "description": code.definition} for code in codes.codes.values()]
    return {"description": codes.definition, "oneOf": options}
