"""The page about the server does what it says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kg.server import connection, running
from kg.server.limits import Limits
from kg.sparql import MAX_LENGTH, MAX_NESTING
from server.serving import Server

PAGE = (Path(__file__).parent.parent.parent / "docs" / "serve.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
CURLS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines() if line.startswith("curl ")]


@pytest.mark.parametrize("line", CURLS)
def test_commands(server: Server, line: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed (Debian: curl)")
    command = shlex.split(line.replace("http://127.0.0.1:8080/", server.url))
    done = subprocess.run([*command, "-sS", "--fail"], capture_output=True, check=True, encoding="utf-8")
    assert any(
        said in done.stdout for said in ('"boolean":true', "who\nhttps://", "Kim Jong Un", "sparql-service-description")
    )


def test_the_program(server: Server) -> None:
    (program,) = [text for kind, text in BLOCKS if kind == "python"]
    program = program.replace("http://127.0.0.1:8080/", server.url)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    assert "kim-jong-un,Kim Jong Un" in done.stdout


def test_limits() -> None:
    limits = Limits()
    for said in (
        f"| {limits.seconds} seconds (`--time-limit`)",
        f"| {limits.memory >> 20} MiB beside",
        f"| {limits.workers}; others wait {limits.patience} seconds",
        f"| {MAX_LENGTH:,} characters, {MAX_NESTING} levels",
        f"| result | {limits.result >> 20} MiB",
        "256 KiB | 413, 400",
        f"to arrive | {connection._REQUEST} seconds",  # noqa: SLF001 - the page must not say another number
        f"| connections | {running._CONNECTIONS} |",  # noqa: SLF001 - as above
        f"Running queries get {['', 'one', 'two', 'three', 'four'][running._GRACE]} seconds",  # noqa: SLF001 - as above
    ):
        assert said in PAGE
    assert running._HEAD == 256 << 10  # noqa: SLF001 - as above


def test_every_option_is_told() -> None:
    from kg.cli.serve import serve

    options = {name for parameter in serve.params for name in parameter.opts} - {"--help"}
    assert options == set(re.findall(r"--(?:port|host|url|allow-origin|time-limit)", PAGE))
