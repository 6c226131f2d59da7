"""kg serve."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from kg.project import Project
    from kg.server.edition import Outcome


@click.command(short_help="Serve the site and a SPARQL endpoint.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--url", default="", help="The address under which others see it, where a proxy stands before it.")
@click.option(
    "--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="Let scripts of a web site ask (CORS)."
)
@click.option(
    "--time-limit", type=click.FloatRange(0.1, 3600), default=10, show_default=True, help="Seconds for a query."
)
@click.pass_obj
def serve(project: Path | None, port: int, host: str, url: str, origins: tuple[str, ...], time_limit: float) -> None:
    """Serve the facts: the site, a query page, and a read-only SPARQL endpoint at /sparql.

    When a file changes the facts are built anew; until they are without errors, their last valid state is served. Ends with
    130 when interrupted, and with 0 on SIGTERM.
    """
    import signal

    from kg.cli import DATA, report
    from kg.fault import Failure, Fault
    from kg.project import find

    if os.name != "posix":
        raise Failure("`kg serve` needs processes that fork, as Linux and macOS have them")
    try:
        from kg.server import builder, running, scratch
        from kg.server.limits import Limits
        from kg.server.shelf import Shelf
    except ModuleNotFoundError as error:
        raise Fault(f"this needs the package {error.name}: pip install 'kg-facts[serve]'") from None
    public, found = _public(url), find(project)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _listen(host, port) as listening, scratch.folder() as folder:
        first = builder.apart(found.root, folder / "edition-0")
        report.show(first.diagnostics, found)
        if first.edition is None:
            click.echo(f"{report.count(first.diagnostics)}; nothing served", err=True)
            sys.exit(DATA)
        gc.enable()  # a server lives long
        click.echo(_address(listening))
        click.echo("Serving until interrupted.", err=True)
        shelf = Shelf(found, first.edition, Limits(seconds=time_limit), lambda outcome: _tell(outcome, found))
        running.run(listening, shelf, public, origins)


def _listen(host: str, port: int) -> socket.socket:
    import errno
    import socket

    from kg.fault import Failure

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failure(f"port {port} of {host} is taken; choose another with --port") from None
        raise Failure(f"cannot listen on {host}, port {port}: {error.strerror}") from None


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _public(url: str) -> str:
    """Check the address that others see."""
    from urllib.parse import urlsplit

    if not url:
        return ""
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        right = False
    if not right:
        raise click.UsageError(f"--url {url}: write an address like https://facts.example.org/")
    return url.rstrip("/") + "/"


def _tell(outcome: Outcome, project: Project) -> None:
    """Say what came of a change of the facts."""
    from kg.cli import report

    report.show(outcome.diagnostics, project)
    if outcome.failure:
        click.echo(f"Error: {outcome.failure}", err=True)
    state = "serving the new facts" if outcome.edition else "serving the last valid facts"
    click.echo(f"{report.count(outcome.diagnostics)}; {state}", err=True)
