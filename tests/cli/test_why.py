"""`kg why`: what stands behind a record or a field, in words that a reader can follow to the line."""

from __future__ import annotations

import re
from pathlib import Path

import harbour
import pytest
from harbour import quote, statement
from inside import Done, kg


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbour.write(
        tmp_path_factory.mktemp("harbour"),
        statement("narrower", narrows="voss-on-harbour", proposition={"en": "Only in winter."}),
        {
            "id": "differ",
            "type": "Discrepancy",
            "label": {"en": "They differ"},
            "kind": "logic",
            "between": ["voss-on-harbour", "battery-ordered"],
            "note": {"en": "One says never, one says now."},
            "resolution": "open",
        },
        statement(
            "supported",
            evidence=[
                quote("report", "“could reopen” the ferry", supports=["proposition", "about", "modality"]),
                quote("report", "on 3 March 2031", supports=["said"]),
            ],
            notStated=["addressee", "note"],
        ),
    )


def why(project: Path, *arguments: str) -> str:
    done = kg("--project", project, "why", *arguments)
    assert done.code == 0, done.err
    assert done.err == ""
    return done.out


def refused(project: Path, *arguments: str) -> str:
    done: Done = kg("--project", project, "why", *arguments)
    assert (done.code, done.out) == (2, ""), done.err
    return done.err


def place(project: Path, file: str, words: str) -> str:
    """Where words stand in a fact file, as file:line:column."""
    text = (project / file).read_text(encoding="utf-8")
    assert text.count(words) == 1, words
    before = text[: text.index(words)]
    return f"{file}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_a_statement_shows_all_that_it_rests_on(project: Path) -> None:
    shown = why(project, "voss-on-harbour")
    file = "facts/voss-on-harbour.yaml"
    lines = shown.splitlines()
    assert lines[0] == "Statement voss-on-harbour"
    assert lines[1].split() == ["statement", "voss-on-harbour", f"{file}:1:1"]
    for title in (
        "Who says it, and through whom",
        "Exact words",
        "What speaks against it, limits it, or is unverified",
    ):
        assert title in lines
    # the chain, with the places of its steps
    for who, at in (
        ("Mira Voss", '{"by": "mira-voss"}'),
        ("Daily Signal", '{"position": 1, "by": "daily-signal"}'),
        ("Voss Keeps the Door Ajar", '{"position": 2, "in": "report"}'),
    ):
        assert any(who in line and place(project, file, at) in line for line in lines), who
    # the words, their wording, the document, and where they stand in both
    at = harbour.place("report", "Arland “will never again” give up the harbour of Lenz")
    (words,) = [line for line in lines if "words Arland" in line]
    for part in (
        "Arland “will never again” give up the harbour of Lenz",
        "quotation will never again",
        "wording fragment",
        "document Voss Keeps the Door Ajar",
        f"start {at['start']}",
        f"end {at['end']}",
        place(project, file, '{"document": "report", "exact"'),
    ):
        assert part in words, part
    # what limits it
    assert any("Only in winter." in line and "Statement narrower" in line for line in lines)
    assert any("One says never, one says now." in line and "They differ" in line for line in lines)
    # the triples, each with its line
    for triple in ("status: attributed", "modality: will", "kind: declaration", "about: Lenz", "date: 2031-03"):
        assert re.search(rf"^ +{triple}  \[\d+:\d+\]$", shown, re.MULTILINE), triple
    assert re.search(r"^ +earliest: 2031-03-01  \[derived\]$", shown, re.MULTILINE)
    assert re.search(r"^ +maximum of independent origins: 1  \[derived\]$", shown, re.MULTILINE)


def test_every_place_leads_somewhere(project: Path) -> None:
    shown = why(project, "voss-on-harbour")
    places = re.findall(r"(facts/[\w-]+\.yaml):(\d+):(\d+)", shown)
    assert len(places) > 5
    for file, line, column in places:
        text = (project / file).read_text(encoding="utf-8").splitlines()
        assert int(column) <= len(text[int(line) - 1])


