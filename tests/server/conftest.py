"""Servers for the tests: one for all that only ask, others for what changes or ends one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from specimen import SMALL

from server import serving
from server.serving import PROGRAM, Server


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small project, not to be changed."""
    folder = tmp_path_factory.mktemp("served") / "facts"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return folder.parent


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., AbstractContextManager[Server]]:
    """Start the program on a project."""

    @contextlib.contextmanager
    def serving_it(project: Path, *options: str) -> Iterator[Server]:
        log = tmp_path_factory.mktemp("log") / "err"
        with serving.running(log, PROGRAM, "--project", project, "serve", "--port", "0", *options) as server:
            yield server
        assert "Traceback" not in server.err, server.err

    return serving_it


@pytest.fixture(scope="session")
def server(serve: Callable[..., AbstractContextManager[Server]], facts: Path) -> Iterator[Server]:
    """A server of the small project that only answers; a query may take two seconds."""
    with serve(facts, "--time-limit", "2") as started:
        yield started
