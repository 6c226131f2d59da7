"""Checks: rules that read more than one record, each a file `ontology/checks/CODE.rq`.

A check is a SELECT; every row is a finding. Its columns are the contract: `?focus` the record or part, `?path` and
`?value` what of it (both may be left out); any other column fills a `{placeholder}` of the message. Header lines:

    # Problem: {focus} is an absence without a scope
    # Solution: say with `scope` or `scopeNote` where it is absent
    # Severity: warning                                            (error where it is left out)

Lints (`ontology/lints`) are checks that can be wrong: `kg audit` runs them, and a record can acknowledge one with a reason.
They may have a column `?node`: the part of `?focus` that `?path` and `?value` are of.

Most checks see one record at a time, although nobody says so in them: it is told from their patterns (`compile_`). They run
when the record is read. Of the others it is told which triples they see.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import Formatter

import pyoxigraph as ox

from kg import footprint, syntax
from kg.compiled import checktext, sight
from kg.compiled.checktext import Compiled
from kg.compiled.rules import Nodes
from kg.compiled.sight import Sight, Sights
from kg.derivation import FUNCTIONS, Derivation, held
from kg.diagnostic import Diagnostic, Location, Severity
from kg.graph import Graph
from kg.names import Names, show
from kg.ontology import Ontology, Term, term
from kg.parts import record_of
from kg.questions import QueryError, Table, ask, header, make
from kg.sourcemap import SourceMap
from kg.sparql import refusal
from kg.vocabulary import Vocabulary

_HEADERS = ("Problem", "Solution")
_MANY = 10_000

Row = tuple[tuple[str, str], ...]  # columns that are bound, and terms in N-Triples syntax


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A row of a check: the record that it is about, and what to tell."""

    record: str  # IRI
    node: str  # IRI of the record or part
    diagnostic: Diagnostic


@dataclass(frozen=True)
class Check:
    """A query of a folder of checks or lints.

    Attributes:
        path: as diagnostics call it.
        query: its text.
        breaks: tells of a record whether it may have a row there; None where it sees more than one record.
        sight: which triples it sees; None for all.

    """

    path: str
    query: str
    breaks: Compiled | None = None
    sight: Sight | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2].removesuffix(".rq")

    def rows(self, graph: Graph) -> tuple[list[Row], str]:
        """Return its rows, or what is wrong with it."""
        return _select(self.query, graph)


@dataclass(frozen=True)
class Checks:
    """The checks of an ontology, those that see one record apart from those that see more."""

    ontology: Ontology
    alone: tuple[Check, ...]
    across: tuple[Check, ...]
    unread: tuple[Finding, ...]  # of files that could not be read
    _wanted: dict[frozenset[str], list[tuple[Check, Compiled]]] = field(
        default_factory=dict, repr=False
    )  # by what is said

    @cached_property
    def sights(self) -> Sights:
        """What those that see more than one record see of each, by their paths."""
        return Sights({check.path: check.sight for check in self.across if check.sight is not None})

    @cached_property
    def _nothing(self) -> Ontology:
        return replace(self.ontology, ntriples=b"")

    def of_record(self, base: str, nodes: Nodes) -> list[tuple[str, Row]]:
        """Return the rows of all checks that see one record, with their paths."""
        there = checktext.there(nodes)
        wanted = self._wanted.get(there)
        if wanted is None:
            if len(self._wanted) > _MANY:
                self._wanted.clear()
            wanted = [(check, check.breaks) for check in self.alone if check.breaks and check.breaks.needs <= there]
            self._wanted[there] = wanted
        if not wanted:
            return []
        nodes = checktext.canonical(nodes)
        broken = [check for check, breaks in wanted if breaks(nodes)]
        if not broken:
            return []
        text = "".join(
            f"{s} {p} {o} .\n" for s, about in nodes.items() for p, objects in about.items() for o in objects
        )
        triples = frozenset(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES))
        graph = Graph(base, triples, frozenset(), self._nothing)
        return [(check.path, row) for check in broken for row in check.rows(graph)[0]]


def compile_(base: str, derivation: Derivation, vocabulary: Vocabulary) -> Checks:
    """Tell for each check what it sees.

    Args:
        base: every record's IRI is base + id.
        derivation: the rules, by which more may be said of a record than when it is read.
        vocabulary: tells which properties hold parts.

    """
    ontology = derivation.ontology
    functions = {name.value: function for name, function in FUNCTIONS.items()}
    holding = held(vocabulary)
    said = checktext.canonical(ontology.nodes)
    there = checktext.there(said)
    mixed = any(subject.startswith(f"<{base}") for subject in said)  # then a record is not all that is said of it
    nothing = Graph(base, frozenset(), frozenset(), replace(ontology, ntriples=b""))
    alone, across = [], []
    found, unread = _read(ontology, "checks")
    for check in found:
        # What rules make of several records is not there yet when a record is read.
        breaks = checktext.compile_(check.query, functions, holding)
        if (
            breaks is None
            or mixed
            or (breaks.needs <= there and breaks(said))
            or footprint.meet(footprint.of(check.query), derivation.later)
        ):
            sees = sight.of(check.query)
            across.append(
                replace(check, sight=sees if sees and not mixed and _enough(sees, said, derivation) else None)
            )
        elif _wrong(check, breaks.columns, nothing):  # which is to be said once
            across.append(check)
        else:
            alone.append(replace(check, breaks=breaks))
    return Checks(ontology, tuple(alone), tuple(across), tuple(unread))


