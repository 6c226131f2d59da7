"""The contract of the command line: every command is there, explains itself, and its options do what they say."""

from __future__ import annotations

import importlib
import json
import os
import re
import select
import signal
import subprocess
from pathlib import Path

import click
import harbour
import pyoxigraph as ox
import pytest
import rdflib
from harbour import statement
from inside import kg
from parsers import MEDIA
from program import PATIENCE, PROGRAM, interruptible

import kg as library
from kg.cli import COMMANDS

# The commands and options whose names are a contract, as far as they exist: `[ARGUMENT]` may be left out.
CONTRACT: dict[str, tuple[str, set[str]]] = {
    "build": ("", {"--out", "--without", "--unchecked"}),
    "validate": ("", {"--format", "--engine", "--fail-on", "--watch"}),
    "query": ("[NAME|FILE|-]", {"--format", "--set", "--list"}),
    "find": ("TEXT...", set()),
    "why": ("ID [FIELD]", set()),
    "audit": ("", {"--texts", "--write-offsets", "--format"}),
    "export": ("FORMAT", {"--out"}),
    "serve": ("", {"--port", "--host", "--url", "--allow-origin", "--time-limit"}),
    "init": ("DIR", set()),
    "new": ("TYPE ID", {"--document", "--exact", "--texts"}),
    "schema": ("", {"--check"}),
    "explain": ("CODE", set()),
}
CHOICES = {
    ("validate", "--format"): ["text", "json", "sarif", "github"],
    ("validate", "--fail-on"): ["error", "warning", "info"],
    ("query", "--format"): ["table", "csv", "tsv", "json", "xml", "markdown", "turtle"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return harbour.write(tmp_path / "project")


def command(name: str) -> click.Command:
    return getattr(importlib.import_module(f"kg.cli.{name}"), name)


def test_the_contract_is_kept() -> None:
    assert set(CONTRACT) <= set(COMMANDS)


def test_every_command_is_listed_with_what_it_does() -> None:
    done = kg("--help")
    assert done.code == 0
    listed = dict(re.findall(r"^  ([a-z]+) {2,}(\S.*)$", done.out, re.MULTILINE))
    assert set(listed) == set(COMMANDS)
    assert all(len(help_) > 10 for help_ in listed.values())
    assert not [name for name, help_ in listed.items() if help_.endswith("...")], "a sentence that is cut"
    assert "--project" in done.out
    assert "--version" in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    done = kg(name, "--help")
    assert done.code == 0
    assert done.err == ""
    assert kg(name, "-h").out == done.out
    assert command(name).help
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.opts[0]} has no help"


@pytest.mark.parametrize("name", CONTRACT)
def test_the_arguments_and_options_of_the_contract(name: str) -> None:
    arguments, options = CONTRACT[name]
    shown = " ".join(kg(name, "--help").out.split())
    for argument in arguments.split():
        assert argument in shown.split("Options:")[0]
    assert options <= set(re.findall(r"(?<!\S)--[a-z-]+", shown))


@pytest.mark.parametrize(("name", "option"), CHOICES)
def test_the_choices_of_the_contract(name: str, option: str) -> None:
    shown = re.sub(r"\s", "", kg(name, "--help").out)
    assert f"{option}[{'|'.join(CHOICES[name, option])}]" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_an_unknown_option_is_wrong_usage(name: str) -> None:
    done = kg(name, "--no-such-option")
    assert (done.code, done.out) == (2, "")
    assert "--no-such-option" in done.err


def test_an_unknown_command_is_wrong_usage() -> None:
    done = kg("biuld")
    assert (done.code, done.out) == (2, "")
    assert "biuld" in done.err


def test_the_version() -> None:
    assert kg("--version").out == f"kg, version {library.__version__}\n"


# ----------------------------------------------------------------------------- --project


def test_the_project_is_the_folder_that_is_named_or_the_nearest_upward(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = kg("--project", project, "validate")
    assert (named.code, named.err) == (0, "10 records: no errors\n")
    monkeypatch.chdir(project / "facts")
    assert kg("validate") == named
    monkeypatch.chdir(project.parent)
    assert kg("validate").code == 2
    assert kg("--project", "project", "validate") == named


@pytest.mark.parametrize("where", ["missing", "", "project/facts"])
def test_a_folder_that_is_no_project(where: str, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.parent)
    done = kg("--project", where, "validate")
    assert (done.code, done.out) == (2, "")


# ----------------------------------------------------------------------------- build


def test_build(project: Path, tmp_path: Path) -> None:
    done = kg("--project", project, "build")
    assert done.code == 0
    assert done.out == f"{project}/build/kg.ttl\n"
    assert "10 records" in done.err
    graph = rdflib.Graph().parse(project / "build" / "kg.ttl")
    assert len(graph) == len(library.build(project).graph)
    assert len(rdflib.Graph().parse(project / "build" / "ontology.ttl")) > 1000
    other = kg("--project", project, "build", "--out", tmp_path / "elsewhere")
    assert other.out == f"{tmp_path}/elsewhere/kg.ttl\n"
    assert (tmp_path / "elsewhere" / "kg.ttl").read_bytes() == (project / "build" / "kg.ttl").read_bytes()


def test_build_without_a_document_says_what_falls(project: Path) -> None:
    for named in ("note", "Note on the Harbour"):
        done = kg("--project", project, "build", "--without", named)
        assert done.code == 0, done.err
        lines = [line.strip() for line in done.err.splitlines()]
        assert "note  facts/note.yaml:1:1" in lines
        assert "arland: name" in lines
        assert "mira-voss: name" in lines
    text = (project / "build" / "kg.ttl").read_text(encoding="utf-8")
    assert "Arland's president" not in text
    assert "id:note" not in text
    assert "id:report" in text


@pytest.mark.parametrize(
    ("document", "message"), [("nope", "did you mean 'note'?"), ("Lenz", "arland, lenz"), ("", "no record")]
)
def test_build_without_what_is_not_there(document: str, message: str, project: Path) -> None:
    done = kg("--project", project, "build", "--without", document)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert not (project / "build").exists()


def test_build_unchecked_says_so(project: Path) -> None:
    harbour.add(project, statement("bad", kind=None))
    assert kg("--project", project, "build").code == 1
    assert not (project / "build").exists()
    done = kg("--project", project, "build", "--unchecked")
    assert done.code == 0
    assert "unchecked" in done.err
    text = (project / "build" / "kg.ttl").read_text(encoding="utf-8")
    assert "nchecked" in text.splitlines()[0]
    assert "id:bad" in text
    assert rdflib.Graph().parse(project / "build" / "kg.ttl")


# ----------------------------------------------------------------------------- export, schema, explain


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "nquads"])
def test_export(format_: str, project: Path, tmp_path: Path) -> None:
    printed = kg("--project", project, "export", format_)
    assert printed.code == 0
    assert len(list(ox.parse(printed.stdout, format=MEDIA[format_]))) > 100
    written = kg("--project", project, "export", format_, "--out", tmp_path / "file")
    assert written.out == f"{tmp_path}/file\n"
    assert (tmp_path / "file").read_bytes() == printed.stdout


