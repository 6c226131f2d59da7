"""Projects to test on, and the program as a user runs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from listener import Listener, listening

ROOT = Path(__file__).parent.parent
PROGRAM = Path(sys.executable).with_name("kg")
PATIENCE = 120  # seconds after which a program that should have ended is a failure

# What the two documents of the small project say, by the name under which their text lies in texts/.
TEXTS = {
    "first-article.txt": "The first article\n\nNorth Korea is a country. Kim “says so”.\n",
    "second-article.txt": "The second article\n\nKim Jong Un leads North Korea.\n",
}
SMALL = {
    "dataset.yaml": """\
format: 1
base: https://example.org/small/
title: A small data set
licence: https://creativecommons.org/licenses/by/4.0/
creators: [somebody]
language: en
""",
    "documents.yaml": """\
- id: first-article
  type: Document
  label: {en: "The first article"}
  kind: article
  language: en
  sha256: 77ffc320d729823b1830fd5c5eba54f8d986dae5771de5df1f6f37e579bf9221
  length: 60
  evidence:
    - {document: first-article, exact: "The first article", start: 0, end: 17}

- id: second-article
  type: Document
  label: {en: "The second article"}
  kind: article
  sha256: 831778d461017f69cbf74ec55e7d76740b35d7d3395ba60efcad3ce014fc8a6f
  length: 51
  evidence:
    - {document: second-article, exact: "The second article", start: 0, end: 18}
""",
    "actors.yaml": """\
- id: north-korea
  type: State
  label: {en: "North Korea"}
  name:
    - {text: {en: "North Korea"}, in: first-article}
  evidence:
    - {document: first-article, exact: "North Korea", start: 19, end: 30}

- id: kim-jong-un
  type: Person
  label: {en: "Kim Jong Un"}
  evidence:
    - {document: second-article, exact: "Kim Jong Un", start: 20, end: 31}
""",
    "statement.yaml": """\
id: kim-says-so
type: Statement
label: {en: "Kim says so"}
speaker: {by: kim-jong-un}
chain:
  - {position: 1, in: first-article}
kind: declaration
modality: asserted
status: attributed
proposition: {en: "North Korea says so."}
about: [north-korea]
said: {date: 2026-02-26, basis: explicit}
evidence:
  - document: first-article
    exact: "Kim “says so”"
    start: 45
    end: 58
    quotation: "says so"
    wording: fragment
""",
}


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
