"""Withdrawal: what remains when a document is taken back, and what falls with it.

Nothing here knows what a quote or a stage is. The document goes, and all that points at it loses that triple; whatever no
longer satisfies its shape or a check falls too, part or record, and so on until what remains is valid.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kg import checks, derivation, names, shapes
from kg.diagnostic import Severity
from kg.findings import SEVERITIES
from kg.graph import Graph
from kg.ontology import TYPE
from kg.parts import record_of
from kg.pipeline import Build


@dataclass(frozen=True, slots=True)
class Remainder:
    """What is left of a build.

    Attributes:
        build: the build without what fell.
        fallen: ids of the records that fell, the withdrawn one among them.
        weakened: ids of the records that stay but lost something, with the fields that did.

    """

    build: Build
    fallen: tuple[str, ...]
    weakened: dict[str, tuple[str, ...]]


def without(build: Build, identifier: str) -> Remainder:
    """Withdraw a record, most often a document, from a valid build.

    Raises:
        KeyError: no record has the id.

    """
    if identifier not in build.sources.records:
        raise KeyError(identifier)
    graph = build.graph
    parts = _part_classes(build)
    gone = {graph.base + identifier}
    kept = graph.asserted
    while gone:
        kept = _remove(kept, gone)
        subjects = {triple.subject for triple in kept}
        left_parts = {part: cls for part, cls in parts.items() if part in subjects}
        derived, _ = derivation.derive(kept, left_parts, graph.ontology, build.vocabulary)
        graph = Graph(graph.base, kept, derived, graph.ontology)
        gone = _invalid(graph, build)
    left = {record_of(t.subject.value) for t in kept if isinstance(t.subject, ox.NamedNode)}
    fallen = tuple(sorted(i for i in build.sources.records if graph.base + i not in left))
    records = {i: source for i, source in build.sources.records.items() if i not in fallen}
    rest = dataclasses.replace(
        build, graph=graph, names=names.read(graph), sources=dataclasses.replace(build.sources, records=records)
    )
    return Remainder(rest, fallen, _weakened(build, kept, left))


def _part_classes(build: Build) -> dict[ox.NamedNode, str]:
    """Return the class of every part, the most special one."""
    found: dict[ox.NamedNode, str] = {}
    for triple in build.graph.derived:
        subject, cls = triple.subject, triple.object
        if triple.predicate != TYPE or not (isinstance(subject, ox.NamedNode) and isinstance(cls, ox.NamedNode)):
            continue
        known = build.vocabulary.by_iri.get(cls.value)
        if known is not None and known.part and not known.abstract and record_of(subject.value) != subject.value:
            found[subject] = cls.value
    return found


def _remove(triples: Iterable[ox.Triple], gone: set[str]) -> frozenset[ox.Triple]:
    """Take nodes out: what they say, what points at them, and the parts that they alone held."""
    left = [
        t
        for t in triples
        if _iri(t.subject) not in gone and record_of(_iri(t.subject)) not in gone and _iri(t.object) not in gone
    ]
    while True:
        held = {_iri(t.object) for t in left}
        orphans = {s for s in (_iri(t.subject) for t in left) if record_of(s) != s and s not in held}
        if not orphans:
            return frozenset(left)
        left = [t for t in left if _iri(t.subject) not in orphans]


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _invalid(graph: Graph, build: Build) -> set[str]:
    """Return the nodes that break a shape or a check."""
    found = {r.focus for r in shapes.validate(graph) if SEVERITIES.get(r.severity) is Severity.ERROR}
    findings = checks.run("checks", "check", graph, build.sources, build.names)
    return found | {f.record for f in findings if f.diagnostic.severity is Severity.ERROR}


def _weakened(build: Build, kept: frozenset[ox.Triple], left: set[str]) -> dict[str, tuple[str, ...]]:
    """Return which fields of the records that stay have lost a value or a part."""
    lost: dict[str, set[str]] = {}
    stays = {_iri(triple.subject) for triple in kept}
    for triple in build.graph.asserted - kept:
        subject = _iri(triple.subject)
        record = record_of(subject)
        if record not in left:
            continue
        identifier = record.removeprefix(build.dataset.base)
        lost.setdefault(identifier, set())
        if subject == record:
            field = build.vocabulary.classes[build.sources.records[identifier].type].path(triple.predicate.value)
            lost[identifier].add(field.name if field else triple.predicate.value)
        elif subject in stays:  # a part that lost something is named by the field that holds it
            lost[identifier].add(subject.removeprefix(record).split(".")[1])
    return {identifier: tuple(sorted(fields)) for identifier, fields in sorted(lost.items())}
