"""The SPARQL 1.1 Protocol by the tests of the W3C: queries pass, updates are refused and change nothing.

The tests are not part of the repository. They are looked for in $KG_W3C, else in ../shared/w3c; in CI they must be there.
"""

from __future__ import annotations

import json
import os
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF, RDFS

from server import serving
from server.serving import Got, Server

ROOT = Path(__file__).parent.parent.parent
W3C = Path(os.environ.get("KG_W3C") or ROOT.parent / "shared" / "w3c")
MANIFEST = W3C / "sparql" / "sparql11" / "protocol" / "manifest.ttl"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples", "application/xhtml+xml"},
}
NAMES = [
    "query_post_form",
    "query_dataset_default_graphs_get",
    "query_dataset_default_graphs_post",
    "query_dataset_named_graphs_post",
    "query_dataset_named_graphs_get",
    "query_dataset_full",
    "query_multiple_dataset",
    "query_get",
    "query_content_type_select",
    "query_content_type_ask",
    "query_content_type_describe",
    "query_content_type_construct",
    "query_post_direct",
    "bad_query_method",
    "bad_multiple_queries",
    "bad_query_wrong_media_type",
    "bad_query_missing_form_type",
    "bad_query_missing_direct_type",
    "bad_query_non_utf8",
    "bad_query_syntax",
    "update_dataset_default_graph",
    "update_dataset_default_graphs",
    "update_dataset_named_graphs",
    "update_dataset_full",
    "update_post_form",
    "update_post_direct",
    "update_base_uri",
    "bad_update_get",
    "bad_multiple_updates",
    "bad_update_wrong_media_type",
    "bad_update_missing_form_type",
    "bad_update_non_utf8",
    "bad_update_syntax",
    "bad_update_dataset_conflict",
]
# Serves the triples of a file in place of a project's, by everything else that serves a project.
PROGRAM = """
import dataclasses, pathlib, sys, socket
from kg import project
from kg.server import edition, running, shelf
from kg.server.engine import DataSet
from kg.server.limits import Limits
folder, quads, directory = map(pathlib.Path, sys.argv[1:])
first = edition.make(directory, folder / "edition").edition
first = dataclasses.replace(first, dataset=DataSet(str(quads), "http://example.org/", {}))
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}/", flush=True)
running.run(listening, shelf.Shelf(project.find(directory), first, Limits(), print))
"""


@pytest.fixture(scope="module")
def manifest() -> rdflib.Graph:
    if not MANIFEST.exists():
        reason = f"no W3C tests in {W3C}: give their folder in KG_W3C"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must have them")
        pytest.skip(reason)
    return rdflib.Graph().parse(MANIFEST)


