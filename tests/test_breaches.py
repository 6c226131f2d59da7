"""Checks record by record, and over what they see: the SPARQL engine on the whole graph is the referee."""

from __future__ import annotations

import random
from pathlib import Path

import harbour
import pyoxigraph as ox
import pytest
import yaml
from generation import BASE, ROOT, STEADY
from hypothesis import given, settings
from hypothesis import strategies as st
from test_checks import EXAMPLES, MORE, Record

import kg
from kg import checks, derivation, ontology, vocabulary
from kg.compiled import checktext, sight
from kg.compiled.rules import Nodes
from kg.compiled.sight import Sights
from kg.graph import Graph
from kg.ontology import read_ntriples

# All records that break a check, and those beside them that do not.
RECORDS: list[Record] = [
    *(record for pair in EXAMPLES.values() for records in pair for record in records),
    *(record for several in MORE.values() for _, record in several),
]
ACROSS = {
    "offset-beyond-text",
    "quote-of-unread-document",
    "refers-to-itself",
    "refers-to-retired",
    "same-label",
    "stage-beyond-statement",
}


def chosen(seed: int) -> list[Record]:
    """Some of the records, each id once; two of them may have one label."""
    picked = random.Random(seed)  # noqa: S311 - no secret
    records = {record["id"]: record for record in picked.sample(RECORDS, 12)}
    return [{**r, "label": {"en": "one"}} if picked.random() < 0.1 else r for r in records.values()]


@settings(STEADY, max_examples=15)
@given(st.integers(0, 10_000))
def test_record_by_record_they_find_what_they_find_in_the_whole_graph(tmp_path_factory, seed: int) -> None:
    root = harbour.write(tmp_path_factory.mktemp("made"), *chosen(seed))
    alone, whole = kg.build(root), kg.build(root, engine="shacl")
    assert alone.diagnostics == whole.diagnostics
    assert alone.diagnostics


def test_after_edits_they_find_what_they_find_from_nothing(tmp_path: Path) -> None:
    picked = random.Random(6)  # noqa: S311 - as above
    root = harbour.write(tmp_path / "project", *chosen(0))
    found = set()
    for _ in range(25):
        record = picked.choice(RECORDS)
        file = root / "facts" / f"{record['id']}.yaml"
        if file.exists() and picked.random() < 0.3:
            file.unlink()
        else:
            file.write_text(yaml.safe_dump(record, allow_unicode=True), encoding="utf-8")
        edited = kg.build(root, cache=tmp_path / "cache").diagnostics
        assert edited == kg.build(root).diagnostics
        found |= {diagnostic.code for diagnostic in edited}
    assert len(found) > 8


@pytest.fixture(scope="module")
def made() -> checks.Checks:
    onto, _ = ontology.load(ROOT / "ontology")
    vocab = vocabulary.read(onto)
    return checks.compile_(BASE, derivation.compile_(onto, vocab), vocab)


def test_what_the_shipped_checks_see(made: checks.Checks) -> None:
    assert {check.name for check in made.across} == ACROSS
    assert {check.name for check in made.alone} == set(EXAMPLES) - ACROSS
    assert all(check.sight for check in made.across)


def test_what_is_said_across_is_seen(made: checks.Checks, tmp_path: Path) -> None:
    """Of all records that break a check, the triples that each check sees give the rows that all triples give."""
    records = {record["id"]: record for pair in EXAMPLES.values() for record in pair[0]}
    build = kg.build(harbour.write(tmp_path, *records.values()), checked=False)
    nodes = read_ntriples(build.graph.ntriples.decode())
    told = 0
    for check in (*made.alone, *made.across):
        expected, problem = check.rows(build.graph)
        assert not problem
        sees = sight.of(check.query)
        assert sees is not None
        if not sees.pointed:
            part = Graph(BASE, frozenset(), frozenset(), build.graph.ontology)
            part.store.bulk_load(
                "".join(line for _, line in Sights({"": sees}).lines(nodes)).encode(), format=ox.RdfFormat.N_TRIPLES
            )
            assert sorted(check.rows(part)[0]) == sorted(expected)
        told += bool(expected)
    assert told > 20


