"""The pipeline: a project goes in, a Build comes out. Stages report and go on; what failed is in the diagnostics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kg import (
    breaches,
    checks,
    corpus,
    fields,
    findings,
    intake,
    metashapes,
    names,
    ontology,
    parameters,
    shapes,
    sourcemap,
    syntax,
    vocabulary,
)
from kg.cache import Cache, fingerprint
from kg.diagnostic import Diagnostic, Location, Severity
from kg.graph import Graph
from kg.intake import Intake
from kg.names import Names
from kg.ontology import Ontology
from kg.project import Dataset, Project, find, shipped_ontology
from kg.shard import Context
from kg.sourcemap import SourceMap
from kg.suggestion import did_you_mean
from kg.vocabulary import Vocabulary

if TYPE_CHECKING:
    import rdflib


_Told = Callable[[], list[Diagnostic]]  # tells what is wrong with an ontology; to be asked once


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
        checked: False where shapes and checks were skipped as asked for, or the checks since not every record could be read.

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


def build(
    path: str | Path | None = None,
    *,
    engine: str = shapes.DEFAULT_ENGINE,
    checked: bool = True,
    jobs: int = 1,
    cache: Path | None = None,
) -> Build:
    """Read, expand, derive and validate the facts of a project.

    Args:
        path: the project folder; by default the nearest one upward that holds `facts/`.
        engine: the SHACL engine, `compiled`, `shacl` or `pyshacl`.
        checked: False skips shapes and checks.
        jobs: how many processes may read files, where these are many.
        cache: a folder in which to keep what was made of each file; None for nowhere.

    Raises:
        kg.project.NotAProject: there is no `facts/`.
        kg.shapes.EngineError: the SHACL engine failed.
        OSError: a file cannot be read.

    """
    project = find(Path(path) if path is not None else None)
    dataset, diagnostics = project.dataset()
    cached = Cache(cache, fingerprint(project.ontology)) if cache is not None else None
    onto, vocab, told = _prepared(project, cached)
    if not vocab.classes:
        return _stopped(project, dataset, onto, [*diagnostics, *told()])
    by_record = checked and engine == shapes.DEFAULT_ENGINE
    context = Context(dataset.base, onto, vocab, by_record)
    if cached is not None:
        cached.prune()
    facts = corpus.read(context, project, Intake(cached, jobs))
    faults = told()
    diagnostics += faults
    if _failed(faults):
        return _stopped(project, dataset, onto, diagnostics)
    diagnostics += [*facts.told(), *facts.underived]
    sources, known, graph = facts.sources, facts.names, facts.graph
    refused = {d.location for d in diagnostics if d.severity is Severity.ERROR} | {r.location for r in facts.dangling}
    whole_read = facts.whole
    # What the data set lacks as a whole can be told only where every record is there.
    if whole_read:
        diagnostics += _missing(sources, dataset, vocab)
    try:
        if checked:
            by_record = all(one.checked for one in facts.shards)
            found = facts.results if by_record else shapes.validate(graph, engine)
            results = [r for r in found if not _said_already(r, refused, sources)]
            diagnostics += findings.diagnose(results, sources, known)
        checked = checked and whole_read
        if checked:
            broken = breaches.find(facts, cached) if by_record else checks.run("checks", "check", graph, sources, known)
            diagnostics += [f.diagnostic for f in broken if not sources.refused(f.node, "", refused)]
    except sourcemap.Changed as error:
        diagnostics.append(intake.changed(error.path))
    return Build(project, dataset, vocab, graph, known, sources, tuple(sorted(set(diagnostics))), checked)


def _prepared(project: Project, cache: Cache | None) -> tuple[Ontology, Vocabulary, _Told]:
    """Read the ontology of a project as `_read` does, or find in the cache what was read when nothing was wrong with it."""
    if cache is None:
        return _read(project)
    name = cache.name(b"ontology", b"" if project.bounds else b"shipped")  # of which not all is looked at
    kept = cache.get(name)
    if isinstance(kept, tuple) and not (project.bounds and any(ontology.strays(project.ontology, project.bounds))):
        onto, vocab = kept
        return replace(onto, directory=project.ontology), vocab, list
    onto, vocab, told = _read(project)

    def kept_if_sound() -> list[Diagnostic]:
        faults = told()
        if not faults:
            cache.put(name, (replace(onto), vocab))  # a copy, without the terms that were made of its text
        return faults

    return onto, vocab, kept_if_sound


def prepare(project: Project) -> tuple[Ontology, Vocabulary, list[Diagnostic]]:
    """Read the ontology of a project, and say what is wrong with it; with an error the vocabulary is none to read by."""
    onto, vocab, told = _read(project)
    return onto, vocab, told()


def _read(project: Project) -> tuple[Ontology, Vocabulary, _Told]:
    """Read the ontology of a project, and begin to look for what is wrong with it.

    Returns:
        The ontology; the vocabulary, without classes where it is none to read by; what tells all that is wrong, after a while
        where the ontology is the shipped one, whose queries do no harm meanwhile.

    """
    nothing = Vocabulary({}, {}, {})
    onto, unread = ontology.load(project.ontology, project.bounds)
    if unread:
        return onto, nothing, lambda: unread
    if project.bounds is None:
        return onto, vocabulary.read(onto), list  # of the shipped one it is known that there are no faults
    queries = syntax.check(onto)
    faults = [*metashapes.check(onto), *fields.check(onto), *parameters.check(onto)]
    if _failed(faults):
        queries()  # which have begun
        return onto, nothing, lambda: faults
    vocab = vocabulary.read(onto)
    misread = fields.misread(onto, vocab)

    def told() -> list[Diagnostic]:
        wrong = queries()
        return [*faults, *wrong, *([] if _failed(wrong) else misread)]

    if not _failed(misread) and onto.directory == shipped_ontology():
        return onto, vocab, told
    known = told()
    return onto, nothing if _failed(known) else vocab, lambda: known


def _failed(faults: list[Diagnostic]) -> bool:
    return any(fault.severity is Severity.ERROR for fault in faults)


def _stopped(project: Project, dataset: Dataset, onto: Ontology, diagnostics: list[Diagnostic]) -> Build:
    """Give up where the ontology has faults: by what could the facts be read?"""
    nothing = Vocabulary({}, {}, {})
    graph = Graph(dataset.base, frozenset(), frozenset(), onto)
    sources = SourceMap(project.root, dataset.base, nothing, {})
    return Build(
        project, dataset, nothing, graph, names.read(graph), sources, tuple(sorted(diagnostics)), checked=False
    )


def _missing(sources: SourceMap, dataset: Dataset, vocab: Vocabulary) -> list[Diagnostic]:
    """Hold the data set to the minimum counts that it states itself, so that a lost folder is noticed."""
    diagnostics = []
    for name, least in dataset.minimum.items():
        cls = vocab.classes.get(name)
        if cls is None:
            hint = did_you_mean(name, vocab.classes) or "one of: " + ", ".join(vocab.record_types)
            diagnostics.append(Diagnostic(dataset.places[name], "bad-configuration", f"no type '{name}'", hint))
            continue
        fitting = {name for name, one in vocab.classes.items() if vocab.is_a(one.iri, cls.iri)}
        count = sum(source.type in fitting for source in sources.records.values())
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
