"""A page for every record, with its triples beside it as Turtle and JSON-LD.

What stands on it: how it is told and in which words, the sections of `kg why` (`ontology/views/why`, shown as the
`# Layout:` in their headers says), its fields as the fact file has them, and all that points at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kg import cores, fields, turtle
from kg.export import jsonld
from kg.fault import OntologyFault
from kg.graph import Graph
from kg.ontology import TYPE, Term
from kg.parts import record_of
from kg.pipeline import Build
from kg.questions import header, read, view
from kg.site.claims import Claims, Quote, Row, grouped, quotes
from kg.site.entries import Entry
from kg.site.frame import Frame
from kg.site.shown import Shown
from kg.vocabulary import Class

FOLDER = "views/why"
_BATCH, _PAYS = 50, 20  # records that a process makes pages of at a time, and batches below which one is enough


@dataclass(frozen=True, slots=True)
class Section:
    """One view of a record: `quotes` where its layout is that, else `entry`."""

    title: str
    layout: str
    entry: Entry
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a field, or the fields of a part."""

    shown: Shown | None
    fields: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A field with its values, as the fact file has them."""

    name: Shown
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Bearing:
    """Records that point at one, and by which of their fields."""

    name: str
    ids: tuple[str, ...]


def pages(frame: Frame, claims: Claims, jobs: int) -> Iterator[tuple[str, bytes]]:
    """Render the pages of all records, and write their triples beside them.

    Args:
        frame: of the pages.
        claims: of the build.
        jobs: how many processes may be used, where that pays.

    Raises:
        OntologyFault: a view cannot be run, or a JSON-LD processor would misread a field.

    """
    build = frame.build
    if problems := fields.misread(build.graph.ontology, build.vocabulary):
        raise OntologyFault(str(problems[0]))
    views = [
        (header(read(file).query), _rows(build, file.name, claims)) for file in build.graph.ontology.queries(FOLDER)
    ]
    bearings = _bearings(build, claims)
    writer = jsonld.Writer(build.vocabulary)
    about = build.graph.about

    def files(ids: Sequence[str]) -> list[tuple[str, bytes]]:
        made = []
        for identifier in ids:
            node = frame.node(identifier)
            claim = claims[identifier]
            page = frame.render(
                "record.html",
                claim.link,
                claim=claim,
                iri=node.value,
                cls=claims.reader(ox.NamedNode(build.vocabulary.classes[build.sources.records[identifier].type].iri)),
                sections=[_section(heads, rows[identifier], claims) for heads, rows in views if identifier in rows],
                said=_said(build, node, about[node], claims),
                bearings=bearings.get(identifier, ()),
                claims=claims,
            )
            turtled = b"".join(turtle.document(about[node], build.graph.prefixes))
            json = b"".join(writer.document(_part(build.graph, about[node])))
            made += [page, (f"record/{identifier}.ttl", turtled), (f"record/{identifier}.jsonld", json)]
        return made

    ids = sorted(build.sources.records)
    batches = [ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH)]
    for made in cores.apply(files, batches, jobs if len(batches) >= _PAYS else 1):
        yield from made


def _rows(build: Build, name: str, claims: Claims) -> dict[str, list[Row]]:
    return grouped(view(build.graph, f"{FOLDER}/{name}", ("record",)), claims.reader)


def _section(about: dict[str, str], rows: list[Row], claims: Claims) -> Section:
    layout = about.get("Layout", "table")
    held = quotes(rows, claims.reader) if layout == "quotes" else ()
    whole_first = tuple(sorted(held, key=lambda quote: bool(quote.fields)))
    return Section(about.get("Title", ""), layout, Entry(rows, claims), whole_first)


def _said(build: Build, node: ox.NamedNode, triples: list[ox.Triple], claims: Claims) -> tuple[Said, ...]:
    """Sort what a fact file says of a record by field, in the order of the class; parts hold fields of their own."""
    held: dict[Term, dict[str, list[Term]]] = {}
    for triple in triples:
        if triple in build.graph.asserted and triple.predicate != TYPE:
            held.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
    classes: dict[Term, Class] = {}
    for triple in triples:
        if triple.predicate == TYPE and isinstance(triple.object, ox.NamedNode):
            cls = build.vocabulary.by_iri.get(triple.object.value)
            above = classes.get(triple.subject)
            if cls and (above is None or above.iri in cls.superclasses):
                classes[triple.subject] = cls

    def fields(subject: Term) -> tuple[Said, ...]:
        order = list(classes[subject].fields.values()) if subject in classes else []
        paths = {field.path: number for number, field in enumerate(order)}
        return tuple(
            Said(claims.reader(ox.NamedNode(path)), tuple(sorted(map(value, held[subject][path]), key=_first)))
            for path in sorted(held[subject], key=lambda path: (paths.get(path, len(paths)), path))
        )

    def value(term: Term) -> Value:
        return Value(None, fields(term)) if term in held and term != node else Value(claims.reader(term))

    return fields(node) if node in held else ()


def _first(value: Value) -> str:
    """Order parts by what stands first in them, such as a position; other values stay as they are."""
    first = value.fields[0].values[0].shown if value.fields else None
    return first.text.zfill(9) if first and first.text.isdigit() else ""


def _bearings(build: Build, claims: Claims) -> dict[str, tuple[Bearing, ...]]:
    """Find for every record those that point at it."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for triple in build.graph:
        if triple not in build.graph.asserted or not isinstance(triple.subject, ox.NamedNode):
            continue
        target, subject = claims.reader.identifier(triple.object), triple.subject.value
        source = claims.reader.identifier(triple.subject)
        if not target or target == source or not isinstance(triple.object, ox.NamedNode):
            continue
        if record_of(triple.object.value) != triple.object.value:
            continue
        part = subject[len(record_of(subject)) + 1 :].split(".")[0]  # the field that holds the part
        name = part or build.vocabulary.field_name(triple.predicate.value)
        found.setdefault(target, {}).setdefault(name, {})[source] = None
    return {
        target: tuple(Bearing(name, tuple(ids)) for name, ids in sorted(names.items()))
        for target, names in found.items()
    }


def _part(graph: Graph, triples: list[ox.Triple]) -> Graph:
    """Return the graph of some triples only."""
    asserted = frozenset(triple for triple in triples if triple in graph.asserted)
    return Graph(graph.base, asserted, frozenset(triples) - asserted, graph.ontology)
