"""What only Virtuoso does, seen on the real one."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import samples

from kg.fault import Failure
from kg.store import loading


def test_it_shows_graphs_beyond_its_limit(virtuoso_place, make) -> None:
    """It cuts off at 10,000 rows without a word; the parts in which a graph is read are smaller."""
    many = samples.triples([ox.Literal(f"text {number}") for number in range(25_000)])
    assert loading.load(virtuoso_place.target, make(many)).check.same


def test_it_that_shows_less_than_there_is_is_a_failure(virtuoso_place, make) -> None:
    one = samples.triples([ox.Literal("x")])[0]
    many = [ox.Triple(one.subject, one.predicate, ox.Literal(f"text {number}")) for number in range(10_500)]
    with pytest.raises(Failure, match=r"of 10500 triples .* raise its ResultSetMaxRows"):
        loading.load(virtuoso_place.target, make(many))


@pytest.mark.parametrize(
    "spoilt",
    [
        samples.literal("P1M1D", samples.XSD + "duration"),  # the day is lost
        samples.literal("1" * 200, samples.XSD + "integer"),  # becomes INF
        ox.NamedNode(f"https://example.org/{'l' * 2000}"),  # is cut, and a hash put behind
    ],
)
def test_what_it_spoils_is_told(virtuoso_place, make, spoilt) -> None:
    triples = samples.triples([spoilt, ox.Literal("a")])
    (holding,) = [h for h in loading.load(virtuoso_place.target, make(triples)).check.holdings if not h.same]
    assert holding.missing == (triples[0],)
    assert len(holding.added) == 1


def test_it_takes_none_of_its_own_names_for_blank_nodes(virtuoso_place, make) -> None:
    with pytest.raises(Failure, match="nodeID"):
        loading.load(virtuoso_place.target, make(samples.triples([ox.NamedNode("nodeID://x")])))
    assert virtuoso_place.target.count(f"{samples.BASE}graph.entities") == 0
