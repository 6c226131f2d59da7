"""A shard: all that can be told from one fact file alone. A function of its bytes, so it can run anywhere and be kept.

Whether the ids that it refers to exist is not known here: they are taken to exist, but for those that are said to be
missing.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kg import checks, derivation, factfile, names, records
from kg.cache import digest
from kg.checks import Checks
from kg.compiled import shapetext
from kg.compiled.constraints import Constraints, View
from kg.compiled.rules import Nodes, Triple
from kg.derivation import Derivation
from kg.diagnostic import Diagnostic, Severity
from kg.expansion import Expander
from kg.factfile import FactFile
from kg.layout import Layouts
from kg.ontology import SKOS, TYPE, Ontology
from kg.outline import Others, Outline, Shard, Texts
from kg.records import Entry
from kg.shapes import validate_view as validate
from kg.sourcemap import Source
from kg.turtle import Writer
from kg.vocabulary import Vocabulary

_ID = re.compile(r"""^[-{ \t]*["']?id["']?[ \t]*:[ \t]*["']?([\w-]+)""", re.MULTILINE)  # where a record says its id
_TYPE = f"<{TYPE.value}>"
_ASSERTED: dict[str, list[str]] = {}  # what is derived of a node of which nothing is
_NAMES = (f"<{SKOS}prefLabel>", f"<{SKOS}altLabel>")


@dataclass(frozen=True)
class Context:
    """By what a file is read."""

    base: str
    ontology: Ontology
    vocabulary: Vocabulary
    checked: bool  # whether records are to be validated, if the shapes allow

    @cached_property
    def expander(self) -> Expander:
        """What makes triples of records."""
        return Expander(self.vocabulary, self.base)

    @cached_property
    def derivation(self) -> Derivation:
        """The rules."""
        return derivation.compile_(self.ontology, self.vocabulary)

    @cached_property
    def constraints(self) -> Constraints | None:
        """The shapes; None where they are to be checked elsewhere."""
        return shapetext.compile_(self.ontology) if self.checked else None

    @cached_property
    def checks(self) -> Checks | None:
        """The checks; None where they are to be run elsewhere."""
        if self.constraints is None:
            return None
        return checks.compile_(self.base, self.derivation, self.vocabulary)

    @cached_property
    def layouts(self) -> Layouts:
        """How nodes are written."""
        return Layouts(self.prefixes)

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for writing."""
        return {"id": self.base, **self.ontology.prefixes}


def make(
    context: Context,
    data: bytes,
    path: str,
    others: Others | None = None,
) -> Shard:
    """Read one file.

    Args:
        context: by what.
        data: the file.
        path: as diagnostics call it.
        others: what is known of the records of other files.

    """
    collecting = gc.isenabled()
    gc.disable()  # nodes and triples make no cycles worth looking for; a sixth of the time
    try:
        return _make(context, factfile.parse(data, path), others or Others())
    finally:
        if collecting:
            gc.enable()


def _make(context: Context, read: tuple[FactFile, list[Diagnostic]], others: Others) -> Shard:
    file, diagnostics = read
    path = file.path
    headings, found = records.headings(file, context.vocabulary)
    diagnostics += found
    failed = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    shard = Shard(path, diagnostics, [], _ID.findall(file.text) if failed else [], context.constraints is not None)
    writer = Writer(context.layouts)
    pieces: list[bytes] = []
    start = 0
    across: list[str] = []
    seen: dict[str, list[str]] = {}
    for heading in headings:
        place = heading.id.line, heading.id.column
        if heading.cls is None:
            shard.records.append(Outline(heading.id.value, place, None))
            continue
        entry = Entry(heading.id.value, heading.cls, file, heading.record)
        source = Source(path, heading.number, heading.cls.name, entry.location)
        one = context.expander.expand(entry, others)
        nodes = one.nodes
        made = context.derivation.of_record(nodes, one.classes)
        subject = f"<{context.base}{entry.id}>"
        own = nodes[subject]
        record = Outline(entry.id, place, source, tuple([iri[1:-1] for iri in own[_TYPE]]))
        record.names = tuple([names.name(text, label=of is _NAMES[0]) for of in _NAMES for text in own.get(of, ())])
        record.links = tuple([link[1:-1] for link in context.derivation.links(nodes)])
        record.references = tuple(dict.fromkeys([id_ for id_, _ in one.references]))
        record.dangling, record.diagnostics = tuple(one.dangling), tuple(one.diagnostics)
        shard.records.append(record)
        if context.constraints is not None:
            view = View(nodes, lambda node: others.of(node[1:-1].removeprefix(context.base)))
            record.results = tuple(validate(context.constraints, view))
            record.open = tuple([(n[1:-1].removeprefix(context.base), cls[1:-1]) for n, cls in sorted(view.open)])
        if context.checks is not None:
            record.rows = tuple(context.checks.of_record(context.base, nodes))
            for check, line in dict.fromkeys(context.checks.sights.lines(nodes)):
                seen.setdefault(check, []).append(line)
        if context.derivation.reads != frozenset():
            across += _visible(nodes, context.derivation.reads)
        block = [text.encode() for text in write(subject, nodes, made, writer)]
        sizes = [len(text) for text in block]
        record.block = (start, *sizes)
        start += sum(sizes)
        pieces += block
    shown = {path: "".join(visible).encode() for path, visible in seen.items()}
    shard.texts = Texts(b"".join(pieces), "".join(across).encode(), shown)
    shard.digests = {path: digest(data) for path, data in shown.items()}
    shard.others, shard.prefixes = others, writer.used
    for layout, number in writer.seen.items():
        shard.counts.alike(layout, number)
    return shard


def _visible(nodes: Nodes, keys: frozenset[str] | None) -> Iterable[str]:
    for subject, about in nodes.items():
        for predicate, objects in about.items():
            if keys is None or predicate in keys:
                for value in objects:
                    yield f"{subject} {predicate} {value} .\n"
            elif predicate == _TYPE:
                for value in objects:
                    if f"{_TYPE} {value}" in keys:
                        yield f"{subject} {_TYPE} {value} .\n"


def write(record: str, nodes: Nodes, derived: Iterable[Triple], writer: Writer) -> tuple[str, str, str, str, str]:
    """Write the texts of a block: see `kg.graph.Block`."""
    made: Nodes = {}
    for subject, predicate, object_ in derived:
        made.setdefault(subject, {}).setdefault(predicate, []).append(object_)
    node, asserted = writer.node, _ASSERTED
    parts = {subject: node(subject, about, made.get(subject, asserted)) for subject, about in nodes.items()}
    lines, turtle, flags = parts.pop(record, ("", "", ""))
    order = sorted(parts)
    return (
        lines,
        "".join([parts[subject][0] for subject in order]),
        turtle,
        "".join(["\n" + parts[subject][1] for subject in sorted(parts, key=_inside)]),
        flags + "".join([parts[subject][2] for subject in order]),
    )


def _inside(subject: str) -> str:
    return subject[1:-1]
