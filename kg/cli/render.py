"""Answers as a terminal, a spreadsheet, a program or a page wants them."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Mapping

import pyoxigraph as ox

from kg.names import show
from kg.ontology import Term
from kg.pipeline import Build
from kg.questions import Table

_PIPED_WIDTH = 120
# What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def words(build: Build) -> Callable[[Term | None], str]:
    """Return how terms are shown to a reader."""
    return lambda term: show(term, build.names, build.vocabulary, build.dataset.base)


def table(build: Build, answer: Table, title: str = "") -> None:
    """Print a table that fits the terminal: labels, wrapped, no long IRIs."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    said = words(build)
    grid = Grid(box=SIMPLE_HEAD, title=title or None, title_justify="left", show_edge=False, pad_edge=False)
    for column in answer.columns:
        grid.add_column(Text(column), overflow="fold")
    for row in answer.rows:
        grid.add_row(*(Text(said(term)) for term in row))
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    console = Console(file=sys.stdout, width=width, highlight=False, emoji=False, soft_wrap=False)
    console.print(grid)


def as_csv(answer: Table) -> str:
    """CSV (https://www.w3.org/TR/sparql11-results-csv-tsv/), with text that looks like a formula made harmless."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(answer.columns)
    writer.writerows([_harmless(term) for term in row] for row in answer.rows)
    return stream.getvalue()


def markdown(build: Build, answer: Table) -> str:
    """A table of GitHub Flavored Markdown."""
    said = words(build)
    rows = [answer.columns, tuple("---" for _ in answer.columns), *(tuple(map(said, row)) for row in answer.rows)]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows)


def turtle(build: Build, triples: tuple[ox.Triple, ...]) -> str:
    """Triples as Turtle."""
    ordered = sorted(set(triples), key=str)
    return (ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=build.graph.prefixes) or b"").decode()


RESULTS: Mapping[str, ox.QueryResultsFormat] = {
    "tsv": ox.QueryResultsFormat.TSV,
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
}


def _harmless(term: Term | None) -> str:
    text = "" if term is None else term.value if isinstance(term, ox.Literal | ox.NamedNode) else str(term)
    is_number = isinstance(term, ox.Literal) and term.datatype.value.rsplit("#")[-1] in ("integer", "decimal", "double")
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\r", " ").replace("\n", " ")
