"""Diagnostics for people and for programs: text, JSON, SARIF, workflow commands."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

import click

from kg import __version__
from kg.diagnostic import Diagnostic, Severity, escape

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def text(diagnostics: Sequence[Diagnostic]) -> str:
    """A line each."""
    return "\n".join(str(diagnostic) for diagnostic in diagnostics)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """A list of objects; line and column count from 1."""
    return _json([_object(diagnostic) for diagnostic in diagnostics])


def sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code hosts read it."""
    results = [
        {
            "ruleId": d.code,
            "level": _LEVELS[d.severity],
            "message": {"text": "; ".join(filter(None, (d.message, d.hint)))},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(d.location.path)},
                        "region": {"startLine": d.location.line + 1, "startColumn": d.location.column + 1},
                    }
                }
            ],
        }
        for d in diagnostics
    ]
    rules = [{"id": code} for code in sorted({d.code for d in diagnostics})]
    driver = {"name": "kg", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _json({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def github(diagnostics: Sequence[Diagnostic]) -> str:
    """Workflow commands: an annotation on the line of the change."""
    return "\n".join(
        f"::{'notice' if d.severity is Severity.INFO else d.severity} file={_property(d.location.path)},"
        f"line={d.location.line + 1},col={d.location.column + 1},title={_property(d.code)}::"
        + _data("; ".join(filter(None, (d.message, d.hint))))
        for d in diagnostics
    )


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
}


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """How many errors and warnings there are, in words."""
    numbers = Counter(d.severity for d in diagnostics)
    words = [f"{numbers[s]} {s}{'s' * (numbers[s] != 1)}" for s in (Severity.ERROR, Severity.WARNING) if numbers[s]]
    return ", ".join(words) or "no errors"


def failed(diagnostics: Sequence[Diagnostic]) -> bool:
    """Tell whether one is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def show(diagnostics: Sequence[Diagnostic]) -> None:
    """Print diagnostics to standard error."""
    for diagnostic in diagnostics:
        click.echo(str(diagnostic), err=True)


def _object(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "path": diagnostic.location.path,
        "line": diagnostic.location.line + 1,
        "column": diagnostic.location.column + 1,
        "severity": str(diagnostic.severity),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    }


def _json(content: object) -> str:
    """Write JSON in which nothing steers a terminal: what is not printable is escaped."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _data(value: str) -> str:
    return escape(value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
