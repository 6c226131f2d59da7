"""Why: a record or one field of it, down to the exact words and the line that says so.

The triples come from the graph. What else belongs to the answer is said by the views `ontology/views/why/*.rq`: each a
table with `# Title:` in its header, `?record` bound to the record; a column `?node` gives its row a file and line.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from kg.diagnostic import Location, article
from kg.fault import Fault, OntologyFault
from kg.ontology import TYPE, Term
from kg.pipeline import Build
from kg.questions import QueryError, Table, ask, header, make
from kg.suggestion import did_you_mean
from kg.vocabulary import Class, Field

_FOLDER = "views/why"
_RECORD, _NODE, _PATH = "record", "node", "path"


@dataclass(frozen=True, slots=True)
class Line:
    """One triple with the place that says it; None where it is derived."""

    triple: ox.Triple
    location: Location | None


@dataclass(frozen=True, slots=True)
class Section:
    """One view of the record."""

    title: str
    table: Table
    locations: tuple[Location | None, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that stands behind a record or a field."""

    id: str
    cls: Class
    location: Location
    sections: tuple[Section, ...]
    lines: tuple[Line, ...]


class UnknownField(Fault):
    """The record's class has no such field."""


def explain(build: Build, identifier: str, field: str = "") -> Explanation:
    """Explain a record, or what one field of it says.

    Raises:
        KeyError: no record has the id.
        UnknownField: its class has no such field.

    """
    source = build.sources.records[identifier]
    cls = build.vocabulary.classes[source.type]
    if field and field not in cls.fields:
        hint = did_you_mean(field, cls.fields) or f"it has {', '.join(cls.fields)}"
        raise UnknownField(f"{article(cls.label)} has no field '{field}'; {hint}")
    chosen = cls.fields[field] if field else None
    subject = ox.NamedNode(build.dataset.base + identifier)
    triples = _chosen(build.graph.about[subject], subject, chosen)
    lines = tuple(
        Line(t, _place(build, t) if t in build.graph.asserted else None)
        for t in triples
        if t.predicate != TYPE or t in build.graph.asserted
    )
    return Explanation(identifier, cls, source.location, tuple(_sections(build, subject, chosen)), lines)


def _chosen(triples: list[ox.Triple], subject: ox.NamedNode, field: Field | None) -> list[ox.Triple]:
    """Keep the triples of one field and of the parts that it holds."""
    if field is None:
        return triples
    kept = [t for t in triples if t.subject == subject and t.predicate.value == field.path]
    below: dict[Term, list[ox.Triple]] = {}
    for triple in triples:
        if triple.subject != subject:
            below.setdefault(triple.subject, []).append(triple)
    parts: list[Term] = [t.object for t in kept]
    while parts:
        held = below.pop(parts.pop(), [])
        kept += held
        parts += [t.object for t in held]
    return kept


def _sections(build: Build, subject: ox.NamedNode, field: Field | None) -> list[Section]:
    sections = []
    for file in build.graph.ontology.queries(_FOLDER):
        text = file.read_text(encoding="utf-8")
        try:
            table = ask(build.graph, make(file.stem, text), {_RECORD: subject})
        except QueryError as error:
            raise OntologyFault(f"ontology/{_FOLDER}/{file.name}: {error}") from None
        if not isinstance(table, Table):
            raise OntologyFault(f"ontology/{_FOLDER}/{file.name}: a SELECT is needed")
        kept = [i for i, name in enumerate(table.columns) if name not in (_RECORD, _NODE, _PATH)]
        shown: dict[tuple[tuple[Term | None, ...], Location | None], None] = {}  # a quote of several fields stands once
        for row in table.rows:
            if field is None or _concerns(table, row, field):
                shown[tuple(row[i] for i in kept), _at(build, _cell(table, row, _NODE))] = None
        if shown:
            columns = tuple(table.columns[i] for i in kept)
            rows, places = tuple(cells for cells, _ in shown), tuple(place for _, place in shown)
            sections.append(Section(header(text).get("Title", file.stem), Table(columns, rows), places))
    return sections


def _cell(table: Table, row: tuple[Term | None, ...], column: str) -> Term | None:
    return row[table.columns.index(column)] if column in table.columns else None


def _concerns(table: Table, row: tuple[Term | None, ...], field: Field) -> bool:
    """A row with a `?path` belongs to that field only."""
    return _cell(table, row, _PATH) in (None, ox.NamedNode(field.path))


def _place(build: Build, triple: ox.Triple) -> Location | None:
    subject = triple.subject.value if isinstance(triple.subject, ox.NamedNode) else ""
    return build.sources.locate(subject, triple.predicate.value, str(triple.object))


def _at(build: Build, node: Term | None) -> Location | None:
    return build.sources.locate(node.value) if isinstance(node, ox.NamedNode) else None
