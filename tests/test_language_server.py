"""The schemas in the language server that editors run: what kg accepts it does not mark, and it completes and explains."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import harbour
import languageserver
import pytest
from generation import ROOT
from inside import kg
from languageserver import Editor
from specimen import SMALL

import kg as library
from kg import schema
from kg.project import CONFIGURATION

COMMITTED = ROOT / "ontology" / schema.EDITOR
# What an editor takes for a number, a truth, nothing or a day; to kg it is text.
ODD = (
    "null",
    "~",
    "Null",
    "true",
    "no",
    "yes",
    "010",
    "0x1F",
    "0o17",
    "1e3",
    "1.10",
    "12:30",
    "2026-02-26",
    ".inf",
    ".nan",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Editor]:
    with languageserver.installed() as program, languageserver.editor(program) as session:
        yield session


@pytest.fixture(scope="module")
def knowing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The schema that knows the ids of the shipped facts."""
    root = tmp_path_factory.mktemp("knowing")
    shutil.copytree(ROOT / "facts", root / "facts")
    done = kg("--project", root, "schema", "--ids", root / "ids.json")
    assert (done.code, done.out) == (0, f"{root / 'ids.json'}\n"), done.err
    return root / "ids.json"


def texts(folder: Path) -> list[str]:
    """The fact files of a folder: all that are lists as one, for the sake of time, and the others."""
    files = [f.read_text(encoding="utf-8") for f in sorted(folder.rglob("*.yaml")) if f.name != CONFIGURATION]
    lists = [text for text in files if "\n- " in f"\n{text}"]
    return ["\n".join(lists), *(text for text in files if text not in lists)]


def marked(server: Editor, name: str, schema_file: Path, text: str) -> list[str]:
    return [found["message"] for found in server.open(f"untitled:{name}.yaml", schema_file, text)]


@pytest.mark.parametrize("which", ["committed", "knowing"])
def test_the_shipped_facts_are_not_marked(server: Editor, knowing: Path, which: str) -> None:
    for number, text in enumerate(texts(ROOT / "facts")):
        found = marked(server, f"shipped-{which}-{number}", knowing if which == "knowing" else COMMITTED, text)
        assert found == [], text[:200]


def test_other_facts_that_kg_accepts_are_not_marked(server: Editor, tmp_path: Path) -> None:
    example = ROOT / "ontology" / "templates" / "project" / "facts"
    small = [text for name, text in SMALL.items() if name != CONFIGURATION]
    for number, text in enumerate([*small, *texts(example), *texts(harbour.write(tmp_path) / "facts")]):
        assert marked(server, f"accepted-{number}", COMMITTED, text) == [], text[:200]


def test_scalars_that_kg_takes_for_text_are_not_marked(server: Editor, small: Path) -> None:
    evidence = "\n  evidence:\n    - {document: first-article, exact: KIM, wording: fragment}\n"
    text = "".join(
        f"- id: odd-{number}\n  type: Person\n  label: {{en: {odd}}}{evidence.replace('KIM', odd)}"
        for number, odd in enumerate(ODD)
    )
    (small / "facts" / "odd.yaml").write_text(text, encoding="utf-8")
    assert library.build(small, checked=False).diagnostics == ()
    assert marked(server, "odd", COMMITTED, text) == []


RECORD = """\
id: somebody
type: Person
label: {en: Somebody}
childOf: kim-jong-un
evidence:
  - {document: talks-2026, exact: "Somebody", wording: fragment}
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("childOf: kim-jong-un", "childOf: kim-jong-u", 4),
        ("childOf: kim-jong-un", "childOf: north-korea", 4),  # a State
        ("document: talks-2026", "document: talks-2025", 6),
        ("wording: fragment", "wording: fragmnt", 6),
        ("childOf:", "chldOf:", 4),
    ],
)
def test_a_mistake_is_marked_at_its_line(server: Editor, knowing: Path, right: str, wrong: str, line: int) -> None:
    """Lines count from 0, and before the first stands the one that names the schema."""
    assert marked(server, "right", knowing, RECORD) == []
    found = server.open(f"untitled:wrong-{wrong}.yaml", knowing, RECORD.replace(right, wrong))
    assert [one["range"]["start"]["line"] for one in found] == [line]


def test_ids_are_completed_by_class_with_their_labels(server: Editor, knowing: Path) -> None:
    server.open("untitled:ids.yaml", knowing, "id: x\ntype: Person\nchildOf: \nbelongsTo: \n")
    persons = server.completions("untitled:ids.yaml", 2, 9)
    assert persons["kim-ju-ae"] == "Kim Ju Ae"
    assert "north-korea" not in persons
    assert {"kim-ju-ae", "north-korea"} <= set(server.completions("untitled:ids.yaml", 3, 11))


def test_fields_types_and_codes_are_completed_and_explained(server: Editor) -> None:
    server.open("untitled:new.yaml", COMMITTED, "id: x\ntype: Statement\nmodality: \n\n")
    assert server.completions("untitled:new.yaml", 2, 10)["could"] == "It could be."
    fields = server.completions("untitled:new.yaml", 3, 0)
    assert fields["proposition"].strip()
    assert "childOf" not in fields
    assert "How firmly it is put" in server.hover("untitled:new.yaml", 2, 3)
    server.open("untitled:type.yaml", COMMITTED, "id: x\ntype: \n")
    assert "A human being" in server.completions("untitled:type.yaml", 1, 6)["Person"]
