"""kg find."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH = 100


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.pass_obj
def find(project: Path | None, text: tuple[str, ...]) -> None:
    """Find records by name, proposition or quoted words."""
    from kg import search
    from kg.cli import render
    from kg.cli.stage import corpus, readable
    from kg.diagnostic import escape

    build = readable(project)
    said = render.words(build)
    hits = search.find(build.graph, build.names, " ".join(text))
    if not hits:
        near = build.names.suggest(" ".join(text))
        if near:
            click.echo("Near in name: " + ", ".join(near), err=True)
        click.echo("No record holds these words: no evidence in these facts, which is not a no.", err=True)
        click.echo(corpus(build), err=True)
        return
    for hit in hits:
        source = build.sources.records[hit.id]
        cls = build.vocabulary.classes[source.type]
        name = build.vocabulary.field_name(hit.field.value) or said(hit.field)
        status = f" ({said(hit.status)})" if hit.status is not None else ""
        click.echo(escape(f"{hit.id}  {cls.label}{status}  {source.location}"))
        click.echo(
            textwrap.fill(escape(f"{name}: {hit.text}"), _WIDTH, initial_indent="    ", subsequent_indent="    ")
        )
    click.echo(corpus(build), err=True)
