"""Finding a project and its files, and what dataset.yaml may say. The number is the row of bad inputs."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

import kg
from kg import pipeline
from kg.project import DEFAULT_BASE, NotAProject, find

PLACE = 'id: {id}\ntype: Place\nlabel: {{en: "{id}"}}\nevidence: [{{document: first-article, exact: "{id}"}}]\n'


def problems(build: kg.Build) -> list[tuple[str, str]]:
    return [(str(d.location), d.code) for d in build.diagnostics]


def place(name: str) -> str:
    return PLACE.format(id=name)


def test_the_small_project_is_valid(small: Path) -> None:
    build = kg.build(small)
    assert build.diagnostics == ()
    assert sorted(build.sources.records) == [
        "first-article",
        "kim-jong-un",
        "kim-says-so",
        "north-korea",
        "second-article",
    ]


def test_the_nearest_project_upward_is_found(small: Path) -> None:
    inner = small / "facts" / "deep" / "deeper"
    inner.mkdir(parents=True)
    assert find(start=inner).root.resolve() == small.resolve()
    assert find(small).facts == small / "facts"


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(NotAProject, match="no folder 'facts'"):
        find(tmp_path)
    (tmp_path / "facts").touch()
    with pytest.raises(NotAProject):
        find(tmp_path)


def test_a_project_may_bring_its_own_ontology(small: Path, own_ontology: Path) -> None:
    assert find(small).ontology == own_ontology
    shutil.rmtree(own_ontology)
    assert find(small).ontology.name == "ontology"
    assert find(small).ontology != own_ontology


@pytest.mark.parametrize(
    "name", ["more.yml", "more.YAML", "more.Yml", "deep/er/more.yaml", "with space.yaml", "한.yaml"]
)
def test_24_files_of_every_spelling_are_read(small: Path, name: str) -> None:
    file = small / "facts" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(place("atlantis"), encoding="utf-8")
    build = kg.build(small)
    assert "atlantis" in build.sources.records
    assert build.valid


@pytest.mark.parametrize(
    "name", ["x.yaml~", ".x.yaml.swp", "#x.yaml#", "x.yaml.bak", ".x.yaml", "x.json", "x.yaml.orig", "x", "data.yamll"]
)
def test_24_left_overs_are_told_of(small: Path, name: str) -> None:
    (small / "facts" / name).write_text(place("atlantis"), encoding="utf-8")
    build = kg.build(small)
    assert problems(build) == [(f"facts/{name}:1:1", "ignored-file")]
    assert build.valid
    assert "atlantis" not in build.sources.records


def test_24_prose_beside_the_facts_is_left_alone(small: Path) -> None:
    (small / "facts" / "README.md").write_text("How these facts were found.", encoding="utf-8")
    assert kg.build(small).diagnostics == ()


def test_no_facts_at_all(small: Path) -> None:
    for file in (small / "facts").glob("*.yaml"):
        if file.name != "dataset.yaml":
            file.unlink()
    assert problems(kg.build(small)) == [("facts:1:1", "no-facts")]


@pytest.mark.parametrize(
    "outside",
    [
        pytest.param("/etc/hosts", id="47 a file"),
        pytest.param("/etc", id="47 a folder"),
        pytest.param("/dev/zero", id="47 a device"),
    ],
)
def test_links_out_of_the_project_are_not_followed(small: Path, outside: str) -> None:
    (small / "facts" / "link.yaml").symlink_to(outside)
    assert problems(kg.build(small)) == [("facts/link.yaml:1:1", "link-outside")]


def test_47_a_link_chain_that_ends_outside(small: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(place("secret"), encoding="utf-8")
    (small / "hop.yaml").symlink_to(tmp_path / "secret.yaml")
    (small / "facts" / "link.yaml").symlink_to("../hop.yaml")
    build = kg.build(small)
    assert problems(build) == [("facts/link.yaml:1:1", "link-outside")]
    assert "secret" not in build.sources.records


def test_47_a_linked_folder_is_not_walked(small: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "secret.yaml").write_text(place("secret"), encoding="utf-8")
    (small / "facts" / "more").symlink_to(tmp_path / "elsewhere")
    build = kg.build(small)
    assert problems(build) == [("facts/more:1:1", "link-outside")]
    assert "secret" not in build.sources.records


def test_47_a_linked_configuration_is_not_followed(small: Path, tmp_path: Path) -> None:
    (small / "facts" / "dataset.yaml").rename(tmp_path / "dataset.yaml")
    (small / "facts" / "dataset.yaml").symlink_to(tmp_path / "dataset.yaml")
    build = kg.build(small)
    assert ("facts/dataset.yaml:1:1", "link-outside") in problems(build)
    assert build.dataset.base == DEFAULT_BASE


def test_47_a_linked_ontology_file_is_not_followed(small: Path, own_ontology: Path, tmp_path: Path) -> None:
    (tmp_path / "more.ttl").write_text(
        "<https://secret.example/> a <https://secret.example/Secret> .", encoding="utf-8"
    )
    (own_ontology / "more.ttl").symlink_to(tmp_path / "more.ttl")
    build = kg.build(small)
    assert ("ontology/more.ttl:1:1", "link-outside") in problems(build)
    assert not any("secret.example" in str(triple) for triple in build.graph.ontology.triples)


def test_47_links_inside_the_project_are_read(small: Path) -> None:
    (small / "shared.yaml").write_text(place("atlantis"), encoding="utf-8")
    (small / "facts" / "link.yaml").symlink_to("../shared.yaml")
    build = kg.build(small)
    assert build.diagnostics == ()
    assert "atlantis" in build.sources.records


@pytest.mark.parametrize("kind", ["broken link", "loop", "folder behind a link", "pipe"])
def test_47_what_is_no_regular_file_is_told_of_and_never_waited_for(small: Path, kind: str) -> None:
    file = small / "facts" / "odd.yaml"
    (small / "notes").mkdir()
    {
        "broken link": lambda: file.symlink_to("missing.yaml"),
        "loop": lambda: file.symlink_to(file.name),
        "folder behind a link": lambda: file.symlink_to("../notes"),
        "pipe": lambda: (os.mkfifo(file), _feed(file)),
    }[kind]()
    assert [place for place, _ in problems(kg.build(small))] == ["facts/odd.yaml:1:1"]


@pytest.mark.parametrize("name", [b"od\xff.yaml", b"o\nd.yaml", b"o\x1b[2J.yaml", "o\u202ed.yaml".encode()])
def test_13_what_is_printed_of_a_hostile_file_name_is_plain(small: Path, name: bytes) -> None:
    (small / "facts" / os.fsdecode(name)).write_text("id: X", encoding="utf-8")
    found = kg.build(small, checked=False).diagnostics
    assert {d.code for d in found} == {"bad-id", "unknown-type"}
    assert all(str(d).isprintable() for d in found)


def _feed(pipe: Path) -> None:
    """Write into a pipe as soon as somebody reads it, so that a reader goes on: the test then fails, and does not hang."""
    threading.Thread(target=pipe.write_text, args=["id: atlantis"], daemon=True).start()


def test_48_a_file_that_changes_while_it_is_read(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def read_and_edit(file: Path) -> bytes:
        data = read(file)
        if file.name == "actors.yaml":
            file.write_text(data.decode() + "# edited\n", encoding="utf-8")
        return data

    monkeypatch.setattr(Path, "read_bytes", read_and_edit)
    assert problems(kg.build(small)) == [("facts/actors.yaml:1:1", "input-changed")]


@pytest.mark.parametrize("text", ["", "- id: other\n  type: Place\n", "[", None])
def test_48_a_file_that_changes_before_its_findings_are_placed(
    small: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    """Lines are looked up when there is a finding; by then an editor may have saved, or git taken the file away."""
    actors = small / "facts" / "actors.yaml"
    actors.write_text(actors.read_text(encoding="utf-8").replace("type: State", "type: Organization"), encoding="utf-8")
    read = pipeline.corpus.read

    def read_and_edit(*arguments: object) -> object:
        found = read(*arguments)
        actors.unlink() if text is None else actors.write_text(text, encoding="utf-8")
        return found

    monkeypatch.setattr(pipeline.corpus, "read", read_and_edit)
    build = kg.build(small)
    assert "input-changed" in [d.code for d in build.diagnostics]


def configured(small: Path, text: str) -> kg.Build:
    (small / "facts" / "dataset.yaml").write_text(text, encoding="utf-8")
    return kg.build(small, checked=False)


def test_configuration_is_read(small: Path) -> None:
    dataset = kg.build(small, checked=False).dataset
    assert (dataset.base, dataset.title, dataset.creators, dataset.language) == (
        "https://example.org/small/",
        "A small data set",
        ("somebody",),
        "en",
    )


def test_without_configuration_the_base_is_that_of_an_example(small: Path) -> None:
    (small / "facts" / "dataset.yaml").unlink()
    build = kg.build(small, checked=False)
    assert problems(build) == [("facts/dataset.yaml:1:1", "no-configuration")]
    assert build.dataset.base == DEFAULT_BASE


@pytest.mark.parametrize(
    "base",
    [
        "example.org/id/",
        "/id/",
        "https:/id/",
        "https://example.org/id",
        "https://example.org/?id=/",
        "https://example.org/id/#",
        "https://example.org/?/",
        '"https://example.org/a b/"',
        '"https://example.org/<x>/"',
        pytest.param('"https://example.org/a>b/"', id="49 bracket"),
        pytest.param('"https://example.org/a\\nb/"', id="49 newline"),
        '"https://example.org/{x}/"',
        '"https://example.org/a\\\\b/"',
        '"https://[/"',
        '"https://example.org:port/"',
        '"https://example.org/%zz/"',
        '"https://me:secret@example.org/"',
        '"https://example.org/../"',
        '"https://exam\u200bple.org/"',
        "''",
    ],
)
def test_a_base_that_makes_no_good_ids(small: Path, base: str) -> None:
    build = configured(small, f"format: 1\nbase: {base}\n")
    assert problems(build) == [("facts/dataset.yaml:2:7", "bad-configuration")]
    assert build.dataset.base == DEFAULT_BASE


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("base: https://example.org/id/\n", "1:1", "bad-configuration"),  # no format
        ("format: 2\n", "1:9", "bad-configuration"),
        ("format: [1]\n", "1:9", "bad-configuration"),
        ("format: 1\nfarmat: 1\n", "2:1", "bad-configuration"),
        ("format: 1\ntitle: [a]\n", "2:8", "bad-configuration"),
        ("format: 1\nminimum: {Statement: -1}\n", "2:22", "bad-configuration"),
        ("format: 1\nminimum: {Statement: many}\n", "2:22", "bad-configuration"),
        ("format: 1\nminimum: {Statment: 1}\n", "2:11", "bad-configuration"),
        ("format: 1\nminimum: 3\n", "2:10", "bad-configuration"),
        ("format: 1\ncreators: {a: b}\n", "2:11", "bad-configuration"),
        ("format: 1\ncreators: [[a]]\n", "2:12", "bad-configuration"),
        ("format: 1\ncreators: [a, '']\n", "2:15", "bad-configuration"),
        ("format: 1\ntitle:\n", "2:7", "bad-configuration"),
        ("format: 1\nlanguage: Korean\n", "2:11", "bad-configuration"),
        ("format: 1\nlanguage: 'en '\n", "2:11", "bad-configuration"),
        ("- format: 1\n- format: 1\n", "1:1", "bad-configuration"),
        ("", "1:1", "empty-file"),
        ("format: 1\nformat: 1\n", "2:1", "duplicate-key"),
        ("format: &x 1\n", "1:9", "yaml-anchor"),
        ("format: 1\nminimum: {Statement: 2}\n", "2:11", "too-few-records"),
    ],
)
def test_configuration_that_is_wrong(small: Path, text: str, place: str, code: str) -> None:
    base = f"base: {DEFAULT_BASE}\n" if text.startswith("format") else ""
    assert problems(configured(small, text + base)) == [(f"facts/dataset.yaml:{place}", code)]


def test_a_configuration_without_a_base(small: Path) -> None:
    (found,) = configured(small, "format: 1\n").diagnostics
    assert (found.code, str(found.severity)) == ("no-configuration", "warning")
    assert DEFAULT_BASE in found.message


def test_minimum_counts_include_subclasses(small: Path) -> None:
    head = f"format: 1\nbase: {DEFAULT_BASE}\n"
    assert configured(small, f"{head}minimum: {{Actor: 2, Record: 5, Statement: 1}}\n").diagnostics == ()
    (few,) = configured(small, f"{head}minimum: {{Actor: 3}}\n").diagnostics
    assert "2 records of type Actor, at least 3 expected" in few.message


def test_23_two_hundred_mistakes_at_once_are_told_in_order(small: Path) -> None:
    for number in range(10):
        lines = "".join(f"- {{id: r-{number}-{i}, type: Plce}}\n" for i in range(20))
        (small / "facts" / f"many-{number}.yaml").write_text(lines, encoding="utf-8")
    build = kg.build(small)
    wanted = [(f"facts/many-{number}.yaml", line) for number in range(10) for line in range(20)]
    assert [(d.location.path, d.location.line) for d in build.diagnostics] == wanted


@pytest.mark.parametrize(
    "identifier",
    [
        "../x",
        "/abs",
        "CON",
        "a b",
        "a\\tb",
        "Atlantis",
        "-a",
        "a-",
        "a--b",
        "a_b",
        "a.b",
        "a/b",
        "a#b",
        "a?b",
        "%41",
        "",
        "한국",
        ".",
    ],
)
def test_17_ids_that_could_do_harm(small: Path, identifier: str) -> None:
    (small / "facts" / "x.yaml").write_text(f'id: "{identifier}"\ntype: Place\n', encoding="utf-8")
    (found,) = kg.build(small, checked=False).diagnostics
    assert (str(found.location), found.code) == ("facts/x.yaml:1:5", "bad-id")
    assert str(found).isprintable()


@pytest.mark.parametrize("identifier", ["con", "nul", "aux", "com1", "lpt9"])
def test_17_ids_that_are_devices_on_windows(small: Path, identifier: str) -> None:
    (small / "facts" / "x.yaml").write_text(place(identifier), encoding="utf-8")
    assert problems(kg.build(small, checked=False)) == [("facts/x.yaml:1:5", "bad-id")]


@pytest.mark.parametrize("other", ["cafe\u0301", "caf\u00e9", "kim-jong-u\u0578", "kim-jong-un\u200b", "KIM-JONG-UN"])
def test_15_18_ids_that_look_alike_cannot_be_written(small: Path, other: str) -> None:
    (small / "facts" / "x.yaml").write_text(f'id: "{other}"\ntype: Person\n', encoding="utf-8")
    assert [d.code for d in kg.build(small, checked=False).diagnostics] == ["bad-id"]


def test_19_one_id_in_two_files_names_both(small: Path) -> None:
    (small / "facts" / "x.yaml").write_text(place("north-korea"), encoding="utf-8")
    (found,) = kg.build(small).diagnostics
    assert (str(found.location), found.code) == ("facts/x.yaml:1:5", "duplicate-id")
    assert "facts/actors.yaml:1:3" in found.message


def test_19_one_id_twice_in_a_file(small: Path) -> None:
    (small / "facts" / "x.yaml").write_text(
        "".join(f"- {{id: a, type: Place, note: {{en: {n}}}}}\n" for n in "xyz"), encoding="utf-8"
    )
    found = [d for d in kg.build(small, checked=False).diagnostics if d.code == "duplicate-id"]
    assert [str(d.location) for d in found] == ["facts/x.yaml:2:8", "facts/x.yaml:3:8"]
