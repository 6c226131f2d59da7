"""Checks: rules that read more than one record, each a file `ontology/checks/CODE.rq`.

A check is a SELECT; every row is a finding. Its columns are the contract: `?focus` the record or part, `?path` and
`?value` what of it (both may be left out); any other column fills a `{placeholder}` of the message. Header lines:

    # Problem: {focus} is an absence without a scope
    # Solution: say with `scope` or `scopeNote` where it is absent
    # Severity: warning                                            (error where it is left out)

Lints (`ontology/lints`) are checks that can be wrong: `kg audit` runs them, and a record can acknowledge one with a reason.
They may have a column `?node`: the part of `?focus` that `?path` and `?value` are of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

import pyoxigraph as ox

from kg import links
from kg.confinement import Exceeded, confined
from kg.derivation import FUNCTIONS
from kg.diagnostic import Diagnostic, Location, Severity
from kg.expansion import record_of
from kg.graph import Graph
from kg.names import Names, show
from kg.ontology import Ontology, Term
from kg.project import DEFAULT_BASE
from kg.questions import QueryError, Table, ask, header, make
from kg.sourcemap import SourceMap
from kg.sparql import place, refusal, told

_HEADERS = ("Problem", "Solution")
_PATIENCE = 2  # seconds for reading all queries of an ontology, without any facts


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """A row of a check: the record that it is about, and what to tell."""

    record: str  # IRI
    node: str  # IRI of the record or part
    diagnostic: Diagnostic


def run(folder: str, prefix: str, graph: Graph, sources: SourceMap, names: Names) -> list[Finding]:
    """Run the queries of a folder of the ontology; codes are the prefix and the name of the file."""
    findings: list[Finding] = []
    for file in graph.ontology.queries(folder):
        path = f"ontology/{folder}/{file.name}"
        try:
            query = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            findings.append(Finding("", "", Diagnostic(Location(path), "bad-query", str(error), "save it as UTF-8")))
            continue
        about = header(query)
        rows, problem = _select(query, graph)
        if problem:
            findings.append(Finding("", "", _bad(path, query, problem)))
            continue
        severity = Severity[about.get("Severity", "error").upper()]
        for terms in rows:
            shown = {name: _show(term, names, sources) for name, term in terms.items()}
            value = str(terms["value"]) if terms.get("value") is not None else ""
            node = _iri(terms.get("node")) or _iri(terms["focus"])
            location = sources.locate(node, _iri(terms.get("path")), value) or Location(path)
            message, hint = about["Problem"].format_map(shown), about["Solution"].format_map(shown)
            code = f"{prefix}/{file.stem}"
            focus = _iri(terms["focus"])
            findings.append(Finding(record_of(focus), focus, Diagnostic(location, code, message, hint, severity)))
    return sorted(set(findings))


def faults(ontology: Ontology) -> list[Diagnostic]:
    """Return what is wrong with any query of an ontology, before it is asked: what is refused, and what is no SPARQL."""
    files = [file for file in links.walk(ontology.directory) if file.suffix == ".rq"]
    try:
        return confined(lambda: _faults(ontology, files), _PATIENCE)
    except Exceeded:  # one of them: which?
        return [fault for file in files for fault in _faults_of(ontology, file)]


def _faults_of(ontology: Ontology, file: Path) -> list[Diagnostic]:
    try:
        return confined(lambda: _faults(ontology, [file]), _PATIENCE)
    except Exceeded as error:
        path = f"ontology/{file.relative_to(ontology.directory).as_posix()}"
        return [Diagnostic(Location(path), "bad-query", f"to plan it {error}", "ask for less at once")]


def _faults(ontology: Ontology, files: Iterable[Path]) -> list[Diagnostic]:
    found = []
    for file in files:
        path = f"ontology/{file.relative_to(ontology.directory).as_posix()}"
        if not file.is_file():
            hint = "queries are regular files"
            found.append(Diagnostic(Location(path), "bad-query", "not a file that can be read", hint))
            continue
        try:
            query = file.read_text(encoding="utf-8")
            if problem := refusal(query):
                found.append(_bad(path, query, problem))
            else:
                ox.Store().query(query, custom_functions=FUNCTIONS, prefixes={"id": DEFAULT_BASE, **ontology.prefixes})
        except UnicodeDecodeError as error:
            found.append(Diagnostic(Location(path), "bad-query", str(error), "save it as UTF-8"))
        except (SyntaxError, ValueError, RuntimeError) as error:
            found.append(_bad(path, query, str(error)))
    return found


def _bad(path: str, query: str, problem: str) -> Diagnostic:
    location = Location(path, *place(query, problem))
    return Diagnostic(location, "bad-query", told(problem), "mend the query")


def _select(query: str, graph: Graph) -> tuple[list[dict[str, Term | None]], str]:
    """Run a check; return its rows by column, or what is wrong with it."""
    about = header(query)
    problem = refusal(query) or next((f"no '# {key}:' line" for key in _HEADERS if key not in about), "")
    if not problem and about.get("Severity", "error").upper() not in Severity.__members__:
        problem = f"no severity '{about['Severity']}': error, warning or info"
    try:
        table = None if problem else ask(graph, make("", query))
    except QueryError as error:
        problem = str(error)
    if problem or not isinstance(table, Table):
        return [], problem or "no SELECT"
    if "focus" not in table.columns:
        return [], "no column ?focus"
    try:
        parsed = [part for key in _HEADERS for part in Formatter().parse(about[key])]
    except ValueError as error:
        return [], f"its header has a brace alone: {error}; a brace is written twice"
    for _, name, form, conversion in parsed:
        if name is not None and (name not in table.columns or form or conversion):
            return [], f"its header has a placeholder that is no column: '{name}'; a brace is written twice"
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows], ""


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _show(term: object, names: Names, sources: SourceMap) -> str:
    if isinstance(term, ox.NamedNode) and term.value.startswith(sources.base):
        return f"'{record_of(term.value).removeprefix(sources.base)}'"
    return show(term, names, sources.vocabulary, sources.base)
