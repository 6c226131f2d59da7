"""Mistakes made in the real files: `cases/NAME.case` says what is done to a copy of facts/ and every finding it causes.

A case is text. Its first lines, each beginning with `#`, say what the mistake is. Then come operations and findings:

    edit facts/actors/persons.yaml          a text that stands there exactly once, and what it becomes;
    - childOf: kim-jong-un                  several lines are one text
    + chldOf: kim-jong-un
    append facts/actors/persons.yaml        lines at the end of a file
    add facts/new.yaml                      a new file
    remove facts/actors                     a file or folder
    link facts/new.yaml -> ../elsewhere     a symbolic link

    expect error unknown-field              severity and code
      file: facts/actors/persons.yaml       left out: the file of the first operation
      at: ^chldOf                           the place, in the file as edited: a text that stands there exactly once,
                                            with ^ before the character meant; `start` is the start of the file
      message: has no field 'chldOf'        what the message holds
      hint: did you mean 'childOf'?         what the hint holds; `-` is no hint

`<U+200B>` stands for a character and `<byte E9>` for a byte that cannot be read or written otherwise.
What was wrong before the edit does not count; what is wrong after it has to be just what is expected.
"""

from __future__ import annotations

import gc
import multiprocessing
import re
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import kg

CASES = sorted((Path(__file__).parent / "cases").glob("*.case"))
_CHARACTER = re.compile(r"<U\+([0-9A-F]{4,6})>")
_BYTE = re.compile(r"<byte ([0-9A-F]{2})>")


@dataclass(frozen=True, slots=True)
class Block:
    """An operation or finding: its head and the lines that belong to it."""

    words: list[str]
    old: str | None
    new: str | None
    fields: dict[str, str]


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """What a test compares: line and column count from 1, as users see them."""

    path: str
    line: int
    column: int
    severity: str
    code: str


def parse(text: str) -> list[Block]:
    """Read a case."""
    blocks: list[Block] = []
    head: list[str] = []
    old: list[str] = []
    new: list[str] = []
    fields: dict[str, str] = {}
    for line in [*text.splitlines(), "end"]:
        if line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            fields[name] = _literal(value)
        elif line[:1] in ("-", "+"):
            (old if line[0] == "-" else new).append(_literal(line[2:]))
        elif line and not line.startswith("#"):
            if head:
                blocks.append(Block(head, "\n".join(old) if old else None, "\n".join(new) if new else None, fields))
            head, old, new, fields = line.split(), [], [], {}
    return blocks


def _literal(text: str) -> str:
    text = _CHARACTER.sub(lambda match: chr(int(match[1], 16)), text)
    return _BYTE.sub(lambda match: bytes.fromhex(match[1]).decode(errors="surrogateescape"), text)


def apply(block: Block, root: Path) -> None:
    """Make the mistake."""
    operation, path = block.words[:2]
    file = root / path
    if operation == "remove":
        shutil.rmtree(file) if file.is_dir() else file.unlink()
        return
    if operation == "link":
        file.symlink_to(block.words[3])
        return
    assert block.new is not None, f"{operation} without a + line"
    if operation == "edit":
        text = _text(file)
        assert block.old is not None
        assert text.count(block.old) == 1, f"{block.old!r} stands {text.count(block.old)} times in {path}"
        new = text.replace(block.old, block.new)
    elif operation == "append":
        new = f"{_text(file)}{block.new}\n"
    else:
        assert operation == "add"
        assert not file.exists()
        file.parent.mkdir(exist_ok=True)
        new = f"{block.new}\n"
    file.write_bytes(new.encode(errors="surrogateescape"))


def _text(file: Path) -> str:
    return file.read_bytes().decode(errors="surrogateescape")


def place(at: str, file: Path) -> tuple[int, int]:
    """Find line and column of the place that `^` marks, counted from 1."""
    if at == "start":
        return 1, 1
    before, mark, after = at.partition("^")
    assert mark, f"no ^ in {at!r}"
    text = _text(file)
    assert text.count(before + after) == 1, (
        f"{before + after!r} stands {text.count(before + after)} times in {file.name}"
    )
    index = text.index(before + after) + len(before)
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def outcome(case: Path, shipped: Path) -> tuple[list[kg.Diagnostic], list[tuple[Finding, str, str]]]:
    """Make the mistakes of a case in a copy of the project; return all findings, and those that the case expects."""
    blocks = parse(case.read_text(encoding="utf-8"))
    operations = [block for block in blocks if block.words[0] != "expect"]
    wanted = []
    with tempfile.TemporaryDirectory() as folder:
        root = shutil.copytree(shipped, Path(folder) / "project")
        for block in operations:
            apply(block, root)
        for block in blocks:
            if block.words[0] == "expect":
                path = block.fields.get("file", operations[0].words[1])
                line, column = place(block.fields["at"], root / path)
                _, severity, code = block.words
                wanted.append(
                    (Finding(path, line, column, severity, code), block.fields["message"], block.fields["hint"])
                )
        return list(kg.build(root).diagnostics), sorted(wanted)


@pytest.fixture(scope="session")
def before(shipped: Path) -> set[kg.Diagnostic]:
    """What is wrong with the shipped facts without any case."""
    return set(kg.build(shipped).diagnostics)


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, shipped: Path) -> Iterator[dict[Path, Future]]:
    """The outcomes of the cases that are asked for, worked out on all processors: each is a build of its own."""
    asked = [item.callspec.params["case"] for item in request.session.items if item.originalname == "test_case"]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=gc.disable) as pool:
        yield {case: pool.submit(outcome, case, shipped) for case in asked}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case: Path, outcomes: dict[Path, Future], before: set[kg.Diagnostic]) -> None:
    diagnostics, wanted = outcomes[case].result()
    found = sorted(d for d in diagnostics if d not in before)
    assert [_finding(d) for d in found] == [finding for finding, _, _ in wanted], "\n".join(map(str, found))
    for diagnostic, (_, message, hint) in zip(found, wanted, strict=True):
        assert message in diagnostic.message
        assert hint in diagnostic.hint if hint != "-" else diagnostic.hint == ""


def _finding(diagnostic: kg.Diagnostic) -> Finding:
    location = diagnostic.location
    return Finding(location.path, location.line + 1, location.column + 1, str(diagnostic.severity), diagnostic.code)


def test_there_are_many_kinds_of_mistakes() -> None:
    assert len(CASES) >= 35


def test_the_shipped_facts_have_no_mistakes(before: set[kg.Diagnostic]) -> None:
    assert sorted(map(str, before)) == []
