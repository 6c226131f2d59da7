"""kg query."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from kg.cli.stage import corpus, readable

if TYPE_CHECKING:
    from pathlib import Path

    from kg.ontology import Term
    from kg.pipeline import Build
    from kg.questions import Question, Table

_FORMATS = ["table", "csv", "tsv", "json", "xml", "markdown", "turtle"]


@click.command(short_help="Ask the facts, by name or in SPARQL.")
@click.argument("query", required=False, metavar="[NAME|FILE|-]")
@click.option("--format", "format_", type=click.Choice(_FORMATS), help="Default: table; turtle for CONSTRUCT.")
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="Bind a variable: an id or unique name, LIST/CODE, or '\"text\"'.",
)
@click.option("--list", "list_", is_flag=True, help="Show the named questions.")
@click.pass_obj
def query(
    project: Path | None, query: str | None, format_: str | None, settings: tuple[str, ...], *, list_: bool
) -> None:
    """Ask the facts: a named question, a SPARQL file, or SPARQL from standard input."""
    from kg import questions

    if list_ == (query is not None):
        raise click.UsageError("give a question, a file or -, or --list")
    build = readable(project)
    if list_:
        _list(build)
        return
    question = _question(build, str(query))
    bound = {}
    for pair in settings:
        name, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f"--set {pair}: write NAME=VALUE")
        bound[name] = questions.setting(value, build.names, build.vocabulary)
    _answer(build, question, bound, format_)


def _question(build: Build, query: str) -> Question:
    from pathlib import Path

    from kg import questions
    from kg.suggestion import did_you_mean

    named = questions.files(build.graph.ontology)
    if query in named:
        return questions.read(named[query])
    if query == "-":
        return questions.decode("-", sys.stdin.buffer.read())
    if Path(query).is_file():
        return questions.read(Path(query))
    raise click.UsageError(f"no question or file '{query}'; {did_you_mean(query, named)} see `kg query --list`")


def _answer(build: Build, question: Question, settings: dict[str, Term], format_: str | None) -> None:
    from kg import questions
    from kg.cli import render

    answer = questions.ask(build.graph, question, settings)
    if format_ is not None and format_ in render.RESULTS:
        text = questions.serialize(questions.run(build.graph, question, settings), render.RESULTS[format_])
        sys.stdout.flush()
        sys.stdout.buffer.write(text + b"\n")
    elif isinstance(answer, tuple) != (format_ == "turtle") and not (isinstance(answer, tuple) and format_ is None):
        raise click.UsageError("turtle is for a CONSTRUCT, and a CONSTRUCT for turtle")
    elif isinstance(answer, tuple):
        click.echo(render.turtle(build, answer), nl=False)
    elif isinstance(answer, bool):
        click.echo("yes" if answer else "no evidence")
    else:
        _rows(build, question, answer, format_)
    if answer == () or (isinstance(answer, questions.Table) and not answer.rows):
        click.echo("Nothing found: no evidence in these facts, which is not a no.", err=True)
    click.echo(corpus(build), err=True)


def _rows(build: Build, question: Question, answer: Table, format_: str | None) -> None:
    from kg.cli import render

    if format_ == "csv":
        click.echo(render.as_csv(answer), nl=False)
    elif format_ == "markdown":
        click.echo(render.markdown(build, answer))
    elif answer.rows:
        click.echo(f"{question.text}\n" if question.text else "", nl=False)
        render.table(build, answer)


def _list(build: Build) -> None:
    from kg import questions

    for name, question in questions.named(build.graph.ontology).items():
        takes = "".join(f"  [--set {parameter}=...]" for parameter in question.parameters)
        click.echo(f"{name}{takes}\n    {question.text}")
