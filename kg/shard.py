"""A shard: all that can be told from one fact file alone. A function of its bytes, so it can run anywhere and be kept.

Whether the ids that it refers to exist is not known here: they are taken to exist, but for those that are said to be
missing.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg import derivation, expansion, factfile, records
from kg.compiled import shapetext
from kg.compiled.constraints import Constraints, View
from kg.compiled.rules import Nodes, Triple
from kg.derivation import Derivation
from kg.diagnostic import Diagnostic, Severity
from kg.expansion import Dangling
from kg.factfile import FactFile
from kg.graph import Counts, lines
from kg.ontology import SKOS, TYPE, Ontology
from kg.records import Entry
from kg.shapes import Result
from kg.shapes import validate_view as validate
from kg.sourcemap import Source
from kg.turtle import Writer
from kg.vocabulary import Vocabulary

_ID = re.compile(r"""^[-{ \t]*["']?id["']?[ \t]*:[ \t]*["']?([\w-]+)""", re.MULTILINE)  # where a record says its id
_TYPE = f"<{TYPE.value}>"
_NAMES = (f"<{SKOS}prefLabel>", f"<{SKOS}altLabel>")


@dataclass(frozen=True)
class Context:
    """By what a file is read."""

    base: str
    ontology: Ontology
    vocabulary: Vocabulary
    checked: bool  # whether records are to be validated, if the shapes allow

    @cached_property
    def derivation(self) -> Derivation:
        """The rules."""
        return derivation.compile_(self.ontology, self.vocabulary)

    @cached_property
    def constraints(self) -> Constraints | None:
        """The shapes; None where they are to be checked elsewhere."""
        return shapetext.compile_(self.ontology) if self.checked else None

    @property
    def prefixes(self) -> dict[str, str]:
        """Prefixes for writing."""
        return {"id": self.base, **self.ontology.prefixes}


@dataclass(slots=True)
class Outline:
    """What the data set has to know of one record.

    Attributes:
        id: its id.
        place: line and column of the id.
        source: where it stands; None where its type is not known.
        classes: IRIs.
        names: its labels and alternative labels in N-Triples syntax, each with whether it is the label.
        references: ids that it points at, each with the class that the field wants.
        dangling: those of them that are said to be missing.
        diagnostics: what is wrong with it.
        results: how it breaks its shapes.
        open: ids of records that have to be of a class, each with the class's IRI, before it can be said to keep them.
        links: IRIs of what rules join it to.
        block: where its texts lie in the piece of its file, and their lengths.

    """

    id: str
    place: tuple[int, int]
    source: Source | None
    classes: list[str] = field(default_factory=list)
    names: list[tuple[str, bool]] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    dangling: list[Dangling] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    open: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    block: tuple[int, ...] = ()


@dataclass(slots=True)
class Shard:
    """One file.

    Attributes:
        path: as diagnostics call it.
        diagnostics: what is wrong with it as a whole, and with ids and types.
        records: those with an id, in order.
        lost: ids that are written in it, where not all of it could be read.
        checked: whether its records were validated.
        name: that under which it is kept, where it is.
        across: N-Triples that rules across records can see.
        piece, prefixes, counts: see `kg.graph.Blocks`.

    """

    path: str
    diagnostics: list[Diagnostic]
    records: list[Outline]
    lost: list[str]
    checked: bool = False
    name: str = ""
    across: bytes = b""
    piece: bytes = b""
    prefixes: dict[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class Others:
    """What is known of the records of other files.

    Attributes:
        missing: ids that no record has; all others exist.
        classes: IRIs of the classes of each id; None where they are not known, and then what depends on them is open.

    """

    missing: frozenset[str] = frozenset()
    classes: Mapping[str, Iterable[str]] | None = None

    def __contains__(self, id_: object) -> bool:
        return id_ not in self.missing

    @property
    def digest(self) -> bytes:
        """What tells it from all else that may be known."""
        classes = sorted((i, sorted(found)) for i, found in (self.classes or {}).items())
        return repr((sorted(self.missing), self.classes is None, classes)).encode()

    def of(self, id_: str) -> Iterable[str] | None:
        """Return the classes of a record in N-Triples syntax."""
        return None if self.classes is None else [f"<{iri}>" for iri in self.classes.get(id_, ())]


def make(
    context: Context,
    data: bytes,
    path: str,
    others: Others | None = None,
    *,
    texts: bool = True,
) -> Shard:
    """Read one file.

    Args:
        context: by what.
        data: the file.
        path: as diagnostics call it.
        others: what is known of the records of other files.
        texts: whether to write N-Triples and Turtle.

    """
    collecting = gc.isenabled()
    gc.disable()  # nodes and triples make no cycles worth looking for; a sixth of the time
    try:
        return _make(context, factfile.parse(data, path), others or Others(), texts=texts)
    finally:
        if collecting:
            gc.enable()


def _make(context: Context, read: tuple[FactFile, list[Diagnostic]], others: Others, *, texts: bool) -> Shard:
    file, diagnostics = read
    path = file.path
    headings, found = records.headings(file, context.vocabulary)
    diagnostics += found
    failed = any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    shard = Shard(path, diagnostics, [], _ID.findall(file.text) if failed else [], context.constraints is not None)
    writer = Writer(context.prefixes)
    pieces: list[str] = []
    start = 0
    across: list[str] = []
    for heading in headings:
        place = heading.id.line, heading.id.column
        if heading.cls is None:
            shard.records.append(Outline(heading.id.value, place, None))
            continue
        entry = Entry(heading.id.value, heading.cls, file, heading.record)
        source = Source(path, heading.number, heading.cls.name, entry.location)
        one = expansion.expand(entry, context.vocabulary, context.base, others)
        nodes = one.nodes
        made = context.derivation.of_record(nodes, one.classes)
        subject = f"<{context.base}{entry.id}>"
        own = nodes[subject]
        record = Outline(entry.id, place, source, [iri[1:-1] for iri in own[_TYPE]])
        record.names = [(text, name is _NAMES[0]) for name in _NAMES for text in own.get(name, ())]
        record.links = [link[1:-1] for link in context.derivation.links(nodes)]
        record.references = list(dict.fromkeys(one.references))
        record.dangling, record.diagnostics = one.dangling, one.diagnostics
        shard.records.append(record)
        if context.constraints is not None:
            view = View(nodes, lambda node: others.of(node[1:-1].removeprefix(context.base)))
            record.results = validate(context.constraints, view)
            record.open = [(node[1:-1].removeprefix(context.base), cls[1:-1]) for node, cls in sorted(view.open)]
        if texts:
            if context.derivation.reads != frozenset():
                across += _visible(nodes, context.derivation.reads)
            block = write(subject, nodes, made, writer)
            sizes = [len(text) if text.isascii() else len(text.encode()) for text in block]
            record.block = (start, *sizes)
            start += sum(sizes)
            pieces += block
            shard.counts.count(nodes)
    shard.piece, shard.across, shard.prefixes = "".join(pieces).encode(), "".join(across).encode(), writer.used
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
    made = set(derived)
    parts = sorted((subject for subject in nodes if subject != record), key=_inside)
    flags: list[str] = []
    own: list[str] = []
    inner: list[str] = []
    for text, subjects in ((own, (record,) if record in nodes else ()), (inner, parts)):
        for triple in lines(nodes, subjects):
            text.append("%s %s %s .\n" % triple)  # noqa: UP031 - a triple is a tuple already
            flags.append("1" if triple in made else "0")
    block = writer.block
    return (
        "".join(own),
        "".join(inner),
        block(record, nodes[record]) if record in nodes else "",
        "".join(["\n" + block(subject, nodes[subject]) for subject in parts]),
        "".join(flags),
    )


def _inside(subject: str) -> str:
    return subject[1:-1]
