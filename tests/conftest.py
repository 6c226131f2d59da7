"""Projects to test on, and the program as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from listener import Listener, listening
from program import PATIENCE, PROGRAM
from specimen import SMALL, TEXTS

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the program ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The cache of the tests is their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the shipped facts as they are when the tests begin; not to be changed."""
    directory = tmp_path_factory.mktemp("shipped")
    shutil.copytree(ROOT / "facts", directory / "facts")
    return directory


@pytest.fixture(autouse=True)
def confinement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of earlier tests may have left threads that wait for ever; queries of strangers are confined all the same."""
    monkeypatch.setattr("kg.confinement.active_count", lambda: 1)


@pytest.fixture
def project(shipped: Path, tmp_path: Path) -> Path:
    """A project of its own with the shipped facts; its ontology is the shipped one."""
    return shutil.copytree(shipped, tmp_path / "project")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project with five valid records, two documents, a State, a Person and a Statement, and the texts of the two."""
    for folder, files in (("facts", SMALL), ("texts", TEXTS)):
        directory = tmp_path / "small" / folder
        directory.mkdir(parents=True)
        for name, text in files.items():
            (directory / name).write_text(text, encoding="utf-8", newline="\n")
    return tmp_path / "small"


@pytest.fixture
def own_ontology(small: Path) -> Path:
    """The ontology folder of the small project: a copy of the shipped one, to be broken on purpose."""
    return shutil.copytree(ROOT / "ontology", small / "ontology", ignore=shutil.ignore_patterns("questions"))


@pytest.fixture
def program() -> Path:
    """The program itself, for pipes and signals."""
    return PROGRAM


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ended]:
    """Run the program as a user does, from a folder that is no project. It never shows a traceback."""

    def running(
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: str | None = None,
        patience: float = PATIENCE,
    ) -> Ended:
        ended = subprocess.run(
            [PROGRAM, *arguments],
            cwd=cwd or tmp_path,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            timeout=patience,
            check=False,
            encoding="utf-8",
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        return Ended(ended.returncode, ended.stdout, ended.stderr)

    return running


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server on this machine that remembers who came."""
    with listening() as made:
        yield made