def test_export_in_an_unknown_format(project: Path) -> None:
    done = kg("--project", project, "export", "docx")
    assert (done.code, done.out) == (2, "")
    assert "turtle" in done.err


def test_schema_check(project: Path) -> None:
    assert kg("--project", project, "schema", "--check").code == 0


def test_explain() -> None:
    done = kg("explain", "unknown-field")
    assert done.code == 0
    assert done.out.startswith("unknown-field\n")
    assert len(done.out.splitlines()) > 5
    assert "did you mean 'unknown-field'?" in kg("explain", "unknown-feild").err
    assert kg("explain", "unknown-feild").code == 2


def test_every_code_that_is_printed_can_be_explained(project: Path, tmp_path: Path) -> None:
    words = "Talks [with Borland] may resume"
    harbour.add(project, harbour.own_voice("talks", words, about=["borland"]))
    harbour.add(project, statement("wrong", evidence=[{**harbour.quote("report", words), "exact": words.upper()}]))
    texts = harbour.write_texts(tmp_path / "texts")
    codes = {
        one["code"]
        for one in json.loads(kg("--project", project, "audit", "--texts", texts, "--format", "json").out)[
            "diagnostics"
        ]
    }
    assert {"lint/hedge-lost", "audit/quote-failed", "audit/uncovered"} <= codes
    harbour.add(project, statement("bad", kind="nonsense", about=["nobody"], said=None, labl="x"))
    codes |= {one["code"] for one in json.loads(kg("--project", project, "validate", "--format", "json").out)}
    assert {"unknown-field", "unknown-code", "dangling-reference"} <= codes
    assert [code for code in sorted(codes) if kg("explain", code).code != 0] == []


# ----------------------------------------------------------------------------- validate --watch


def test_watch_looks_again_when_a_file_changes(project: Path) -> None:
    """The file is written again until that is seen: when the program began to look cannot be known from outside."""
    with subprocess.Popen(
        [PROGRAM, "--project", project, "validate", "--watch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=interruptible,
    ) as running:
        try:
            assert running.stderr.readline() == b"10 records: no errors\n"
            for number in range(PATIENCE):
                harbour.add(project, statement(f"more-{number}"))
                if select.select([running.stderr], [], [], 1)[0]:
                    break
            said = running.stderr.readline().decode()
            assert re.fullmatch(r"1\d+ records: no errors\n", said)
            assert said != "10 records: no errors\n"
            running.send_signal(signal.SIGINT)
            assert running.wait(PATIENCE) == 130
            assert b"Traceback" not in running.stderr.read()
        finally:
            running.kill()
