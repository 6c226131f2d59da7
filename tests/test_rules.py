"""Compiled rules: the SPARQL engine is the referee."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from generation import ROOT
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import kg
from kg import derivation, footprint, ontology, vocabulary
from kg.compiled import ruletext
from kg.compiled.rules import Joined
from kg.graph import Graph
from kg.ontology import read_ntriples
from kg.vocabulary import Kind

RULES = sorted((ROOT / "ontology" / "rules").glob("*.rq"))
PREFIXES = "PREFIX x: <urn:x:>\n"
HOLDING = {"urn:x:part"}


@pytest.fixture(scope="module")
def shipped_facts() -> Graph:
    return kg.build(ROOT, checked=False).graph


def holding() -> set[str]:
    onto, _ = ontology.load(ROOT / "ontology")
    classes = vocabulary.read(onto).classes.values()
    return {field.path for cls in classes for field in cls.fields.values() if field.kind is Kind.PART}


def by_engine(query: str, text: bytes) -> set[str]:
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.N_TRIPLES)
    return {str(triple) for triple in store.query(query, custom_functions=derivation.FUNCTIONS)}


def compiled(query: str, text: bytes, parts: set[str]) -> set[str] | None:
    rule = ruletext.compile_(query, {name.value: f for name, f in derivation.FUNCTIONS.items()}, parts)
    return None if rule is None else {" ".join(triple) for triple in rule.triples(Joined(read_ntriples(text.decode())))}


@pytest.mark.parametrize("rule", RULES, ids=lambda file: file.stem)
def test_the_shipped_rules_are_compiled_and_say_what_the_engine_says(rule, shipped_facts) -> None:
    query = rule.read_text(encoding="utf-8")
    text = shipped_facts.ntriples
    expected = by_engine(query, text)
    assert len(expected) > 5
    assert compiled(query, text, holding()) == expected


DATA = b"""\
<urn:x:a> <urn:x:part> <urn:x:a.p> .
<urn:x:a> <urn:x:name> "A" .
<urn:x:a.p> <urn:x:name> "A" .
<urn:x:a.p> <urn:x:name> "B" .
<urn:x:a.p> <urn:x:at> "01"^^<http://www.w3.org/2001/XMLSchema#positiveInteger> .
<urn:x:b> <urn:x:name> "B" .
<urn:x:b> <urn:x:link> <urn:x:a> .
<urn:x:c> <urn:x:link> <urn:x:b> .
<urn:x:c> <urn:x:at> "1.50"^^<http://www.w3.org/2001/XMLSchema#decimal> .
<urn:x:d> <urn:x:at> "true"^^<http://www.w3.org/2001/XMLSchema#boolean> .
"""
WITHIN = {
    "a pattern": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:name ?n }",
    "a path": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:part/x:name ?n }",
    "a filter": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:part/x:name ?n . FILTER NOT EXISTS { ?a x:name ?n } }",
    "optional": "CONSTRUCT { ?a x:made ?n . ?a x:other ?m } WHERE { ?a x:name ?n OPTIONAL { ?a x:part/x:name ?m } }",
    "numbers by value": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:at ?n }",
    "a number": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:at ?n . FILTER (?n = 1) }",
    "an IRI": 'CONSTRUCT { ?q x:of ?a } WHERE { ?a x:name ?n . BIND(IRI(CONCAT(STR(?a), ".q")) AS ?q) }',
    "what is joined": "CONSTRUCT { ?a x:near ?b } WHERE { ?a x:name ?n ; (x:link|^x:link)* ?b }",
    "a count": (
        "CONSTRUCT { ?a x:number ?n ; x:sum ?s } WHERE { { SELECT ?a (COUNT(DISTINCT ?m) AS ?n) (COUNT(DISTINCT ?t) AS ?k)"
        " WHERE { ?a x:name ?l ; (x:link|^x:link)* ?b . OPTIONAL { ?b x:name ?m } OPTIONAL { ?b x:at ?t } } GROUP BY ?a }"
        " BIND (?n + ?k AS ?s) }"
    ),
    "a choice": "CONSTRUCT { ?a x:made ?k } WHERE { ?a x:name ?n OPTIONAL { ?a x:at ?t } BIND(IF(BOUND(?t), ?t, ?n) AS ?k) }",
    "signs that Python reads": 'CONSTRUCT { ?a <urn:x:its> "it\'s {n} %s" } WHERE { ?a x:name ?n . FILTER NOT EXISTS { ?a x:name "\'" } }',
    "one of two": "CONSTRUCT { ?a x:made ?t } WHERE { ?a x:name ?n OPTIONAL { ?a x:part/x:at ?t } OPTIONAL { ?a x:link ?t } }",
    "the first": "CONSTRUCT { ?a x:made ?k } WHERE { ?a x:name ?n OPTIONAL { ?a x:at ?t } BIND(COALESCE(?t, ?n) AS ?k) }",
}
BEYOND = {
    "another record": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:link ?b . ?b x:name ?n }",
    "two nodes": "CONSTRUCT { ?a x:made ?b } WHERE { ?a x:name ?n . ?b x:name ?n }",
    "a variable property": "CONSTRUCT { ?a x:made ?n } WHERE { ?a ?p ?n }",
    "a union": "CONSTRUCT { ?a x:made ?n } WHERE { { ?a x:name ?n } UNION { ?a x:at ?n } }",
    "a function of SPARQL": "CONSTRUCT { ?a x:made ?k } WHERE { ?a x:name ?n BIND(UCASE(?n) AS ?k) }",
    "another filter": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:at ?n FILTER (?n > 1) }",
    "bound outside": "CONSTRUCT { ?a x:made ?k } WHERE { ?a x:name ?n OPTIONAL { ?a x:at ?t BIND(COALESCE(?n, ?t) AS ?k) } }",
    "a sum of what is written": "CONSTRUCT { ?a x:made ?s } WHERE { ?a x:name ?n ; x:at ?t BIND (?t + ?t AS ?s) }",
    "a comparison of what is written": (
        "CONSTRUCT { ?a x:made ?k } WHERE { ?a x:name ?n ; x:at ?t BIND (IF(?t > 0, ?n, ?n) AS ?k) }"
    ),
    "evaluated by itself": (
        "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:name ?n OPTIONAL { ?b x:part ?p OPTIONAL { ?a x:part ?p } } }"
    ),
    "itself": "CONSTRUCT { ?a x:made ?a } WHERE { ?a x:link ?a }",
    "a select": "SELECT ?a WHERE { ?a x:name ?n }",
    "a blank node": "CONSTRUCT { ?a x:made ?n } WHERE { ?a x:part [ x:name ?n ] }",
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_is_compiled_gives_what_the_engine_gives(name) -> None:
    query = PREFIXES + WITHIN[name]
    expected = by_engine(query, DATA)
    assert expected
    assert compiled(query, DATA, HOLDING) == expected


VARIABLES = ["?a", "?b", "?c", "?d"]
NODES = ["urn:x:a", "urn:x:a.p", "urn:x:a.q", "urn:x:b"]


@st.composite
def groups(draw: st.DrawFn, seen: list[str], depth: int = 0) -> str:
    """A group whose subjects were found before, as compiled rules want them; the first pattern finds ?a."""
    said = []
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["pattern", "pattern", "optional", "without"])) if number or depth else "pattern"
        if kind == "pattern" or depth == 2:
            predicate = draw(st.sampled_from(["x:part", "x:name", "x:at"]))
            object_ = draw(st.sampled_from([*VARIABLES, '"A"']))
            said.append(f"{draw(st.sampled_from(seen))} {predicate} {object_} .")
            if predicate == "x:part" and object_ in VARIABLES:
                seen = [*seen, object_]
        else:
            word = "OPTIONAL" if kind == "optional" else "FILTER NOT EXISTS"
            said.append(f"{word} {{ {draw(groups(seen, depth + 1))} }}")
    return " ".join(said)


@st.composite
def data(draw: st.DrawFn) -> bytes:
    terms = st.sampled_from([*(f"<{node}>" for node in NODES), '"A"', '"B"'])
    triples = st.tuples(st.sampled_from(NODES), st.sampled_from(["part", "name", "at"]), terms)
    lines = {f"<{s}> <urn:x:{p}> {o} ." for s, p, o in draw(st.lists(triples, min_size=3, max_size=12))}
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


@settings(max_examples=300)
@given(groups(["?a"]), data())
def test_any_rule_that_is_compiled_gives_what_the_engine_gives(where: str, text: bytes) -> None:
    query = f"{PREFIXES}CONSTRUCT {{ ?a x:b ?b ; x:c ?c ; x:d ?d . }} WHERE {{ {where} }}"
    made = compiled(query, text, HOLDING)
    assume(made is not None)
    assert made == by_engine(query, text)


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_more_is_left_to_the_engine(name) -> None:
    assert compiled(PREFIXES + BEYOND[name], DATA, HOLDING) is None


def test_rules_that_depend_on_each_other_keep_their_order(own_ontology: Path) -> None:
    """A rule that sees one record waits where an earlier one, that does not, makes what it sees."""
    (own_ontology / "rules" / "a.rq").write_text(
        PREFIXES + "CONSTRUCT { ?a x:reached ?b } WHERE { { ?a x:b ?b } UNION { ?b <urn:x:c> ?a } }"
    )
    (own_ontology / "rules" / "b.rq").write_text(PREFIXES + "CONSTRUCT { ?a x:made ?b } WHERE { ?a x:reached ?b }")
    onto, _ = ontology.load(own_ontology)
    made = derivation.compile_(onto, vocabulary.read(onto))
    assert [path for path, _ in made.across] == ["ontology/rules/a.rq", "ontology/rules/b.rq"]
    found, _ = made.of_all(b"<urn:x:1> <urn:x:b> <urn:x:2> .\n")
    assert ("<urn:x:1>", "<urn:x:made>", "<urn:x:2>") in found


def test_footprints_are_never_too_small() -> None:  # noqa: C901 - it walks a tree of another
    """What rdflib's parser finds in the place of a property lies in the footprint, or this is everything."""
    from rdflib import URIRef, Variable
    from rdflib.paths import NegatedPath
    from rdflib.paths import Path as PropertyPath
    from rdflib.plugins.sparql import prepareQuery

    def walk(node: object) -> set[str]:
        found: set[str] = set()
        if isinstance(node, dict):
            for key, value in node.items():
                for triple in value if key in ("triples", "template") and value else ():
                    found |= properties(triple[1])
                found |= walk(value)
        elif isinstance(node, list | tuple | set):
            found.update(*map(walk, node))
        return found

    def properties(node: object) -> set[str]:
        if isinstance(node, URIRef):
            return {f"<{node}>"}
        if isinstance(node, Variable | NegatedPath):
            return {"everything"}
        if isinstance(node, PropertyPath):
            inner = [*getattr(node, "args", ()), getattr(node, "arg", None), getattr(node, "path", None)]
            return set().union(*map(properties, inner))
        return set()

    told = 0
    for file in sorted((ROOT / "ontology").rglob("*.rq")):
        query = file.read_text(encoding="utf-8")
        found = footprint.of(query)
        if found is not None:
            told += 1
            assert walk(prepareQuery(query).algebra) <= {key.split(" ")[0] for key in found}, file
    assert told > 50


@pytest.mark.parametrize(
    "where", ["?s ?p ?o", "?s x:a ?b ; ?p ?o", "?s !x:a ?o", "?s !(x:a|x:b) ?o", "[ ?p ?o ]", "FILTER(?x = 1) ?s ?p ?o"]
)
def test_a_footprint_may_be_everything(where) -> None:
    assert footprint.of(f"{PREFIXES}SELECT * WHERE {{ {where} }}") is None


def test_a_footprint_names_classes() -> None:
    assert footprint.of(PREFIXES + "SELECT * WHERE { ?s a x:C ; x:p ?o }") == {
        "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:x:C>",
        "<urn:x:C>",
        "<urn:x:p>",
    }
    for where in ("?s a x:C , x:D", "?s a ?c", "?s a/x:p ?c", "?s (a|x:p) x:C"):
        found = footprint.of(PREFIXES + f"SELECT * WHERE {{ {where} }}")
        assert found is not None
        assert footprint.TYPE in found
