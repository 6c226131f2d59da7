"""Search: records by name, proposition or quoted words, the best first."""

from __future__ import annotations

from pathlib import Path

import harbour
import pytest
from harbour import own_voice, statement

import kg
from kg import search
from kg.pipeline import Build
from kg.search import Hit


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    root = harbour.write(
        tmp_path_factory.mktemp("harbour"),
        own_voice("cafe", "The cafe\u0301 on the pier — unlike the harbour", label={"en": "On the pier"}),
        statement("ferry", proposition={"en": "The ferry could sail."}, note={"en": "Only a footnote on herring."}),
    )
    return kg.build(root, checked=False)


def hits(build: Build, text: str) -> list[Hit]:
    return search.find(build.graph, build.names, text)


def ids(build: Build, text: str) -> list[str]:
    return [hit.id for hit in hits(build, text)]


def test_by_label(build: Build) -> None:
    found = hits(build, "Borland")
    assert found[0].id == "borland"
    assert found[0].text == "Borland"
    assert found[0].field.value.endswith("#prefLabel")


def test_by_alternative_label(build: Build) -> None:
    (hit,) = hits(build, "arland’s PRESIDENT")
    assert (hit.id, hit.text) == ("mira-voss", "Arland's president")
    assert hit.field.value.endswith("#altLabel")


def test_by_proposition(build: Build) -> None:
    (hit,) = hits(build, "ferry could sail")
    assert (hit.id, hit.text) == ("ferry", "The ferry could sail.")


def test_by_quoted_words(build: Build) -> None:
    found = hits(build, "at Lenz has been ordered, not")
    assert [hit.id for hit in found] == ["battery-ordered"]
    assert "ordered, not deployed" in found[0].text


def test_by_note(build: Build) -> None:
    assert ids(build, "footnote herring") == ["ferry"]


@pytest.mark.parametrize("text", ["café", "cafe", "CAFÉ", "cafe\u0301", "  pier   café ", "café on the pier - unlike"])
def test_case_accents_spaces_and_typography_make_no_difference(text: str, build: Build) -> None:
    assert ids(build, text) == ["cafe"]


def test_all_words_have_to_stand_in_one_text(build: Build) -> None:
    assert ids(build, "harbour give never") != []
    assert ids(build, "harbour give never herring") == []


def test_the_best_come_first_and_each_record_once(build: Build) -> None:
    found = ids(build, "Lenz")
    assert set(found[:2]) == {"arland", "lenz"}, "names before propositions before quotes"
    assert "voss-on-harbour" in found[2:]
    assert len(found) == len(set(found))


@pytest.mark.parametrize("text", ["", "  ", "-", "—"])
def test_nothing_finds_nothing(text: str, build: Build) -> None:
    assert hits(build, text) == []


@pytest.mark.parametrize("text", [".*", "?record", "} UNION {", '" . }', "\\", "%"])
def test_words_are_no_pattern_and_no_query(text: str, build: Build) -> None:
    assert hits(build, text) == []


def test_found_in_the_order_of_every_run(build: Build, tmp_path: Path) -> None:
    again = kg.build(harbour.write(tmp_path, records=tuple(reversed(harbour.RECORDS))), checked=False)
    for text in ("Lenz", "harbour", "the", "a"):
        both = {record["id"] for record in harbour.RECORDS}
        assert [i for i in ids(build, text) if i in both] == ids(again, text)
