"""Files generated from the ontology and committed beside it: the JSON-LD context and the editor's JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from kg.diagnostic import Diagnostic, Location
from kg.schema import context, editor
from kg.vocabulary import Class, Kind, Vocabulary

CONTEXT, EDITOR = "context.jsonld", "facts.schema.json"


def generate(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the generated files by name."""
    made = {CONTEXT: {"@context": context.make(vocabulary)}, EDITOR: editor.make(vocabulary)}
    return {name: json.dumps(content, ensure_ascii=False, indent=1) + "\n" for name, content in made.items()}


def drift(vocabulary: Vocabulary, directory: Path) -> list[Diagnostic]:
    """Tell what is wrong: generated files that differ from the ontology, and fields that a JSON-LD processor misreads."""
    found = misread(vocabulary)
    if found:
        return found  # what would be generated never ends, or is wrong
    for name, text in generate(vocabulary).items():
        file = directory / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            message = "is not what the ontology says"
            found.append(Diagnostic(Location(f"ontology/{name}"), "schema-drift", message, "run `kg schema`"))
    return found


def misread(vocabulary: Vocabulary) -> list[Diagnostic]:
    """Tell which fields a JSON-LD processor would misread."""
    return list(_misread(vocabulary))


def _misread(vocabulary: Vocabulary) -> Iterator[Diagnostic]:
    for cls in vocabulary.classes.values():
        for field in cls.fields.values():
            if field.kind is not Kind.PART:
                continue
            part = vocabulary.by_iri[field.range]
            if field.name in part.fields:
                message = f"the {part.label} held by '{field.name}' has a field of the same name"
                hint = "rename one with sh:name; JSON-LD processors misread it"
                yield Diagnostic(Location("ontology/shapes.ttl"), "part-named-like-holder", message, hint)
            if _holds_itself(vocabulary, part, ()):
                message = f"the {part.label} held by '{field.name}' can hold itself"
                yield Diagnostic(Location("ontology/shapes.ttl"), "endless-part", message, "a part ends somewhere")


def _holds_itself(vocabulary: Vocabulary, part: Class, above: tuple[str, ...]) -> bool:
    if part.iri in above:
        return True
    inner = (vocabulary.by_iri[f.range] for f in part.fields.values() if f.kind is Kind.PART)
    return any(_holds_itself(vocabulary, cls, (*above, part.iri)) for cls in inner)
