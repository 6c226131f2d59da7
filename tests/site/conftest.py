"""Sites to look at: one of the shipped facts, one of facts in which everything is an attack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import browsing
import hostile as attacks
import pytest

import kg
from kg import output, site
from kg.pipeline import Build


@pytest.fixture(scope="session")
def build(shipped: Path) -> Build:
    """The shipped facts."""
    return kg.build(shipped)


@pytest.fixture(scope="session")
def written(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Their site in a folder; not to be changed."""
    folder = tmp_path_factory.mktemp("site") / "pages"
    output.tree(folder, site.pages(build), ())
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of facts with markup and scripts in every field."""
    made = kg.build(attacks.write(tmp_path_factory.mktemp("hostile")))
    assert made.valid, made.diagnostics
    folder = tmp_path_factory.mktemp("hostile-site") / "pages"
    output.tree(folder, site.pages(made), ())
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[browsing.sync_api.Browser]:
    """Debian's chromium."""
    with browsing.chromium() as started:
        yield started
