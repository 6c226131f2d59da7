"""The corpus: all fact files of a project together. Each is read alone (`kg.shard`); here is what needs to know the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from kg import derivation, names, shard
from kg.compiled.rules import Joined, Nodes, Rule, Triple
from kg.diagnostic import Diagnostic, Location, Severity
from kg.graph import Block, Blocks, Graph
from kg.intake import Reader
from kg.layout import Layouts
from kg.names import Names
from kg.ontology import read_ntriples
from kg.outline import Others, Outline, Shard, Texts
from kg.parts import Dangling, record_of
from kg.project import Project
from kg.records import duplicate
from kg.shapes import Result
from kg.shard import Context
from kg.sourcemap import Source, SourceMap
from kg.suggestion import did_you_mean
from kg.turtle import Writer
from kg.vocabulary import Vocabulary

_AT_ONCE = 1000  # groups of records; their texts are in memory


@dataclass
class Corpus:
    """What was read.

    Attributes:
        context: by what.
        shards: the files, in order.
        sources: every record and where it stands.
        diagnostics: what is wrong with files and records.
        dangling: references to ids that no record has.
        reader: fetches what was written of a file.
        lost: ids that are written somewhere, and of which no record could be read.
        whole: whether every record could be read.

    """

    context: Context
    shards: list[Shard]
    sources: SourceMap
    diagnostics: list[Diagnostic]
    dangling: list[Dangling]
    reader: Reader
    lost: set[str]
    whole: bool

    @cached_property
    def names(self) -> Names:
        """Labels and ids."""
        return names.collect(self.context.base, ((r.id, r.classes, r.names) for r in self.records))

    @property
    def records(self) -> Iterator[Outline]:
        """The records that have an id and type of their own."""
        kept = self.sources.records
        return (r for s in self.shards for r in s.records if r.source is not None and kept[r.id] is r.source)

    @property
    def results(self) -> list[Result]:
        """How records break their shapes, where that could be told record by record."""
        return [result for record in self.records for result in record.results]

    def told(self) -> list[Diagnostic]:
        """Return what is wrong, references that lead nowhere included."""
        reported = (reference for reference in self.dangling if reference.id not in self.lost)
        return [*self.diagnostics, *(_dangling(one, self.names, self.context.vocabulary) for one in reported)]

    def fetch(self, one: Shard, *, whole: bool = True) -> Texts:
        """Return what was written of a file, whole or without its piece."""
        return one.texts or self.reader.texts(self.context, one, self.sources.root / one.path, whole=whole)

    @cached_property
    def _derived(self) -> tuple[list[Triple], list[Diagnostic]]:
        seen = self.shards if self.context.derivation.across else ()
        return self.context.derivation.of_all(b"".join(self.fetch(one, whole=False).across for one in seen))

    @property
    def underived(self) -> list[Diagnostic]:
        """The faults of rules that show only when they run: then what they would derive is missing."""
        return self._derived[1]

    @cached_property
    def graph(self) -> Graph:
        """The triples, without those of values that were refused."""
        return Graph.of(self.context.base, self._blocks, self.context.ontology)

    def _blocks(self) -> Blocks:
        base = self.context.base
        blocks = Blocks()
        for one in self.shards:
            blocks.prefixes |= one.prefixes
            kept = [r for r in one.records if r.block and self.sources.records[r.id] is r.source]
            blocks.add(base, self.fetch(one).piece, ((r.id, r.block) for r in kept))
            if len(kept) == sum(bool(r.block) for r in one.records):
                blocks.counts.add(one.counts)
            else:  # an id was given twice
                for record in kept:
                    blocks.counts.count(read_ntriples(blocks.ntriples(base + record.id).decode()))
        self._join(blocks)
        insert(blocks, self._derived[0], (), self.context.prefixes)
        return blocks

    def texts(self, wanted: Callable[[Outline], bool]) -> bytes:
        """Return the N-Triples of some records, without what rules join to them."""
        found = []
        for one in self.shards:
            for start, *lengths in (record.block for record in one.records if record.block and wanted(record)):
                found.append(self.fetch(one).piece[start : start + lengths[0] + lengths[1]])
        return b"".join(found)

    def _join(self, blocks: Blocks) -> None:
        """Apply the rules that see all records that are joined."""
        groups = iter(components(self.context.base, self.records))
        while some := list(islice(groups, _AT_ONCE)):
            texts = {iri: blocks.ntriples(iri).decode() for group in some for iri in group if iri in blocks.places}
            insert(blocks, *join(some, texts, self.context.derivation.joined), self.context.prefixes)


def components(base: str, records: Iterable[Outline]) -> list[set[str]]:
    """Return the IRIs of records that rules join to others, in groups that hang together."""
    near: dict[str, set[str]] = {}
    for record in records:
        for link in map(record_of, record.links):
            near.setdefault(base + record.id, set()).add(link)
            near.setdefault(link, set()).add(base + record.id)
    found = []
    while near:
        first = next(iter(near))
        group = {first, *near.pop(first)}
        queue = [*group]
        while queue:
            more = near.pop(queue.pop(), set()) - group
            group |= more
            queue += more
        found.append(group)
    return found


def join(
    groups: Iterable[Iterable[str]], texts: Mapping[str, str], rules: Iterable[Rule]
) -> tuple[list[Triple], list[Triple]]:
    """Apply rules to groups of records.

    Args:
        groups: IRIs of records that are joined.
        texts: their N-Triples.
        rules: those that see all that are joined.

    Returns:
        What follows, and what was said to follow when each record was seen alone.

    """
    added: list[Triple] = []
    removed: list[Triple] = []
    for group in groups:
        alone = [read_ntriples(texts[iri]) for iri in group if iri in texts]
        together = Joined(pair for nodes in alone for pair in nodes.items())
        for rule in rules:
            removed += (triple for nodes in alone if not rule.joins(nodes) for triple in rule.triples(nodes))
            added += rule.triples(together)
    return added, removed


def read(context: Context, project: Project, intake: Reader) -> Corpus:
    """Read the fact files of a project; a file that changes meanwhile is no input to trust."""
    files, diagnostics = project.files()
    items = [(file, project.shown(file), Others()) for file in files]
    shards = intake.run(context, items)
    if not any(one.severity is Severity.ERROR for one in diagnostics) and not files:
        location = Location(project.shown(project.facts))
        diagnostics.append(Diagnostic(location, "no-facts", "no fact file", "write one, ending in .yaml"))
    return gather(context, project, intake, shards, diagnostics)


def gather(
    context: Context, project: Project, intake: Reader, shards: list[Shard], diagnostics: list[Diagnostic]
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
    classes = {r.id: r.classes for one in shards for r in one.records if found.get(r.id) is r.source}
    again: dict[int, tuple[Path, str, Others]] = {}
    for number, one in enumerate(shards):
        missing = {i for record in one.records for i in record.references if i not in found}
        open_ = {pair for record in one.records for pair in record.open}
        if missing or any(cls not in classes.get(i, ()) for i, cls in open_):
            known = {i: classes[i] for i in {i for i, _ in open_} if i in classes}
            again[number] = project.root / one.path, one.path, Others(frozenset(missing), known)
    for number, new in zip(again, intake.run(context, list(again.values())), strict=True):
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
    return Corpus(context, shards, sources, diagnostics, dangling, intake, lost, whole)


def insert(blocks: Blocks, triples: Iterable[Triple], instead: Iterable[Triple], prefixes: Mapping[str, str]) -> None:
    """Add derived triples to the blocks of the records that they are about, instead of some that stood there."""
    changes: dict[str, tuple[list[Triple], set[Triple]]] = {}
    for triple in triples:
        changes.setdefault(record_of(triple[0][1:-1]), ([], set()))[0].append(triple)
    for triple in instead:
        changes.setdefault(record_of(triple[0][1:-1]), ([], set()))[1].add(triple)
    writer = Writer(Layouts(prefixes))
    for iri, (added, removed) in changes.items():
        block = blocks[iri] if iri in blocks.places else Block()
        own = all(subject == f"<{iri}>" for subject, _, _ in (*added, *removed))  # then the parts stay as they are
        text = block.lines if own else block.lines + block.lines_of_parts
        old = [_triple(line) for line in text.split("\n")[:-1]]
        derived = {triple for triple, flag in zip(old, block.derived, strict=False) if flag == "1"}
        nodes: Nodes = {}
        derivation.add(nodes, [], (triple for triple in old if triple not in removed or triple not in derived))
        more: list[Triple] = []
        derivation.add(nodes, more, added)
        again = Block(*shard.write(f"<{iri}>", nodes, (derived - removed).union(more), writer))
        if own:
            rest = block.derived[len(old) :]
            again = block._replace(lines=again.lines, turtle=again.turtle, derived=again.derived + rest)
        blocks.put(iri, again)
        blocks.counts.replace(old, nodes)
    blocks.prefixes |= writer.used
    counts = blocks.counts
    counts.classes, counts.properties = +counts.classes, +counts.properties  # without those of which none is left


def _triple(line: str) -> Triple:
    subject, predicate, object_ = line.split(" ", 2)
    return subject, predicate, object_[:-2]


def _dangling(reference: Dangling, known: Names, vocab: Vocabulary) -> Diagnostic:
    cls = vocab.by_iri[reference.range]
    named = known.resolve(reference.id)
    if named:
        message = f"'{reference.id}' is a name, not an id"
        hint = "write the id " + " or ".join(f"'{i}'" for i in named)
        return Diagnostic(reference.location, "name-for-id", message, hint)
    word = reference.id.rstrip("/").rpartition("/")[2]  # somebody may write the IRI
    hint = did_you_mean(word, known.suggest(word, cls.iri)) or "ids are in the `id` fields of the fact files"
    return Diagnostic(reference.location, "dangling-reference", f"no {cls.label} has the id '{reference.id}'", hint)
