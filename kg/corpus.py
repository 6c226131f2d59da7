"""The corpus: all fact files of a project together. Each is read alone (`kg.shard`); here is what needs to know the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kg import graph, names, shard
from kg.diagnostic import Diagnostic, Location, Severity
from kg.expansion import Dangling, record_of
from kg.export.turtle import Writer
from kg.graph import Block, Blocks, Graph
from kg.names import Names
from kg.ontology import term
from kg.project import Project
from kg.reading import Reading
from kg.records import duplicate
from kg.rules import Triple
from kg.shapes import Result
from kg.shard import Context, Others, Shard
from kg.sourcemap import Source, SourceMap


@dataclass
class Corpus:
    """What was read.

    Attributes:
        context: by what.
        shards: the files, in order.
        sources: every record and where it stands.
        diagnostics: what is wrong with files and records.
        dangling: references to ids that no record has.
        lost: ids that are written somewhere, and of which no record could be read.
        whole: whether every record could be read.

    """

    context: Context
    shards: list[Shard]
    sources: SourceMap
    diagnostics: list[Diagnostic]
    dangling: list[Dangling]
    lost: set[str]
    whole: bool

    @cached_property
    def names(self) -> Names:
        """Labels and ids."""
        found = {
            record.id: (
                record.classes,
                [(found, is_label) for text, is_label in record.names if isinstance(found := term(text), ox.Literal)],
            )
            for record in self.records
        }
        return names.collect(self.context.base, found)

    @property
    def records(self) -> Iterator[shard.Outline]:
        """The records that have an id and type of their own."""
        kept = self.sources.records
        return (r for s in self.shards for r in s.records if r.source is not None and kept[r.id] is r.source)

    @property
    def results(self) -> list[Result]:
        """How records break their shapes, where that could be told record by record."""
        return [result for record in self.records for result in record.results]

    @property
    def graph(self) -> Graph:
        """The triples, without those of values that were refused."""
        return Graph.of(self.context.base, self._blocks, self.context.ontology)

    def _blocks(self) -> Blocks:
        base = self.context.base
        blocks = Blocks()
        for number, one in enumerate(self.shards):
            blocks.pieces.append(one.piece)
            blocks.prefixes |= one.prefixes
            kept = [r for r in one.records if r.block and self.sources.records[r.id] is r.source]
            blocks.places |= {base + r.id: (number, *r.block) for r in kept}
            if len(kept) == sum(bool(r.block) for r in one.records):
                blocks.counts.add(one.counts)
            else:  # an id was given twice
                for record in kept:
                    blocks.counts.count(graph.read("".join(blocks[base + record.id][:2])))
        made, _ = self.context.derivation.of_all(b"".join(one.across for one in self.shards))
        _insert(blocks, made, self.context.prefixes)
        return blocks


def read(context: Context, project: Project, reading: Reading) -> Corpus:
    """Read the fact files of a project; a file that changes meanwhile is no input to trust."""
    files, diagnostics = project.files()
    items = [(file, project.shown(file), Others()) for file in files]
    shards = reading.run(context, items)
    if not files:
        location = Location(project.shown(project.facts))
        diagnostics.append(Diagnostic(location, "no-facts", "no fact file", "write one, ending in .yaml"))
    return _gather(context, project, reading, shards, diagnostics)


def _gather(
    context: Context, project: Project, reading: Reading, shards: list[Shard], diagnostics: list[Diagnostic]
) -> Corpus:
    """Put files together: which ids there are, and who refers to one that there is not."""
    found: dict[str, Source] = {}
    for one in shards:
        diagnostics += one.diagnostics
        for record in one.records:
            if record.id in found:
                place = Location(one.path, *record.place)
                diagnostics.append(duplicate(record.id, place, found[record.id].location))
            elif record.source is not None:
                found[record.id] = record.source
    whole = not any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
    classes = {r.id: frozenset(r.classes) for one in shards for r in one.records if found.get(r.id) is r.source}
    again: dict[int, tuple[Path, str, Others]] = {}
    for number, one in enumerate(shards):
        missing = {i for record in one.records for i, _ in record.references if i not in found}
        open_ = {pair for record in one.records for pair in record.open}
        if missing or any(cls not in classes.get(i, ()) for i, cls in open_):
            known = {i: classes[i] for i in {i for i, _ in open_} if i in classes}
            again[number] = project.root / one.path, one.path, Others(frozenset(missing), known)
    for number, new in zip(again, reading.run(context, list(again.values())), strict=True):
        for old, record in zip(shards[number].records, new.records, strict=False):
            if old.source is not None and old.source == record.source and found[old.id] is old.source:
                found[record.id] = record.source
        shards[number] = new
    sources = SourceMap(project.root, context.base, context.vocabulary, found)
    kept = [r for one in shards for r in one.records if r.source is not None and found[r.id] is r.source]
    diagnostics += [diagnostic for record in kept for diagnostic in record.diagnostics]
    diagnostics += context.derivation.diagnostics
    dangling = [reference for record in kept for reference in record.dangling]
    lost = {i for one in shards for i in one.lost} - found.keys()
    return Corpus(context, shards, sources, diagnostics, dangling, lost, whole)


def _insert(blocks: Blocks, triples: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
    """Add derived triples to the blocks of the records that they are about."""
    added: dict[str, list[Triple]] = {}
    for triple in triples:
        added.setdefault(record_of(triple[0][1:-1]), []).append(triple)
    writer = Writer(prefixes)
    for iri, more in added.items():
        block = blocks[iri] if iri in blocks.places else Block()
        own = all(subject == f"<{iri}>" for subject, _, _ in more)  # then the parts stay as they are
        text = block.lines if own else block.lines + block.lines_of_parts
        nodes = graph.read(text)
        old = len(nodes)
        flags = zip(text.split("\n"), block.derived, strict=False)
        made = {_triple(line) for line, flag in flags if flag == "1" and line}
        for subject, predicate, object_ in more:
            objects = nodes.setdefault(subject, {}).setdefault(predicate, [])
            if object_ not in objects:
                objects.append(object_)
                made.add((subject, predicate, object_))
                blocks.counts.triple(predicate, object_)
        blocks.counts.subjects += len(nodes) - old
        again = Block(*shard.write(f"<{iri}>", nodes, made, writer))
        if own:
            rest = block.derived[text.count("\n") :]
            again = block._replace(lines=again.lines, turtle=again.turtle, derived=again.derived + rest)
        blocks.remade[iri] = again
    blocks.prefixes |= writer.used


def _triple(line: str) -> Triple:
    subject, predicate, object_ = line.split(" ", 2)
    return subject, predicate, object_[:-2]
