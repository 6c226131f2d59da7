"""Sites for the tests, each built once, by the program as a user runs it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from program import PATIENCE, PROGRAM

from pages import hostile
from pages.reading import Site


def built(project: Path, out: Path) -> Path:
    """Build the site of a project."""
    ended = subprocess.run(
        [PROGRAM, "--project", project, "site", "--out", out],
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        encoding="utf-8",
    )
    assert ended.returncode == 0, ended.stderr
    return out


@pytest.fixture(scope="session")
def site(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of the shipped facts."""
    return Site(built(shipped, tmp_path_factory.mktemp("site") / "out"))


@pytest.fixture(scope="session")
def hostile_site(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of facts in which every text and address wants to run."""
    folder = tmp_path_factory.mktemp("hostile")
    return Site(built(hostile.project(shipped, folder / "project"), folder / "out"))
