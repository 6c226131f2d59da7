"""Queries that reach out of the data set are refused, in any spelling; words that only look so are not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from listener import Listener

import kg
from kg import questions
from kg.sparql import MAX_NESTING, refusal


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { service <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { SeRvIcE SILENT <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { SERVICE?x { ?s ?p ?o } }",
        "SELECT*{SERVICE<http://example.org/>{?s ?p ?o}}",
        "SELECT * { ?s ?p '' SERVICE <http://example.org/> {} }",
        'SELECT * { ?s ?p "" SERVICE <http://example.org/> {} }',
        'SELECT * { ?s ?p "\\\\" . SERVICE <http://example.org/> {} }',
        "SELECT * { ?s ?p '''it's''' . SERVICE <http://example.org/> {} }",
        "SELECT * { # a comment\nSERVICE <http://example.org/> {} }",
        "SELECT * { # a comment\rSERVICE <http://example.org/> {} }",
        "SELECT * { FILTER(1 < 2) SERVICE <http://example.org/> {} FILTER(2 > 1) }",
        "SELECT * { ?s <http://example.org/#> ?o SERVICE <http://example.org/> {} }",
        "SELECT * { ?s ?p 'a\nb' SERVICE <http://example.org/> {} }",
        "SELECT * { ?s ?p 1SERVICE <http://example.org/> {} }",
        "SELECT * { ?s ?p trueSERVICE <http://example.org/> {} }",
        "SELECT * { SERVICESILENT <http://example.org/> {} }",
        "PREFIX x: <http://example.org/> SELECT * { SERVICEx:y {} }",
        "PREFIX x: <http://example.org/> SELECT * { SERVICE SILENT x:y {} }",
        "PREFIX x: <x:> SELECT * { ?s ?p x:a\\# SERVICE <http://example.org/> {}\n}",
        "PREFIX x: <x:> SELECT * { ?s ?p x:a\\' SERVICE <http://example.org/> {} OPTIONAL { ?s ?p x:a\\' } }",
        "SELECT * { ?s ?p ?o .SERVICE <http://example.org/> {} }",
        "SELECT * { ?s ?p 1.SERVICE <http://example.org/> {} }",
        "SELECT * { ?s ?p 'a'@en-SERVICE SERVICE <http://example.org/> {} }",
        "SELECT * { ?s a 'x'^^<y> SERVICE <http://example.org/> {} }",
        "SELECT * { \\u0053ERVICE <http://example.org/> {} }",
        "SELECT * { S\\U00000045RVICE <http://example.org/> {} }",
        "SELECT * { GRAPH ?g { OPTIONAL { SERVICE <http://example.org/> {} } } }",
        # the grammar needs no space after a keyword, so that a name cannot be told from a call
        "PREFIX : <http://example.org/> SELECT * { SERVICE:x { ?s ?p ?o } }",
        "SELECT * { FILTER(true) SERVICESILENT<http://example.org/>{} }",
        "SELECT * { ?s ?p 5SERVICE<http://example.org/>{} }",
        "SELECT * { OPTIONAL { ?s ?p a:b\\# } SERVICE <http://example.org/> {}\n}",
        "ASK { FILTER(" + "!" * 200 + "true) }",
        "ASK { ?s ?p " + "[ ?p " * 200 + "]" * 200 + " }",
        "ASK { FILTER(" + "true||" * 20000 + "true) }",
        "LOAD <http://example.org/>",
        "load silent <http://example.org/> INTO GRAPH <x>",
        "SELECT * FROM <http://example.org/> { ?s ?p ?o }",
        "SELECT * FROM NAMED <http://example.org/> { ?s ?p ?o }",
        "{" * (MAX_NESTING + 1),
        "SELECT * " + "{ " * 2195 + "}" * 2195,
        "ASK { FILTER " + "(" * 200 + "1" + ")" * 200 + " }",
    ],
)
def test_refused(query: str) -> None:
    assert refusal(query)


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE <http://example.org/>" }',
        "SELECT * { ?s ?p 'SERVICE' }",
        'SELECT * { ?s ?p """two "SERVICE" lines\nLOAD""" }',
        "SELECT * { ?s ?p '''it's SERVICE''' }",
        "SELECT * { ?s ?p 'it\\'s SERVICE' }",
        "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/>",
        "SELECT * { <http://example.org/SERVICE> ?p <http://example.org/LOAD> }",
        "SELECT ?service ?load { ?service ?p ?load }",
        "SELECT $SERVICE { ?s ?p $SERVICE }",
        "PREFIX kg: <x:> SELECT ?from { ?s kg:from ?from ; kg:to 'FROM here' }",
        "SELECT * { ?s ?p 'x'@en }",
        "SELECT * { ?s ?p '\\u0053ERVICE' }",
        "SELECT (COUNT(*) AS ?services) { ?s ?p ?o FILTER(?o < 3 && ?o > 1) }",
        "SELECT * " + "{ " * MAX_NESTING + "}" * MAX_NESTING,
    ],
)
def test_fine(query: str) -> None:
    assert refusal(query) is None


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("SELECT * FROM <http://example.org/> { ?s ?p ?o }", False),
        ("SELECT * FROM NAMED <http://example.org/> { GRAPH ?g { ?s ?p ?o } }", False),
        ("LOAD <http://example.org/>", True),
        ("SELECT * FROM <http://example.org/> { SERVICE <http://example.org/> {} }", True),
    ],
)
def test_where_from_can_only_choose_among_graphs(query: str, refused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    assert bool(refusal(query, graphs=True)) == refused


# Each would have the engine ask a server, or look where there is nothing.
QUERIES = (
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT <URL> { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICEx:y { ?s ?p ?o } }",
    "PREFIX x: <x:> SELECT * { BIND(x:a\\# AS ?x) SERVICE <URL> { ?s ?p ?o }\n}",
    "SELECT * { ?s ?p ?o FILTER(1<2)SERVICE#>\n<URL> { ?a ?b ?c } }",
    "SELECT * { ?s ?p ?o FILTER(1<2&&'>'='>')SERVICE <URL> { ?a ?b ?c } #'\n}",
    'SELECT * { ?s ?p ?o FILTER(1<2#>"""\n)SERVICE <URL> { ?a ?b ?c } #"""\n}',
    "SELECT * { ?s ?p ?o OPTIONAL { ?s <x:it's> ?o } SERVICE <URL> { ?a ?b ?c } #'\n}",
    "SELECT * FROM <URL> { ?s ?p ?o }",
)


