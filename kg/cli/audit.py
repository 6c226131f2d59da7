"""kg audit."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path

    from kg.audit import Audit
    from kg.pipeline import Build


@click.command(short_help="Prove every quote; tell what is open.")
@click.option(
    "--texts", "directory", type=AnyPath(), help="Folder with the texts of the documents, found by their SHA-256."
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to report."
)
@click.option(
    "--write-offsets", is_flag=True, help="Fill start and end into the fact files, where the words stand once."
)
@click.pass_obj
def audit(project: Path | None, directory: Path | None, format_: str, *, write_offsets: bool) -> None:
    """Prove every quote; tell what is not covered, rests on little, is open, or looks wrong."""
    from kg import audit as auditing
    from kg import texts
    from kg.cli import DATA
    from kg.cli.stage import readable
    from kg.diagnostic import Severity

    build = readable(project)
    found = texts.read(directory) if directory is not None else {}
    result = auditing.audit(build, found)
    if write_offsets:
        if directory is None:
            raise click.UsageError("--write-offsets needs --texts")
        _write(build, result)
        build = readable(project)
        result = auditing.audit(build, found)
    if format_ == "json":
        import json

        click.echo(json.dumps(_object(build, result), ensure_ascii=False, indent=1))
    else:
        _print(build, result)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in result.diagnostics):
        sys.exit(DATA)


def _write(build: Build, result: Audit) -> None:
    from kg import offsets, output

    for file, text in offsets.edits(build, result).items():
        output.write(file, [text.encode()])
        click.echo(f"offsets written: {build.project.shown(file)}", err=True)


def _print(build: Build, result: Audit) -> None:
    from kg.cli import render, report
    from kg.cli.stage import corpus

    grades = Counter(str(quote.proof.grade) if quote.proof else "not proved: no text" for quote in result.quotes)
    click.echo(
        f"{len(result.quotes)} quotes: " + ", ".join(f"{number} {grade}" for grade, number in grades.most_common())
    )
    for text in result.texts:
        click.echo(
            f"{text.source}: {text.length} characters, {text.quoted:.1%} quoted, {len(text.gaps)} stretches uncovered"
        )
    for listing in result.listings:
        click.echo()
        if listing.table.rows:
            render.table(build, listing.table, f"{listing.title}: {len(listing.table.rows)}")
        else:
            click.echo(f"{listing.title}: none")
    click.echo()
    for line in report.told(result.diagnostics, build.project, sys.stdout):
        click.echo(line)
    click.echo(f"{report.count(result.diagnostics)}, {result.acknowledged} acknowledged", err=True)
    click.echo(corpus(build), err=True)


def _object(build: Build, result: Audit) -> dict[str, object]:
    from kg.cli import render, report

    said = render.words(build)
    return {
        "quotes": [
            {
                "place": str(build.sources.locate(quote.node) or ""),
                "document": quote.source,
                "exact": quote.exact,
                "start": quote.start,
                "end": quote.end,
                "grade": str(quote.proof.grade) if quote.proof else None,
                "link": quote.url or None,
            }
            for quote in result.quotes
        ],
        "documents": [
            {
                "id": text.source,
                "length": text.length,
                "quoted": round(text.quoted, 4),
                "uncovered": [{"start": start, "end": end, "text": text.text[start:end]} for start, end in text.gaps],
            }
            for text in result.texts
        ],
        **{
            listing.name: [
                {name: said(term) for name, term in zip(listing.table.columns, row, strict=True) if term is not None}
                for row in listing.table.rows
            ]
            for listing in result.listings
        },
        "acknowledged": result.acknowledged,
        "diagnostics": report.objects(result.diagnostics),
    }
