"""The manual of diagnostic codes: a section of `codes.md` each; that of a check is the header of its query."""

from __future__ import annotations

from pathlib import Path

from kg.ontology import Ontology
from kg.questions import header

_FILE = Path(__file__).parent / "codes.md"
_CHECK = "check/"


def pages(ontology: Ontology) -> dict[str, str]:
    """Return what there is to say of every code, by code."""
    found: dict[str, str] = {}
    for section in _FILE.read_text(encoding="utf-8").split("\n## ")[1:]:
        code, _, text = section.partition("\n")
        found[code.strip()] = text.strip()
    for file in ontology.queries("checks"):
        about = header(file.read_text(encoding="utf-8"))
        problem, solution = (_plain(about.get(key, "")) for key in ("Problem", "Solution"))
        found[_CHECK + file.stem] = (
            f"{problem}.\n\n{solution[:1].upper()}{solution[1:]}.\n\nThe rule: ontology/checks/{file.name}"
        )
    return found


def _plain(message: str) -> str:
    """Write a message without its placeholders."""
    return (
        message.replace("{{", "{")
        .replace("}}", "}")
        .replace("{focus}", "The record")
        .replace("'{", "'")
        .replace("}'", "'")
    )
