"""`kg export` for formats of one file and of several: what is written where, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from kg.cli.export import export
from kg.export import FOLDERS, FORMATS

NEW = ("cypher", "graphml", "xlsx")
ALL = (*NEW, *FOLDERS)


def written(place: Path) -> dict[str, bytes]:
    """The files of a folder by name, or a file."""
    return {file.name: file.read_bytes() for file in place.iterdir()} if place.is_dir() else {"": place.read_bytes()}


def test_the_choices_are_the_registry() -> None:
    """They are written out in the command, whose start the registry would slow down."""
    (argument,) = (found for found in export.params if isinstance(found, click.Argument))
    assert isinstance(argument.type, click.Choice)
    assert list(argument.type.choices) == [*FORMATS, *FOLDERS]
    assert not set(FORMATS) & set(FOLDERS)
    assert {name: made.name for name, made in (*FORMATS.items(), *FOLDERS.items())} == {
        name: name for name in (*FORMATS, *FOLDERS)
    }


@pytest.mark.parametrize("format_", ALL)
def test_the_same_facts_give_the_same_bytes(format_, small, tmp_path, run) -> None:
    """Whatever the seed of hashes, the zone, the place; and a second run writes over the first."""
    out, other = tmp_path / "out", tmp_path / "other"
    for place, seed, zone in ((out, "1", "UTC"), (other, "2", "Asia/Seoul")):
        ended = run("--project", small, "export", format_, "--out", place, env={"PYTHONHASHSEED": seed, "TZ": zone})
        assert (ended.code, ended.out) == (0, f"{place}\n"), ended.err
    assert written(out) == written(other)
    assert run("--project", small, "export", format_, "--out", out).code == 0
    assert written(out) == written(other)


@pytest.mark.parametrize("format_", FOLDERS)
def test_several_files_need_a_folder(format_, small, run) -> None:
    ended = run("--project", small, "export", format_)
    assert (ended.code, ended.out) == (2, "")
    assert f"{format_} is several files: name their folder with --out" in ended.err


def test_one_file_goes_to_standard_output(small, run) -> None:
    ended = run("--project", small, "export", "cypher")
    assert ended.code == 0
    assert {tuple(json.loads(line)) for line in ended.out.splitlines()} == {("statement", "parameters")}


@pytest.mark.parametrize("format_", FOLDERS)
def test_a_folder_with_something_else_in_it_is_left_alone(format_, small, tmp_path, run) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").write_bytes(b"mine")
    ended = run("--project", small, "export", format_, "--out", out)
    assert ended.code == 2
    assert "thesis.docx, which is not kg's" in ended.err
    assert written(out) == {"thesis.docx": b"mine"}


@pytest.mark.parametrize("format_", ALL)
def test_facts_that_are_not_valid_are_not_exported(format_, small, tmp_path, run) -> None:
    (small / "facts" / "statement.yaml").write_text("id: x\ntype: Statement\n", encoding="utf-8")
    ended = run("--project", small, "export", format_, "--out", tmp_path / "out")
    assert ended.code == 1
    assert "nothing written" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("format_", FOLDERS)
def test_the_facts_are_no_place_for_output(format_, small, run) -> None:
    before = written(small / "facts")
    assert run("--project", small, "export", format_, "--out", small / "facts").code == 2
    assert written(small / "facts") == before


@pytest.mark.parametrize("format_", ALL)
def test_what_cannot_be_made_is_said_before_anything_is_written(format_, small, own_ontology, tmp_path, run) -> None:
    (own_ontology / "views" / "edges.rq").write_text("SELECT ?node { ?node ?p ?o }", encoding="utf-8")
    ended = run("--project", small, "export", format_, "--out", tmp_path / "out")
    assert ended.code == 1
    assert "views/edges.rq" in ended.err
    assert not (tmp_path / "out").exists()
