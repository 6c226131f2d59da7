"""`kg init` and `kg new`: a project and its records begun, offsets computed, nothing overwritten."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
import tempfile
from pathlib import Path

import harbour
import pytest
import yaml
from generation import shipped
from inside import Done, kg

from kg import template


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return harbour.write(tmp_path / "project")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbour.write_texts(tmp_path_factory.mktemp("texts"))


def files(directory: Path) -> dict[str, bytes]:
    return {str(file.relative_to(directory)): file.read_bytes() for file in directory.rglob("*") if file.is_file()}


def refused(*arguments: str | Path) -> str:
    done: Done = kg(*arguments)
    assert (done.code, done.out) == (2, ""), done.err
    return done.err


# ----------------------------------------------------------------------------- init


def test_a_project_is_begun_and_works_at_once(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    done = kg("init", root)
    assert done.code == 0
    assert done.out.splitlines() == sorted(str(root / name) for name in files(root))
    assert "new TYPE ID" in done.err
    checked = kg("--project", root, "validate", "--fail-on", "warning")
    assert (checked.code, checked.out) == (0, ""), checked.out
    assert kg("--project", root, "build").code == 0
    asked = kg("--project", root, "query", "conditions-and-what-follows", "--format", "csv")
    assert asked.code == 0
    assert "only if" in asked.out
    assert "Voss will meet Borland" in asked.out


def test_the_audit_proves_every_quote_of_a_new_project(tmp_path: Path) -> None:
    kg("init", tmp_path)
    done = kg("--project", tmp_path, "audit", "--texts", tmp_path / "texts", "--format", "json")
    told = json.loads(done.out)
    assert (done.code, told["diagnostics"]) == (0, [])
    assert len(told["quotes"]) > 10
    assert {quote["grade"] for quote in told["quotes"]} == {"exact"}
    assert all(quote["start"] is not None for quote in told["quotes"])
    assert [document["uncovered"] for document in told["documents"]] == [[]]


def test_a_new_project_has_a_record_of_each_main_class(tmp_path: Path) -> None:
    kg("init", tmp_path)
    records = [r for file in (tmp_path / "facts").glob("*s.yaml") for r in yaml.safe_load(file.read_bytes())]
    main = {
        "Document",
        "MediaOutlet",
        "Person",
        "State",
        "Place",
        "Event",
        "Weapon",
        "Agreement",
        "Statement",
        "Condition",
    }
    assert {record["type"] for record in records} == main


def test_an_ontology_without_example_gives_a_configuration(tmp_path: Path) -> None:
    assert list(template.project(tmp_path)) == ["facts/dataset.yaml"]


def test_what_init_says_next_works(tmp_path: Path) -> None:
    (tmp_path / "a folder").mkdir()
    done = kg("init", tmp_path / "a folder" / "mine")
    command = re.search(r"Next: kg (.*?) writes", done.err)
    assert command
    arguments = shlex.split(command[1].replace("TYPE ID", "Organization jane-doe"))
    assert kg(*arguments).code == 0
    assert (tmp_path / "a folder" / "mine" / "facts" / "organization" / "jane-doe.yaml").exists()


def test_a_folder_that_is_empty_is_no_hindrance(tmp_path: Path) -> None:
    assert kg("init", tmp_path).code == 0


def test_a_folder_that_holds_anything_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert "not empty" in refused("init", tmp_path)
    assert files(tmp_path) == {"notes.txt": b"mine"}


def test_facts_that_exist_are_not_touched(project: Path) -> None:
    before = files(project)
    assert "not empty" in refused("init", project)
    assert files(project) == before


@pytest.mark.parametrize("arguments", [["init"], ["init", ""], ["init", "a", "b"], ["init", "--nope", "a"]])
def test_init_used_wrongly(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(*arguments)
    assert files(tmp_path) == {}


def test_init_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    done = kg("init", tmp_path / "file")
    assert done.code in (2, 3)
    assert done.out == ""
    assert files(tmp_path) == {"file": b"mine"}


# ----------------------------------------------------------------------------- new


@pytest.mark.parametrize("name", shipped().record_types)
def test_a_record_of_every_class_is_begun(name: str, project: Path) -> None:
    before = files(project)
    done = kg("--project", project, "new", name, "brand-new")
    assert done.code == 0, done.err
    file = Path(done.out.strip())
    assert file.is_relative_to(project / "facts")
    made = yaml.safe_load(file.read_bytes())
    assert (made["id"], made["type"]) == ("brand-new", name)
    assert {path: data for path, data in files(project).items() if not path.endswith("brand-new.yaml")} == before


def test_a_record_lies_with_those_of_its_type(tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    (root / "facts" / "actors").mkdir()
    for name in ("arland", "borland"):
        (root / "facts" / f"{name}.yaml").rename(root / "facts" / "actors" / f"{name}.yaml")
    assert kg("--project", root, "new", "State", "corland").out == f"{root}/facts/actors/corland.yaml\n"
    assert kg("--project", root, "new", "Condition", "terms").out == f"{root}/facts/condition/terms.yaml\n"


def test_a_quote_comes_with_its_offsets_and_who_it_names(project: Path, texts: Path) -> None:
    words = "“will never again” give up the harbour of Lenz"
    done = kg(
        "--project",
        project,
        "new",
        "Statement",
        "brand-new",
        "--document",
        "report",
        "--exact",
        words,
        "--texts",
        texts,
    )
    assert done.code == 0, done.err
    text = Path(done.out.strip()).read_text(encoding="utf-8")
    (evidence,) = yaml.safe_load(text)["evidence"]
    assert evidence == {
        "document": "report",
        "exact": words,
        **harbour.place("report", words),
        "span": {
            "start": harbour.REPORT.index("She said"),
            "end": harbour.REPORT.index(" “Arland’s navy"),
        },
    }
    named = next(line for line in text.splitlines() if "Named in these words" in line)
    assert named.startswith("# ")
    assert "arland or lenz" in named
    assert "borland" not in named


def test_a_record_that_quotes_a_document_lies_with_those_that_do(tmp_path: Path, texts: Path) -> None:
    told = harbour.statement("told-in-the-note", evidence=[harbour.quote("note", "is open. Officials")])
    root = harbour.write(tmp_path, told)
    for record in (*harbour.RECORDS, told):
        if record["type"] == "Statement":
            (folder := root / "facts" / record["evidence"][0]["document"]).mkdir(exist_ok=True)
            (root / "facts" / f"{record['id']}.yaml").rename(folder / f"{record['id']}.yaml")
    for document, words in (("report", "does not rule out talks"), ("note", "is open. Officials")):
        done = kg(
            "--project", root, "new", "Statement", f"new-{document}",
            "--document", document, "--exact", words, "--texts", texts,
        )  # fmt: skip
        assert done.out == f"{root}/facts/{document}/new-{document}.yaml\n", done.err


def test_who_is_named_beside_the_words_is_told(project: Path, texts: Path) -> None:
    done = kg(
        "--project", project, "new", "Statement", "brand-new",
        "--document", "report", "--exact", "does not rule out", "--texts", texts,
    )  # fmt: skip
    text = Path(done.out.strip()).read_text(encoding="utf-8")
    assert "Named in these words" not in text
    assert re.search(r"^# Named in the rest of the sentence: .*\bborland \(“borland”\)", text, re.MULTILINE)


def test_the_document_may_be_named(project: Path, texts: Path) -> None:
    done = kg(
        "--project", project, "new", "Statement", "brand-new",
        "--document", "Note on the Harbour", "--exact", "is open. Officials", "--texts", texts,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert yaml.safe_load(Path(done.out.strip()).read_bytes())["evidence"][0]["document"] == "note"


def test_what_is_begun_and_filled_in_is_valid(project: Path, texts: Path) -> None:
    words = "does not rule out talks with Borland"
    done = kg(
        "--project",
        project,
        "new",
        "Statement",
        "brand-new",
        "--document",
        "report",
        "--exact",
        words,
        "--texts",
        texts,
    )
    file = Path(done.out.strip())
    filled = {
        'label: {en: ""}': 'label: {en: "Voss does not rule out talks"}',
        "speaker:\n  - {": "speaker: {by: mira-voss}\n#  - {",
        "chain:\n  - {": "chain: [{position: 1, by: daily-signal}, {position: 2, in: report}]\n#  - {",
        'kind: ""': "kind: position",
        'modality: ""': "modality: asserted",
        'status: ""': "status: attributed",
        'proposition: {en: ""}': 'proposition: {en: "Voss does not rule out talks with Borland."}',
        'about: ""': "about: [borland]",
        '# said: {basis: ""}': "said: {basis: not-stated}",
    }
    text = file.read_text(encoding="utf-8")
    for old, new in filled.items():
        assert re.search(rf"^{re.escape(old)}", text, re.MULTILINE), old
        text = re.sub(rf"^{re.escape(old)}", lambda _, new=new: new, text, count=1, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")
    done = kg("--project", project, "validate", "--fail-on", "warning")
    assert done.code == 0, done.out


WRONG = [
    (["Persn", "x"], "did you mean 'Person'?"),
    (["Actor", "x"], "no type 'Actor'"),
    (["Evidence", "x"], "no type 'Evidence'"),
    (["person", "x"], "'Person'"),
    (["Person", "mira-voss"], "mira-voss.yaml:"),
    (["Person", "Jane Doe"], "cannot be an id"),
    (["Person", "../x"], "cannot be an id"),
    (["Person", "/abs"], "cannot be an id"),
    (["Person", "a--b"], "cannot be an id"),
    (["Person", "a\n"], "cannot be an id"),
    (["Person", ""], "cannot be an id"),
    (["Person"], "ID"),
    ([], "TYPE"),
    (["Person", "x", "--exact", "y"], "belong together"),
    (["Person", "x", "--document", "report"], "belong together"),
    (["Person", "x", "--document", "report", "--exact", "y"], "belong together"),
    (["Person", "x", "--texts", ""], "empty"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_new_used_wrongly(arguments: list[str], message: str, project: Path) -> None:
    before = files(project)
    assert message in refused("--project", project, "new", *arguments)
    assert files(project) == before


WRONG_QUOTES = [
    ("report", "harbour", f"stand {harbour.REPORT.count('harbour')} times"),
    ("report", "does rule out", "stand 0 times"),
    ("report", "", "stand 0 times"),
    ("note", "does not rule out", "stand 0 times"),
    ("Lenz", "harbour", "can mean arland, lenz"),
    ("nobody", "harbour", "no record 'nobody'"),
    ("arland", "harbour", "SHA-256 of 'arland'"),
]


@pytest.mark.parametrize(("document", "exact", "message"), WRONG_QUOTES)
def test_a_quote_that_cannot_be_placed(document: str, exact: str, message: str, project: Path, texts: Path) -> None:
    before = files(project)
    arguments = ["--document", document, "--exact", exact, "--texts", texts]
    assert message in refused("--project", project, "new", "Statement", "brand-new", *arguments)
    assert files(project) == before


def test_a_file_in_the_way(project: Path) -> None:
    (project / "facts" / "jane.yaml").write_text("- id: other\n  type: Retired\n", encoding="utf-8")
    assert "exists already" in refused("--project", project, "new", "Person", "jane")
    assert (project / "facts" / "jane.yaml").read_text(encoding="utf-8").startswith("- id: other")


def test_a_folder_that_leads_elsewhere_is_not_written_to(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (project / "facts" / "condition").symlink_to(outside)
    done = kg("--project", project, "new", "Condition", "terms")
    assert list(outside.iterdir()) == [], "47 of the bad inputs: links are not followed out of the project"
    assert done.code == 2


def test_42_a_folder_that_is_read_only(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, dir: Path, **__: object) -> None:  # noqa: A002 - the name that tempfile has
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(dir))

    (project / "facts").chmod(0o555)
    if os.geteuid() == 0:  # whom no mode holds up: so the call that makes the file says what it would say to others
        monkeypatch.setattr(tempfile, "mkstemp", refuse)
    done = kg("--project", project, "new", "Person", "jane")
    (project / "facts").chmod(0o755)
    assert done.code == 3
