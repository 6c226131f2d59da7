"""Property graphs: what is loaded into the real ones is there whole, once, and what is of others stays."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import generation
import ladybug
import nasty
import neo4j
import pytest
import servers
from falkordb import FalkorDB
from kin import CREDENTIALS, Kin, part

import kg
from kg import store
from kg.export import propertygraph
from kg.fault import Failure, Fault
from kg.graph import Graph
from kg.store import loading
from kg.store.bolt import Bolt
from kg.store.elements import PropertyStore, form

BASE = "https://example.org/small/"
DATABASES = 8
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def arcadedb(tmp_path_factory) -> Iterator[tuple[str, Iterator[str]]]:
    """ArcadeDB, with empty databases to take."""
    names = tuple(f"db{number}" for number in range(DATABASES))
    with servers.arcadedb(tmp_path_factory.mktemp("arcadedb"), names) as url:
        yield url, iter(names)


@pytest.fixture(scope="session")
def redis(tmp_path_factory) -> Iterator[int]:
    """FalkorDB."""
    with servers.falkordb(tmp_path_factory.mktemp("falkordb")) as port:
        yield port


@pytest.fixture(params=["bolt", "falkordb", "ladybug"])
def kin(request, tmp_path) -> Iterator[Kin]:
    """Every kind of property graph, empty."""
    with contextlib.ExitStack() as stack:
        if request.param == "bolt":
            server, names = request.getfixturevalue("arcadedb")
            name = next(names)
            url = f"{server}/{name}"
            driver = stack.enter_context(neo4j.GraphDatabase.driver(server, auth=("root", servers.PASSWORD)))

            def ask(statement, **parameters):
                found = driver.execute_query(statement, parameters, database_=name)
                return [list(row.values()) for row in found.records]

        elif request.param == "falkordb":
            name, port = f"graph{next(_NUMBERS)}", request.getfixturevalue("redis")
            url = f"falkor://127.0.0.1:{port}/{name}"
            client = stack.enter_context(FalkorDB("127.0.0.1", port, servers.PASSWORD))

            def ask(statement, **parameters):
                return client.select_graph(name).query(statement, parameters).result_set

        else:
            url = f"ladybug:{tmp_path / 'facts.lbug'}"

            def ask(statement, **parameters):
                with ladybug.Database(url.partition(":")[2]) as database, ladybug.Connection(database) as connection:
                    return connection.execute(statement, parameters).get_all()

        target = stack.enter_context(contextlib.closing(store.connect(url, CREDENTIALS.get(request.param))))
        yield Kin(request.param, url, target, ask)


@pytest.fixture(scope="module")
def graphs(built, tmp_path_factory) -> dict[str, Graph]:
    folder = tmp_path_factory.mktemp("nasty")
    return {
        "shipped": built.graph,
        "nasty": kg.build(nasty.project(folder / "nasty"), checked=False).graph,
        "plain": kg.build(nasty.project(folder / "plain", odd_names=False), checked=False).graph,
    }


def edited(project: Path, file: str, *changes: tuple[str, str]) -> Graph:
    """The graph of a project after an edit."""
    path = project / "facts" / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return kg.build(project, checked=False).graph


# ------------------------------------------------------------------------------------------------------- whole, and once


def test_shipped_and_nasty_facts_arrive_whole_and_twice_is_once(kin, graphs) -> None:
    """Two data sets in one database do not touch each other. FalkorDB knows no doubled backtick."""
    for which in ("shipped", "plain" if kin.profile == "falkordb" else "nasty"):
        graph = graphs[which]
        made = propertygraph.of(graph)
        loaded = loading.load(kin.target, graph)
        (holding,) = loaded.check.holdings
        assert loaded.check.same
        assert holding.expected == holding.counted == len(made.nodes) + len(made.edges) > 500
        assert holding.rewritten == ()
        assert kin.held(graph.base) == (len(made.nodes), len(made.edges))
        again = loading.load(kin.target, graph)
        assert (again.replaced, again.check.same) == (frozenset(), True)
        if which == "shipped":
            assert len(kin.ask(documented(kin.profile))) > 10
    wanted = {form(element) for element in (*made.nodes, *made.edges)}
    assert {form(element) for element in kin.target.dump(part(kin, graph))} == wanted


def documented(profile: str) -> str:
    """The query that the page of a store shows; FalkorDB's are Neo4j's."""
    page = generation.ROOT / "docs" / "stores" / ("ladybug.md" if profile == "ladybug" else "neo4j.md")
    return page.read_text(encoding="utf-8").partition("```cypher\n")[2].partition("```")[0]


def test_a_name_that_falkordb_cannot_write_is_refused(redis, graphs) -> None:
    target = store.connect(f"falkor://127.0.0.1:{redis}/odd", CREDENTIALS["falkordb"])
    with contextlib.closing(target), pytest.raises(Fault, match="no way to write the name 'ODD`LINK'"):
        loading.load(target, graphs["nasty"])


# --------------------------------------------------------------------------------------------------------- what differs


def test_changed_facts_replace_the_old_ones_and_nothing_of_others(kin, small) -> None:
    """A label, a class, a link, a record that is gone; and what somebody else has there."""
    loading.load(kin.target, kg.build(small, checked=False).graph)
    key, kim = kin.key, f"{BASE}kim-jong-un"
    if kin.profile == "ladybug":
        kin.ask("CREATE NODE TABLE Note (name STRING, PRIMARY KEY (name))")
        kin.ask("CREATE REL TABLE NOTES (FROM Note TO Person, FROM Person TO Note)")
        kin.ask("CREATE REL TABLE LIKE_HIM (FROM Person TO State)")
        kin.ask("CREATE (:Note {name: 'mine'})")
    else:
        kin.ask("CREATE (:Note {name: 'mine'})")
    kin.ask(f"MATCH (n:Note), (k:Person {{{key}: $kim}}) CREATE (n)-[:NOTES]->(k), (k)-[:NOTES]->(n)", kim=kim)
    state = f"{BASE}north-korea"
    kin.ask(
        f"MATCH (k:Person {{{key}: $kim}}), (s:State {{{key}: $state}}) CREATE (k)-[:LIKE_HIM]->(s)",
        kim=kim,
        state=state,
    )
    edited(small, "actors.yaml", ("type: State", "type: Organization"), ('"Kim Jong Un"}', '"Kim Jong-un"}'))
    graph = edited(small, "documents.yaml", ("  language: en\n", ""))
    (small / "facts" / "statement.yaml").unlink()
    graph = kg.build(small, checked=False).graph
    found = loading.check(kin.target, graph)
    assert not found.same
    loaded = loading.load(kin.target, graph)
    assert loaded.check.same, loaded.check.holdings
    assert kin.ask(f"MATCH (n:Person {{{key}: $kim}}) RETURN n.label", kim=kim) == [["Kim Jong-un"]]
    assert kin.ask(f"MATCH (n:Organization {{{key}: $state}}) RETURN n.label", state=state) == [["North Korea"]]
    assert kin.ask(f"MATCH (n:State {{{key}: $state}}) RETURN count(n)", state=state) == [[0]]
    assert kin.ask("MATCH (n:Note)-[:NOTES]->(k:Person)-[:NOTES]->(m:Note) RETURN n.name, m.name") == [["mine", "mine"]]
    assert loading.check(kin.target, graph).same


def test_edges_of_others_between_nodes_of_the_facts_stay(kin, small) -> None:
    loading.load(kin.target, kg.build(small, checked=False).graph)
    key, kim, state = kin.key, f"{BASE}kim-jong-un", f"{BASE}north-korea"
    if kin.profile == "ladybug":
        kin.ask("CREATE REL TABLE SIMILAR_TO (FROM Person TO State)")
    kin.ask(
        f"MATCH (k:Person {{{key}: $kim}}), (s:State {{{key}: $state}}) CREATE (k)-[:SIMILAR_TO]->(s)",
        kim=kim,
        state=state,
    )
    graph = edited(small, "actors.yaml", ('"Kim Jong Un"}', '"Kim Jong-un"}'))
    assert loading.load(kin.target, graph).check.same
    assert kin.ask("MATCH (a)-[:SIMILAR_TO]->(b) RETURN count(*)") == [[1]]


def test_a_check_notices_what_was_deleted_forged_and_doubled(kin, small) -> None:
    graph = kg.build(small, checked=False).graph
    loading.load(kin.target, graph)
    key, kim = kin.key, f"{BASE}kim-jong-un"
    size = kin.held(BASE)

    kin.ask(f"MATCH (n:Person {{{key}: $kim}}) SET n.label = 'Nobody'", kim=kim)
    (holding,) = loading.check(kin.target, graph).holdings
    assert [node.properties["label"] for node in holding.missing] == ["Kim Jong Un"]
    assert [node.properties["label"] for node in holding.added] == ["Nobody"]
    assert loading.load(kin.target, graph).check.same

    kin.ask(f"MATCH (n:Person {{{key}: $kim}}) DETACH DELETE n", kim=kim)
    (holding,) = loading.check(kin.target, graph).holdings
    assert kim in {element.iri for element in holding.missing if isinstance(element, propertygraph.Node)}
    assert holding.counted == holding.expected - len(holding.missing) < holding.expected
    assert loading.load(kin.target, graph).check.same

    kin.ask("MATCH (n:Statement)-[r:ABOUT]->(s:State) CREATE (n)-[:ABOUT]->(s)")
    (holding,) = loading.check(kin.target, graph).holdings
    assert holding.counted == holding.expected + 1
    assert loading.load(kin.target, graph).check.same
    assert kin.held(BASE) == size


def test_looking_makes_nothing(kin, run, small, tmp_path) -> None:
    env = environment(kin)
    ended = run("--project", small, "load", "--dry-run", kin.url, env=env)
    assert (ended.code, ended.out.partition(":")[0]) == (0, "would be replaced"), ended.err
    assert run("--project", small, "load", "--check", kin.url, env=env).code == 1
    if kin.profile == "ladybug":
        assert [file.name for file in tmp_path.iterdir() if file.name != "small"] == []
    elif kin.profile == "falkordb":
        assert kin.target._client.list_graphs().count(kin.url.rpartition("/")[2]) == 0  # noqa: SLF001 - asking makes a graph
    else:
        assert kin.held(BASE) == (0, 0)


# ----------------------------------------------------------------------------------------------------------- the command


def environment(kin: Kin) -> dict[str, str]:
    who = CREDENTIALS.get(kin.profile)
    return {"KG_USER": who.user, "KG_PASSWORD": who.password} if who else {}


def test_the_command_says_what_it_did(kin, run, small) -> None:
    env = environment(kin)
    first = run("--project", small, "load", kin.url, env=env)
    assert first.code == 0, first.err
    count = re.fullmatch(rf"loaded: nodes and edges of {BASE}, (\d+) elements\n", first.out)
    assert count
    assert int(count[1]) == sum(kin.held(BASE))
    assert "elements, compared by count and content" in first.err
    assert servers.PASSWORD not in first.out + first.err
    second = run("--project", small, "load", kin.url, env=env)
    assert (second.code, second.out.partition(":")[0]) == (0, "already there")
    kin.ask("MATCH (n:Person) SET n.label = 'Nobody'")
    check = run("--project", small, "load", "--check", kin.url, env=env)
    assert check.code == 1
    assert "    missing: (kim-jong-un :Person" in check.out
    assert "'label': 'Nobody'" in check.out


# ------------------------------------------------------------------------------------------------- rows 70, 73, 74, 76, 78


@pytest.mark.parametrize("profile", ["bolt", "falkordb"])
@pytest.mark.parametrize("password", ["wr0ng “비밀”", None])
def test_70_who_is_not_let_in_stops_at_once(profile, password, request, run, small) -> None:
    if profile == "bolt":
        url, user = f"{request.getfixturevalue('arcadedb')[0]}/db0", "root"
    else:
        url, user = f"falkor://127.0.0.1:{request.getfixturevalue('redis')}/x", "default"
    env = {"KG_USER": user, "KG_PASSWORD": password} if password else {"KG_USER": ""}
    ended = run("--project", small, "load", url, env=env)
    assert (ended.code, ended.out) == (3, "")
    assert "set KG_USER and KG_PASSWORD" in ended.err
    assert not password or password not in ended.err


@pytest.mark.parametrize("profile", ["bolt", "falkordb"])
def test_73_nobody_listens(profile, run, small) -> None:
    (port,) = servers.free_ports(1)
    scheme = {"bolt": "bolt", "falkordb": "falkor"}[profile]
    ended = run("--project", small, "load", f"{scheme}://127.0.0.1:{port}/x", env={"KG_USER": ""})
    assert (ended.code, ended.out) == (3, "")
    assert f"{scheme}://127.0.0.1:{port}" in ended.err


@pytest.mark.parametrize("kin", ["bolt", "falkordb"], indirect=True)
@pytest.mark.parametrize("cut", ["asked", "answered"])
def test_73_74_a_load_that_breaks_off_goes_on_and_doubles_nothing(kin, graphs, cut) -> None:
    """The server is gone before a batch arrives, or before it can say that it did; then it is there again."""
    graph = graphs["shipped"]
    made = propertygraph.of(graph)
    parts = urlsplit(kin.url)
    cable = servers.Cable(parts.port)
    with contextlib.closing(cable):
        url = f"{parts.scheme}://127.0.0.1:{cable.port}"
        target = reached(f"{url}{parts.path}", kin.profile)
        cable.cut, cable.after = cut, 700_000
        with pytest.raises(
            Failure, match=r"^\S+: .*\n[1-9]\d* batches had arrived, [1-9]\d* of \d+ elements; load again"
        ):
            loading.load(target, graph)
        with contextlib.suppress(Failure):
            target.close()
        assert 0 < kin.held(graph.base)[0] <= len(made.nodes)
        cable.cut, cable.sent = "", 0
        with contextlib.closing(reached(f"{url}{parts.path}", kin.profile)) as again:
            assert loading.load(again, graph).check.same
        assert cable.sent < 1_100_000  # not everything once more: that is 1,400,000
    assert kin.held(graph.base) == (len(made.nodes), len(made.edges))


def reached(url: str, profile: str, seconds: float = servers.PATIENCE) -> PropertyStore:
    """A store by its address, that is waited for less long."""
    if profile == "bolt":
        server, _, database = url.rpartition("/")
        return Bolt(server, database, CREDENTIALS["bolt"], seconds, retry=1)
    return store.connect(url, CREDENTIALS[profile])


def test_ladybug_keeps_the_old_or_the_new(small, tmp_path, monkeypatch) -> None:
    """A load is one transaction: one that breaks off in the middle changes nothing."""
    target = store.connect(f"ladybug:{tmp_path / 'facts.lbug'}")
    graph = kg.build(small, checked=False).graph
    loading.load(target, graph)
    changed = edited(small, "actors.yaml", ("Kim Jong Un", "Kim Jong-un"), ("kim-jong-un", "kim"))
    monkeypatch.setattr("kg.export.ladybug.copies", lambda *_: ["COPY `Person` FROM 'nowhere.parquet'"])
    with pytest.raises(Failure, match="0 batches had arrived"):
        loading.load(target, changed)
    assert loading.check(target, graph).same
    monkeypatch.undo()
    assert loading.load(target, changed).check.same


def lbug(path: Path, *lines: str) -> None:
    """Run queries on a file of Ladybug."""
    with ladybug.Database(str(path)) as database, ladybug.Connection(database) as connection:
        for line in lines:
            connection.execute(line)


def test_ladybug_takes_a_newer_ontology(small, own_ontology, tmp_path) -> None:
    """A class, a field, a link between classes that were not linked."""
    target = store.connect(f"ladybug:{tmp_path / 'facts.lbug'}")
    loading.load(target, kg.build(small, checked=False).graph)
    (own_ontology / "more.ttl").write_text(nasty.TERMS + MORE, encoding="utf-8")
    (small / "facts" / "odd.yaml").write_text(
        "id: odd\ntype: Oddity\nlabel: {en: Odd}\nnumber: 7\nallied: north-korea\n", encoding="utf-8"
    )
    graph = edited(small, "actors.yaml", ("type: Person", "type: Person\n  nickname: Un\n  allied: north-korea"))
    assert loading.load(target, graph).check.same
    assert loading.check(target, graph).same


MORE = """
kg:nickname a owl:DatatypeProperty ; rdfs:label "nickname"@en ; rdfs:range xsd:string .
kg:allied a owl:ObjectProperty ; rdfs:label "allied"@en ; rdfs:range kg:Actor .
[] a sh:NodeShape ; sh:targetClass kg:Person ;
    sh:property [ sh:path kg:nickname ; sh:order 40 ; sh:datatype xsd:string ; sh:maxCount 1 ] ;
    sh:property [ sh:path kg:allied ; sh:order 41 ; sh:class kg:Actor ] .
