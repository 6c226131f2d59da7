"""Derivation: what follows from the facts is computed and never curated.

Classes of parts and superclasses come from the ontology here; all else is `ontology/rules/*.rq`, CONSTRUCT queries that
run in the order of their names, each seeing what those before it made. Rules may call two functions on EDTF values.

A rule that sees one record at a time (`kg.compiled.rules`) runs when the record is read; the others run on the graph, of which the
engine gets what they can see (`kg.footprint`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from kg import dates, footprint
from kg.compiled import ruletext
from kg.compiled.rules import Function, Joined, Nodes, Rule, Triple
from kg.confinement import Exceeded, confined
from kg.diagnostic import Diagnostic, Location
from kg.ontology import TYPE, XSD, Ontology
from kg.project import shipped_ontology
from kg.sparql import place, refusal, sealed, told
from kg.vocabulary import Class, Kind, Vocabulary

_FUNCTIONS = "urn:kg:function:"
_GROWTH, _LEAST = 10, 10_000  # a rule constructs at most so many triples for each that it sees, and so many more
_TYPE = f"<{TYPE.value}>"


@dataclass(frozen=True)
class Derivation:
    """The rules of an ontology, ready to run.

    Attributes:
        local: those that see one record at a time.
        joined: those that see one record, or several that are joined.
        across: path and query of those that see the graph.
        reads: the footprint of `across`; None for everything.
        later: the footprint of what `joined` and `across` make, which is not there yet when a record is read.
        numbers: whether all that they make are numbers, so that it joins nothing.
        diagnostics: what is wrong with rules; such a rule does not run.

    """

    ontology: Ontology = field(repr=False)
    local: tuple[Rule, ...]
    joined: tuple[Rule, ...]
    across: tuple[tuple[str, str], ...]
    reads: frozenset[str] | None
    later: frozenset[str] | None
    numbers: bool
    diagnostics: tuple[Diagnostic, ...]

    def of_record(self, nodes: Nodes, classes: Mapping[str, Class]) -> list[Triple]:
        """Derive what follows from the nodes of one record alone, and add it to them.

        Args:
            nodes: what the record says, also of its parts.
            classes: the class of each of them.

        """
        made: list[Triple] = []
        for subject, cls in classes.items():
            said = nodes.setdefault(subject, {}).setdefault(_TYPE, [])
            for type_ in cls.types:
                if type_ not in said:
                    said.append(type_)
                    made.append((subject, _TYPE, type_))
        for rule in self.local:
            add(nodes, made, list(rule.triples(nodes)))
        for rule in self.joined:
            if isinstance(nodes, Joined) or not rule.joins(nodes):
                add(nodes, made, list(rule.triples(nodes)))
        return made

    def links(self, nodes: Nodes) -> list[str]:
        """Return what the nodes of a record are joined to."""
        names = {predicate for rule in self.joined for predicate in rule.joined}
        return [value for about in nodes.values() for name in names for value in about.get(name, ())]

    def of_all(self, facts: bytes) -> tuple[list[Triple], list[Diagnostic]]:
        """Derive what follows from the whole graph.

        Args:
            facts: N-Triples, at least those within `reads`.

        """
        if not self.across:
            return [], []
        data = ox.Store()
        data.bulk_load(facts, format=ox.RdfFormat.N_TRIPLES)
        data.extend(q for q in self.ontology.quads() if seen(self.reads, str(q.predicate), str(q.object)))
        made: dict[Triple, None] = {}
        diagnostics: list[Diagnostic] = []
        own = self.ontology.directory == shipped_ontology()
        for path, query in self.across:
            found, problem = _run(data, query) if own else _confined(data, query)
            if problem:
                diagnostics.append(_bad(path, problem, "mend the rule"))
            data.extend(_quads(found))
            made.update(dict.fromkeys((str(t.subject), str(t.predicate), str(t.object)) for t in found))
        return list(made), diagnostics


def seen(keys: frozenset[str] | None, predicate: str, object_: str) -> bool:
    """Tell whether a triple lies in a footprint."""
    return keys is None or predicate in keys or (predicate == _TYPE and f"{_TYPE} {object_}" in keys)


def compile_(ontology: Ontology, vocabulary: Vocabulary) -> Derivation:
    """Read the rules of an ontology."""
    functions: dict[str, Function] = {name.value: function for name, function in FUNCTIONS.items()}
    holding = held(vocabulary)
    local: list[Rule] = []
    joined: list[tuple[str, Rule]] = []
    across: list[tuple[str, str]] = []
    reads: frozenset[str] | None = frozenset()
    diagnostics: list[Diagnostic] = []
    for file in ontology.queries("rules"):
        path = f"ontology/rules/{file.name}"
        try:
            query = file.read_text(encoding="utf-8")
        except (ValueError, OSError) as error:
            diagnostics.append(_bad(path, str(error), "mend the rule"))
            continue
        problem = refusal(query) or _run(ox.Store(), query)[1]
        if problem:
            hint = "a rule constructs triples" if problem == "no CONSTRUCT" else "mend the rule"
            diagnostics.append(_bad(path, problem, hint, query))
            continue
        sees = footprint.of(query)
        rule = ruletext.compile_(query, functions, holding)
        # It may run before an earlier rule only where neither sees what the other makes.
        later = [*(text for _, text in across), *(text for text, _ in joined)]  # than all those that see one record
        if rule is not None and not any(_depend(query, other) for other in later):
            if rule.joined:
                joined.append((query, rule))
            else:
                local.append(rule)
        else:
            across.append((path, query))
            reads = None if reads is None or sees is None else reads | sees
    makes = [footprint.made(query) for query in (*(text for _, text in across), *(text for text, _ in joined))]
    return Derivation(
        ontology=ontology,
        local=tuple(local),
        joined=tuple(rule for _, rule in joined),
        across=tuple(across),
        reads=reads,
        later=None if None in makes else frozenset(key for keys in makes for key in keys or ()),
        numbers=not across and all(rule.numbers for _, rule in joined),
        diagnostics=tuple(diagnostics),
    )


def held(vocabulary: Vocabulary) -> set[str]:
    """Return IRIs of the properties by which a node holds parts, and nothing else."""
    fields = [field for cls in vocabulary.classes.values() for field in cls.fields.values()]
    return {f.path for f in fields if f.kind is Kind.PART} - {f.path for f in fields if f.kind is not Kind.PART}


def derive(
    asserted: Iterable[ox.Triple], parts: Mapping[ox.NamedNode, str], ontology: Ontology, vocabulary: Vocabulary
) -> tuple[frozenset[ox.Triple], list[Diagnostic]]:
    """Return the derived triples, without those that the facts say themselves, and the faults of rules."""
    derivation = compile_(ontology, vocabulary)
    said = frozenset(asserted)
    nodes = Joined()
    classes = {f"<{part.value}>": vocabulary.by_iri[iri] for part, iri in parts.items()}
    for triple in said:
        subject, predicate, object_ = str(triple.subject), str(triple.predicate), str(triple.object)
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(object_)
        if predicate == _TYPE and object_[1:-1] in vocabulary.by_iri:
            classes[subject] = vocabulary.by_iri[object_[1:-1]]
    made = derivation.of_record(nodes, classes)
    facts = "".join(f"{s} {p} {o} .\n" for s, about in nodes.items() for p, objects in about.items() for o in objects)
    across, diagnostics = derivation.of_all(facts.encode())
    text = "".join(f"{s} {p} {o} .\n" for s, p, o in (*made, *across))
    derived = frozenset(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
    return derived - said, [*derivation.diagnostics, *diagnostics]


def _depend(one: str, other: str) -> bool:
    """Tell whether one of two rules may see what the other makes."""
    made = footprint.made(one), footprint.made(other)
    return footprint.meet(footprint.of(one), made[1]) or footprint.meet(footprint.of(other), made[0])


def add(nodes: Nodes, made: list[Triple], triples: Iterable[Triple]) -> None:
    """Add triples to nodes, and to a list those that were not there."""
    for triple in triples:
        subject, predicate, object_ = triple
        about = nodes.setdefault(subject, {})
        objects = about.get(predicate)
        if objects is None:
            about[predicate] = [object_]
        elif object_ in objects:
            continue
        else:
            objects.append(object_)
        made.append(triple)


def _run(data: ox.Store, query: str) -> tuple[list[ox.Triple], str]:
    """Run a rule; return what it constructs, or what is wrong with it."""
    try:
        with sealed():
            results = data.query(query, custom_functions=FUNCTIONS)
            if not isinstance(results, ox.QueryTriples):
                return [], "no CONSTRUCT"
            most = _GROWTH * len(data) + _LEAST
            found = list(islice(results, most + 1))
            return (found, "") if len(found) <= most else ([], f"it constructs more than {most} triples")
    except (SyntaxError, ValueError, OSError) as error:
        return [], str(error)


def _confined(data: ox.Store, query: str) -> tuple[list[ox.Triple], str]:
    try:
        return confined(lambda: _run(data, query))
    except Exceeded as error:
        return [], f"it {error}"


def _quads(triples: Iterable[ox.Triple]) -> Iterator[ox.Quad]:
    return (ox.Quad(t.subject, t.predicate, t.object) for t in triples)


def _bad(path: str, problem: str, hint: str, query: str = "") -> Diagnostic:
    return Diagnostic(Location(path, *place(query, problem)), "bad-query", told(problem), hint)


def _bound(pick: Callable[[dates.Bounds], object]) -> Callable[[object], ox.Literal | None]:
    def function(value: object) -> ox.Literal | None:
        if not isinstance(value, ox.Literal):
            return None
        found = pick(dates.bounds(value.value))
        return None if found is None else ox.Literal(str(found), datatype=ox.NamedNode(XSD + "date"))

    return function


FUNCTIONS: dict[ox.NamedNode, Callable[..., ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None]] = {
    ox.NamedNode(_FUNCTIONS + "earliest"): _bound(lambda bounds: bounds.earliest),
    ox.NamedNode(_FUNCTIONS + "latest"): _bound(lambda bounds: bounds.latest),
}
