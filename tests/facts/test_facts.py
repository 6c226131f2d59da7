"""The shipped facts: every quote proved against the private texts, nothing left over, nothing unanswered.

The texts are not part of the repository. They are looked for in $KG_TEXTS, else in ../shared/sources; in CI they must be there.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from test_traps import Facts

from kg import audit, pipeline, texts
from kg.quotes import Grade

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("KG_TEXTS") or ROOT.parent / "shared" / "sources")
READ = {"talks-2026", "kim-rejects-seoul"}

QUOTED = re.compile("“([^“”]+)”")
# A name is a capitalised word that does not begin a sentence; “President of South Korea” has two.
WORD = r"\w+(?:[’-]\w+)*"
NAME = re.compile(rf"(?<![.:?“] )(?<!^)\b(?=[A-Z]){WORD}")
OURS = {"Statement"}  # a class of ours, in notes


@pytest.fixture(scope="module")
def build() -> pipeline.Build:
    return pipeline.build(ROOT)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(ROOT)


@pytest.fixture(scope="module")
def bodies(facts: Facts) -> Mapping[str, str]:
    """The texts by the id of their document."""
    found = texts.read(FOLDER) if FOLDER.is_dir() else {}
    sums = dict(facts("SELECT ?document ?sum { ?document kg:sha256 ?sum }"))
    if missing := sorted(document for document, digest in sums.items() if digest not in found):
        reason = f"no text of {', '.join(missing)} in {FOLDER}: the texts are private, give their folder in KG_TEXTS"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return {document: found[digest] for document, digest in sums.items()}


@pytest.fixture(scope="module")
def audited(build: pipeline.Build, bodies: Mapping[str, str]) -> audit.Audit:
    return audit.audit(build, {hashlib.sha256(text.encode()).hexdigest(): text for text in bodies.values()})


def test_validate_finds_nothing(build):
    assert [str(diagnostic) for diagnostic in build.diagnostics] == []


def test_lints_are_answered(build):
    """Without texts the audit says only that they are missing; lints need none."""
    found = [str(d) for d in audit.audit(build, {}).diagnostics if d.code != "audit/text-missing"]
    assert found == []


def test_every_record_rests_on_evidence(facts):
    bare = facts.values(
        "SELECT ?record { ?record a kg:Record FILTER NOT EXISTS { ?record a kg:Retired }"
        " FILTER NOT EXISTS { ?record kg:evidence ?e }"
        " FILTER NOT EXISTS { ?record a kg:Discrepancy ; kg:between/kg:evidence ?e } }"
    )
    assert bare == []


def test_the_documents_that_were_read(facts):
    assert set(facts.values("SELECT ?document { ?document kg:sha256 ?sum ; kg:length ?length }")) == READ
    assert set(facts.values("SELECT DISTINCT ?document { ?e a kg:Evidence ; kg:document ?document }")) == READ


def test_checksums_and_lengths(facts, bodies):
    lengths = {document: int(length) for document, length in facts("SELECT ?d ?n { ?d kg:length ?n }")}
    assert lengths == {document: len(text) for document, text in bodies.items()}


def test_every_quote_is_exact(audited):
    assert [quote.exact for quote in audited.quotes if not quote.proof or quote.proof.grade is not Grade.EXACT] == []
    assert [quote.exact for quote in audited.quotes if quote.start is None or quote.end is None] == []


def test_nothing_is_left_uncurated(audited):
    assert {text.source for text in audited.texts} == READ
    assert [text.text[start:end] for text in audited.texts for start, end in text.gaps] == []


def test_less_than_forty_percent_is_quoted(audited):
    assert {text.source: text.quoted for text in audited.texts if text.quoted >= audit.MAX_SHARE} == {}


def test_the_audit_finds_nothing(audited):
    assert [str(diagnostic) for diagnostic in audited.diagnostics] == []


def test_spans_are_sentences(facts, bodies):
    rows = facts(
        "SELECT DISTINCT ?document ?start ?end ?first ?last { ?e a kg:Evidence ; kg:document ?document ; kg:start ?start ;"
        " kg:end ?end ; kg:span [ kg:start ?first ; kg:end ?last ] }"
    )
    assert rows
    for document, *offsets in rows:
        start, end, first, last = map(int, offsets)
        assert texts.sentence(bodies[document], start, end) == (first, last), bodies[document][start:end]


def test_names_stand_in_their_document(facts, bodies):
    rows = facts("SELECT ?record ?text ?document { ?record kg:name ?name . ?name kg:text ?text ; kg:in ?document }")
    assert [row for row in rows if row[1] not in bodies[row[2]]] == []


def test_labels_of_documents_and_first_words_of_exclusions(facts, bodies):
    rows = facts("SELECT ?d ?exact ?start { ?d kg:exclusion [ kg:exact ?exact ; kg:start ?start ] }")
    assert [exact for d, exact, start in rows if not bodies[d].startswith(exact, int(start))] == []
    for document, label in facts("SELECT ?d ?label { ?d kg:sha256 ?sum ; skos:prefLabel ?label }"):
        assert bodies[document].startswith(label)


def test_what_the_curator_puts_in_marks_is_printed_so(facts, bodies):
    """Words in “marks” in a note, a rule, a label or a proposition are a document's; an ellipsis leaves some out."""
    everything = "\n".join(bodies.values()).casefold()
    found = facts(
        "SELECT DISTINCT ?record ?says { ?record a kg:Record . ?record (!kg:nothing)? ?x . ?x (!kg:nothing)? ?part ."
        " ?part skos:note|skos:prefLabel|kg:rule|kg:text|kg:proposition|kg:consequent|kg:measure|kg:scopeNote ?says }"
    )
    assert found
    wrong = [
        (record, words)
        for record, says in found
        for words in QUOTED.findall(says)
        if not all(piece.casefold() in everything for piece in words.split(" ... "))
    ]
    assert wrong == []


def test_every_name_stands_in_a_text(facts, bodies):
    """No name comes from memory: each capitalised word is a document's."""
    printed = set(re.findall(WORD, "\n".join(bodies.values()).casefold()))
    found = facts(
        "SELECT DISTINCT ?record ?says { ?record a kg:Record . ?record (kg:clause|kg:expectedTerm|kg:reading|kg:name)? ?x ."
        " ?x skos:prefLabel|kg:proposition|kg:text|kg:consequent|dcterms:description|skos:note ?says }"
    )
    unknown = {
        (record, name)
        for record, says in found
        for name in NAME.findall(says)
        if name.casefold() not in printed and name.casefold().removesuffix("’s") not in printed and name not in OURS
    }
    assert unknown == set()
