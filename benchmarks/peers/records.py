"""The records of a project and the tables of the ontology, for what is made of them before a peer is measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kg import ontology, vocabulary
from kg.vocabulary import Vocabulary

ONTOLOGY = Path(__file__).parents[2] / "ontology"


def tables() -> Vocabulary:
    """Return what the shipped ontology says of classes and fields."""
    onto, _ = ontology.load(ONTOLOGY)
    return vocabulary.read(onto)


def base(project: Path) -> str:
    """Return the IRI that ids follow."""
    return str(_load(project / "facts" / "dataset.yaml")["base"])


def records(project: Path) -> Iterator[dict[str, Any]]:
    """Read all records, every scalar as text."""
    for file in sorted((project / "facts").rglob("*.yaml")):
        if file.name != "dataset.yaml":
            yield from _load(file)


def values(content: object) -> list[Any]:
    """Return the values of a field, which may be one."""
    return content if isinstance(content, list) else [content]


def _load(file: Path) -> Any:  # noqa: ANN401 - what YAML holds
    return yaml.load(file.read_text(encoding="utf-8"), yaml.CBaseLoader)  # noqa: S506 - it makes text, lists and maps only
