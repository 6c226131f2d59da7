"""Loading into real stores: nothing lost, nothing doubled, nothing of others touched, and what differs is told."""

from __future__ import annotations

import subprocess
import sys

import generation
import pyoxigraph as ox
import pytest
import samples

from kg.store import loading, rdf, rewriting

BASE = samples.BASE
OTHER = "https://example.org/other/graph"
DOCUMENT = f"{BASE}graph.entities"


@pytest.fixture
def shipped(built):
    return built.graph


def few(make, *texts: str):
    return make(
        samples.triples([ox.Literal(text) for text in texts]), [samples.triples([ox.Literal("d")], "derived")[0]]
    )


def changed(holding: loading.Holding) -> dict[str, set[str]]:
    """What a store made of values, by how they should be written."""
    found: dict[str, set[str]] = {}
    for ours, theirs in holding.rewritten:
        found.setdefault(str(ours.object).replace(rewriting.XSD, ""), set()).add(
            str(theirs.object).replace(rewriting.XSD, "")
        )
    return found


def test_the_shipped_facts_arrive_whole_and_twice_is_once(place, shipped) -> None:
    first = loading.load(place.target, shipped)
    assert first.check.same
    assert first.check.listed
    assert first.replaced == {holding.part for holding in first.check.holdings} == set(rdf.named(shipped))
    counted = sum(holding.counted for holding in first.check.holdings)
    assert counted == sum(map(len, rdf.named(shipped).values())) > len(shipped)
    second = loading.load(place.target, shipped)
    assert (second.replaced, second.check) == (frozenset(), first.check)
    place.target.replace(rdf.named(shipped), lambda _: None)  # again, though nothing asks for it
    assert loading.check(place.target, shipped) == first.check


def test_what_is_hard_arrives_whole(place, make) -> None:
    hard = [triple for triple in samples.hard() if place.profile != "virtuoso" or not samples.breaks_virtuoso(triple)]
    graph = make(hard)
    loaded = loading.load(place.target, graph)
    assert [(h.part, h.missing, h.added) for h in loaded.check.holdings if not h.same] == []
    found = changed(next(h for h in loaded.check.holdings if h.part == DOCUMENT))
    assert found == (VIRTUOSO if place.profile == "virtuoso" else OXIGRAPH)


# All that differs after a round trip of the hard sample.
_CANONICAL = {
    '"+7"^^<integer>': {'"7"^^<integer>'},
    '"007"^^<integer>': {'"7"^^<integer>'},
    '"1.10"^^<decimal>': {'"1.1"^^<decimal>'},
    '"-0.50"^^<decimal>': {'"-0.5"^^<decimal>'},
    '"+.5"^^<decimal>': {'"0.5"^^<decimal>'},
    '"007.0"^^<decimal>': {'"7"^^<decimal>'},
    '"3."^^<decimal>': {'"3"^^<decimal>'},
    '"1"^^<boolean>': {'"true"^^<boolean>'},
    '"0"^^<boolean>': {'"false"^^<boolean>'},
}
OXIGRAPH = {
    **_CANONICAL,
    '"0"^^<nonNegativeInteger>': {'"0"^^<integer>'},
    '"7"^^<nonNegativeInteger>': {'"7"^^<integer>'},
    '"007"^^<nonNegativeInteger>': {'"7"^^<integer>'},
    '"2147483648"^^<nonNegativeInteger>': {'"2147483648"^^<integer>'},
    '"1"^^<positiveInteger>': {'"1"^^<integer>'},
    '"+7"^^<positiveInteger>': {'"7"^^<integer>'},
    '"7"^^<int>': {'"7"^^<integer>'},
    '"1.0"^^<double>': {'"1"^^<double>'},
    '"1E0"^^<double>': {'"1"^^<double>'},
    '"1e6"^^<double>': {'"1000000"^^<double>'},
    '"1.5E300"^^<double>': {f'"15{"0" * 299}"^^<double>'},
    '"123456789.123456789"^^<double>': {'"123456789.12345679"^^<double>'},
    '"2026-02-26T12:30:00.000Z"^^<dateTime>': {'"2026-02-26T12:30:00Z"^^<dateTime>'},
    '"P0D"^^<duration>': {'"PT0S"^^<duration>'},
    '"PT36H"^^<duration>': {'"P1DT12H"^^<duration>'},
    '"P14M"^^<duration>': {'"P1Y2M"^^<duration>'},
}
VIRTUOSO = {
    **_CANONICAL,
    '"2147483648"^^<integer>': {'"2147483648"^^<decimal>'},
    '"9223372036854775808"^^<integer>': {'"9223372036854775808"^^<decimal>'},
    '"12345678901234567890123"^^<integer>': {'"12345678901234567890123"^^<decimal>'},
    '"007"^^<nonNegativeInteger>': {'"7"^^<nonNegativeInteger>'},
    '"+7"^^<positiveInteger>': {'"7"^^<positiveInteger>'},
    '"12.1234567890123456789"^^<decimal>': {'"12.123456789012346"^^<decimal>'},
    '"1"^^<double>': {'"1.0"^^<double>'},
    '"1E0"^^<double>': {'"1.0"^^<double>'},
    '"1e6"^^<double>': {'"1e+06"^^<double>'},
    '"1.5E300"^^<double>': {'"1.5e+300"^^<double>'},
    '"123456789.123456789"^^<double>': {'"1.23457e+08"^^<double>'},
    '"-0044-03-15"^^<date>': {'"-044-03-15"^^<date>'},
    '"-0044"^^<gYear>': {'"-044"^^<gYear>'},
    '"2026-02-26T12:30:00.000Z"^^<dateTime>': {'"2026-02-26T12:30:00Z"^^<dateTime>'},
    '"2026-02-26T12:30:00.123456789+09:00"^^<dateTime>': {'"2026-02-26T12:30:00.123456+09:00"^^<dateTime>'},
    '"P4D"^^<duration>': {'"345600.0"^^<duration>'},
    '"PT1H30M"^^<duration>': {'"5400.0"^^<duration>'},
    '"-P1D"^^<duration>': {'"-86400.0"^^<duration>'},
    '"P0D"^^<duration>': {'"0.0"^^<duration>'},
    '"PT36H"^^<duration>': {'"129600.0"^^<duration>'},
    '"P14M"^^<duration>': {'"14"^^<duration>'},
    '"P1Y"^^<duration>': {'"12"^^<duration>'},
}


