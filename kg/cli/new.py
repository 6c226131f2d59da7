"""kg new."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.pass_obj
def new(project: Path | None, type_: str, id_: str) -> None:
    """Write a stub of a record, with a comment for every field."""
    from kg import output, template
    from kg.cli.stage import made
    from kg.expansion import ID
    from kg.suggestion import did_you_mean

    build = made(project, checked=False)
    types = build.vocabulary.record_types
    if type_ not in types:
        raise click.UsageError(f"no type '{type_}'; {did_you_mean(type_, types) or 'one of: ' + ', '.join(types)}")
    if not ID.fullmatch(id_):
        raise click.UsageError(f"'{id_}' cannot be an id: lower-case letters a to z, digits and single hyphens")
    if id_ in build.sources.records:
        raise click.UsageError(f"'{id_}' is the id of a record already, at {build.sources.records[id_].location}")
    cls = build.vocabulary.classes[type_]
    place = build.project.root / template.place(cls, id_, build.sources)
    if place.exists():
        raise click.UsageError(f"{place} exists already")
    place.parent.mkdir(parents=True, exist_ok=True)
    output.write(place, [template.record(cls, id_, build.vocabulary).encode()])
    click.echo(place)
