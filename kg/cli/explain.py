"""kg explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Explain a diagnostic and how to mend it.")
@click.argument("code", required=False)
@click.pass_obj
def explain(project: Path | None, code: str | None) -> None:
    """Explain a diagnostic: what it means, why it matters, how to mend it. Without CODE, all of them, as Markdown."""
    from kg import manual, ontology
    from kg.project import NotAProject, find, shipped_ontology
    from kg.suggestion import did_you_mean

    try:
        directory = find(project).ontology
    except NotAProject:  # the manual can be read anywhere
        directory = shipped_ontology()
    pages = manual.pages(ontology.load(directory)[0])
    if code is None:
        click.echo(manual.document(pages), nl=False)
        return
    if code not in pages:
        raise click.UsageError(f"no diagnostic '{code}'; {did_you_mean(code, pages)}")
    click.echo(f"{code}\n\n{pages[code]}")