@pytest.fixture(scope="module")
def w3c(manifest: rdflib.Graph, facts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the graphs that the tests need."""
    folder = tmp_path_factory.mktemp("w3c")
    graphs = {
        (str(manifest.value(node, RDFS.label)), Path(str(manifest.value(node, UT.graph)).removeprefix("file://")))
        for node in manifest.objects(None, UT.graphData)
    }
    assert len(graphs) == 3
    with (folder / "data.nq").open("wb") as file:
        for name, data in graphs:
            triples = ox.parse(data.read_bytes(), format=ox.RdfFormat.N_TRIPLES)
            quads = (ox.Quad(*quad.triple, ox.NamedNode(name)) for quad in triples)
            ox.serialize(quads, file, format=ox.RdfFormat.N_QUADS)
    with serving.running(folder / "err", sys.executable, "-c", PROGRAM, folder, folder / "data.nq", facts) as started:
        yield started
    assert started.err == ""


def send(server: Server, manifest: rdflib.Graph, request: rdflib.term.Node) -> Got:
    """Send a request of the manifest as it stands there, but for the path of the endpoint."""
    path = str(manifest.value(request, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    headers = {}
    if fields := manifest.value(request, HT.headers):
        for header in Collection(manifest, fields):
            headers[str(manifest.value(header, HT.fieldName))] = str(manifest.value(header, HT.fieldValue))
    body = None
    if content := manifest.value(request, HT.body):
        encoding = str(manifest.value(content, CNT.characterEncoding))
        body = str(manifest.value(content, CNT.chars)).encode(encoding)
    return server.send(str(manifest.value(request, HT.methodName)), path, body, headers)


def boolean(got: Got) -> bool:
    if got.media.endswith("json"):
        return json.loads(got.body)["boolean"]
    return ET.fromstring(got.body).findtext(".//{*}boolean") == "true"  # noqa: S314 - of our own server


def is_update(manifest: rdflib.Graph, request: rdflib.term.Node) -> bool:
    """Tell whether a request writes, whatever came of it."""
    body = manifest.value(request, HT.body)
    words = str(manifest.value(body, CNT.chars)) if body else ""
    writes = any(word in words for word in ("CLEAR", "DROP", "INSERT"))
    return writes or "update=" in str(manifest.value(request, HT.absolutePath))


def test_every_test_of_the_manifest_is_run(manifest: rdflib.Graph) -> None:
    entries = [str(entry) for entry in Collection(manifest, next(manifest.objects(None, MF.entries)))]
    assert sorted(entry.partition("#")[2] for entry in entries) == sorted(NAMES)
    assert len(NAMES) == 34


@pytest.mark.parametrize("name", NAMES)
def test_w3c(w3c: Server, manifest: rdflib.Graph, name: str) -> None:
    before = w3c.ask("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o").body
    (test,) = (node for node in manifest.subjects(RDF.type, MF.ProtocolTest) if str(node).endswith(f"#{name}"))
    requests = list(Collection(manifest, manifest.value(manifest.value(test, MF.action), HT.requests)))
    updated = False
    for request in requests:
        response = manifest.value(request, HT.resp)
        families = {str(status)[-3:] for status in manifest.objects(response, MF.expectedStatus)}
        got = send(w3c, manifest, request)
        if is_update(manifest, request):
            updated = True
            assert got.status in (400, 403, 415)
            continue
        assert f"{got.status // 100}xx" in families
        if form := manifest.value(response, MF.expectedFormat):
            assert got.media in FORMATS[str(form)]
        if (expected := manifest.value(response, MF.expectedBoolean)) is not None:
            # What an update would have written is not there.
            assert boolean(got) == (expected.toPython() and not updated)
    assert updated == ("update" in name)
    assert w3c.ask("SELECT * { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g ?s ?p ?o").body == before
    assert before.count(b"data/data") == 6  # the server has the three graphs


# ------------------------------------------------------------------------------------------------- the service description


@pytest.mark.parametrize(
    "accept", ["", "text/turtle", "application/rdf+xml", "application/n-triples", "application/ld+json"]
)
def test_the_service_describes_itself(server: Server, accept: str) -> None:
    """The three tests of the W3C: it is RDF, has a matching sd:endpoint, and conforms to the schema."""
    got = server.get("/sparql", accept)
    assert got.status == 200
    assert got.media == (accept or "text/turtle")
    graph = rdflib.Graph().parse(data=got.body, format=got.media)
    endpoint = rdflib.URIRef(f"{server.url}sparql")
    assert list(graph.subject_objects(SD.endpoint)) == [(endpoint, endpoint)]
    assert (endpoint, RDF.type, SD.Service) in graph
    assert (endpoint, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert SD.SPARQL11Update not in set(graph.objects(endpoint, SD.supportedLanguage))
    assert len(list(graph.objects(endpoint, SD.resultFormat))) == 8
    (dataset,) = graph.objects(endpoint, SD.defaultDataset)
    assert (dataset, RDF.type, SD.Dataset) in graph
    (default,) = graph.objects(dataset, SD.defaultGraph)
    for thing in (default, *graph.objects(None, SD.graph)):
        assert (thing, RDF.type, SD.Graph) in graph


def test_the_description_tells_the_truth_about_graphs(server: Server) -> None:
    void = rdflib.Namespace("http://rdfs.org/ns/void#")
    graph = rdflib.Graph().parse(data=server.get("/sparql").body, format="turtle")
    told = {
        str(graph.value(named, SD.name)): int(str(graph.value(graph.value(named, SD.graph), void.triples)))
        for named in graph.objects(None, SD.namedGraph)
    }
    rows = server.ask("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g").json()["results"]["bindings"]
    assert told == {row["g"]["value"]: int(row["n"]["value"]) for row in rows}
    (all_,) = server.ask("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").json()["results"]["bindings"]
    assert int(all_["n"]["value"]) == int(str(graph.value(next(graph.objects(None, SD.defaultGraph)), void.triples)))
    assert set(told) == {
        "https://example.org/small/graph.derived",
        "https://example.org/small/graph.entities",
        "https://example.org/small/graph.first-article",
        "https://w3id.org/kg-facts/ontology",
    }


# ---------------------------------------------------------------------------------------------------------- what is asked

PEOPLE = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT ?who { ?who a kg:Person }"
KIM = "https://example.org/small/kim-jong-un"


@pytest.mark.parametrize("form", ["GET", "form", "direct", "direct with charset"])
def test_every_way_to_ask_gives_the_same(server: Server, form: str) -> None:
    from urllib.parse import urlencode

    if form == "GET":
        got = server.ask(PEOPLE)
    elif form == "form":
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        got = server.send("POST", "/sparql", urlencode({"query": PEOPLE}).encode(), headers)
    else:
        media = "application/sparql-query" + ("; charset=UTF-8" if "charset" in form else "")
        got = server.send("POST", "/sparql", PEOPLE.encode(), {"Content-Type": media})
    assert got.json()["results"]["bindings"] == [{"who": {"type": "uri", "value": KIM}}]


def test_head_is_get_without_a_body(server: Server) -> None:
    got = server.send("HEAD", "/sparql?query=ASK%7B%7D")
    assert (got.status, got.media, got.body) == (200, "application/sparql-results+json", b"")


@pytest.mark.parametrize(
    ("accept", "media", "begins"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", b'{"head":{"vars":["who"]}'),
        ("application/json", "application/sparql-results+json", b'{"head":{"vars":["who"]}'),
        ("application/sparql-results+xml", "application/sparql-results+xml", b'<?xml version="1.0"'),
        ("application/xml", "application/sparql-results+xml", b'<?xml version="1.0"'),
        ("text/csv", "text/csv", b"who\r\nhttps://example.org/small/kim-jong-un\r\n"),
        ("text/tab-separated-values", "text/tab-separated-values", b"?who\n<https://example.org/small/kim-jong-un>\n"),
    ],
)
def test_formats_of_results(server: Server, accept: str, media: str, begins: bytes) -> None:
    got = server.ask(PEOPLE, accept)
    assert (got.status, got.media) == (200, media)
    assert got.body.startswith(begins)
    assert got.headers["vary"] == "Accept"


@pytest.mark.parametrize("query", ["DESCRIBE id:kim-jong-un", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"])
@pytest.mark.parametrize(
    "media", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_formats_of_triples(server: Server, query: str, media: str) -> None:
    """Another reader finds the same triples in every format, blank nodes of the ontology among them."""
    got = server.ask(query, media)
    assert (got.status, got.media) == (200, media)
    expected = rdflib.Graph().parse(data=server.ask(query, "application/n-triples").body, format="nt")
    found = rdflib.Graph().parse(data=got.body, format=media)
    assert len(found) == len(expected) >= 5
    named = [t for t in expected if not any(isinstance(term, rdflib.BNode) for term in t)]
    assert len(named) >= 5
    missing = [t for t in named if t not in found]
    assert missing == []


def test_an_iri_without_a_base_is_that_of_a_record(server: Server) -> None:
    assert server.ask("ASK { <kim-jong-un> ?p ?o }").json()["boolean"] is True


def test_from_chooses_a_graph(server: Server) -> None:
    query = "SELECT DISTINCT ?s FROM <https://example.org/small/graph.first-article> { ?s a ?type }"
    inside = server.ask(query).json()["results"]["bindings"]
    assert inside
    assert all(row["s"]["value"].startswith("https://example.org/small/kim-says-so") for row in inside)
    nothing = server.ask("SELECT ?s FROM <https://example.org/small/no-such-graph> { ?s ?p ?o }")
    assert nothing.json()["results"]["bindings"] == []


def test_queries_see_what_kg_query_sees(server: Server, facts: Path) -> None:
    import kg
    from kg import questions

    query = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?p) AS ?paths) { ?s ?p ?o }"
    answer = questions.ask(kg.build(facts, checked=False).graph, questions.make("-", query))
    (row,) = server.ask(query).json()["results"]["bindings"]
    assert [row[name]["value"] for name in ("n", "subjects", "paths")] == [term.value for term in answer.rows[0]]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/*", "text/csv"),
        ("image/png, text/tab-separated-values;q=0.1", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("TEXT/CSV", "text/csv"),
    ],
)
def test_64_accept(server: Server, accept: str, media: str) -> None:
    got = server.ask(PEOPLE, accept)
    assert (got.status, got.media) == (200, media)


@pytest.mark.parametrize("accept", ["image/png", "text/turtle", "*/*;q=0", "application/sparql-results+json;q=0"])
def test_64_nothing_that_the_client_takes(server: Server, accept: str) -> None:
    got = server.ask(PEOPLE, accept)
    assert got.status == 406
    assert "application/sparql-results+json" in got.text


def test_people_are_led_to_the_page(server: Server) -> None:
    """A browser does not come for JSON."""
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
    got = server.ask("ASK{}", browser)
    assert (got.status, got.headers["location"]) == (303, "query?query=ASK%7B%7D")
    assert server.get("/sparql", browser).headers["location"] == "query"