@pytest.mark.parametrize("query", QUERIES)
def test_no_question_sends_a_request(small: Path, listener: Listener, query: str) -> None:
    graph = kg.build(small, checked=False).graph
    with pytest.raises(questions.QueryError):
        questions.ask(graph, questions.make("q", query.replace("URL", listener.address)))
    assert listener.connections == []


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("folder", ["checks", "rules"])
def test_27_no_rule_or_check_sends_a_request(
    small: Path, own_ontology: Path, listener: Listener, folder: str, query: str
) -> None:
    text = query.replace("URL", listener.address)
    if folder == "checks":
        text = "# Problem: {s}\n# Solution: none\n" + text.replace("SELECT *", "SELECT (?s AS ?focus) ?s")
    else:
        text = re.sub(r"SELECT \* ([^{]*){", r"CONSTRUCT { ?s ?p ?o } \1 WHERE {", text)
    (own_ontology / folder / "reaches-out.rq").write_text(text, encoding="utf-8")
    found = kg.build(small).diagnostics
    assert [(d.location.path, d.code) for d in found] == [(f"ontology/{folder}/reaches-out.rq", "bad-query")]
    assert listener.connections == []


@pytest.mark.parametrize(
    ("folder", "text"),
    [
        ("rules", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p "),
        ("rules", "SELECT * { ?s ?p ?o }"),
        ("rules", "ASK { ?s ?p ?o }"),
        ("rules", "INSERT DATA { <x:s> <x:p> <x:o> }"),
        ("rules", ""),
        ("checks", "# Problem: x\n# Solution: y\nSELECT ?focus { ?focus "),
        ("checks", "# Problem: x\n# Solution: y\nSELECT ?subject { ?subject ?p ?o }"),
        ("checks", "# Problem: x\n# Solution: y\nASK { ?s ?p ?o }"),
        ("checks", "# Problem: x\nSELECT ?focus { ?focus ?p ?o }"),
        ("checks", "# Solution: y\nSELECT ?focus { ?focus ?p ?o }"),
        ("checks", "# Problem: {nothing} is wrong\n# Solution: y\nSELECT ?focus { ?focus a ?o }"),
        ("checks", "# Problem: an { is left open\n# Solution: y\nSELECT ?focus { ?focus a ?o }"),
        ("checks", "# Problem: x\n# Solution: y\n# Severity: dreadful\nSELECT ?focus { ?focus a ?o }"),
        ("checks", b"# Problem: caf\xe9\n# Solution: y\nSELECT ?focus { ?focus a ?o }"),
    ],
)
def test_queries_of_an_ontology_that_are_wrong(small: Path, own_ontology: Path, folder: str, text: str | bytes) -> None:
    (own_ontology / folder / "wrong.rq").write_bytes(text if isinstance(text, bytes) else text.encode())
    found = kg.build(small).diagnostics
    assert {(d.location.path, d.code) for d in found} == {(f"ontology/{folder}/wrong.rq", "bad-query")}


def test_a_check_tells_of_every_row_at_its_place(small: Path, own_ontology: Path) -> None:
    (own_ontology / "checks" / "kims.rq").write_text(
        "# Problem: {focus} is a {what}\n# Solution: tell {focus} apart\n# Severity: warning\n"
        "PREFIX kg: <https://w3id.org/kg-facts/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
        "SELECT ?focus ?path ?value ?what { ?focus a kg:Person ; skos:prefLabel ?value BIND('Kim' AS ?what) BIND(skos:prefLabel AS ?path) }",
        encoding="utf-8",
    )
    (found,) = kg.build(small).diagnostics
    assert str(found) == "facts/actors.yaml:11:10: warning[check/kims] 'kim-jong-un' is a Kim; tell 'kim-jong-un' apart"
