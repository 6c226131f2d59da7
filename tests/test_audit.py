"""The audit: quotes proved in a project of its own, what is covered and how much, warnings and their answers."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import harbour
import pytest
from harbour import REPORT, own_voice, quote, statement
from test_quotes import WAYS, at

import kg
from kg import audit, texts
from kg.audit import MAX_SHARE, Audit
from kg.diagnostic import Severity


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return harbour.write(tmp_path / "project")


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    return dict(texts.read(harbour.write_texts(tmp_path / "texts")))


def audited(project: Path, found: dict[str, str]) -> Audit:
    build = kg.build(project, checked=False)
    assert build.valid, build.diagnostics
    return audit.audit(build, found)


def codes(result: Audit, record: str = "") -> list[str]:
    """The codes of what is told of a record, or of all; what is not covered is another matter."""
    paths = {f"facts/{record}.yaml"} if record else {d.location.path for d in result.diagnostics}
    return [d.code for d in result.diagnostics if d.location.path in paths and d.code != "audit/uncovered"]


def test_the_project_is_proved(project: Path, found: dict[str, str]) -> None:
    assert kg.build(project).diagnostics == ()
    result = audited(project, found)
    assert {str(made.proof.grade) for made in result.quotes} == {"exact"}
    assert len(result.quotes) == 12
    assert codes(result) == []
    assert [(text.source, text.length) for text in result.texts] == [
        ("note", len(harbour.NOTE)),
        ("report", len(REPORT)),
    ]


# How a quote of the record below is broken, and what the audit says of it: the code, and words of message and hint.
_WORDS = "Arland “will never again” give up the harbour of Lenz"
BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "a dropped word": ({"exact": "Arland “will again” give up the harbour of Lenz"}, "quote-failed", "to the letter"),
    "other case": ({"exact": _WORDS.upper()}, "quote-failed", "to the letter"),
    "an extra bracket": ({"exact": "Arland “will never again” give up the harbour [of Lenz]"}, "quote-failed", ""),
    "straightened quotes": ({"exact": _WORDS.replace("“", '"').replace("”", '"')}, "quote-typographic", ""),
    "another space": ({"exact": _WORDS.replace(" harbour", "  harbour")}, "quote-whitespace", ""),
    "an ellipsis": ({"exact": "Arland … give up the harbour of Lenz"}, "quote-ellipsis", ""),
    "swapped parts": ({"exact": "give up the harbour of Lenz … Arland"}, "quote-failed", ""),
    "shifted offsets": ({"start": 140, "end": 140 + len(_WORDS)}, "quote-failed", "they start at 141"),
    "words of the other document": (
        {"exact": "Officials did not say since when", "start": 1, "end": 33},
        "quote-failed",
        "they stand in 'note'",
    ),
    "offsets left out, words twice": (
        {"exact": "the harbour", "start": None, "end": None},
        "quote-failed",
        "give `start`",
    ),
    "offsets beyond the text": ({"start": 99000, "end": 99000 + len(_WORDS)}, "quote-failed", "they start at 141"),
}


@pytest.mark.parametrize("way", BROKEN)
def test_a_broken_quote_is_told_at_its_place(way: str, project: Path, found: dict[str, str]) -> None:
    changes, code, hint = BROKEN[way]
    evidence = {**quote("report", _WORDS), **changes}
    broken = statement(evidence=[{name: value for name, value in evidence.items() if value is not None}])
    file = harbour.add(project, broken)
    result = audited(project, found)
    told = [d for d in result.diagnostics if d.code == f"audit/{code}"]
    assert len(told) == 1
    assert told[0].severity == (Severity.ERROR if code == "quote-failed" else Severity.WARNING)
    assert evidence["exact"] in told[0].message
    assert "'report'" in told[0].message
    assert hint in told[0].hint
    lines = file.read_text(encoding="utf-8").splitlines()
    assert told[0].location.path == "facts/voss-on-harbour.yaml"
    assert '"evidence"' in lines[told[0].location.line]
    assert [made.exact for made in result.quotes if str(made.proof.grade) != "exact"] == [evidence["exact"]]


def test_every_way_to_quote_is_graded_in_the_facts(project: Path, found: dict[str, str]) -> None:
    ways = {way: case for way, case in WAYS.items() if case[1]}
    for number, (there, quoted, _) in enumerate(ways.values()):
        start, end = at(there)
        harbour.add(
            project,
            statement(f"way-{number}", evidence=[{"document": "report", "exact": quoted, "start": start, "end": end}]),
        )
    result = audited(project, found)
    grades = {made.node.split("/")[-1].split(".")[0]: made.proof.grade for made in result.quotes}
    assert {way: grades[f"way-{number}"] for number, way in enumerate(ways)} == {
        way: w for way, (_, _, w) in ways.items()
    }
    assert len(ways) > 60


def test_words_without_offsets_that_stand_once_are_proved(project: Path, found: dict[str, str]) -> None:
    harbour.add(project, statement(evidence=[{"document": "report", "exact": _WORDS}]))
    result = audited(project, found)
    made = next(q for q in result.quotes if q.exact == _WORDS)
    assert (str(made.proof.grade), made.start, made.end) == ("exact", None, None)


# ----------------------------------------------------------------------------- the own words of a speaker

MARKED = ["will never again", "never"]
NOT_MARKED = ["give up", "“will never again”", "Arland “will", "Will never again", "could reopen", "will again"]


@pytest.mark.parametrize("words", MARKED)
def test_a_quotation_within_the_marks(words: str, project: Path, found: dict[str, str]) -> None:
    harbour.add(project, statement(evidence=[quote("report", _WORDS, quotation=words)]))
    assert codes(audited(project, found)) == []


@pytest.mark.parametrize("words", NOT_MARKED)
def test_a_quotation_outside_the_marks(words: str, project: Path, found: dict[str, str]) -> None:
    harbour.add(project, statement(evidence=[quote("report", _WORDS, quotation=words)]))
    result = audited(project, found)
    assert codes(result) == ["audit/quotation-not-marked"]
    told = next(d for d in result.diagnostics if d.code == "audit/quotation-not-marked")
    assert told.severity == Severity.ERROR
    assert f"“{words}”" in told.message


def test_every_quotation_of_a_quote_is_looked_at(project: Path, found: dict[str, str]) -> None:
    words = "Arland “will never again” give up the harbour of Lenz – but “could reopen” the ferry"
    harbour.add(project, statement(evidence=[quote("report", words, quotation=["will never again", "could reopen"])]))
    assert codes(audited(project, found)) == []
    harbour.add(project, statement(evidence=[quote("report", words, quotation=["will never again", "the ferry"])]))
    assert codes(audited(project, found)) == ["audit/quotation-not-marked"]


def test_a_quotation_is_looked_at_though_offsets_are_missing(project: Path, found: dict[str, str]) -> None:
    harbour.add(project, statement(evidence=[{"document": "report", "exact": _WORDS, "quotation": "give up"}]))
    assert "audit/quotation-not-marked" in codes(audited(project, found))


# ----------------------------------------------------------------------------- the documents


def test_a_text_that_is_missing(project: Path, found: dict[str, str]) -> None:
    only = {digest: text for digest, text in found.items() if text == REPORT}
    result = audited(project, only)
    assert codes(result) == ["audit/text-missing"]
    assert {made.source for made in result.quotes if made.proof is None} == {"note"}
    assert [text.source for text in result.texts] == ["report"]
    none = audited(project, {})
    assert codes(none) == ["audit/text-missing"] * 2
    assert all(made.proof is None for made in none.quotes)


def test_a_text_that_was_changed_is_another_text(project: Path, tmp_path: Path) -> None:
    directory = harbour.write_texts(tmp_path / "texts")
    file = next(file for file in directory.iterdir() if file.read_bytes() == REPORT.encode())
    file.write_bytes(REPORT.replace("does not", "does").encode())
    assert codes(audited(project, dict(texts.read(directory)))) == ["audit/text-missing"]


def test_line_ends_count(project: Path, tmp_path: Path) -> None:
    directory = harbour.write_texts(tmp_path / "texts")
    for file in directory.iterdir():
        file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n"))
    assert codes(audited(project, dict(texts.read(directory)))) == ["audit/text-missing"]


def test_a_length_that_is_not_that_of_the_text(project: Path, found: dict[str, str]) -> None:
    document = copy.deepcopy(harbour.RECORDS[0])
    document["length"] += 1
    harbour.add(project, document)
    result = audited(project, found)
    assert codes(result) == ["audit/length"]
    told = next(d for d in result.diagnostics if d.code == "audit/length")
    assert told.severity == Severity.ERROR
    assert str(len(REPORT)) in told.hint


def test_what_no_evidence_touches_is_told(project: Path, found: dict[str, str]) -> None:
    result = audited(project, found)
    report = next(text for text in result.texts if text.source == "report")
    uncovered = [REPORT[start:end] for start, end in report.gaps]
    assert "does not rule out" in uncovered
    assert not any("What the two governments" in piece for piece in uncovered), "it is excluded"
    messages = [d.message for d in result.diagnostics if d.code == "audit/uncovered"]
    for piece in uncovered:
        assert any(f"“{piece}”" in message and "'report'" in message for message in messages)
    start = REPORT.index("She said")
    spanned = quote("report", _WORDS, span={"start": start, "end": REPORT.index(" “Arland’s navy")})
    harbour.add(project, statement(evidence=[spanned]))
    again = next(text for text in audited(project, found).texts if text.source == "report")
    assert not any(begin < start + 10 < end for begin, end in again.gaps), "a span covers its sentence"
    assert again.quoted == report.quoted, "a span quotes nothing"


def test_the_share_counts_overlapping_words_once(project: Path, found: dict[str, str]) -> None:
    before = next(text for text in audited(project, found).texts if text.source == "report")
    inner = "never again” give up"
    harbour.add(project, own_voice("again", inner))
    after = next(text for text in audited(project, found).texts if text.source == "report")
    assert after.quoted == before.quoted
    exacts = {record["id"]: record["evidence"][0] for record in harbour.RECORDS}
    points = {
        point
        for evidence in exacts.values()
        if evidence["document"] == "report"
        for point in range(evidence["start"], evidence["end"])
    }
    assert before.quoted == pytest.approx(len(points) / len(REPORT))


def test_a_document_is_quoted_too_much(project: Path, found: dict[str, str]) -> None:
    whole = REPORT[REPORT.index("What the two") :].split(". ")
    for number, words in enumerate(whole):
        harbour.add(project, own_voice(f"too-much-{number}", words.strip()))
    result = audited(project, found)
    report = next(text for text in result.texts if text.source == "report")
    assert report.quoted > MAX_SHARE
    told = [d for d in result.diagnostics if d.code == "audit/quoted-too-much"]
    assert [d.location.path for d in told] == ["facts/report.yaml"]
    assert told[0].severity == Severity.ERROR


def test_a_document_is_quoted_too_much_though_offsets_are_missing(project: Path, found: dict[str, str]) -> None:
    whole = REPORT[REPORT.index("What the two") :].split(". ")
    for number, words in enumerate(whole):
        evidence = [{"document": "report", "exact": words.strip()}]
        harbour.add(project, statement(f"too-much-{number}", evidence=evidence))
    result = audited(project, found)
    assert {str(made.proof.grade) for made in result.quotes} == {"exact"}
    assert "audit/quoted-too-much" in codes(result)


def test_a_document_that_was_never_read_is_not_proved_in_silence(project: Path, found: dict[str, str]) -> None:
    unread = {
        "id": "unread",
        "type": "Document",
        "label": {"en": "Unread"},
        "kind": "article",
        "evidence": [{"document": "unread", "exact": "Unread"}],
    }
    harbour.add(project, unread)
    result = audited(project, found)
    assert [made.exact for made in result.quotes if made.proof is None] == ["Unread"]
    assert codes(result, "unread"), "a quote that cannot be proved is told"


# ----------------------------------------------------------------------------- warnings and answers

_HEDGED = "Talks [with Borland] may resume"


def test_a_warning_is_answered(project: Path, found: dict[str, str]) -> None:
    hedged = own_voice("talks", _HEDGED, proposition={"en": "Talks resume."}, about=["borland"])
    harbour.add(project, hedged)
    assert codes(audited(project, found)) == ["lint/hedge-lost"]
    answer = [{"lint": "hedge-lost", "reason": {"en": "It is the name of a month."}}]
    harbour.add(project, {**hedged, "acknowledge": answer})
    answered = audited(project, found)
    assert codes(answered) == []
    assert answered.acknowledged == 1


def test_an_answer_holds_for_its_record_only(project: Path, found: dict[str, str]) -> None:
    answer = [{"lint": "hedge-lost", "reason": {"en": "No hedge."}}]
    harbour.add(project, own_voice("talks", _HEDGED, about=["borland"], acknowledge=answer))
    harbour.add(project, own_voice("talks-again", _HEDGED, about=["borland"]))
    result = audited(project, found)
    assert codes(result, "talks") == []
    assert codes(result, "talks-again") == ["lint/hedge-lost"]


@pytest.mark.parametrize("lint", ["hedge-lost", "hegde-lost", "lint/hedge-lost"])
def test_an_answer_to_nothing(lint: str, project: Path, found: dict[str, str]) -> None:
    harbour.add(project, statement(acknowledge=[{"lint": lint, "reason": {"en": "?"}}]))
    result = audited(project, found)
    assert codes(result) == ["audit/needless-acknowledgement"]
    told = next(d for d in result.diagnostics if d.code != "audit/uncovered")
    assert told.severity == Severity.WARNING
    assert f"'{lint}'" in told.message
    assert result.acknowledged == 0


# ----------------------------------------------------------------------------- lists


def rows(result: Audit, name: str) -> list[dict[str, str]]:
    table = next(listing.table for listing in result.listings if listing.name == name)
    made = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return [
        {key: term.value.removeprefix(harbour.BASE) for key, term in row.items() if term is not None} for row in made
    ]


def test_what_rests_on_one_origin(project: Path, found: dict[str, str]) -> None:
    single = rows(audited(project, found), "single-origin")
    assert {row["record"] for row in single} == {"voss-on-harbour", "battery-ordered"}
    other = statement(
        "ministry-on-harbour",
        restates="voss-on-harbour",
        speaker={"by": "borland"},
        chain=[{"position": 1, "in": "note"}],
        evidence=[quote("note", "says the harbour of Lenz is open")],
    )
    harbour.add(project, other)
    single = rows(audited(project, found), "single-origin")
    assert {row["record"] for row in single} == {"battery-ordered"}


def test_what_is_unverified_and_open(project: Path, found: dict[str, str]) -> None:
    result = audited(project, found)
    assert rows(result, "unconfirmed") == []
    assert rows(result, "discrepancies") == []
    harbour.add(project, statement(unverified=[{"text": {"en": "since when"}}], confirmedBy="battery-ordered"))
    discrepancy = {
        "id": "open-or-not",
        "type": "Discrepancy",
        "label": {"en": "Whether the harbour is open"},
        "kind": "logic",
        "between": ["voss-on-harbour", "battery-ordered"],
        "note": {"en": "One says so, the other does not."},
        "resolution": "open",
    }
    harbour.add(project, discrepancy)
    result = audited(project, found)
    assert [(row["record"], row["aspect"], row["confirmedBy"]) for row in rows(result, "unconfirmed")] == [
        ("voss-on-harbour", "since when", "battery-ordered")
    ]
    assert [row["record"] for row in rows(result, "discrepancies")] == ["open-or-not"]
    harbour.add(project, {**discrepancy, "resolution": "settled", "settledBy": "battery-ordered"})
    assert rows(audited(project, found), "discrepancies") == []


def test_every_list_has_a_title(project: Path) -> None:
    assert all(listing.title for listing in audited(project, {}).listings)


# ----------------------------------------------------------------------------- one text


def test_the_text_of_a_document(project: Path, found: dict[str, str]) -> None:
    build = kg.build(project, checked=False)
    assert audit.text_of(build, "report", found) == REPORT
    assert audit.text_of(build, "report", {}) is None
    assert audit.text_of(build, "arland", found) is None
    assert audit.text_of(build, "nobody", found) is None
