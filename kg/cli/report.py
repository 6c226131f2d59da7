"""Diagnostics for people and for programs: text, JSON, SARIF, workflow commands."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from kg import __version__
from kg.diagnostic import Diagnostic, Severity, escape

if TYPE_CHECKING:
    from kg.excerpt import Excerpt, Excerpts
    from kg.pipeline import Build
    from kg.project import Project

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_WIDTH = 80
_OFTEN = 10  # findings of one code that show their line; the others have their place


def text(build: Build) -> str:
    """A line each, and the line that it is about with a mark at the place."""
    return "\n".join(told(build.diagnostics, build.project, sys.stdout))


def as_json(build: Build) -> str:
    """A list of objects; line and column count from 1."""
    return _json(objects(build.diagnostics))


def sarif(build: Build) -> str:
    """SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code hosts read it."""
    from urllib.parse import quote

    from kg import manual

    pages = manual.pages(build.graph.ontology)
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
        for d in build.diagnostics
    ]
    rules = [
        {
            "id": code,
            "shortDescription": {"text": manual.summary(pages[code])},
            "help": {"text": pages[code], "markdown": pages[code]},
        }
        for code in sorted({d.code for d in build.diagnostics})
    ]
    driver = {"name": "kg", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return _json({"$schema": _SARIF, "version": "2.1.0", "runs": [run]})


def github(build: Build) -> str:
    """Workflow commands: an annotation on the line of the change."""
    return "\n".join(
        f"::{'notice' if d.severity is Severity.INFO else d.severity} file={_property(d.location.path)},"
        f"line={d.location.line + 1},col={d.location.column + 1},title={_property(d.code)}::"
        + _data("; ".join(filter(None, (d.message, d.hint))))
        for d in build.diagnostics
    )


FORMATS: Mapping[str, Callable[[Build], str]] = {"text": text, "json": as_json, "sarif": sarif, "github": github}


def count(diagnostics: Sequence[Diagnostic]) -> str:
    """How many errors and warnings there are, in words."""
    numbers = Counter(d.severity for d in diagnostics)
    words = [f"{numbers[s]} {s}{'s' * (numbers[s] != 1)}" for s in (Severity.ERROR, Severity.WARNING) if numbers[s]]
    return ", ".join(words) or "no errors"


def tally(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """Yield how often each code was found, where that is more than a reader sees at a glance."""
    if len(diagnostics) > _OFTEN:
        for code, number in sorted(Counter(d.code for d in diagnostics).items(), key=lambda pair: (-pair[1], pair[0])):
            yield f"{number:7} {code}"


def failed(diagnostics: Sequence[Diagnostic]) -> bool:
    """Tell whether one is an error."""
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)


def show(diagnostics: Sequence[Diagnostic], project: Project) -> None:
    """Print diagnostics to standard error."""
    for line in told(diagnostics, project, sys.stderr):
        click.echo(line, err=True)


def told(diagnostics: Sequence[Diagnostic], project: Project, stream: TextIO) -> Iterator[str]:
    """Yield the lines of a report for a stream. On a terminal the hint stands below, wrapped, and there are colours."""
    if not diagnostics:
        return
    import shutil
    import textwrap

    from kg.excerpt import Excerpts

    excerpts, often = Excerpts(project), Counter[str]()
    terminal = stream.isatty()
    width = max(40, min(shutil.get_terminal_size((_WIDTH, 24)).columns, 120)) if terminal else _WIDTH
    coloured = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for diagnostic in diagnostics:
        yield _head(diagnostic, coloured=coloured) if terminal else str(diagnostic)
        often[diagnostic.code] += 1
        if often[diagnostic.code] <= _OFTEN and (found := _excerpt(excerpts, diagnostic, width)):
            yield from _marked(found, diagnostic.severity, coloured=coloured)
        if terminal and diagnostic.hint:
            indent = " " * 4
            yield textwrap.fill(escape(diagnostic.hint), width, initial_indent=indent, subsequent_indent=indent)


def _head(diagnostic: Diagnostic, *, coloured: bool) -> str:
    place, severity = escape(str(diagnostic.location)), f"{diagnostic.severity}[{diagnostic.code}]"
    if coloured:
        place = click.style(place, bold=True)
        severity = click.style(severity, fg=_COLOURS[diagnostic.severity], bold=True)
    return f"{place}: {severity} {escape(diagnostic.message)}"


def _excerpt(excerpts: Excerpts, diagnostic: Diagnostic, width: int) -> Excerpt | None:
    margin = len(f"{diagnostic.location.line + 1:5} | ")
    return excerpts.at(diagnostic.location, width - margin)


def _marked(found: Excerpt, severity: Severity, *, coloured: bool) -> Iterator[str]:
    number, mark = f"{found.number:5}", "^" * found.width
    if coloured:
        mark = click.style(mark, fg=_COLOURS[severity], bold=True)
    yield f"{number} | {found.text}"
    yield f"{' ' * len(number)} | {' ' * found.indent}{mark}"


def objects(diagnostics: Sequence[Diagnostic]) -> list[dict[str, object]]:
    """Return diagnostics as JSON can hold them; line and column count from 1."""
    return [
        {
            "path": diagnostic.location.path,
            "line": diagnostic.location.line + 1,
            "column": diagnostic.location.column + 1,
            "severity": str(diagnostic.severity),
            "code": diagnostic.code,
            "message": diagnostic.message,
            "hint": diagnostic.hint,
        }
        for diagnostic in diagnostics
    ]


def _json(content: object) -> str:
    """Write JSON in which nothing steers a terminal: what is not printable is escaped."""
    import json

    text = json.dumps(content, ensure_ascii=False, indent=1)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _data(value: str) -> str:
    return escape(value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
