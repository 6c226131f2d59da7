"""kg site."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from kg.cli.path import AnyPath

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Write the facts as a web site.")
@click.option("--out", type=AnyPath(), help="Folder for the site. Default: site/ in the project.")
@click.pass_obj
def site(project: Path | None, out: Path | None) -> None:
    """Validate the facts and write them as a site that works from a folder or any web host.

    It needs no server, no JavaScript and no network. Where there is an error it writes nothing at all. An earlier site in
    the folder is replaced whole; a folder that holds anything else is refused.
    """
    from kg import output
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.fault import Fault

    try:
        from kg import site as pages
    except ModuleNotFoundError as error:
        raise Fault(f"this needs the package {error.name}: pip install 'kg-facts[site]'") from None

    build = made(project, checked=True)
    report.show(build.diagnostics, build.project)
    if not build.valid:
        click.echo(f"{report.count(build.diagnostics)}; nothing written", err=True)
        sys.exit(DATA)
    directory = out if out is not None else build.project.root / "site"
    contents = ((path, [content]) for path, content in pages.pages(build, jobs=os.cpu_count() or 1))
    number = output.folder(directory, contents, (build.project.facts, build.project.ontology))
    click.echo(f"{number} files, {len(build.sources.records)} records, {report.count(build.diagnostics)}", err=True)
    click.echo(directory / pages.START.path)
