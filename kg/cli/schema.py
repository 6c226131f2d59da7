"""kg schema."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a file is not what the ontology says.")
@click.pass_obj
def schema(project: Path | None, *, check: bool) -> None:
    """Generate context.jsonld and facts.schema.json from the ontology."""
    from kg import metashapes, ontology, output, vocabulary
    from kg import schema as generated
    from kg.cli import DATA, report
    from kg.project import find

    directory = find(project).ontology
    onto, faults = ontology.load(directory)
    faults = faults or metashapes.check(onto)
    if faults:
        report.show(faults)
        sys.exit(DATA)
    vocab = vocabulary.read(onto)
    found = generated.drift(vocab, directory) if check else generated.misread(vocab)
    report.show(found)
    if found:
        sys.exit(DATA)
    if check:
        return
    for name, text in generated.generate(vocab).items():
        output.write(directory / name, [text.encode()])
        click.echo(directory / name)
