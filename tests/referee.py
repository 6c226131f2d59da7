"""The referee of YAML-LD: a fact file, the generated context and the base are JSON-LD, and two processors judge it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
import yaml
from pyld import jsonld

from kg import expansion
from kg.factfile import FactFile
from kg.records import index
from kg.vocabulary import Vocabulary


class Everything(dict):
    """Ids, all of which exist: whether a reference leads somewhere is no question of YAML-LD."""

    def __contains__(self, _: object) -> bool:
        return True


def canonical(triples: Iterable[ox.Triple], parts: Iterable[ox.NamedNode] = ()) -> set[str]:
    """Return N-Triples in RDFC-1.0 form, with blank nodes for parts; no other IRI changes."""
    blank = {part: ox.BlankNode() for part in parts}
    renamed = (ox.Quad(blank.get(t.subject, t.subject), t.predicate, blank.get(t.object, t.object)) for t in triples)
    dataset = ox.Dataset(renamed)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def expanded(file: FactFile, vocabulary: Vocabulary, base: str) -> set[str]:
    """Return what kg makes of a file."""
    entries, diagnostics = index([file], vocabulary)
    expander = expansion.Expander(vocabulary, base)
    results = [expander.expand(entry, Everything()) for entry in entries.values()]
    wrong = [d for d in (*diagnostics, *(d for r in results for d in r.diagnostics)) if d.severity.name == "ERROR"]
    assert not wrong, "\n".join(map(str, wrong))
    parts = [part for result in results for part in result.parts]
    return canonical((triple for result in results for triple, _ in result.triples), parts)


def document(text: str, context: Any) -> dict[str, Any]:
    """Read YAML by a loader that knows nothing of kg, and put the context to it."""
    data = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but text, lists and mappings
    return {"@context": context, "@graph": data if isinstance(data, list) else [data]}


def pyoxigraph(text: str, context: Any, base: str) -> set[str]:
    """Return what pyoxigraph's JSON-LD processor makes of a file."""
    made = ox.parse(json.dumps(document(text, context)), format=ox.RdfFormat.JSON_LD, base_iri=base)
    return canonical(quad.triple for quad in made)


def pyld(text: str, context: Any, base: str) -> set[str]:
    """Return what PyLD makes of a file."""
    made = jsonld.to_rdf(document(text, context), {"base": base, "format": "application/n-quads"})
    return canonical(quad.triple for quad in ox.parse(made, format=ox.RdfFormat.N_QUADS))


PROCESSORS = {"pyoxigraph": pyoxigraph, "pyld": pyld}