def test_a_field(project: Path) -> None:
    shown = why(project, "supported", "said")
    assert "on 3 March 2031" in shown
    assert "could reopen" not in shown
    assert "date: 2031-03" in shown
    assert "proposition:" not in shown
    other = why(project, "supported", "proposition")
    assert "could reopen" in other
    assert "on 3 March 2031" not in other
    assert "proposition: Arland will never again" in other
    assert "date:" not in other


def test_a_field_that_says_nothing_is_said_to(project: Path) -> None:
    shown = why(project, "voss-on-harbour", "condition")
    assert re.search("nothing|not said|no ", shown.split("\n\n", 1)[1]), "an empty list leaves a reader guessing"


def test_words_stand_once_though_they_support_several_fields(project: Path) -> None:
    assert why(project, "supported").count("words “could reopen” the ferry") == 1


def test_every_record_can_be_asked_about(project: Path) -> None:
    for identifier in [record["id"] for record in harbour.RECORDS] + ["differ", "supported"]:
        shown = why(project, identifier)
        assert identifier in shown
        assert len(shown.splitlines()) < 100


@pytest.mark.parametrize("identifier", ["talks-2026", "kim-could-destroy", "submarine-cooperation-agreement"])
def test_a_shipped_record_can_be_asked_about(identifier: str, shipped: Path) -> None:
    assert identifier in why(shipped, identifier)


def test_no_long_iris(project: Path) -> None:
    for identifier in ("voss-on-harbour", "supported", "arland", "coastal-battery"):
        assert "://" not in why(project, identifier)


@pytest.mark.parametrize(
    "name", ["Statement voss-on-harbour", "STATEMENT  Voss on Harbour", "statement voss–on–harbour"]
)
def test_a_unique_name_works(name: str, project: Path) -> None:
    assert why(project, name) == why(project, "voss-on-harbour")


def test_an_alternative_name_works(project: Path) -> None:
    assert why(project, "Arland’s president") == why(project, "mira-voss")


def test_a_metonym_lists_its_candidates(project: Path) -> None:
    said = refused(project, "Lenz")
    assert "'Lenz' can mean arland, lenz" in said
    assert "id" in said


def test_a_shipped_metonym_lists_its_candidates(shipped: Path) -> None:
    assert "north-korea" in (said := refused(shipped, "Pyongyang"))
    assert "pyongyang" in said


@pytest.mark.parametrize(
    ("text", "near"),
    [("voss-on-harbor", "voss-on-harbour"), ("Mira Vos", "mira-voss"), ("harbour-voss-on", "voss-on-harbour")],
)
def test_an_unknown_record_has_suggestions(text: str, near: str, project: Path) -> None:
    said = refused(project, text)
    assert f"'{text}'" in said
    assert f"'{near}'" in said


@pytest.mark.parametrize("text", ["qqqq", "", " ", "../arland", "arland.yaml", "<arland>", "a\nb"])
def test_what_is_no_record(text: str, project: Path) -> None:
    assert "no record" in refused(project, text)


def test_an_unknown_field_has_suggestions(project: Path) -> None:
    assert "a statement has no field 'propositon'; did you mean 'proposition'?" in refused(
        project, "voss-on-harbour", "propositon"
    )
    assert "proposition" in refused(project, "voss-on-harbour", "qqqqq")
    assert "no field 'speaker'" in refused(project, "arland", "speaker")


@pytest.mark.parametrize("arguments", [[], ["arland", "label", "more"], ["--nope", "arland"]])
def test_wrong_usage(arguments: list[str], project: Path) -> None:
    refused(project, *arguments)


def test_facts_that_cannot_be_read_whole_give_no_answer(tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    (root / "facts" / "bad.yaml").write_text("id: bad\ntype: Person\nlabl: x\n", encoding="utf-8")
    done = kg("--project", root, "why", "arland")
    assert (done.code, done.out) == (1, "")
    assert "facts/bad.yaml:3:1: error[unknown-field]" in done.err


def test_what_a_file_holds_cannot_move_the_cursor(tmp_path: Path) -> None:
    root = harbour.write(tmp_path, statement("odd", label={"en": "left\u202eright"}))
    (root / "facts" / "odd.yaml").rename(root / "facts" / "o\x1b[31md.yaml")
    shown = why(root, "odd")
    assert not {character for character in shown if not character.isprintable()} - {"\n"}
    assert "left\\u202eright" in shown
