"""Loading and checking: what the facts say against what a store holds, graph by graph.

A load first looks which graphs differ and sends only those; so a load that broke off goes on where it stopped, and one
that is done again sends nothing. Then it looks again: that a server said yes is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin

import pyoxigraph as ox

from kg.export.lines import dataset
from kg.fault import Failure
from kg.graph import Graph
from kg.ontology import Term
from kg.store import Graphs, Target

_OWN = "graph."  # how the local names of the graphs of facts begin; no id of a record has a full stop
_GENID = "/.well-known/genid/"
_MANY = 100_000  # triples more than there should be, after which a graph is read no further


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store holds of one graph.

    Attributes:
        graph: its IRI.
        expected: how many triples it should hold.
        counted: how many it holds, as the store counts.
        missing: what should be there and is not.
        added: what is there and should not.
        rewritten: what is there in another form of the same value: as it should be, as it is.

    """

    graph: str
    expected: int
    counted: int
    missing: tuple[ox.Triple, ...] = ()
    added: tuple[ox.Triple, ...] = ()
    rewritten: tuple[tuple[ox.Triple, ox.Triple], ...] = ()

    @property
    def same(self) -> bool:
        """True where nothing is lost and nothing is foreign."""
        return self.counted == self.expected and not self.missing and not self.added


@dataclass(frozen=True, slots=True)
class Check:
    """What a store holds of all graphs.

    Attributes:
        store: which store.
        holdings: every graph of the facts, and every graph of theirs that they no longer have.
        listed: False where the store cannot say which other graphs it has.

    """

    store: str
    holdings: tuple[Holding, ...]
    listed: bool

    @property
    def same(self) -> bool:
        """True where the store holds the facts and nothing else of theirs."""
        return all(holding.same for holding in self.holdings)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did.

    Attributes:
        replaced: the graphs that were sent, or removed.
        check: what the store holds now.

    """

    replaced: frozenset[str]
    check: Check


def named(graph: Graph) -> Graphs:
    """Return the graphs of a data set by name, as `kg export nquads` writes them, but without blank nodes.

    The ontology has some; each becomes an IRI made of its label, which lasts
    (https://www.w3.org/TR/rdf11-concepts/#section-skolemization). Blank nodes could not be compared, would fall apart
    where a graph comes in batches, and some stores refuse them.
    """
    found: dict[str, list[ox.Triple]] = {}
    for quad in dataset(graph):
        subject, object_ = (_named(term, graph.base) for term in (quad.subject, quad.object))
        triple = ox.Triple(subject, quad.predicate, object_)  # type: ignore[arg-type]  # a subject stays one
        found.setdefault(quad.graph_name.value, []).append(triple)  # type: ignore[union-attr]  # none lies in the default graph
    return found


def check(target: Target, graph: Graph) -> Check:
    """Compare what a store holds with the facts.

    Raises:
        Failure: the store cannot be read.

    """
    return _check(target, named(graph), f"{graph.base}{_OWN}")


def load(target: Target, graph: Graph, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Loaded:
    """Make a store hold the facts, and see that it does.

    Args:
        target: the store.
        graph: the facts.
        progress: is told how many triples arrived, and of how many.

    Raises:
        Failure: it broke off; the message says how far it came.

    """
    graphs = named(graph)
    own = f"{graph.base}{_OWN}"
    before = _check(target, graphs, own)
    wanted = {holding.graph: graphs.get(holding.graph, ()) for holding in before.holdings if not holding.same}
    if not wanted:
        return Loaded(frozenset(), before)
    total = sum(map(len, wanted.values()))
    batches: list[int] = []

    def arrived(triples: int) -> None:
        batches.append(triples)
        progress(sum(batches), total)

    try:
        target.replace(wanted, arrived)
    except Failure as failure:
        message = (
            f"{failure}\n{len(batches)} batches had arrived, {sum(batches)} of {total} triples; load again to mend"
        )
        raise Failure(message) from failure
    return Loaded(frozenset(wanted), _check(target, graphs, own))


def _check(target: Target, graphs: Graphs, own: str) -> Check:
    there = target.graphs(own)
    names = [*graphs, *sorted((there or frozenset()) - graphs.keys())]
    return Check(target.name, tuple(_compare(target, name, graphs.get(name, ())) for name in names), there is not None)


def _compare(target: Target, name: str, triples: Iterable[ox.Triple]) -> Holding:
    wanted = {target.rewrites(triple): triple for triple in triples}
    counted = target.count(name)
    missing = dict(wanted)
    added: dict[ox.Triple, None] = {}
    rewritten: list[tuple[ox.Triple, ox.Triple]] = []
    for triple in target.dump(name) if counted else ():
        form = target.rewrites(triple)
        ours = missing.pop(form, None)
        if ours is not None and ours != triple:
            rewritten.append((ours, triple))
        elif form not in wanted:
            added[triple] = None
            if len(added) >= _MANY:  # as good as another graph
                break
    return Holding(name, len(wanted), counted, _sorted(missing.values()), _sorted(added), tuple(rewritten))


def _named(term: Term, base: str) -> Term:
    return ox.NamedNode(urljoin(base, _GENID + term.value)) if isinstance(term, ox.BlankNode) else term


def _sorted(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    return tuple(sorted(triples, key=str))
