"""The query page: named questions, an editor, a table. It is a plain form; scripts only make it more comfortable."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import jinja2

from kg import questions
from kg.parts import record_of
from kg.questions import QueryError, Question
from kg.server.edition import CONTENT, QUERY, Edition
from kg.server.engine import GRAPHS, RESULTS, Request
from kg.server.pool import Answer
from kg.server.protocol import parameters
from kg.site.frame import environment
from kg.site.shown import Shown, address

_ROWS = 1000  # rows that are shown
_LARGEST = 4 << 20  # bytes of a result that is shown
_SUGGESTED = 2000  # records from which a browser can complete a name; more would be heavier than the page
_PROBLEMS = 10  # that are told on a page
_SETTING = "set-"
_DOWNLOADS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
_MAIN = re.compile(rb"<main\b[^>]*>")
_EMPTY = "SELECT * WHERE {\n  ?record a ?class .\n}\nLIMIT 100\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the page.

    Attributes:
        text: the query in the editor.
        question: the named question that it comes from.
        settings: what its parameters were set to, as written.
        request: the query to run; None where there is none yet, or an error.
        download: the extension of the file wanted; empty for the page.
        error: what is wrong with a setting.

    """

    text: str = _EMPTY
    question: Question | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    request: Request | None = None
    download: str = ""
    error: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """What asks for the same again."""
        if self.question is None:
            return {"query": self.text}
        return {"question": self.question.name} | {_SETTING + name: value for name, value in self.settings.items()}

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.question.name if self.question else QUERY}.{self.download}"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: a table, yes or no, triples, or an error."""

    columns: Sequence[str] = ()
    rows: Sequence[Mapping[str, Any]] | None = None
    total: int = 0
    yes: bool | None = None
    triples: str | None = None
    error: str = ""


def read(query_string: bytes, edition: Edition) -> Asked:
    """Read what is asked: `query`, or `question` with `set-` and the name of each parameter; and `format` for a file.

    Raises:
        Refused: the parameters cannot be read.

    """
    values = dict(parameters(query_string))
    download = values.get("format", "") if values.get("format") in _DOWNLOADS else ""
    question = edition.questions.get(values.get("question", ""))
    settings = {
        name.removeprefix(_SETTING): value.strip()
        for name, value in values.items()
        if name.startswith(_SETTING) and value.strip()
    }
    text = values.get("query") or (question.query if question else "")
    if not text.strip():
        return Asked()
    bound: tuple[tuple[str, str], ...] = ()
    if question and "query" not in values:
        try:
            bound = _bound(question, settings, edition)
        except QueryError as error:
            return Asked(text, question, settings, error=str(error))
    media = _DOWNLOADS.get(download, "")
    request = Request(text, settings=bound)
    if media:
        request = replace(request, results=media if media in RESULTS else "", graph=media if media in GRAPHS else "")
    return Asked(text, question, settings, request, download)


def _bound(question: Question, settings: Mapping[str, str], edition: Edition) -> tuple[tuple[str, str], ...]:
    """Read the values of parameters.

    Raises:
        QueryError: the question has no such parameter, or a value means nothing or too much.

    """
    for name in settings:
        if name not in question.parameters:
            raise QueryError(f"the question has no parameter '{name}'")
    return tuple(
        (name, str(questions.setting(value, edition.names, edition.vocabulary))) for name, value in settings.items()
    )


def result(answer: Answer) -> Result:
    """Read the answer to a query."""
    if answer.size > _LARGEST:
        return Result(
            error=f"The result is {answer.size >> 20} MiB, too large for a page: ask for less, or for a file."
        )
    text = answer.file.read().decode()
    if answer.media.startswith("text/plain"):
        return Result(error=text)
    if answer.media in GRAPHS:
        return Result(triples=text)
    found = json.loads(text)
    if "boolean" in found:
        return Result(yes=found["boolean"])
    rows = found["results"]["bindings"]
    return Result(found["head"]["vars"], rows[:_ROWS], len(rows))


def render(asked: Asked, edition: Edition, found: Result | None = None) -> bytes:
    """Make the page."""
    base = edition.dataset.base

    def show(cell: Mapping[str, str]) -> Shown:
        value = cell["value"]
        if cell["type"] != "uri":
            return Shown(value, language=cell.get("xml:lang", ""))
        if value in edition.shown:
            return edition.shown[value]
        record = edition.shown.get(record_of(value))
        if record and value.startswith(base):  # a part of a record
            name = value[len(record_of(value)) + 1 :].split(".")[0]
            return Shown(f"{name} of {record.text}", record.link)
        return Shown(_short(value, edition.dataset.prefixes), address(value))

    triples = bool(found and found.triples is not None)
    template = _templates().get_template("query.html")
    content = template.render(
        root="",
        asked=asked,
        found=found,
        questions=edition.questions.values(),
        records=edition.names.labels if len(edition.names.labels) <= _SUGGESTED else {},
        prefixes=edition.dataset.prefixes,
        graphs=edition.graphs,
        show=show,
        setting=_SETTING,
        downloads=[name for name, media in _DOWNLOADS.items() if (media in GRAPHS) == triples],
    )
    return edition.page.replace(CONTENT, content).encode()


def warned(content: bytes, problems: Sequence[str]) -> bytes:
    """Put word of it on a page when the facts have changed and have errors."""
    if not problems:
        return content
    lines = "".join(f"<li><code>{html.escape(problem)}</code></li>" for problem in problems[:_PROBLEMS])
    more = f"<p>And {len(problems) - _PROBLEMS} more.</p>" if len(problems) > _PROBLEMS else ""
    text = (
        '<section class="stale claim" role="status"><p><strong>The facts have changed and cannot be served:</strong> what you '
        f"see is their last valid state.</p><ul>{lines}</ul>{more}</section>"
    )
    return _MAIN.sub(lambda match: match[0] + text.encode(), content, count=1)


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    fitting = max((space for space in prefixes.values() if iri.startswith(space)), key=len, default="")
    name = next((name for name, space in prefixes.items() if space == fitting), "")
    return f"{name}:{iri[len(fitting) :]}" if fitting else iri


@cache
def _templates() -> jinja2.Environment:
    return environment(jinja2.PackageLoader("kg.server"))
