"""What commands share: building the project, and saying on what an answer rests."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from kg.pipeline import Build


_SHOWN = 10


def made(project: Path | None, *, checked: bool, engine: str = "", jobs: int | None = None) -> Build:
    """Build the project."""
    from kg import pipeline, shapes

    return pipeline.build(
        project,
        engine=engine or shapes.DEFAULT_ENGINE,
        checked=checked,
        jobs=jobs or os.cpu_count() or 1,
        cache=cache(),
    )


def cache() -> Path | None:
    """Return the folder of this user in which results are kept (XDG Base Directory Specification); None without a home."""
    from pathlib import Path

    given = os.environ.get("XDG_CACHE_HOME", "")
    try:
        return (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "kg"
    except RuntimeError:  # no home
        return None


def readable(project: Path | None) -> Build:
    """Build without shapes and checks, for questions; facts that could not be read are said to be missing."""
    from kg.cli import DATA, report
    from kg.diagnostic import Severity

    build = made(project, checked=False)
    errors = [d for d in build.diagnostics if d.severity is Severity.ERROR]
    if errors:
        report.show(errors[:_SHOWN], build.project)
        if len(errors) > _SHOWN:
            click.echo("... and more: see `kg validate`", err=True)
        click.echo(f"{report.count(errors)}: no answer from facts that cannot be read whole", err=True)
        sys.exit(DATA)
    return build


def one(build: Build, text: str) -> str:
    """Return the one id that an id or name means."""
    from kg.fault import Fault
    from kg.suggestion import did_you_mean

    found = build.names.resolve(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise Fault(f"'{text}' can mean {', '.join(found)}; give the id")
    hint = did_you_mean(text, build.names.suggest(text) or build.names.labels)
    raise Fault(f"no record '{text}'; {hint or 'try `kg find`'}")


def corpus(build: Build) -> str:
    """Say how small the corpus is: records by type."""
    return f"Asked of {build.corpus}; what they do not say is not thereby false."
