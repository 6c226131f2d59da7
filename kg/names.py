"""Names: from what people write to ids, and from IRIs to what people read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import pyoxigraph as ox

from kg.graph import Graph
from kg.ontology import SKOS, TYPE, term
from kg.parts import record_of
from kg.suggestion import nearest
from kg.vocabulary import Vocabulary

_LABEL, _ALTERNATIVE = ox.NamedNode(SKOS + "prefLabel"), ox.NamedNode(SKOS + "altLabel")
_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "})


def folded(text: str) -> str:
    """Fold case, typographic marks, accents and spaces: for search only, never for proof."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SAME))
    return re.sub(r"[\s-]+", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip().casefold()


Naming: TypeAlias = tuple[str, str, bool]  # a name, its language or nothing, whether it is the label


@dataclass(frozen=True)
class Names:
    """Labels and alternative labels of the records, both ways."""

    base: str
    labels: dict[str, str]  # id -> label
    named: dict[str, list[str]]  # name -> ids
    classes: dict[str, Sequence[str]]  # id -> IRIs of its classes

    @cached_property
    def ids(self) -> dict[str, list[str]]:
        """The ids that have a name, by the folded name."""
        found: dict[str, set[str]] = {}
        for name, ids in self.named.items():
            found.setdefault(folded(name), set()).update(ids)
        return {name: sorted(ids) for name, ids in found.items()}

    def resolve(self, text: str) -> list[str]:
        """Return the ids that an id or a name can mean: none, one, or several candidates."""
        return [text] if text in self.labels else self.ids.get(folded(text), [])

    def suggest(self, text: str, cls: str = "") -> list[str]:
        """Return the ids that somebody who wrote a text may have meant, those of a class first."""
        fitting = [i for i in self.labels if not cls or cls in self.classes.get(i, ())]
        named = [i for i in self.resolve(text) if i in fitting] or self.resolve(text)
        return named or nearest(text, fitting)


def read(graph: Graph) -> Names:
    """Collect the names in a graph."""
    found: dict[str, tuple[list[str], list[Naming]]] = {}
    for triple in graph:
        if triple.predicate not in (TYPE, _LABEL, _ALTERNATIVE) or not isinstance(triple.subject, ox.NamedNode):
            continue
        iri = triple.subject.value
        if record_of(iri) != iri:
            continue
        classes, names = found.setdefault(iri.removeprefix(graph.base), ([], []))
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode):
            classes.append(triple.object.value)
        elif isinstance(triple.object, ox.Literal):
            names.append(_name(triple.object, label=triple.predicate == _LABEL))
    return collect(graph.base, ((identifier, *about) for identifier, about in found.items()))


def name(text: str, *, label: bool) -> Naming:
    """Read a name in N-Triples syntax."""
    if "\\" in text and isinstance(found := term(text), ox.Literal):
        return _name(found, label=label)
    end = text.rindex('"')
    return text[1:end], text[end + 2 :].lower() if text[end + 1 : end + 2] == "@" else "", label


def _name(literal: ox.Literal, *, label: bool) -> Naming:
    return literal.value, literal.language or "", label


def collect(base: str, found: Iterable[tuple[str, Sequence[str], Sequence[Naming]]]) -> Names:
    """Make the tables.

    Args:
        base: every record's IRI is base + id.
        found: id, IRIs of the classes, and names of each record.

    """
    labels: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    classes: dict[str, Sequence[str]] = {}
    for identifier, types, names in found:
        classes[identifier] = types
        for text, language, is_label in names:
            named.setdefault(text, []).append(identifier)
            if is_label and (identifier not in labels or language == "en"):
                labels[identifier] = text
    return Names(base, labels, named, classes)


def show(term: object, names: Names, vocabulary: Vocabulary, base: str) -> str:
    """Return what a reader sees for a term: a label where there is one, never a long IRI."""
    if isinstance(term, ox.Literal):
        return term.value
    if not isinstance(term, ox.NamedNode):
        return "" if term is None else str(term)
    iri = term.value
    if iri in vocabulary.labels:
        return vocabulary.labels[iri]
    if iri.startswith(base):
        record = record_of(iri)
        label = names.labels.get(record.removeprefix(base), record.removeprefix(base))
        return label if record == iri else f"{iri[len(record) + 1 :].split('.')[0]} of {label}"
    return iri
