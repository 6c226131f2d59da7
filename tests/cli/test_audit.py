"""`kg audit`: grades, tables and warnings as a reader and as a program see them; offsets written into files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import harbour
import pytest
from harbour import own_voice, quote, statement
from inside import Done, kg

WORDS = "Arland “will never again” give up the harbour of Lenz"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return harbour.write(tmp_path / "project")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return harbour.write_texts(tmp_path_factory.mktemp("texts"))


def audit(project: Path, *arguments: str | Path) -> Done:
    return kg("--project", project, "audit", *arguments)


def test_a_proved_project(project: Path, texts: Path) -> None:
    done = audit(project, "--texts", texts)
    assert done.code == 0, "warnings are no errors"
    lines = done.out.splitlines()
    assert lines[0] == "12 quotes: 12 exact"
    assert re.match(rf"note: {len(harbour.NOTE)} characters, [\d.]+% quoted, \d+ stretches uncovered", lines[1])
    assert re.match(rf"report: {len(harbour.REPORT)} characters, ", lines[2])
    assert "Propositions that may rest on one origin alone: 2" in done.out
    assert "Arland will never again give up" in done.out
    assert "Open discrepancies: none" in done.out
    assert re.search(r"^facts/note.yaml:1:1: warning\[audit/uncovered\]", done.out, re.MULTILINE)
    assert re.search(r"^\d+ warnings, 0 acknowledged$", done.err, re.MULTILINE)
    assert "10 records" in done.err


def test_a_broken_quote(project: Path, texts: Path) -> None:
    harbour.add(project, statement(evidence=[{**quote("report", WORDS), "exact": WORDS.replace("never ", "ever  ")}]))
    done = audit(project, "--texts", texts)
    assert done.code == 1
    assert done.out.startswith("12 quotes: 11 exact, 1 failed\n")
    (line,) = [line for line in done.out.splitlines() if "audit/quote-failed" in line]
    assert line.startswith("facts/voss-on-harbour.yaml:")
    assert "1 error" in done.err


def test_without_texts_nothing_is_proved_and_that_is_said(project: Path) -> None:
    done = audit(project)
    assert done.code == 0
    assert done.out.startswith("12 quotes: 12 not proved")
    assert done.out.count("warning[audit/text-missing]") == 2
    assert "--texts" in done.out


def test_uncovered_stretches_are_told_in_the_order_of_the_text(project: Path, texts: Path) -> None:
    shown = audit(project, "--texts", texts).out
    for document in ("note", "report"):
        starts = [int(start) for start in re.findall(rf"touches characters (\d+) to \d+ of '{document}'", shown)]
        assert len(starts) > 2
        assert starts == sorted(starts)


def test_json(project: Path, texts: Path) -> None:
    harbour.add(project, statement(evidence=[quote("report", WORDS, quotation="give up")]))
    done = audit(project, "--texts", texts, "--format", "json")
    assert done.code == 1
    made = json.loads(done.stdout)
    assert len(made["quotes"]) == 12
    one = next(found for found in made["quotes"] if found["exact"] == WORDS)
    assert {key: one[key] for key in ("document", "exact", "grade")} == {
        "document": "report",
        "exact": WORDS,
        "grade": "exact",
    }
    assert harbour.REPORT[one["start"] : one["end"]] == WORDS
    assert one["place"].startswith("facts/voss-on-harbour.yaml:")
    assert one["link"].startswith("https://example.org/report?a=b#:~:text=Arland")
    documents = {found["id"]: found for found in made["documents"]}
    assert {i: found["length"] for i, found in documents.items()} == {
        "note": len(harbour.NOTE),
        "report": len(harbour.REPORT),
    }
    for identifier, found in documents.items():
        assert 0 < found["quoted"] < 1
        for gap in found["uncovered"]:
            assert harbour.TEXTS[identifier][gap["start"] : gap["end"]] == gap["text"]
    assert {row["record"] for row in made["single-origin"]} == {
        "Statement voss-on-harbour",
        "Statement battery-ordered",
    }
    assert made["unconfirmed"] == []
    assert made["discrepancies"] == []
    assert made["acknowledged"] == 0
    told = next(d for d in made["diagnostics"] if d["code"] == "audit/quotation-not-marked")
    assert told["severity"] == "error"
    assert told["path"] == "facts/voss-on-harbour.yaml"


def test_json_without_texts(project: Path) -> None:
    made = json.loads(audit(project, "--format", "json").stdout)
    assert {found["grade"] for found in made["quotes"]} == {None}
    assert made["documents"] == []


def test_acknowledged_warnings_are_counted(project: Path, texts: Path) -> None:
    answer = [{"lint": "hedge-lost", "reason": {"en": "The month."}}]
    harbour.add(project, own_voice("talks", "Talks [with Borland] may resume", about=["borland"], acknowledge=answer))
    done = audit(project, "--texts", texts)
    assert "1 acknowledged" in done.err
    assert "lint/" not in done.out


# ----------------------------------------------------------------------------- offsets


def test_offsets_are_written_and_proved_at_once(project: Path, texts: Path) -> None:
    file = harbour.add(project, statement(evidence=[{"document": "report", "exact": WORDS}]))
    before = {other: other.read_bytes() for other in project.rglob("*.yaml") if other != file}
    done = audit(project, "--texts", texts, "--write-offsets")
    assert done.code == 0
    assert done.out.startswith("12 quotes: 12 exact\n")
    assert done.err.startswith("offsets written: facts/voss-on-harbour.yaml\n")
    start = harbour.REPORT.index(WORDS)
    assert f'"exact": "{WORDS}", start: {start}, end: {start + len(WORDS)}}}' in file.read_text(encoding="utf-8")
    assert {other: other.read_bytes() for other in before} == before
    again = audit(project, "--texts", texts, "--write-offsets")
    assert "offsets written" not in again.err
    assert kg("--project", project, "validate").code == 0


def test_offsets_need_texts(project: Path) -> None:
    done = audit(project, "--write-offsets")
    assert (done.code, done.out) == (2, "")
    assert "--texts" in done.err


def test_ambiguous_words_are_an_error_and_left_alone(project: Path, texts: Path) -> None:
    file = harbour.add(project, statement(evidence=[{"document": "report", "exact": "the harbour"}]))
    before = file.read_bytes()
    done = audit(project, "--texts", texts, "--write-offsets")
    assert done.code == 1
    assert file.read_bytes() == before
    assert re.search(r"quote-failed.*they start at [\d, ]+; give `start` and `end`", done.out)


# ----------------------------------------------------------------------------- wrong usage


@pytest.mark.parametrize("arguments", [["--texts"], ["--texts", ""], ["--nope"], ["more"], ["--format", "yaml"]])
def test_wrong_usage(arguments: list[str], project: Path) -> None:
    done = audit(project, *arguments)
    assert (done.code, done.out) == (2, "")


def test_a_folder_of_texts_that_is_missing_is_wrong_usage(project: Path, tmp_path: Path) -> None:
    done = audit(project, "--texts", tmp_path / "missing")
    assert (done.code, done.out) == (2, ""), "38 of the bad inputs: a missing path"
    assert "missing" in done.err


def test_facts_that_cannot_be_read_whole_are_not_audited(project: Path, texts: Path) -> None:
    (project / "facts" / "bad.yaml").write_text("id: bad\ntype: Person\nlabl: x\n", encoding="utf-8")
    done = audit(project, "--texts", texts)
    assert (done.code, done.out) == (1, "")
    assert "error[unknown-field]" in done.err