def _wrong(check: Check, columns: Container[str] | None, nothing: Graph) -> bool:
    """Tell whether something is wrong with a check that is SPARQL; it is asked only where its columns are not written."""
    if columns is None:
        return bool(check.rows(nothing)[1])
    return bool(_unfit(check.query) or _lacking(check.query, columns))


def _enough(sees: Sight, said: Nodes, derivation: Derivation) -> bool:
    """Tell whether what a check sees of records is all that it sees of the facts."""
    leads = any(star.fits(about) for star in sees.pointed for about in said.values())  # to what the ontology tells of
    more = not derivation.numbers and (sees.circular or sees.pointed)
    return not leads and not more and not footprint.meet(sees.keys, derivation.later)


def _read(ontology: Ontology, folder: str) -> tuple[list[Check], list[Finding]]:
    """Read the queries of a folder of the ontology, and say of which that is not possible."""
    found, wrong = [], []
    for file in ontology.queries(folder):
        path = f"ontology/{folder}/{file.name}"
        try:
            found.append(Check(path, file.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            wrong.append(Finding("", "", Diagnostic(Location(path), "bad-query", str(error), "save it as UTF-8")))
    return found, wrong


def run(folder: str, prefix: str, graph: Graph, sources: SourceMap, names: Names) -> list[Finding]:
    """Run the queries of a folder of the ontology on a whole graph; codes are the prefix and the name of the file."""
    checks, findings = _read(graph.ontology, folder)
    for check in checks:
        findings += tell(check, prefix, check.rows(graph), sources, names)
    return sorted(set(findings))


def tell(
    check: Check, prefix: str, found: tuple[Iterable[Row], str], sources: SourceMap, names: Names
) -> list[Finding]:
    """Say what the rows of a check mean, or what is wrong with it."""
    rows, problem = found
    if problem:
        return [Finding("", "", syntax.fault(check.path, check.query, problem))]
    about = header(check.query)
    severity = Severity[about.get("Severity", "error").upper()]
    findings = []
    for row in rows:
        terms: Mapping[str, Term] = {name: term(text) for name, text in row}
        shown = {name: _show(one, names, sources) for name, one in terms.items()}
        value = str(terms["value"]) if "value" in terms else ""
        focus = _iri(terms.get("focus"))
        node = _iri(terms.get("node")) or focus
        location = sources.locate(node, _iri(terms.get("path")), value) or Location(check.path)
        message, hint = (about[key].format_map(_Shown(shown)) for key in _HEADERS)
        diagnostic = Diagnostic(location, f"{prefix}/{check.name}", message, hint, severity)
        findings.append(Finding(record_of(focus), focus, diagnostic))
    return findings


class _Shown(dict[str, str]):
    """What stands for the placeholders of a message: nothing for a column that is not bound."""

    def __missing__(self, key: str) -> str:
        return ""


def _select(query: str, graph: Graph) -> tuple[list[Row], str]:
    """Run a check; return its rows, or what is wrong with it."""
    problem = _unfit(query)
    try:
        table = None if problem else ask(graph, make("", query))
    except QueryError as error:
        problem = str(error)
    if problem or not isinstance(table, Table):
        return [], problem or "no SELECT"
    if problem := _lacking(query, table.columns):
        return [], problem
    return [
        tuple((name, str(one)) for name, one in zip(table.columns, row, strict=True) if one is not None)
        for row in table.rows
    ], ""


def _unfit(query: str) -> str:
    """Return why a query can be no check, whatever it selects; nothing where it can."""
    about = header(query)
    problem = refusal(query) or next((f"no '# {key}:' line" for key in _HEADERS if key not in about), "")
    if not problem and about.get("Severity", "error").upper() not in Severity.__members__:
        problem = f"no severity '{about['Severity']}': error, warning or info"
    return problem


def _lacking(query: str, columns: Container[str]) -> str:
    """Return what a check needs that is not among its columns, if anything."""
    about = header(query)
    if "focus" not in columns:
        return "no column ?focus"
    try:
        parsed = [part for key in _HEADERS for part in Formatter().parse(about[key])]
    except ValueError as error:
        return f"its header has a brace alone: {error}; a brace is written twice"
    for _, name, form, conversion in parsed:
        if name is not None and (name not in columns or form or conversion):
            return f"its header has a placeholder that is no column: '{name}'; a brace is written twice"
    return ""


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _show(term: object, names: Names, sources: SourceMap) -> str:
    if isinstance(term, ox.NamedNode) and term.value.startswith(sources.base):
        return f"'{record_of(term.value).removeprefix(sources.base)}'"
    return show(term, names, sources.vocabulary, sources.base)
