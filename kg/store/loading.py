"""Loading and checking: what the facts say against what a store holds, part by part.

A load first looks which parts differ and sends only those; so a load that broke off goes on where it stopped, and one
that is done again sends nothing. Then it looks again: that a server said yes is no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from kg.fault import Failure
from kg.graph import Graph
from kg.store import Contents, Item, Part, Target

_MANY = 100_000  # items more than there should be, after which a part is read no further


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store holds of one part.

    Attributes:
        part: which; of a store of RDF the IRI of a graph.
        expected: how many items it should hold.
        counted: how many it holds, as the store counts.
        missing: what should be there and is not.
        added: what is there and should not.
        rewritten: what is there in another form of the same value: as it should be, as it is.

    """

    part: Part
    expected: int
    counted: int
    missing: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    rewritten: tuple[tuple[Item, Item], ...] = ()

    @property
    def same(self) -> bool:
        """True where nothing is lost and nothing is foreign."""
        return self.counted == self.expected and not self.missing and not self.added


@dataclass(frozen=True, slots=True)
class Check:
    """What a store holds of all parts.

    Attributes:
        store: which store.
        noun: what items are called.
        holdings: every part of the facts, and every part of theirs that they no longer have.
        listed: False where the store cannot say which other parts it has.

    """

    store: str
    noun: str
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
        replaced: the parts that were sent, or removed.
        check: what the store holds now.

    """

    replaced: frozenset[Part]
    check: Check


def check(target: Target, graph: Graph) -> Check:
    """Compare what a store holds with the facts.

    Raises:
        Failure: the store cannot be read.

    """
    return _check(target, target.contents(graph), graph.base)


def load(target: Target, graph: Graph, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Loaded:
    """Make a store hold the facts, and see that it does.

    Args:
        target: the store.
        graph: the facts.
        progress: is told how many items arrived, and of how many.

    Raises:
        Failure: it broke off; the message says how far it came.

    """
    contents = target.contents(graph)
    before = _check(target, contents, graph.base)
    wanted = {holding.part: contents.get(holding.part, ()) for holding in before.holdings if not holding.same}
    if not wanted:
        return Loaded(frozenset(), before)
    total = sum(map(len, wanted.values()))
    batches: list[int] = []

    def arrived(items: int) -> None:
        batches.append(items)
        progress(sum(batches), total)

    try:
        target.replace(wanted, arrived)
    except Failure as failure:
        done = f"{len(batches)} batches had arrived, {sum(batches)} of {total} {target.noun}; load again to mend"
        raise Failure(f"{failure}\n{done}") from failure
    return Loaded(frozenset(wanted), _check(target, contents, graph.base))


def _check(target: Target, contents: Contents, base: str) -> Check:
    there = target.parts(base)
    parts = [*contents, *sorted((there or frozenset()) - contents.keys())]
    holdings = (
        _compare(target, part, contents.get(part, ()), counted, found) for part, counted, found in target.holds(parts)
    )
    return Check(target.name, target.noun, tuple(holdings), there is not None)


def _compare(target: Target, part: Part, items: Iterable[Item], counted: int, found: Iterable[Item]) -> Holding:
    wanted: dict[Hashable, Item] = {target.rewrites(item): item for item in items}
    missing = dict(wanted)
    added: dict[Hashable, Item] = {}
    rewritten: list[tuple[Item, Item]] = []
    for item in found:
        form = target.rewrites(item)
        ours = missing.pop(form, None)
        if ours is not None and ours != item:
            rewritten.append((ours, item))
        elif form not in wanted:
            added[form] = item
            if len(added) >= _MANY:  # as good as another part
                break
    return Holding(part, len(wanted), counted, _sorted(missing.values()), _sorted(added.values()), tuple(rewritten))


def _sorted(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=str))
