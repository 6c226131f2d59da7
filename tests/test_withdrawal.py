"""Withdrawal: a document is taken back, and what is left stands without it."""

from __future__ import annotations

from pathlib import Path

import harbour
import pyoxigraph as ox
import pytest
from harbour import own_voice, quote, statement

import kg
from kg import checks, derivation, shapes, withdrawal
from kg.diagnostic import Severity
from kg.parts import record_of
from kg.pipeline import Build
from kg.withdrawal import Remainder

KG = "https://w3id.org/kg-facts/ontology#"
DOCUMENT, EXACT, EVIDENCE = (ox.NamedNode(KG + name) for name in ("document", "exact", "evidence"))
ARTICLES = ("kim-rejects-seoul", "talks-2026")


def value(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def records(triples: object, base: str) -> set[str]:
    """The ids of the records that triples are about, parts counted with their record."""
    return {record_of(value(triple.subject)).removeprefix(base) for triple in triples}


def assert_whole(rest: Remainder, *, engine: str) -> None:
    """What is left is valid by itself: shapes, checks, references, owners of parts, derived triples."""
    graph = rest.build.graph
    errors = [result for result in shapes.validate(graph, engine) if result.severity == "Violation"]
    assert errors == []
    found = checks.run("checks", "check", graph, rest.build.sources, rest.build.names)
    assert [f for f in found if f.diagnostic.severity == Severity.ERROR] == []
    subjects = {triple.subject for triple in graph.asserted}
    ours = {t.object for t in graph.asserted if value(t.object).startswith(graph.base)}
    assert ours <= subjects, "no reference leads nowhere"
    parts = {subject for subject in subjects if record_of(value(subject)) != value(subject)}
    assert parts <= ours, "no part is left without an owner"
    assert records(graph, graph.base) == set(rest.build.sources.records)
    classes = {p: c for p, c in withdrawal._part_classes(rest.build).items() if p in parts}  # noqa: SLF001 - to derive anew
    derived, faults = derivation.derive(graph.asserted, classes, graph.ontology, rest.build.vocabulary)
    assert faults == []
    assert graph.derived == derived


def assert_told(build: Build, rest: Remainder, withdrawn: str) -> None:
    """What falls and what loses something is told, all of it and nothing else."""
    graph = rest.build.graph
    assert graph.asserted <= build.graph.asserted
    all_, left = (records(g.asserted, graph.base) for g in (build.graph, graph))
    assert rest.fallen == tuple(sorted(all_ - left))
    assert withdrawn in rest.fallen
    lost = records(build.graph.asserted - graph.asserted, graph.base) & left
    assert set(rest.weakened) == lost
    for identifier, fields in rest.weakened.items():
        assert fields
        cls = build.vocabulary.classes[build.sources.records[identifier].type]
        assert set(fields) <= set(cls.fields)


def assert_gone(build: Build, rest: Remainder, withdrawn: str) -> None:
    """Neither the document nor any of its words is left."""
    base = build.graph.base
    iri = ox.NamedNode(base + withdrawn)
    assert not [t for t in rest.build.graph if iri in (t.subject, t.object)]
    of = {t.subject: t.object for t in build.graph.asserted if t.predicate == DOCUMENT}
    words = [(t.object, of.get(t.subject)) for t in build.graph.asserted if t.predicate == EXACT]
    theirs = {w for w, document in words if document == iri}
    others = {w for w, document in words if document not in (iri, None)}
    assert theirs
    left = {t.object for t in rest.build.graph if t.predicate.value.endswith(("#exact", "oa#exact"))}
    assert not left & (theirs - others)


# ----------------------------------------------------------------------------- the shipped facts


@pytest.fixture(scope="module")
def facts(shipped: Path) -> Build:
    return kg.build(shipped)


@pytest.fixture(scope="module")
def remainders(facts: Build) -> dict[str, Remainder]:
    return {article: withdrawal.without(facts, article) for article in ARTICLES}


@pytest.mark.parametrize("article", ARTICLES)
def test_an_article_is_withdrawn_from_the_shipped_facts(
    article: str, facts: Build, remainders: dict[str, Remainder]
) -> None:
    rest = remainders[article]
    assert facts.valid, facts.diagnostics
    assert_whole(rest, engine="pyshacl")
    assert_told(facts, rest, article)
    assert_gone(facts, rest, article)
    other = next(name for name in ARTICLES if name != article)
    assert other in rest.build.sources.records
    assert len(rest.build.sources.records) > 50


def test_statements_of_the_other_article_stay(facts: Build, remainders: dict[str, Remainder]) -> None:
    statements = {i for i, source in facts.sources.records.items() if source.type == "Statement"}
    on = {}
    for triple in facts.graph.asserted:
        if triple.predicate == DOCUMENT and record_of(value(triple.subject)) != value(triple.subject):
            record = record_of(value(triple.subject)).removeprefix(facts.graph.base)
            on.setdefault(record, set()).add(value(triple.object).removeprefix(facts.graph.base))
    for article, rest in remainders.items():
        assert not {i for i in statements if on[i] == {article}} & set(rest.build.sources.records)
        stay = {i for i in statements if article not in on[i]}
        assert len(stay - set(rest.fallen)) > 0.9 * len(stay)


def test_without_both_articles_nothing_is_left_that_needs_evidence(remainders: dict[str, Remainder]) -> None:
    rests = [withdrawal.without(remainders[one].build, other) for one, other in (ARTICLES, ARTICLES[::-1])]
    for rest in rests:
        assert not [t for t in rest.build.graph if t.predicate == EVIDENCE]
        assert {source.type for source in rest.build.sources.records.values()} <= {"Retired"}
    assert rests[0].build.graph.asserted == rests[1].build.graph.asserted


# ----------------------------------------------------------------------------- a project of its own

_PACT = "A pact on the harbour was signed in 2030"


def _more() -> list[dict[str, object]]:
    """Records that rest on one or both of the documents, in as many ways as there are."""
    chain = [{"position": 1, "in": "note"}]
    pact = {
        "speaker": {"by": "borland"},
        "chain": chain,
        "kind": "report",
        "about": ["harbour-pact"],
        "evidence": [quote("note", _PACT)],
    }
    return [
        statement("pact-signed", **pact),
        statement("pact-again", **{**pact, "restates": "voss-on-harbour"}),
        {
            "id": "harbour-pact",
            "type": "Agreement",
            "label": {"en": "pact on the harbour"},
            "party": ["arland", "borland"],
            "stage": [
                {"value": "signed", "according": "pact-signed"},
                {"value": "unknown", "according": "voss-on-pact"},
            ],
            "evidence": [quote("report", "Talks [with Borland] may resume")],
        },
        own_voice("voss-on-pact", "no date has been set", about=["harbour-pact"]),
        {
            "id": "both",
            "type": "Discrepancy",
            "label": {"en": "both"},
            "kind": "logic",
            "between": ["pact-signed", "voss-on-harbour", "battery-ordered"],
            "note": {"en": "They differ."},
            "resolution": "open",
        },
        {
            "id": "one-each",
            "type": "Discrepancy",
            "label": {"en": "one each"},
            "kind": "logic",
            "between": ["pact-signed", "voss-on-harbour"],
            "note": {"en": "They differ."},
            "resolution": "open",
        },
        {
            "id": "cited",
            "type": "Document",
            "label": {"en": "The pact"},
            "kind": "plan",
            "seenIn": "note",
            "evidence": [quote("report", "reported on 3 March 2031")],
        },
        {
            "id": "old-id",
            "type": "Retired",
            "label": {"en": "old"},
            "reason": {"en": "old"},
            "replacedBy": "harbour-pact",
        },
    ]


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    made = kg.build(harbour.write(tmp_path_factory.mktemp("harbour"), *_more()))
    assert made.diagnostics == ()
    return made


def test_what_rests_on_the_document_alone_falls_and_the_rest_stays(build: Build) -> None:
    rest = withdrawal.without(build, "note")
    assert_whole(rest, engine="pyshacl")
    assert_told(build, rest, "note")
    assert_gone(build, rest, "note")
    assert set(rest.fallen) == {"note", "pact-signed", "pact-again", "one-each"}
    assert rest.weakened == {
        "arland": ("name",),
        "mira-voss": ("name",),
        "harbour-pact": ("stage",),
        "both": ("between",),
        "cited": ("seenIn",),
    }


def test_origins_are_counted_anew(build: Build) -> None:
    def origins(made: Build) -> list[str]:
        wanted = ox.NamedNode(made.graph.base + "voss-on-harbour")
        return [
            t.object.value for t in made.graph if t.subject == wanted and t.predicate.value == KG + "minimumOrigins"
        ]

    assert origins(build) == ["2"]
    assert origins(withdrawal.without(build, "note").build) == ["1"]


def test_alternative_labels_of_the_document_go(build: Build) -> None:
    rest = withdrawal.without(build, "note")
    assert build.names.resolve("Lenz") == ["arland", "lenz"]
    assert rest.build.names.resolve("Lenz") == ["lenz"]
    assert rest.build.names.resolve("pact-signed") == []


def test_any_record_can_be_withdrawn(build: Build) -> None:
    for identifier in ("arland", "daily-signal", "battery-ordered", "harbour-pact", "one-each", "old-id"):
        rest = withdrawal.without(build, identifier)
        assert_whole(rest, engine="shacl")
        assert_told(build, rest, identifier)


def test_the_order_of_withdrawals_makes_no_difference(build: Build) -> None:
    for one, other in (("note", "borland"), ("battery-ordered", "daily-signal")):
        there = withdrawal.without(withdrawal.without(build, one).build, other)
        back = withdrawal.without(withdrawal.without(build, other).build, one)
        assert there.build.graph.asserted == back.build.graph.asserted


def test_nothing_changes_in_the_build_that_it_is_taken_from(build: Build) -> None:
    before = (build.graph.asserted, build.graph.derived, dict(build.sources.records))
    withdrawal.without(build, "report")
    assert (build.graph.asserted, build.graph.derived, dict(build.sources.records)) == before


def test_a_part_that_rests_on_the_document_falls_without_its_record(tmp_path: Path) -> None:
    dated = statement(
        when=[
            {
                "date": "2030",
                "basis": "explicit",
                "evidence": [quote("note", "was signed in 2030")],
            }
        ]
    )
    made = kg.build(harbour.write(tmp_path, dated))
    assert made.diagnostics == ()
    rest = withdrawal.without(made, "note")
    assert "voss-on-harbour" in rest.build.sources.records
    assert_told(made, rest, "note")
    assert "when" in rest.weakened["voss-on-harbour"]
    assert not [t for t in rest.build.graph if isinstance(t.object, ox.Literal) and "was signed" in t.object.value]
    assert_whole(rest, engine="pyshacl")


def test_an_unknown_record(build: Build) -> None:
    with pytest.raises(KeyError):
        withdrawal.without(build, "nobody")