def test_graphs_of_others_stay_as_they_are(place, make) -> None:
    place.put(OTHER, "<https://example.org/s> <https://example.org/p> 'theirs' .")
    near = f"{BASE}graphic"  # begins almost like ours
    place.put(near, "<https://example.org/s> <https://example.org/p> 'theirs, too' .")
    loading.load(place.target, few(make, "a", "b"))
    loading.load(place.target, few(make, "c"))
    assert [triple.object.value for triple in place.target.dump(OTHER)] == ["theirs"]
    assert [triple.object.value for triple in place.target.dump(near)] == ["theirs, too"]


def test_changed_facts_replace_the_old_ones_and_only_their_graphs(place, make) -> None:
    loading.load(place.target, few(make, "a", "b"))
    loaded = loading.load(place.target, few(make, "a", "c"))
    assert loaded.replaced == {DOCUMENT}
    assert loaded.check.same
    assert {triple.object.value for triple in place.target.dump(DOCUMENT)} == {"a", "c"}


def test_a_graph_that_the_facts_no_longer_have_goes(place, make) -> None:
    gone = f"{BASE}graph.withdrawn-article"
    place.put(gone, "<https://example.org/s> <https://example.org/p> 'withdrawn' .")
    graph = few(make, "a")
    found = loading.check(place.target, graph)
    assert [(h.part, h.expected, h.counted) for h in found.holdings if h.part == gone] == [(gone, 0, 1)]
    loaded = loading.load(place.target, graph)
    assert gone in loaded.replaced
    assert loaded.check.same
    assert place.target.count(gone) == 0


def test_a_check_notices_what_was_deleted_and_added(place, make) -> None:
    graph = few(make, "a", "b")
    loading.load(place.target, graph)
    assert loading.check(place.target, graph).same
    deleted = samples.triples([ox.Literal("a")])[0]
    place.take(DOCUMENT, f"{deleted} .")
    (holding,) = [h for h in loading.check(place.target, graph).holdings if not h.same]
    assert (holding.part, holding.expected, holding.counted) == (DOCUMENT, 2, 1)
    assert (holding.missing, holding.added) == ((deleted,), ())
    added = ox.Triple(deleted.subject, deleted.predicate, ox.Literal("forged", language="ko"))
    place.put(DOCUMENT, f"{added} .")
    (holding,) = [h for h in loading.check(place.target, graph).holdings if not h.same]
    assert (holding.expected, holding.counted, holding.missing, holding.added) == (2, 2, (deleted,), (added,))
    assert loading.load(place.target, graph).replaced == {DOCUMENT}
    assert loading.check(place.target, graph).same


def test_a_check_writes_nothing(place, make) -> None:
    assert not loading.check(place.target, few(make, "a")).same
    assert place.target.graphs(BASE) == frozenset()


def test_the_ontology_arrives_with_its_blank_nodes_named(shipped) -> None:
    graphs = rdf.named(shipped)
    assert not any(isinstance(t, ox.BlankNode) for ts in graphs.values() for x in ts for t in (x.subject, x.object))
    (name,) = [name for name in graphs if "graph." not in name]
    assert canonical(unnamed(term) for term in graphs[name]) == canonical(shipped.ontology.triples)


def unnamed(triple: ox.Triple) -> ox.Triple:
    subject, object_ = (
        ox.BlankNode(t.value.rpartition("/")[2]) if "/.well-known/genid/" in str(t) else t
        for t in (triple.subject, triple.object)
    )
    return ox.Triple(subject, triple.predicate, object_)


def canonical(triples) -> ox.Dataset:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def test_names_of_blank_nodes_are_the_same_in_every_process() -> None:
    code = (
        "import hashlib, kg; from kg.store.rdf import named; "
        f"graphs = named(kg.build({str(generation.ROOT)!r}, checked=False).graph); "
        "print(hashlib.sha256(repr([(g, list(map(str, ts))) for g, ts in graphs.items()]).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
