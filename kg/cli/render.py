"""Answers as a terminal, a spreadsheet, a program or a page wants them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence

import click
import pyoxigraph as ox

from kg.diagnostic import escape
from kg.names import show
from kg.ontology import Term
from kg.pipeline import Build
from kg.questions import Table

_PIPED_WIDTH = 120
_NARROW = 15  # a column narrower than this cuts words to pieces
# What a spreadsheet would take for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMERIC = ("integer", "decimal", "double", "float")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>()#+!|~&$]")


def words(build: Build) -> Callable[[Term | None], str]:
    """Return how terms are shown to a reader: labels, ids, and prefixed names for what has neither."""

    def said(term: Term | None) -> str:
        text = show(term, build.names, build.vocabulary, build.dataset.base)
        if isinstance(term, ox.NamedNode) and text == term.value:
            if field := build.vocabulary.field_name(text):
                return field
            for name, iri in build.graph.prefixes.items():
                if text.startswith(iri):
                    return f"{name}:{text[len(iri) :]}"
        return text

    return said


def table(build: Build, answer: Table, title: str = "") -> None:
    """Print a table that fits the terminal: labels, wrapped, no long IRIs; rows as blocks where columns would be too narrow."""
    width = _PIPED_WIDTH
    if sys.stdout.isatty():
        import shutil

        width = shutil.get_terminal_size((_PIPED_WIDTH, 0)).columns
    said = words(build)
    rows = [[escape(said(term)) for term in row] for row in answer.rows]
    if title:
        click.echo(title)
    if len(answer.columns) * _NARROW > width:
        _blocks(answer.columns, rows, width)
    else:
        _grid(answer.columns, rows, width)


def _grid(columns: Sequence[str], rows: list[list[str]], width: int) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - the BrokenPipeError that is handled; rich would exit with 1, which means findings

    grid = Grid(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in columns:
        grid.add_column(Text(column), overflow="fold")
    for row in rows:
        grid.add_row(*(Text(cell) for cell in row))
    Terminal(file=sys.stdout, width=width, highlight=False, emoji=False).print(grid)


def _blocks(columns: Sequence[str], rows: list[list[str]], width: int) -> None:
    """Print each row as lines of column and value; what is the same in every row stands once, before them."""
    import textwrap

    same = {n for n in range(len(columns)) if len(rows) > 1 and len({row[n] for row in rows}) == 1}
    indent = max(map(len, columns)) + 2
    for number, row in [(0, rows[0]), *enumerate(rows, 1)] if same else list(enumerate(rows, 1)):
        if number:
            click.echo(f"{number} of {len(rows)} " + "─" * 20)
        for n, (column, cell) in enumerate(zip(columns, row, strict=True)):
            if cell and (n in same) == (number == 0):
                click.echo(
                    textwrap.fill(cell, width, initial_indent=column.ljust(indent), subsequent_indent=" " * indent)
                )


def as_csv(answer: Table) -> str:
    """CSV (https://www.w3.org/TR/sparql11-results-csv-tsv/), with text that looks like a formula made harmless."""
    import csv
    import io

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
    typed = isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in _NUMERIC
    return f"'{text}" if text.startswith(_FORMULA) and not (typed and _NUMBER.fullmatch(text)) else text


def _cell(text: str) -> str:
    """Write text so that Markdown takes it for nothing else: no markup, no link, one line."""
    plain = _MARKUP.sub(r"\\\g<0>", text).replace("://", ":\\/\\/")
    return re.sub(r"[\r\n]+", " ", plain)
