"""Checks: rules that read more than one record, each a file `ontology/checks/CODE.rq`.

A check is a SELECT; every row is a finding. Its columns are the contract: `?focus` the record or part, `?path` and
`?value` what of it (both may be left out); any other column fills a `{placeholder}` of the message. Header lines:

    # Problem: {focus} is an absence without a scope
    # Solution: say with `scope` or `scopeNote` where it is absent
    # Severity: warning                                            (error where it is left out)
"""

from __future__ import annotations

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Location, Severity
from kg.expansion import record_of
from kg.graph import Graph
from kg.names import Names, show
from kg.questions import header
from kg.sourcemap import SourceMap
from kg.sparql import refusal


def check(graph: Graph, sources: SourceMap, names: Names) -> list[Diagnostic]:
    """Run every check of the ontology over the whole graph."""
    diagnostics: list[Diagnostic] = []
    for file in graph.ontology.queries("checks"):
        query = file.read_text(encoding="utf-8")
        about = header(query)
        path = f"ontology/checks/{file.name}"
        try:
            problem = refusal(query) or next((f"no '# {key}:' line" for key in ("Problem", "Solution") if key not in about), "")
            rows = () if problem else graph.store.query(query)
            columns = [variable.value for variable in rows.variables] if isinstance(rows, ox.QuerySolutions) else []
            if not problem and "focus" not in columns:
                problem = "no column ?focus"
        except (SyntaxError, ValueError, OSError) as error:
            problem = str(error)
        if problem:
            diagnostics.append(Diagnostic(Location(path), "bad-query", problem, "mend the check"))
            continue
        severity = Severity[about.get("Severity", "error").upper()]
        for row in rows:
            terms = {name: row[name] for name in columns}
            shown = {name: _show(term, names, sources) for name, term in terms.items()}
            location = sources.locate(
                _iri(terms["focus"]), _iri(terms.get("path")), str(terms["value"]) if terms.get("value") is not None else ""
            )
            message = about["Problem"].format_map(shown)
            hint = about["Solution"].format_map(shown)
            place = location or Location(path)
            diagnostics.append(Diagnostic(place, f"check/{file.stem}", message, hint, severity))
    return sorted(set(diagnostics))


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _show(term: object, names: Names, sources: SourceMap) -> str:
    if isinstance(term, ox.NamedNode) and term.value.startswith(sources.base):
        return f"'{record_of(term.value).removeprefix(sources.base)}'"
    return show(term, names, sources.vocabulary, sources.base)
