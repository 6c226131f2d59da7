"""Ten questions of the ontology, asked of four engines that were loaded with the shipped facts: the same answers.

Five of them are asked in Cypher, too, of Ladybug and over Bolt: tests/cypher, tests/export.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import asked
import pyoxigraph as ox
import pytest
import rdflib
import servers

from kg import questions, store
from kg.pipeline import Build
from kg.store import loading, rdf

QUESTIONS = (
    "absences-asserted",
    "acts-known-only-from-who-did-them",
    "agreements-of-actor",
    "census-of-quotations",
    "dates-of-event",
    "events-in-place",
    "meetings-of-actor",
    "possible-motives-of-actor",
    "urged-of-addressee",
    "who-is-person",
)
ENGINES = ("rdflib", "oxigraph", "virtuoso", "jena")
Rows = list[tuple[str, ...]]
Ask = Callable[[str, tuple[str, ...]], Rows]  # a query and its columns


@pytest.fixture
def build(built) -> Build:
    return built


@pytest.fixture(scope="module")
def engines() -> dict[str, Ask]:
    """Those that were loaded so far, by name."""
    return {}


@pytest.fixture(params=ENGINES)
def ask(request, engines, build, tmp_path_factory) -> Ask:
    """An engine that holds the shipped facts."""
    name = request.param
    if name not in engines:
        if name == "rdflib":
            engines[name] = _rdflib(build)
        elif name == "jena":
            engines[name] = _jena(build, request.getfixturevalue("jena"), tmp_path_factory.mktemp("tdb2"))
        else:
            server = request.getfixturevalue(name)
            root = server if name == "virtuoso" else server.url
            loaded = loading.load(store.connect(root, store.Credentials("dba", "dba"), name), build.graph)
            assert loaded.check.same
            engines[name] = _http(root + ("/sparql" if name == "virtuoso" else "/query"), list(rdf.named(build.graph)))
    return engines[name]


def _rdflib(build: Build) -> Ask:
    graph = rdflib.Graph()
    for triples in rdf.named(build.graph).values():
        graph.parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")

    def ask(query: str, columns: tuple[str, ...]) -> Rows:
        return [tuple("" if row[name] is None else str(row[name]) for name in columns) for row in graph.query(query)]

    return ask


def _http(url: str, graphs: list[str]) -> Ask:
    def ask(query: str, columns: tuple[str, ...]) -> Rows:
        form = urllib.parse.urlencode([("query", query), *(("default-graph-uri", graph) for graph in graphs)])
        headers = {"Accept": "application/sparql-results+json", "Content-Type": "application/x-www-form-urlencoded"}
        request = urllib.request.Request(url, form.encode(), headers)  # noqa: S310 - on this machine
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
            return _results(answer.read(), columns)

    return ask


def _jena(build: Build, commands: Path, folder: Path) -> Ask:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in servers.for_jena(commands).items():
            patch.setenv(name, value)
        assert loading.load(store.connect(f"tdb2:{folder / 'location'}"), build.graph).check.same

    def ask(query: str, columns: tuple[str, ...]) -> Rows:
        (folder / "query.rq").write_text(query, encoding="utf-8")
        options = ["--loc=location", "--set=tdb2:unionDefaultGraph=true", "--results=JSON", "--query=query.rq"]
        command = [commands / "tdb2.tdbquery", *options]
        env = {**os.environ, **servers.for_jena(commands)}
        ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=True)
        return _results(ended.stdout, columns)

    return ask


def _results(answer: bytes, columns: tuple[str, ...]) -> Rows:
    """Read SPARQL 1.1 Query Results JSON."""
    rows = json.loads(answer)["results"]["bindings"]
    return [tuple(row.get(name, {}).get("value", "") for name in columns) for row in rows]


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_answers_are_the_same(name, ask, build) -> None:
    question = questions.named(build.graph.ontology)[name]
    settings = {key: questions.setting(value, build.names, build.vocabulary) for key, value in question.example.items()}
    answer = questions.ask(build.graph, question, settings)
    assert isinstance(answer, questions.Table)
    assert answer.rows
    names, terms = (" ".join(texts) for texts in (map("?{}".format, settings), map(str, settings.values())))
    query = f"{question.query}\nVALUES ({names}) {{ ({terms}) }}" if settings else question.query
    wanted = [tuple("" if term is None else term.value for term in row) for row in answer.rows]
    assert sorted(map(_joined, ask(query, answer.columns))) == sorted(map(_joined, wanted))


def _joined(row: tuple[str, ...]) -> tuple[str, ...]:
    """In Virtuoso the separator of GROUP_CONCAT becomes a question mark where it is not ASCII (docs/stores/virtuoso.md)."""
    return tuple(text.replace(" … ", " ? ") for text in row)


def test_five_are_asked_in_cypher_too() -> None:
    assert len(set(QUESTIONS) & set(asked.NAMES)) >= 5
