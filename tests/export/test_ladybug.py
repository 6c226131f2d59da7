"""Ladybug really loads the files, holds the same graph, and answers in Cypher as SPARQL does."""

from __future__ import annotations

from pathlib import Path

import asked
import pytest

from kg.export import FOLDERS
from kg.export.ladybug import SCRIPT
from kg.export.propertygraph import Edge, Node


@pytest.fixture(scope="module")
def folders(builds, tmp_path_factory) -> dict[str, Path]:
    made = {}
    for name, build in builds.items():
        made[name] = tmp_path_factory.mktemp(name)
        for file, pieces in FOLDERS["ladybug"].files(build.graph).items():
            (made[name] / file).write_bytes(b"".join(pieces))
    return made


@pytest.fixture(scope="module")
def stores(folders, tmp_path_factory, judge):
    """Each graph in a database, loaded by the script as it stands, in the folder of the files."""
    ladybug = judge("ladybug", "ladybug")
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, folder in list(folders.items())[:2]:
            patch.chdir(folder)
            made[name] = ladybug.Connection(ladybug.Database(str(tmp_path_factory.mktemp("ladybug") / "db")))
            made[name].execute((folder / SCRIPT).read_text(encoding="utf-8"))
    return made


@pytest.fixture
def store(builds, build, stores):
    """The store that holds `build`."""
    return next(stores[name] for name, found in builds.items() if found is build)


def test_it_holds_the_same_nodes_and_edges(store, made) -> None:
    nodes = set()
    for name, keys in made.keys.items():
        for (found,) in store.execute(f"MATCH (n:`{name}`) RETURN n").get_all():
            assert set(found) == {"_ID", "_LABEL", "iri", "id", "labels", *(key.name for key in keys)}
            properties = {
                key.name: tuple(value) if key.multiple else value
                for key in keys
                if (value := found[key.name]) is not None
            }
            nodes.add(repr(Node(found["iri"], found["id"], tuple(found["labels"]), dict(sorted(properties.items())))))
    assert nodes == {repr(node) for node in made.nodes}
    edges = set()
    for name in made.types:
        quoted = name.replace("`", "``")
        for start, end, found in store.execute(f"MATCH (a)-[r:`{quoted}`]->(b) RETURN a.iri, b.iri, r").get_all():
            properties = {name: tuple(found[name]) for name in made.carried if found[name] is not None}
            edges.add(repr(Edge(name, start, end, properties)))
    assert edges == {repr(edge) for edge in made.edges}
    assert store.execute("MATCH ()-[r]->() RETURN count(*)").get_all() == [[len(made.edges)]]


def test_a_second_load_doubles_nothing(folders, stores, property_graphs, monkeypatch) -> None:
    monkeypatch.chdir(folders["shipped"])
    with pytest.raises(RuntimeError, match="already exists"):
        stores["shipped"].execute((folders["shipped"] / SCRIPT).read_text(encoding="utf-8"))
    graph = property_graphs["shipped"]
    assert stores["shipped"].execute("MATCH (n) RETURN count(*)").get_all() == [[len(graph.nodes)]]
    assert stores["shipped"].execute("MATCH ()-[r]->() RETURN count(*)").get_all() == [[len(graph.edges)]]


@pytest.mark.parametrize("name", asked.NAMES)
def test_it_answers_as_sparql_does(name, stores, builds) -> None:
    build = builds["shipped"]
    found = stores["shipped"].execute(asked.cypher(name), asked.parameters(name, build))
    expected = asked.answer(name, build, found.get_column_names())
    assert asked.rows(found.get_all()) == expected
    assert expected, "an answer that would be missed"


def test_an_edge_leads_to_the_words_on_which_it_rests(stores) -> None:
    query = """
        MATCH (weapon:Weapon {id: 'north-korean-nuclear-powered-submarine'})-[edge:OWNER]->(owner), (words:Evidence)
        WHERE words.iri IN edge.evidence RETURN owner.id, words.exact
    """
    assert stores["shipped"].execute(query).get_all() == [["north-korea", "North Korea’s announcement followed"]]


def test_a_superclass_is_a_label(stores, property_graphs) -> None:
    (found,) = stores["shipped"].execute("MATCH (n) WHERE 'Actor' IN n.labels RETURN count(*)").get_all()
    assert found == [sum("Actor" in node.labels for node in property_graphs["shipped"].nodes)]


def test_dates_can_be_compared(stores) -> None:
    query = "MATCH (n:Date) WHERE n.latest < date('1000-01-01') RETURN DISTINCT n.date"
    assert asked.rows(stores["nasty"].execute(query).get_all()) == {("0001",), ("0987-01-02",)}


def test_the_files_depend_on_the_ontology_alone(folders, property_graphs) -> None:
    for name, folder in folders.items():
        graph = property_graphs[name]
        files = {f"nodes.{cls}.parquet" for cls in graph.keys} | {f"relations.{type_}.parquet" for type_ in graph.types}
        assert {file.name for file in folder.iterdir()} == files | {SCRIPT}
