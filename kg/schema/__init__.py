"""Files generated from the ontology and committed beside it: the JSON-LD context and the editor's JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path

from kg.diagnostic import Diagnostic, Location
from kg.schema import context, editor
from kg.vocabulary import Vocabulary

CONTEXT, EDITOR = "context.jsonld", "facts.schema.json"


def generate(vocabulary: Vocabulary) -> dict[str, str]:
    """Return the generated files by name."""
    made = {CONTEXT: {"@context": context.make(vocabulary)}, EDITOR: editor.make(vocabulary)}
    return {name: _text(content) for name, content in made.items()}


def with_ids(vocabulary: Vocabulary, ids: editor.Ids) -> str:
    """Return the editor's schema with the known ids: see `kg.schema.editor`."""
    return _text(editor.make(vocabulary, ids))


def _text(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def drift(vocabulary: Vocabulary, directory: Path) -> list[Diagnostic]:
    """Tell which generated files are not what the ontology says."""
    found = []
    for name, text in generate(vocabulary).items():
        file = directory / name
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            message = "is not what the ontology says"
            found.append(Diagnostic(Location(f"ontology/{name}"), "schema-drift", message, "run `kg schema`"))
    return found
