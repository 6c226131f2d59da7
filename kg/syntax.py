"""Faults of queries: what is refused in those of an ontology, and what is no SPARQL, before any of them is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox

from kg import links
from kg.confinement import Exceeded, begin, confined
from kg.derivation import FUNCTIONS
from kg.diagnostic import Diagnostic, Location
from kg.ontology import Ontology
from kg.project import DEFAULT_BASE
from kg.sparql import place, refusal, told

_PATIENCE = 2  # seconds for reading all queries of an ontology, without any facts


def check(ontology: Ontology) -> Callable[[], list[Diagnostic]]:
    """Begin to look for what is wrong with any query of an ontology: what is refused, and what is no SPARQL.

    Returns:
        What waits for the end of that, and tells.

    """
    files = [file for file in links.walk(ontology.directory) if file.suffix == ".rq"]
    begun = begin(lambda: _faults(ontology, files), _PATIENCE)

    def found() -> list[Diagnostic]:
        try:
            return begun()
        except Exceeded:  # one of them: which?
            return [fault for file in files for fault in _faults_of(ontology, file)]

    return found


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
                found.append(fault(path, query, problem))
            else:
                ox.Store().query(query, custom_functions=FUNCTIONS, prefixes={"id": DEFAULT_BASE, **ontology.prefixes})
        except UnicodeDecodeError as error:
            found.append(Diagnostic(Location(path), "bad-query", str(error), "save it as UTF-8"))
        except (SyntaxError, ValueError, RuntimeError) as error:
            found.append(fault(path, query, str(error)))
    return found


def fault(path: str, query: str, problem: str) -> Diagnostic:
    """Say what is wrong with a query."""
    location = Location(path, *place(query, problem))
    return Diagnostic(location, "bad-query", told(problem), "mend the query")
