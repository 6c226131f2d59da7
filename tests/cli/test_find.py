"""`kg find`: what is found, where it stands, and what it means that nothing is found."""

from __future__ import annotations

import re
from pathlib import Path

import harbour
import pytest
from harbour import statement
from inside import Done, kg


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbour.write(tmp_path_factory.mktemp("harbour"))


def find(project: Path, *words: str) -> Done:
    done = kg("--project", project, "find", *words)
    assert done.code == 0, done.err
    return done


def test_a_hit_has_its_id_type_place_and_the_words(project: Path) -> None:
    done = find(project, "Borland")
    lines = done.out.splitlines()
    assert lines[0].split() == ["borland", "state", "facts/borland.yaml:1:1"]
    assert lines[1] == "    label: Borland"
    assert "10 records" in done.err


def test_what_is_said_stands_with_its_status(project: Path) -> None:
    (line,) = [line for line in find(project, "give up").out.splitlines() if line.startswith("voss-on-harbour")]
    assert line.split("  ")[1] == "statement (attributed)"


def test_words_need_no_quotes_on_the_command_line(project: Path) -> None:
    assert find(project, "give", "up").out == find(project, "give up").out
    assert "voss-on-harbour" in find(project, "give", "up").out


def test_names_come_before_propositions_before_quotes(project: Path) -> None:
    found = [line.split()[0] for line in find(project, "lenz").out.splitlines() if not line.startswith(" ")]
    assert set(found[:2]) == {"arland", "lenz"}
    assert "voss-on-harbour" in found[2:]


def test_the_field_is_called_by_its_name(project: Path) -> None:
    shown = "".join(find(project, words).out for words in ("lenz", "Arland's president", "harbour", "talks with"))
    assert "://" not in shown
    fields = set(re.findall(r"^    ([\w ]+): ", shown, re.MULTILINE))
    assert {"label", "proposition", "exact"} <= fields


def test_nothing_found_is_no_evidence(project: Path) -> None:
    done = find(project, "herring")
    assert done.out == ""
    assert "no evidence" in done.err
    assert "not a no" in done.err
    assert "10 records" in done.err


def test_a_near_name_is_told(project: Path) -> None:
    done = find(project, "Myra Voss")
    assert "mira-voss" in done.err
    assert done.out == ""


def test_nothing_to_find(project: Path) -> None:
    done = kg("--project", project, "find")
    assert (done.code, done.out) == (2, "")


def test_long_words_are_wrapped_and_kept(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(60))
    root = harbour.write(tmp_path, statement("long", proposition={"en": words}))
    shown = find(root, "word59").out
    assert max(map(len, shown.splitlines())) <= 100
    assert words in " ".join(shown.split())


def test_words_with_hyphens_are_not_cut(tmp_path: Path) -> None:
    words = " ".join(["Ju-ae"] * 40)
    root = harbour.write(tmp_path, statement("long", proposition={"en": words}))
    assert words in " ".join(find(root, "ju-ae").out.split())


def test_what_a_file_holds_cannot_move_the_cursor(tmp_path: Path) -> None:
    root = harbour.write(tmp_path, statement("odd", proposition={"en": "left\u202eright"}))
    (root / "facts" / "odd.yaml").rename(root / "facts" / "o\x1b[31md.yaml")
    shown = find(root, "left").out
    assert not {character for character in shown if not character.isprintable()} - {"\n"}
    assert "left\\u202eright" in shown