[] a sh:NodeShape ; sh:targetClass kg:Oddity ; sh:property [ sh:path kg:allied ; sh:order 41 ; sh:class kg:Actor ] .
"""


def test_ladybug_leaves_a_table_of_others_alone(run, small, tmp_path) -> None:
    path = tmp_path / "facts.lbug"
    lbug(path, "CREATE NODE TABLE Person (name STRING, PRIMARY KEY (name))", "CREATE (:Person {name: 'me'})")
    ended = run("--project", small, "load", f"ladybug:{path}")
    assert (ended.code, ended.out) == (3, "")
    assert "has a table Person that is not of facts" in ended.err
    with ladybug.Database(str(path)) as database, ladybug.Connection(database) as connection:
        assert connection.execute("CALL show_tables() RETURN name").get_all() == [["Person"]]


@pytest.mark.parametrize("scheme", ["ladybug", "oxigraph", "tdb2"])
def test_a_path_that_is_something_else(run, small, scheme) -> None:
    """Nothing is written over it."""
    file = small / "letter.txt"
    file.write_text("dear " * 1000, encoding="utf-8")
    ended = run("--project", small, "load", f"{scheme}:{file}")
    assert (ended.code, ended.out) == (2 if scheme == "tdb2" else 3, "")
    assert "letter.txt" in ended.err
    assert file.read_text(encoding="utf-8") == "dear " * 1000


@pytest.mark.parametrize("profile", ["bolt", "falkordb"])
def test_76_a_server_that_says_nothing_is_left(profile, monkeypatch) -> None:
    monkeypatch.setattr("kg.store.falkor._SILENCE", 1)
    cable = servers.Cable(9)
    cable.cut = "mute"
    scheme = {"bolt": "bolt", "falkordb": "falkor"}[profile]
    with contextlib.closing(cable), pytest.raises(Failure, match=rf"^{scheme}://127.0.0.1:{cable.port}"):
        reached(f"{scheme}://127.0.0.1:{cable.port}/x", profile, 1)


@pytest.mark.parametrize(
    "url",
    [
        f"bolt://neo4j:{servers.PASSWORD}@127.0.0.1:9/x",
        f"falkor://:{servers.PASSWORD}@127.0.0.1:9/x",
        f"redis://127.0.0.1:9/x?password={servers.PASSWORD}",
        f"bolt://127.0.0.1:9/x#{servers.PASSWORD}",
        "bolt:///x",
        "bolt://127.0.0.1:9/x/y",
        "falkor://127.0.0.1:9",
        "falkor:///x",
        "ladybug:",
        "ladybug://x/y",
        "tdb2:",
        "oxigraph://127.0.0.1:7878",
        "facts.lbug",
    ],
)
def test_78_an_address_with_a_secret_or_without_sense_is_refused(run, small, url) -> None:
    ended = run("--project", small, "load", url, env={"KG_USER": ""})
    assert (ended.code, ended.out) == (2, ""), ended.err
    assert servers.PASSWORD not in ended.err
