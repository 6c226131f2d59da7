"""kg new."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path

    from kg.pipeline import Build


@click.command()
@click.argument("type_", metavar="TYPE")
@click.argument("id_", metavar="ID")
@click.option("--document", help="The document that is quoted: id or unique name.")
@click.option("--exact", help="Its words, to the letter; offsets are computed.")
@click.option("--texts", "directory", type=AnyPath(), help="Folder with the texts of the documents.")
@click.pass_obj
def new(
    project: Path | None, type_: str, id_: str, document: str | None, exact: str | None, directory: Path | None
) -> None:
    """Write a stub of a record, with a comment for every field."""
    from kg import audit, output, template
    from kg.cli.stage import made
    from kg.records import ID
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
    given: dict[str, str] = {}
    remarks: list[str] = []
    near: frozenset[str] = frozenset()
    if document is not None or exact is not None or directory is not None:
        if document is None or exact is None or directory is None:
            raise click.UsageError("--document, --exact and --texts belong together")
        source, text = _text(build, document, directory)
        given = template.quote(build.graph.ontology, source, exact, text)
        remarks = _named(build, exact, text)
        near = audit.files(build, source)
    place = build.project.root / template.place(cls, id_, build.sources, near)
    if place.exists():
        raise click.UsageError(f"{place} exists already")
    if not place.resolve().is_relative_to(build.project.root.resolve()):
        raise click.UsageError(f"{place.parent} leads out of the project")
    place.parent.mkdir(parents=True, exist_ok=True)
    output.write(place, [template.record(cls, id_, build.vocabulary, given, remarks).encode()])
    click.echo(place)


def _text(build: Build, document: str, directory: Path) -> tuple[str, str]:
    from kg import audit, texts
    from kg.cli.stage import one

    source = one(build, document)
    text = audit.text_of(build, source, texts.read(directory))
    if text is None:
        raise click.UsageError(f"no file of {directory} has the SHA-256 of '{source}'")
    return source, text


def _named(build: Build, exact: str, text: str) -> list[str]:
    """Say which records the words name, and which the rest of their sentence."""
    from kg import template, texts
    from kg.names import folded

    first, last = texts.sentence(text, *template.where(exact, text))
    words, sentence = f" {folded(exact)} ", f" {folded(text[first:last])} "
    here = {n: ids for n, ids in build.names.ids.items() if _holds(words, n)}
    around = {n: ids for n, ids in build.names.ids.items() if n not in here and _holds(sentence, n)}
    return [
        f"{told}: " + ", ".join(f"{' or '.join(ids)} (“{name}”)" for name, ids in sorted(found.items()))
        for told, found in (("Named in these words", here), ("Named in the rest of the sentence", around))
        if found
    ]


def _holds(words: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None