PREFIXES = "PREFIX x: <urn:x:>\n"
HOLDING = {"urn:x:part"}
DATA = """\
<urn:x:a> <urn:x:part> <urn:x:a.p> .
<urn:x:a> <urn:x:part> <urn:x:a.q> .
<urn:x:a> <urn:x:name> "A" .
<urn:x:a> <urn:x:name> "AB\\"C\\\\ d e" .
<urn:x:a> <urn:x:last> "2"^^<http://www.w3.org/2001/XMLSchema#integer> .
<urn:x:a.p> <urn:x:name> "A"@en .
<urn:x:a.p> <urn:x:at> "01"^^<http://www.w3.org/2001/XMLSchema#positiveInteger> .
<urn:x:a.q> <urn:x:at> "2"^^<http://www.w3.org/2001/XMLSchema#positiveInteger> .
<urn:x:a.q> <urn:x:name> "B"@de-AT .
<urn:x:a.q> <urn:x:link> <urn:x:b> .
<urn:x:a.q> <urn:x:share> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .
"""
# Conditions on ?n and ?m, texts, and ?i and ?j, numbers; in the data some hold and some do not.
CONDITIONS = [
    '?n = "A"',
    '?n != "A"',
    '?n < "AB"',
    '!(?n >= "AB")',
    "?i < ?j",
    "?i > 1",
    "?i + 1 = ?j",
    "?j - ?i != 1",
    "?i <= 1 || ?j > 2",
    "?i <= 1 && ?j > 2",
    "?nothing = 1 || ?i = 1",
    "!(?nothing = 1)",
    "STRLEN(?n) = 9",
    'CONTAINS(?n, "B\\"C")',
    'CONTAINS(?n, "\\\\")',
    'LANGMATCHES(LANG(?m), "de")',
    'LANGMATCHES(LANG(?m), "*")',
    'LANG(?n) = ""',
    'REGEX(?n, "^(\\\\S+\\\\s+){2}\\\\S")',
    'REGEX(?n, "^(\\\\S+\\\\s+){3}\\\\S")',
    "STR(?a) < STR(?p)",
    "?a = ?p",
    "COALESCE(?nothing = 1, true)",
    "COALESCE(?i = 2, true)",
    "?share > 1",
    "?share = ?i",
    "?share + ?share = 3",
    "?i + ?share > 2",
]
WHERE = (
    "?a x:name ?n ; x:part ?p . ?p x:at ?i ; x:name ?m . ?a x:part ?q . ?q x:at ?j"
    " OPTIONAL { ?p x:nothing ?nothing } OPTIONAL { ?p x:share ?share }"
)
WITHIN = [
    *(f"SELECT * WHERE {{ {WHERE} FILTER ({condition}) }}" for condition in CONDITIONS),
    "SELECT ?a WHERE { ?a x:part ?p FILTER EXISTS { ?p x:share ?s } }",
    "SELECT ?a WHERE { ?a x:part ?p FILTER NOT EXISTS { ?p x:name|x:link ?s } }",
    "SELECT ?a WHERE { ?a x:name|x:last ?n . ?a x:part/x:link ?l VALUES ?l { x:b } }",
    "SELECT ?a WHERE { ?a x:name ?n ; x:part/x:link ?l VALUES ?l { x:c } }",
    "SELECT ?a WHERE { { SELECT ?a (MAX(?i) AS ?most) { ?a x:part/x:at ?i } GROUP BY ?a } ?a x:last ?most }",
    "SELECT ?a WHERE { { SELECT ?a (MIN(?i) AS ?least) { ?a x:part/x:at ?i } GROUP BY ?a } ?a x:last ?least }",
    "SELECT * WHERE { { SELECT ?a (COUNT(?p) AS ?k) { ?a x:part ?p OPTIONAL { ?p x:at ?i } } GROUP BY ?a } FILTER (?k = 2) }",
    "SELECT * WHERE { { SELECT ?a (COUNT(DISTINCT ?i) AS ?k) { ?a x:part/x:at ?i } GROUP BY ?a } FILTER (?k = 2) }",
]
BEYOND = [
    "SELECT * WHERE { ?a x:link ?b . ?b x:name ?n }",  # another record
    "SELECT * WHERE { ?a x:name ?n . ?b x:name ?n }",  # two nodes
    "SELECT * WHERE { ?a ?p ?n }",
    "SELECT * WHERE { { ?a x:name ?n } UNION { ?a x:at ?n } }",
    "SELECT * WHERE { ?a x:name ?n MINUS { ?a x:at ?n } }",
    "SELECT * WHERE { ?a x:name ?n GRAPH ?g { ?a x:at ?i } }",
    "SELECT * WHERE { ?a x:name ?n OPTIONAL { ?a x:at ?i FILTER (?n = 1) } }",
    "SELECT * WHERE { ?a x:name ?n FILTER (UCASE(?n) = 1) }",
    'SELECT * WHERE { ?a x:name ?n FILTER REGEX(?n, "(a+)+") }',
    "SELECT * WHERE { ?a x:name ?n FILTER (NOW() = ?n) }",
    "SELECT ?a (MIN(?p) AS ?q) WHERE { ?a x:part ?p } GROUP BY ?a",
    "SELECT ?n (COUNT(?a) AS ?k) WHERE { ?a x:name ?n } GROUP BY ?n",
    "SELECT * WHERE { { SELECT ?n (COUNT(?a) AS ?k) { ?a x:name ?n } GROUP BY ?n } FILTER (?k > 1) }",
    "SELECT * WHERE { { SELECT (COUNT(?a) AS ?k) { ?a x:name ?n } } FILTER (?k < 1) }",
    "SELECT * WHERE { ?a x:name ?n } LIMIT 1",
    "SELECT * WHERE { ?a x:name ?n } OFFSET 1",
    "SELECT * WHERE { ?a x:part [ x:name ?n ] }",
    "SELECT * WHERE { x:a x:name ?n . ?a x:name ?n }",
    "SELECT * WHERE { ?a x:name ?n OPTIONAL { ?a x:part ?p } ?p x:at ?i }",
]


