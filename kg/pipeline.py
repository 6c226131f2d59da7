"""The pipeline: a project goes in, a Build comes out. Stages report and go on; what failed is in the diagnostics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kg import (
    checks,
    derivation,
    expansion,
    factfile,
    findings,
    metashapes,
    names,
    ontology,
    records,
    shapes,
    sourcemap,
    vocabulary,
)
from kg.diagnostic import Diagnostic, Location, Severity
from kg.expansion import Dangling, Expansion
from kg.factfile import FactFile
from kg.graph import Graph
from kg.names import Names
from kg.project import Dataset, Project, find
from kg.records import Entry
from kg.sourcemap import SourceMap
from kg.suggestion import did_you_mean
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    import rdflib


@dataclass(frozen=True)
class Build:
    """What became of a project's facts.

    Attributes:
        project: where the files are.
        dataset: what `facts/dataset.yaml` says.
        vocabulary: classes, fields and codes of the ontology.
        graph: the triples; without those of values that were refused.
        names: labels and ids.
        sources: from triples back to lines.
        diagnostics: all that was found, in order of place.
        checked: False where shapes and checks were skipped, as asked for or since not every record could be read.

    """

    project: Project
    dataset: Dataset
    vocabulary: Vocabulary
    graph: Graph = field(repr=False)
    names: Names = field(repr=False)
    sources: SourceMap = field(repr=False)
    diagnostics: tuple[Diagnostic, ...]
    checked: bool = True

    @property
    def valid(self) -> bool:
        """True where nothing is an error."""
        return all(diagnostic.severity < Severity.ERROR for diagnostic in self.diagnostics)

    @property
    def corpus(self) -> str:
        """How small the corpus is: the number of records, and the classes that most of them have."""
        labels = {cls.name: cls.label for cls in self.vocabulary.classes.values()}
        numbers = Counter(labels[source.type] for source in self.sources.records.values())
        most = ", ".join(f"{label} {number}" for label, number in numbers.most_common(3))
        return f"{len(self.sources.records)} records ({most})"

    def to_rdflib(self) -> rdflib.Graph:
        """Return the graph as an rdflib graph."""
        return self.graph.to_rdflib()


def build(path: str | Path | None = None, *, engine: str = shapes.DEFAULT_ENGINE, checked: bool = True) -> Build:
    """Read, expand, derive and validate the facts of a project.

    Args:
        path: the project folder; by default the nearest one upward that holds `facts/`.
        engine: the SHACL engine, `shacl` or `pyshacl`.
        checked: False skips shapes and checks.

    Raises:
        kg.project.NotAProject: there is no `facts/`.
        kg.shapes.EngineError: the SHACL engine failed.
        OSError: a file cannot be read.

    """
    project = find(Path(path) if path is not None else None)
    dataset, diagnostics = project.dataset()
    onto, faults = ontology.load(project.ontology)
    faults = faults or metashapes.check(onto)
    diagnostics += faults
    if faults:
        return _stopped(project, dataset, onto, diagnostics)
    vocab = vocabulary.read(onto)
    files, unread = _read(project)
    entries, unknown = records.index(files, vocab)
    diagnostics += [*unread, *unknown]
    # What a record lacks, or points at in vain, can be told only where every record is there.
    whole_read = not any(diagnostic.severity is Severity.ERROR for diagnostic in (*unread, *unknown))
    sources = sourcemap.make(entries, project.root, dataset.base, vocab)
    whole = _expand(entries, vocab, dataset.base)
    diagnostics += whole.diagnostics
    asserted = frozenset(triple for triple, _ in whole.triples)
    derived, found = derivation.derive(asserted, whole.parts, onto, vocab)
    diagnostics += found
    graph = Graph(dataset.base, asserted, derived, onto)
    known = names.read(graph)
    if whole_read:
        diagnostics += [_dangling(reference, known, vocab) for reference in whole.dangling]
        diagnostics += _missing(entries, dataset, vocab)
    checked = checked and whole_read
    if checked:
        refused = {d.location for d in diagnostics if d.severity is Severity.ERROR}
        results = [r for r in shapes.validate(graph, engine) if not _said_already(r, refused, sources)]
        diagnostics += findings.diagnose(results, graph, sources, known)
        breaches = checks.run("checks", "check", graph, sources, known)
        diagnostics += [f.diagnostic for f in breaches if not sources.refused(f.node, "", refused)]
    return Build(project, dataset, vocab, graph, known, sources, tuple(sorted(set(diagnostics))), checked)


def _stopped(project: Project, dataset: Dataset, onto: ontology.Ontology, diagnostics: list[Diagnostic]) -> Build:
    """Give up where the ontology has faults: by what could the facts be read?"""
    nothing = Vocabulary({}, {}, {})
    graph = Graph(dataset.base, frozenset(), frozenset(), onto)
    sources = SourceMap(project.root, dataset.base, nothing, {})
    return Build(
        project, dataset, nothing, graph, names.read(graph), sources, tuple(sorted(diagnostics)), checked=False
    )


def _read(project: Project) -> tuple[list[FactFile], list[Diagnostic]]:
    """Read the fact files; a file that changes meanwhile is no input to trust."""
    files, diagnostics = project.files()
    read: list[FactFile] = []
    for file in files:
        before = file.stat()
        made, found = factfile.read(file, project.shown(file))
        after = file.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            found.append(
                Diagnostic(Location(made.path), "input-changed", "the file changed while it was read", "run again")
            )
        read.append(made)
        diagnostics += found
    if not files:
        location = Location(project.shown(project.facts))
        diagnostics.append(Diagnostic(location, "no-facts", "no fact file", "write one, ending in .yaml"))
    return read, diagnostics


def _expand(entries: dict[str, Entry], vocab: Vocabulary, base: str) -> Expansion:
    whole = Expansion()
    for entry in entries.values():
        one = expansion.expand(entry, vocab, base, entries)
        whole.triples += one.triples
        whole.parts |= one.parts
        whole.dangling += one.dangling
        whole.diagnostics += one.diagnostics
    return whole


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


def _missing(entries: dict[str, Entry], dataset: Dataset, vocab: Vocabulary) -> list[Diagnostic]:
    """Hold the data set to the minimum counts that it states itself, so that a lost folder is noticed."""
    diagnostics = []
    for name, least in dataset.minimum.items():
        cls = vocab.classes.get(name)
        if cls is None:
            hint = did_you_mean(name, vocab.classes)
            diagnostics.append(Diagnostic(dataset.places[name], "bad-configuration", f"no type '{name}'", hint))
            continue
        count = sum(vocab.is_a(entry.cls.iri, cls.iri) for entry in entries.values())
        if count < least:
            message = f"{count} records of type {name}, at least {least} expected"
            hint = "is a folder missing? else lower the minimum"
            diagnostics.append(Diagnostic(dataset.places[name], "too-few-records", message, hint))
    return diagnostics


def _said_already(result: shapes.Result, refused: set[Location], sources: SourceMap) -> bool:
    """Tell whether a result only says that something is missing which was written, but refused: one mistake, one error."""
    misses = result.component == "MinCount" or not result.path
    return misses and sources.refused(result.focus, result.path, refused)


def ontology_text(made: Build) -> list[bytes]:
    """Return the ontology of a build as one Turtle file: its files one after the other."""
    return [file.read_bytes().rstrip() + b"\n\n" for file in sorted(made.project.ontology.glob("*.ttl"))]
