"""Jena TDB2, the real one, by its own commands. Each start of Java costs a second, so tests here do much at once."""

from __future__ import annotations

import fcntl
import subprocess
from pathlib import Path

import pyoxigraph as ox
import pytest
import samples
import servers

from kg import store
from kg.fault import Failure, Fault
from kg.store import loading, rdf

OTHER = "https://example.org/other/graph"
GONE = f"{samples.BASE}graph.withdrawn-article"


@pytest.fixture
def location(jena, tmp_path, monkeypatch) -> Path:
    """A location that is not there yet, and the commands."""
    for name, value in servers.for_jena(jena).items():
        monkeypatch.setenv(name, value)
    return tmp_path / "location"


def update(location: Path, request: str) -> None:
    """Change something behind the back of kg."""
    file = location.with_suffix(".ru")
    file.write_text(request, encoding="utf-8")
    subprocess.run(["tdb2.tdbupdate", f"--loc={location}", f"--update={file}"], check=True)


def test_the_shipped_facts_arrive_whole_and_twice_is_once(location, built) -> None:
    graph = built.graph
    target = store.connect(f"tdb2:{location}")
    loaded = loading.load(target, graph)
    assert loaded.check.same
    assert loaded.replaced == set(rdf.named(graph))
    assert loading.load(target, graph) == loading.Loaded(frozenset(), loaded.check)


def test_what_is_hard_arrives_whole_but_for_integers_beyond_64_bits(location, make) -> None:
    loaded = loading.load(store.connect(f"tdb2:{location}"), make(samples.hard()))
    (holding,) = [h for h in loaded.check.holdings if h.part == f"{samples.BASE}graph.entities"]
    texts = [[triple.object.value for triple in triples] for triples in (holding.missing, holding.added)]
    assert texts == [
        ["9223372036854775808", "12345678901234567890123"],
        ["-9223372036854775808", "4807115922877859019"],
    ]
    changed = {str(ours.object): str(theirs.object) for ours, theirs in holding.rewritten}
    xsd = f"^^<{samples.XSD}"
    assert {a.replace(xsd, "^^"): b.replace(xsd, "^^").rpartition("^^")[0] for a, b in changed.items()} == {
        '"+7"^^integer>': '"7"',
        '"007"^^integer>': '"7"',
        '"007"^^nonNegativeInteger>': '"7"',
        '"+7"^^positiveInteger>': '"7"',
        '"+.5"^^decimal>': '"0.5"',
        '"3."^^decimal>': '"3"',
        '"007.0"^^decimal>': '"7.0"',
        '"1"^^double>': '"1.0e0"',
        '"1.0"^^double>': '"1.0e0"',
        '"1E0"^^double>': '"1.0e0"',
        '"0.1"^^double>': '"0.1e0"',
        '"1e6"^^double>': '"1000000.0e0"',
        '"123456789.123456789"^^double>': '"1.2345678912345679E8"',
        '"1"^^boolean>': '"true"',
        '"0"^^boolean>': '"false"',
        '"2026-02-26T12:30:00.000Z"^^dateTime>': '"2026-02-26T12:30:00Z"',
    }


def test_graphs_of_others_stay_and_those_no_longer_needed_go(location, make) -> None:
    location.mkdir()
    update(
        location,
        f"INSERT DATA {{ GRAPH <{OTHER}> {{ <x:s> <x:p> 'theirs' }} GRAPH <{GONE}> {{ <x:s> <x:p> 'gone' }} }}",
    )
    target = store.connect(f"tdb2:{location}")
    graph = make(samples.triples([ox.Literal("a"), ox.Literal("b")]))
    first = loading.load(target, graph)
    assert (first.check.same, GONE in first.replaced) == (True, True)
    deleted, _ = samples.triples([ox.Literal("a"), ox.Literal("b")])
    update(location, f"DELETE DATA {{ GRAPH <{samples.BASE}graph.entities> {{ {deleted} }} }}")
    second = loading.load(target, graph)
    assert (second.check.same, second.replaced) == (True, {f"{samples.BASE}graph.entities"})
    ((_, counted, triples), (_, gone, _)) = target.holds([OTHER, GONE])
    assert (counted, gone, [triple.object.value for triple in triples]) == (1, 0, ["theirs"])


def test_looking_makes_no_location(run, small, location) -> None:
    ended = run("--project", small, "load", "--dry-run", f"tdb2:{location}")
    said = {line.partition(":")[0] for line in ended.out.splitlines() if line[0] != " "}
    assert (ended.code, said) == (0, {"would be replaced"})
    assert run("--project", small, "load", "--check", f"tdb2:{location}").code == 1
    assert not location.exists()


def test_a_folder_of_something_else_is_refused(tmp_path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(Fault, match="is not a TDB2 location"):
        store.connect(f"tdb2:{tmp_path}")
    with pytest.raises(Fault, match="is not a TDB2 location"):
        store.connect(f"tdb2:{tmp_path / 'letter.txt'}")


def test_a_location_that_another_process_has_open(location, make) -> None:
    location.mkdir()
    update(location, f"INSERT DATA {{ GRAPH <{OTHER}> {{ <x:s> <x:p> 'theirs' }} }}")
    target, graph = store.connect(f"tdb2:{location}"), make(samples.triples([ox.Literal("a")]))
    with (location / "tdb.lock").open("r+b") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        with pytest.raises(Failure, match=r"tdb2\.tdbquery: .*lock"):
            loading.check(target, graph)


def test_without_the_commands_it_is_said_where_they_are(run, small, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ended = run("--project", small, "load", f"tdb2:{tmp_path / 'location'}")
    assert (ended.code, ended.out) == (2, "")
    assert "tdb2.tdbupdate of Apache Jena on the PATH" in ended.err
