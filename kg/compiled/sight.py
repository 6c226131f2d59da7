"""The sight of a check: which triples of a record it can see, so that an engine need not load the others.

A node is seen only where it has all that a variable of the query asks of it (its star), and of a node only that. Never too
little is seen: what is not understood of a query leaves it without a sight, and it sees everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kg import ontology
from kg.compiled import expressions
from kg.compiled.checktext import Parser
from kg.compiled.rules import BeyondError, Counting, Group, Nodes, Triple

TYPE = f"<{ontology.TYPE.value}>"
_Key = tuple[str, str]  # a property, and an object or nothing


@dataclass(frozen=True, slots=True)
class Star:
    """What a variable asks of a node: all that it must have, and what of it is then seen."""

    required: frozenset[_Key]
    seen: frozenset[_Key]

    @property
    def anchor(self) -> str:
        """A property without which no node is seen: one that few nodes have, as far as that can be told."""
        return min((key for key in self.required or self.seen), key=lambda key: (key[0] == TYPE, not key[1], key))[0]

    def fits(self, about: dict[str, list[str]]) -> bool:
        """Tell whether a node has what it must have."""
        for predicate, wanted in self.required:  # a loop: this is asked many times of each node
            objects = about.get(predicate)
            if objects is None or (wanted and wanted not in objects):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Sight:
    """What a check sees.

    Attributes:
        stars: of its variables.
        circular: whether it sees each triple of which subject and object are one.
        pointed: stars of nodes to which it sees every triple that leads; where there is no such node, it has no row.

    """

    stars: tuple[Star, ...]
    circular: bool
    pointed: tuple[Star, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Its footprint, but for triples that lead somewhere (see `kg.footprint`)."""
        return frozenset(f"{p} {o}".rstrip() for star in self.stars for p, o in star.required | star.seen)


class Sights:
    """What several checks see, by their names."""

    def __init__(self, sights: Mapping[str, Sight]) -> None:
        self.circular = [name for name, sight in sights.items() if sight.circular]
        self.stars: dict[str, list[tuple[str, Star]]] = {}  # by a property that nodes must have
        for name, sight in sights.items():
            for star in sight.stars:
                self.stars.setdefault(star.anchor, []).append((name, star))

    def lines(self, nodes: Nodes) -> Iterator[tuple[str, str]]:
        """Return the N-Triples that are seen of some nodes, each with the name of who sees it, perhaps more than once."""
        stars, circular = self.stars, self.circular
        for subject, about in nodes.items():
            for property_, objects in about.items():
                if circular and subject in objects:
                    for name in circular:
                        yield name, f"{subject} {property_} {subject} .\n"
                for name, star in stars.get(property_, ()):
                    if star.fits(about):
                        for predicate, wanted in star.seen:
                            for value in about.get(predicate, ()):
                                if not wanted or value == wanted:
                                    yield name, f"{subject} {predicate} {value} .\n"


def of(query: str) -> Sight | None:
    """Tell what a SELECT sees, or None for everything."""
    try:
        where = _Parser(query, {}).select()
        found = _Sights()
        found.group(where, {}, top=True)
    except BeyondError:
        return None
    return Sight(tuple(dict.fromkeys(found.stars)), found.circular, tuple(found.pointed))


class _Parser(Parser):
    """Also reads UNION, variable properties, and paths of any length."""

    def nested(self, group: Group) -> None:
        if self.tokens[self.place + 1][1].upper() == "SELECT":
            group.steps.append(("count", self.subselect()))
            return
        branches = [self.group()]
        while self.accept("UNION"):
            branches.append(self.group())
        group.steps.append(("union", branches))

    def subselect(self) -> Counting:
        """Read a sub-SELECT: its patterns, and which variables it gives."""
        given: list[tuple[Callable[..., str], str, str]] = []
        for text in ("{", "SELECT"):
            self.expect(text)
        self.accept("DISTINCT")
        while not (self.accept("WHERE") or self.at("{")):
            if self.at("("):
                self.within()
                self.place -= 2  # before the name, and what closes
            given.append((expressions.different, "", self.variable()))
            self.accept(")")
        where = self.group()
        if self.accept("GROUP"):
            self.expect("BY")
            while self.tokens[self.place][0] == "variable":
                self.variable()
        if self.accept("HAVING"):
            self.within()
        self.expect("}")
        return Counting("", given, where)

    def within(self) -> None:
        """Read what stands in parentheses."""
        self.expect("(")
        while not self.accept(")"):
            if self.at("("):
                self.within()
            elif self.at("EXISTS") or self.tokens[self.place][0] == "last":
                raise BeyondError
            else:
                self.place += 1

    def verb(self) -> str:
        if self.tokens[self.place][0] == "variable":
            return self.variable()
        name = super().verb()
        if not self.accept("*"):
            return name
        if name[0] != "<" or "|" in name:
            raise BeyondError
        return f"*{name}"


class _Sights:
    def __init__(self) -> None:
        self.stars: list[Star] = []
        self.pointed: list[Star] = []
        self.circular = False

    def group(self, group: Group, outside: dict[str, frozenset[_Key]], *, top: bool = False) -> None:
        asked: dict[str, set[_Key]] = {}
        for subject, predicate, object_ in group.patterns:
            if predicate[0] == "<" and "|" not in predicate:
                asked.setdefault(subject, set()).add((predicate, "" if object_[0] == "?" else object_))
        known = {v: outside.get(v, frozenset()) | asked.get(v, set()) for v in (*outside, *asked)}
        self.stars += [Star(known[variable], frozenset(keys)) for variable, keys in asked.items()]
        for pattern in group.patterns:
            self.path(pattern, known.get(pattern[0], frozenset()), asked if top else {})
        for _, step in group.steps:
            if isinstance(step, Group):
                self.group(step, known)
            elif isinstance(step, Counting):
                self.group(step.where, {})
            elif isinstance(step, list):
                for branch in step:
                    self.group(branch, known)
        for inner in (*group.within, *group.without):
            self.group(inner, known)

    def path(self, pattern: Triple, asks: frozenset[_Key], leads: dict[str, set[_Key]]) -> None:
        subject, predicate, object_ = pattern
        if predicate[0] == "*":
            names = frozenset({(predicate[1:], "")})
            self.stars.append(Star(names, names))
        elif "|" in predicate:
            self.stars += [Star(asks | {(name, "")}, frozenset({(name, "")})) for name in predicate.split("|")]
        elif predicate[0] == "?" and subject == object_:
            self.circular = True
        elif predicate[0] == "?":
            if not leads.get(object_):
                raise BeyondError
            self.pointed.append(Star(frozenset(leads[object_]), frozenset()))
