"""Clients of others: what they send and what they understand."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from server.serving import Server

KIM = "https://example.org/small/kim-jong-un"
PEOPLE = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT ?who { ?who a kg:Person }"


def wrapper(server: Server, query: str, format_: str) -> SPARQLWrapper:
    client = SPARQLWrapper(f"{server.url}sparql", returnFormat=format_)
    client.setQuery(query)
    client.setTimeout(60)
    return client


@pytest.mark.parametrize("way", ["GET", "form", "direct"])
def test_sparqlwrapper(server: Server, way: str) -> None:
    client = wrapper(server, PEOPLE, JSON)
    if way != "GET":
        client.setMethod(POST)
    if way == "direct":
        client.setRequestMethod(POSTDIRECTLY)
    assert [row["who"]["value"] for row in client.queryAndConvert()["results"]["bindings"]] == [KIM]


def test_sparqlwrapper_in_other_formats(server: Server) -> None:
    assert wrapper(server, PEOPLE, CSV).queryAndConvert().decode() == f"who\r\n{KIM}\r\n"
    assert wrapper(server, PEOPLE, TSV).queryAndConvert().decode() == f"?who\n<{KIM}>\n"
    xml = wrapper(server, PEOPLE, XML).queryAndConvert()
    assert xml.getElementsByTagName("uri")[0].firstChild.data == KIM
    assert wrapper(server, "ASK {}", JSON).queryAndConvert()["boolean"] is True


def test_sparqlwrapper_with_triples(server: Server) -> None:
    query = f"DESCRIBE <{KIM}>"
    found = {
        "xml": wrapper(server, query, RDFXML).queryAndConvert(),
        "ld": wrapper(server, query, JSONLD).queryAndConvert(),
        "turtle": rdflib.Graph().parse(data=wrapper(server, query, TURTLE).queryAndConvert(), format="turtle"),
        "n3": rdflib.Graph().parse(data=wrapper(server, query, N3).queryAndConvert(), format="n3"),
    }
    assert {name: len(graph) for name, graph in found.items()} == dict.fromkeys(found, 5)


def test_sparqlwrapper_is_told_what_is_wrong(server: Server) -> None:
    with pytest.raises(QueryBadFormed, match="error at 1:"):
        wrapper(server, "SELECT ?x { ?x ", JSON).queryAndConvert()


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_the_store_of_rdflib(server: Server, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(f"{server.url}sparql", method=method))
    people = list(graph.query(PEOPLE))
    assert [str(row.who) for row in people] == [KIM]
    label = rdflib.SKOS.prefLabel
    assert list(graph.objects(rdflib.URIRef(KIM), label)) == [rdflib.Literal("Kim Jong Un", lang="en")]
    assert (rdflib.URIRef(KIM), label, None) in graph
    assert len(graph) > 1000
    described = graph.query(f"DESCRIBE <{KIM}>")
    assert len(list(described)) == 5
    assert graph.query("ASK {}").askAnswer is True


def test_the_store_of_rdflib_asks_a_graph_by_name(server: Server) -> None:
    store = SPARQLStore(f"{server.url}sparql")
    graph = rdflib.Graph(store, identifier="https://example.org/small/graph.first-article")
    subjects = {str(subject) for subject in graph.subjects(rdflib.RDF.type)}
    assert subjects
    assert all(subject.startswith("https://example.org/small/kim-says-so") for subject in subjects)


def curl(*arguments: str) -> str:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed (Debian: curl)")
    done = subprocess.run(
        [program, "-sS", "--max-time", "60", *arguments], capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout


def test_curl(server: Server, tmp_path: Path) -> None:
    endpoint = f"{server.url}sparql"
    assert json.loads(curl(endpoint, "--data-urlencode", "query=ASK {}"))["boolean"] is True
    assert KIM in curl("-G", endpoint, "--data-urlencode", f"query={PEOPLE}", "-H", "Accept: text/csv")
    file = tmp_path / "query.rq"
    file.write_text(PEOPLE, encoding="utf-8")
    direct = curl(endpoint, "-H", "Content-Type: application/sparql-query", "--data-binary", f"@{file}")
    assert json.loads(direct)["results"]["bindings"][0]["who"]["value"] == KIM
    assert "sd:Service" in curl(endpoint)
    assert curl("-L", f"{server.url}id/kim-jong-un", "-H", "Accept: text/turtle").count("Kim Jong Un") >= 1
    assert curl("--http1.0", f"{server.url}id/kim-jong-un", "-o", str(tmp_path / "x"), "-w", "%{http_code}") == "303"
    assert curl("-T", str(file), endpoint, "-o", str(tmp_path / "x"), "-w", "%{http_code}") == "405"
