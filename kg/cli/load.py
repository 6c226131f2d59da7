"""kg load."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pyoxigraph as ox

    from kg.store import Credentials
    from kg.store.loading import Check, Holding

# Those of kg.store.PROFILES.
_PROFILES = [
    "bolt",
    "falkordb",
    "graph-store",
    "ladybug",
    "oxigraph",
    "oxigraph-directory",
    "tdb2",
    "update",
    "virtuoso",
]
_SHOWN = 5  # triples of a difference
_WIDTH = 300  # characters of a triple


@click.command()
@click.argument("url")
@click.option("--profile", type=click.Choice(_PROFILES), help="The kind of store. Default: what server or URL tell.")
@click.option("--check", "check_", is_flag=True, help="Write nothing; tell whether the store holds the facts.")
@click.option("--dry-run", is_flag=True, help="Write nothing; tell what would be replaced.")
@click.pass_obj
def load(project: Path | None, url: str, profile: str | None, *, check_: bool, dry_run: bool) -> None:
    """Validate the facts and make a store hold them.

    URL is that of a server (http:, bolt:, neo4j:, falkor:), or oxigraph:PATH, tdb2:PATH or ladybug:PATH for a store on disk.
    Replaces what differs of the facts, leaves all else alone, and verifies what the store then holds.
    User and password are read from KG_USER and KG_PASSWORD; you are asked for a password that is not set.
    """
    from kg import store
    from kg.cli import DATA, report
    from kg.cli.stage import made
    from kg.fault import Failure
    from kg.store import loading

    if check_ and dry_run:
        raise click.UsageError("--check or --dry-run, not both")
    store.fitting(url)  # a wrong address is told before anything is read
    build = made(project, checked=True)
    report.show(build.diagnostics, build.project)
    if not build.valid:
        click.echo(f"{report.count(build.diagnostics)}; nothing loaded", err=True)
        sys.exit(DATA)
    with contextlib.closing(store.connect(url, _credentials(), profile)) as target:
        if check_ or dry_run:
            found = loading.check(target, build.graph)
            _show(found, lambda holding: _state(holding) if check_ else _plan(holding))
            sys.exit(DATA if check_ and not found.same else 0)
        with _progress() as progress:
            loaded = loading.load(target, build.graph, progress)
    _show(loaded.check, lambda holding: _deed(holding, replaced=holding.part in loaded.replaced))
    if not loaded.check.same:
        raise Failure("the store took the facts and does not hold them as they are")


def _state(holding: Holding) -> str:
    return "as loaded" if holding.same else "differs"


def _plan(holding: Holding) -> str:
    return "would stay" if holding.same else "would be replaced" if holding.expected else "would be removed"


def _deed(holding: Holding, *, replaced: bool) -> str:
    done = "already there" if not replaced else "loaded" if holding.expected else "removed"
    return done if holding.same else "differs"


def _show(check: Check, word: Callable[[Holding], str]) -> None:
    """Print a line for every graph, what differs below it, and what is only written otherwise."""
    from kg.diagnostic import escape

    for holding in check.holdings:
        click.echo(f"{word(holding)}: {escape(str(holding.part))}, {holding.expected} {check.noun}")
        if holding.counted != holding.expected:
            click.echo(f"    the store counts {holding.counted}")
        for what, triples in (("missing", holding.missing), ("added", holding.added)):
            for triple in triples[:_SHOWN]:
                click.echo(f"    {what}: {escape(str(triple))[:_WIDTH]}")
            if len(triples) > _SHOWN:
                click.echo(f"    {what}: {len(triples) - _SHOWN} more")
    for number, ours, theirs in _rewritten(check):
        words = (escape(str(triple.object))[:_WIDTH] for triple in (ours, theirs))
        click.echo(f"{number} written otherwise there, as it is known to do, such as {' as '.join(words)}", err=True)
    if not check.listed:
        click.echo(
            "which other graphs there are cannot be asked there; graphs no longer needed were not looked for", err=True
        )
    total = sum(holding.expected for holding in check.holdings)
    says = "compared by count and content" if check.same else "not the same"
    click.echo(f"{check.store}: {total} {check.noun}, {says}", err=True)


def _rewritten(check: Check) -> list[tuple[int, ox.Triple, ox.Triple]]:
    """Count what is written otherwise, by the types before and after, with an example."""
    kinds: dict[tuple[str, ...], list[tuple[ox.Triple, ox.Triple]]] = {}
    for holding in check.holdings:
        for pair in holding.rewritten:
            kinds.setdefault(tuple(str(triple.object).rpartition("^^")[2] for triple in pair), []).append(pair)
    return [(len(pairs), *pairs[0]) for _, pairs in sorted(kinds.items())]


def _credentials() -> Credentials | None:
    from kg.fault import Fault
    from kg.store import Credentials

    user, password = os.environ.get("KG_USER"), os.environ.get("KG_PASSWORD")
    if not user:
        return None
    if password is None:
        if not sys.stdin.isatty():
            raise Fault("KG_USER is set but not KG_PASSWORD, and there is no terminal to ask for it")
        password = str(click.prompt(f"Password of {user}", hide_input=True, err=True))
    return Credentials(user, password)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how far a load is; nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("comparing", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, description="comparing" if done == total else "sending", completed=done, total=total)

        yield progress
