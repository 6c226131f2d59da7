"""Names: from what people write to ids, and from IRIs to what people read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import pyoxigraph as ox

from kg.expansion import record_of
from kg.graph import Graph
from kg.ontology import SKOS, TYPE
from kg.suggestion import nearest
from kg.vocabulary import Vocabulary

_LABEL, _ALTERNATIVE = ox.NamedNode(SKOS + "prefLabel"), ox.NamedNode(SKOS + "altLabel")
_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "\u00a0": " "})


def folded(text: str) -> str:
    """Fold case, typographic marks, accents and spaces: for search only, never for proof."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_SAME))
    return re.sub(r"[\s-]+", " ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip().casefold()


@dataclass(frozen=True)
class Names:
    """Labels and alternative labels of the records, both ways."""

    base: str
    labels: dict[str, str]  # id -> label
    ids: dict[str, list[str]]  # folded name -> ids
    classes: dict[str, list[str]]  # id -> IRIs of its classes

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
    labels: dict[str, str] = {}
    ids: dict[str, list[str]] = {}
    classes: dict[str, list[str]] = {}
    for triple in (*graph.asserted, *graph.derived):
        if triple.predicate not in (TYPE, _LABEL, _ALTERNATIVE) or not isinstance(triple.subject, ox.NamedNode):
            continue
        iri = triple.subject.value
        if record_of(iri) != iri:
            continue
        identifier = iri.removeprefix(graph.base)
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode):
            classes.setdefault(identifier, []).append(triple.object.value)
        elif isinstance(triple.object, ox.Literal):
            known = ids.setdefault(folded(triple.object.value), [])
            if identifier not in known:
                known.append(identifier)
            if triple.predicate == _LABEL and (identifier not in labels or triple.object.language == "en"):
                labels[identifier] = triple.object.value
    return Names(graph.base, labels, {name: sorted(known) for name, known in ids.items()}, classes)


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
