"""Derivation: what follows from the facts is computed and never curated.

Classes of parts and superclasses come from the ontology here; all else is `ontology/rules/*.rq`, CONSTRUCT queries that
run in the order of their names, each seeing what those before it made. Rules may call two functions on EDTF values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pyoxigraph as ox

from kg import dates
from kg.diagnostic import Diagnostic, Location
from kg.graph import store
from kg.ontology import TYPE, XSD, Ontology, Subject, Term
from kg.sparql import place, refusal, sealed
from kg.vocabulary import Vocabulary

_FUNCTIONS = "urn:kg:function:"


def derive(
    asserted: Iterable[ox.Triple], parts: Mapping[ox.NamedNode, str], ontology: Ontology, vocabulary: Vocabulary
) -> tuple[frozenset[ox.Triple], list[Diagnostic]]:
    """Return the derived triples, without those that the facts say themselves, and the faults of rules."""
    said = frozenset(asserted)
    made = set(_types(said, parts, vocabulary))
    diagnostics: list[Diagnostic] = []
    rules = ontology.queries("rules")
    data = store((*said, *made), ontology.triples) if rules else ox.Store()
    for rule in rules:
        path = f"ontology/rules/{rule.name}"
        try:
            query = rule.read_text(encoding="utf-8")
            if problem := refusal(query):
                diagnostics.append(
                    Diagnostic(Location(path, *place(query, problem)), "bad-query", problem, "mend the rule")
                )
                continue
            with sealed():
                results = data.query(query, custom_functions=FUNCTIONS)
                found = list(results) if isinstance(results, ox.QueryTriples) else None
            if found is None:
                diagnostics.append(Diagnostic(Location(path), "bad-query", "no CONSTRUCT", "a rule constructs triples"))
                continue
        except (SyntaxError, ValueError, OSError) as error:
            location = Location(path, *place("", str(error)))
            diagnostics.append(Diagnostic(location, "bad-query", " ".join(str(error).split()), "mend the rule"))
            continue
        made.update(found)
        data.extend(ox.Quad(t.subject, t.predicate, t.object) for t in found)
    return frozenset(made - said), diagnostics


def _types(
    asserted: frozenset[ox.Triple], parts: Mapping[ox.NamedNode, str], vocabulary: Vocabulary
) -> Iterable[ox.Triple]:
    direct: list[tuple[Subject, str]] = list(parts.items())
    direct += [
        (t.subject, t.object.value) for t in asserted if t.predicate == TYPE and isinstance(t.object, ox.NamedNode)
    ]
    for subject, iri in direct:
        for cls in (iri, *vocabulary.by_iri[iri].superclasses):
            yield ox.Triple(subject, TYPE, ox.NamedNode(cls))


def _bound(pick: Callable[[dates.Bounds], object]) -> Callable[[Term], ox.Literal | None]:
    def function(value: Term) -> ox.Literal | None:
        if not isinstance(value, ox.Literal):
            return None
        found = pick(dates.bounds(value.value))
        return None if found is None else ox.Literal(str(found), datatype=ox.NamedNode(XSD + "date"))

    return function


FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]] = {
    ox.NamedNode(_FUNCTIONS + "earliest"): _bound(lambda bounds: bounds.earliest),
    ox.NamedNode(_FUNCTIONS + "latest"): _bound(lambda bounds: bounds.latest),
}
