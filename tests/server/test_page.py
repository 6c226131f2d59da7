"""The query page without a browser: questions, parameters, answers as a table and as files."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pyoxigraph as ox
import pytest

import kg
from kg import questions
from kg.export import lines
from kg.server.engine import DataSet, Request
from kg.server.limits import Limits
from kg.server.negotiation import choose
from kg.server.pool import Pool
from server.serving import Server

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def build() -> kg.Build:
    return kg.build(ROOT, checked=False)


def test_a_question_is_answered_as_kg_query_does(build: kg.Build, tmp_path: Path) -> None:
    """Each with its parameters, by a worker."""
    (tmp_path / "facts.nq").write_bytes(b"".join(lines.quads(build.graph)))
    json = ox.QueryResultsFormat.JSON

    async def differing() -> list[str]:
        pool = Pool(DataSet(str(tmp_path / "facts.nq"), build.graph.base, build.graph.prefixes), Limits())
        await pool.start()
        found = []
        for name, question in questions.named(build.graph.ontology).items():
            bound = {
                parameter: questions.setting(value, build.names, build.vocabulary)
                for parameter, value in question.example.items()
            }
            settings = tuple((parameter, str(term)) for parameter, term in bound.items())
            answer = await pool.ask(Request(question.query, settings=settings, graph="application/n-triples"))
            with answer.file:
                text = answer.file.read()
            result = questions.run(build.graph, question, bound)
            if isinstance(result, ox.QueryTriples):
                same = sorted(text.decode().splitlines()) == sorted({f"{triple} ." for triple in result})
            else:
                same = text == questions.serialize(result, json)
            if answer.status != 200 or not same:
                found.append(name)
        await pool.close()
        return found

    assert asyncio.run(differing()) == []
    assert sum(bool(question.example) for question in questions.named(build.graph.ontology).values()) > 20


LABELS = "SELECT ?who ?label { ?who a kg:Person ; skos:prefLabel ?label }"


def test_an_answer_is_a_table_of_labels_that_lead_to_records(server: Server) -> None:
    got = server.get(f"/query?query={quote(LABELS)}")
    assert got.status == 200
    assert re.search(r'<th scope="col">who</th><th scope="col">label</th>', got.text)
    assert re.search(r'<td data-name="who"><a href="record/kim-jong-un.html">Kim Jong Un</a>\s*</td>', got.text)
    assert "1 row<" in got.text
    assert server.get("/record/kim-jong-un.html").status == 200


def test_the_page_says_how_small_the_corpus_is(server: Server) -> None:
    assert "5 records" in server.get(f"/query?query={quote(LABELS)}").text


@pytest.mark.parametrize("path", ["/nothing", "/record/kim-jong-unn.html", "/id/nobody", "/a/b/c", "/a%2fb", "//x"])
def test_an_address_where_nothing_is_leads_people_back(server: Server, path: str) -> None:
    got = server.get(path, "text/html,application/xhtml+xml,*/*;q=0.8")
    assert (got.status, got.media) == (404, "text/html")
    assert "No such page" in got.text
    for address in re.findall(r'href="([^"]*records.html|[^"]*site.css)"', got.text):
        assert server.get(urlsplit(urljoin(f"http://localhost{path}", address)).path).status == 200
    assert server.get(path).media == "text/plain"
    assert server.get(path, "text/turtle").media == "text/plain"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("ASK { ?s a kg:Person }", "Yes."),
        ("ASK { ?s a kg:Weapon }", "No evidence."),
        ("SELECT * { ?s a kg:Weapon }", "has no evidence, which is not a no"),
        ("CONSTRUCT { ?s a kg:Person } WHERE { ?s a kg:Person }", "id:kim-jong-un a kg:Person ."),
        ("SELECT ?x", "There is no answer"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> {} }", "SERVICE asks another server"),
        ("SELECT * { ?a ?b ?c } LIMIT 1001", "1001 rows, the first 1000 of them here"),
        ("SELECT ?text { ?text ?p ?o OPTIONAL { ?o ?q ?missing } } LIMIT 1", "1 row<"),
        ("SELECT (kg:Person AS ?x) (answer:yes AS ?y) {}", "person"),
    ],
)
def test_kinds_of_answers(server: Server, query: str, shown: str) -> None:
    assert shown in server.get(f"/query?query={quote(query)}").text


def test_the_query_comes_back_in_the_editor_to_the_letter(server: Server) -> None:
    query = "\n\n# é </textarea> &amp;\r\nASK { ?s ?p '<b>' }  "
    text = server.get(f"/query?query={quote(query)}").text
    editor = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)
    assert editor
    import html

    assert html.unescape(editor[1]) == query


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "xml"])
def test_an_answer_as_a_file(server: Server, name: str) -> None:
    got = server.get(f"/query?query={quote(LABELS)}&format={name}")
    assert got.headers["content-disposition"] == f'attachment; filename="query.{name}"'
    assert got.body == server.ask(LABELS, got.media).body


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld"])
def test_triples_as_a_file(server: Server, name: str) -> None:
    query = "DESCRIBE id:kim-jong-un"
    got = server.get(f"/query?query={quote(query)}&format={name}")
    assert got.headers["content-disposition"] == f'attachment; filename="query.{name}"'
    assert got.body == server.ask(query, got.media).body


def test_named_questions(server: Server) -> None:
    text = server.get("/query").text
    names = re.findall(r'href="\?question=([a-z-]+)"', text)
    assert names == sorted(names)
    assert set(names) == {file.stem for file in (ROOT / "ontology" / "questions").glob("*.rq")}
    for name in names:
        got = server.get(f"/query?question={name}")
        assert (got.status, "There is no answer" in got.text) == (200, False), name


def test_a_parameter_is_set_by_id_or_by_name(server: Server) -> None:
    plain = server.get("/query?question=names-of-record").text
    assert 'name="set-record"' in plain
    assert '<option value="north-korea">North Korea</option>' in plain
    for value in ("north-korea", "North+Korea"):
        text = server.get(f"/query?question=names-of-record&set-record={value}").text
        assert f"query?question=names-of-record&amp;set-record={value}&amp;format=csv" in text
        file = server.get(f"/query?question=names-of-record&set-record={value}&format=csv")
        assert file.text.splitlines()[1].startswith("https://example.org/small/north-korea,")
        assert file.headers["content-disposition"] == 'attachment; filename="names-of-record.csv"'
    unknown = server.get("/query?question=names-of-record&set-nobody=north-korea").text
    assert "the question has no parameter &#39;nobody&#39;" in unknown
    wrong = server.get("/query?question=names-of-record&set-record=nobody")
    assert (wrong.status, "no record is called &#39;nobody&#39;" in wrong.text) == (200, True)
    assert 'value="nobody"' in wrong.text


def test_csv_of_the_page_reads_back(server: Server) -> None:
    got = server.get(f"/query?query={quote(LABELS)}&format=csv")
    assert list(csv.reader(io.StringIO(got.text))) == [
        ["who", "label"],
        ["https://example.org/small/kim-jong-un", "Kim Jong Un"],
    ]


# ------------------------------------------------------------------------------------------------------------ record IRIs


@pytest.mark.parametrize(
    ("accept", "place", "begins"),
    [
        ("", "../record/kim-jong-un.html", "<!doctype html>"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "../record/kim-jong-un.html", "<!doctype html>"),
        ("text/turtle", "../record/kim-jong-un.ttl", "@prefix"),
        ("application/ld+json", "../record/kim-jong-un.jsonld", "{"),
        ("application/ld+json;q=0.5, text/turtle;q=0.4", "../record/kim-jong-un.jsonld", "{"),
    ],
)
def test_a_record_by_its_iri(server: Server, accept: str, place: str, begins: str) -> None:
    got = server.get("/id/kim-jong-un", accept)
    assert (got.status, got.headers["location"], got.headers["vary"]) == (303, place, "Accept")
    there = server.get(place[2:])
    assert there.status == 200
    assert there.text.lower().startswith(begins)


def test_a_part_leads_to_its_record(server: Server) -> None:
    (row, *_) = server.ask("SELECT ?part { id:kim-says-so kg:evidence ?part }").json()["results"]["bindings"]
    name = row["part"]["value"].rpartition("/")[2]
    assert server.get(f"/id/{name}").headers["location"] == "../record/kim-says-so.html"


def test_a_record_in_a_form_that_there_is_not(server: Server) -> None:
    assert server.get("/id/kim-jong-un", "image/png").status == 406


# ------------------------------------------------------------------------------------------------------------ negotiation


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", "a/x"),
        ("*/*", "a/x"),
        ("a/y", "a/y"),
        ("a/y;q=0.2, b/z;q=0.9", "b/z"),
        ("a/*;q=0.9, a/x;q=0.1", "a/y"),
        ("*/*;q=0.1, a/x;q=0", "a/y"),
        ("b/*, a/x;level=1", "a/x"),
        ("b/z ; Q=1.000 , a/x ; q=0.999", "b/z"),
        ("B/Z", "b/z"),
        ("c/c", ""),
        ("a/x;q=2", ""),
        ("a/x;q=one", ""),
        ("nonsense", ""),
        ("*/x", ""),
        (",,a/y,,", "a/y"),
        ("a/x;q=0", ""),
    ],
)
def test_what_a_client_likes_most(accept: str, chosen: str) -> None:
    assert choose(accept, ("a/x", "a/y", "b/z")) == chosen
