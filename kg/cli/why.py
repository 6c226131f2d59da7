"""kg why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.explanation import Explanation, Line
    from kg.pipeline import Build


@click.command(short_help="Show on what a record or field rests.")
@click.argument("id_", metavar="ID")
@click.argument("field", required=False, default="")
@click.pass_obj
def why(project: Path | None, id_: str, field: str) -> None:
    """Show on what a record, or one FIELD of it, rests: chain, exact words, triples, file and line."""
    from kg import explanation
    from kg.cli.stage import one, readable

    build = readable(project)
    _show(build, explanation.explain(build, one(build, id_), field))


def _show(build: Build, explanation: Explanation) -> None:
    from kg.cli import render
    from kg.diagnostic import escape

    said = render.words(build)
    click.echo(escape(build.names.labels.get(explanation.id, explanation.id)))
    click.echo(f"{explanation.cls.label} {explanation.id}  {explanation.location}\n")
    for section in explanation.sections:
        click.echo(section.title)
        for row, location in zip(section.table.rows, section.locations, strict=True):
            cells = [
                f"{name} {said(term)}"
                for name, term in zip(section.table.columns, row, strict=True)
                if term is not None
            ]
            click.echo(escape("  " + "  ·  ".join(cells)) + (f"  [{location}]" if location else ""))
        click.echo()
    click.echo("Triples, by line and column of that file")
    by_subject: dict[str, list[Line]] = {}
    for line in explanation.lines:
        by_subject.setdefault(str(line.triple.subject), []).append(line)
    if not explanation.lines:
        click.echo("  nothing is said of this field")
        return
    # The record itself comes first; it is no part, even where it points at itself.
    own = by_subject.pop(str(explanation.lines[0].triple.subject))
    for branch in _tree(build, by_subject, own, 1):
        click.echo(escape(branch))


def _tree(build: Build, parts: dict[str, list[Line]], lines: list[Line], depth: int) -> Iterator[str]:
    """Lines for the triples of a subject, those of its parts indented below; what only rules made of them is left out."""
    from kg.cli import render

    said = render.words(build)
    for line in sorted(lines, key=lambda line: (line.location is None, line.location or 0, str(line.triple))):
        held = str(line.triple.object)
        if held in parts and line.location is None:
            continue
        place = f"{line.location.line + 1}:{line.location.column + 1}" if line.location else "derived"
        name = said(line.triple.predicate)
        value = "" if held in parts else f" {said(line.triple.object)}"
        yield f"{'  ' * depth}{name}:{value}  [{place}]"
        if held in parts:
            yield from _tree(build, parts, parts[held], depth + 1)
