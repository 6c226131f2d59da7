"""kg find."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.pass_obj
def find(project: Path | None, text: tuple[str, ...]) -> None:
    """Find records by name, proposition or quoted words."""
    import pyoxigraph as ox

    from kg import search
    from kg.cli import render
    from kg.cli.stage import readable
    from kg.questions import Table

    build = readable(project)
    hits = search.find(build.graph, build.names, " ".join(text))
    if not hits:
        near = build.names.suggest(" ".join(text))
        if near:
            click.echo("Nothing holds these words; near in name: " + ", ".join(near), err=True)
        render.empty(build)
        return
    rows = []
    for hit in hits:
        source = build.sources.records[hit.id]
        label = build.vocabulary.classes[source.type].label
        cells = (hit.id, label, render.words(build)(hit.field), hit.text, str(source.location))
        rows.append(tuple(ox.Literal(cell) for cell in cells))
    render.table(build, Table(("id", "type", "in", "text", "place"), tuple(rows)))