def has_row(query: str, nodes: Nodes) -> bool:
    store = ox.Store()
    text = "".join(f"{s} {p} {o} .\n" for s, about in nodes.items() for p, os in about.items() for o in os)
    store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    return next(iter(store.query(query)), None) is not None


@pytest.mark.parametrize("query", WITHIN)
def test_what_is_compiled_holds_where_the_engine_finds_a_row(query: str) -> None:
    """In the data, and in all that is left of it when one line, or every other one, is taken out."""
    breaks = checktext.compile_(PREFIXES + query, {}, HOLDING)
    assert breaks is not None
    lines = DATA.splitlines(keepends=True)
    some = [DATA, *("".join(lines[:n] + lines[n + 1 :]) for n in range(len(lines))), "".join(lines[::2])]
    doubtful = "?share" in query.partition("FILTER")[2]  # decimal numbers are the engine's
    for text in some:
        nodes = read_ntriples(text)
        found, expected = breaks(checktext.canonical(nodes)), has_row(PREFIXES + query, nodes)
        assert found == expected or (found and doubtful), text
        assert not expected or breaks.needs <= checktext.there(nodes), text


def test_the_conditions_hold_and_do_not_hold() -> None:
    told = [has_row(PREFIXES + query, read_ntriples(DATA)) for query in WITHIN]
    assert 4 < sum(told) < len(told) - 4


@pytest.mark.parametrize("query", BEYOND)
def test_what_sees_more_is_left_to_the_engine(query: str) -> None:
    assert checktext.compile_(PREFIXES + query, {}, HOLDING) is None
