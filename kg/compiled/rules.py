"""Rules that see one node and what it holds, compiled: the larger part of what is derived, without a SPARQL engine.

A rule of `ontology/rules` is compiled where it is a CONSTRUCT of triple patterns, paths, OPTIONAL, BIND, FILTER NOT EXISTS
and counts, and where every node that it reads is one node or a part that this one holds. It can then run on each record as it
is read. By a path `(p|^p)*` it may also read all that is joined by p; it runs then on one record that p does not join to
another, or on all that are joined (`Joined`). All else is for the SPARQL engine and the whole graph.

Terms are in N-Triples syntax, as in `kg.expansion`. Semantics: https://www.w3.org/TR/sparql11-query/#sparqlAlgebra
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import TypeAlias

import pyoxigraph as ox

from kg.ontology import XSD, term

Nodes: TypeAlias = dict[str, dict[str, list[str]]]  # subject -> predicate -> objects
Triple: TypeAlias = tuple[str, str, str]
Function: TypeAlias = Callable[[ox.Literal], object]  # a term, or None

# Integers that every engine holds, and their subtypes (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).
_INTEGER = re.compile(
    rf'"\+?(-?\d{{1,18}})"\^\^<{re.escape(XSD)}(?:integer|nonNegativeInteger|positiveInteger|long|int|unsignedInt)>',
    re.ASCII,
)
_AS_IS = re.compile(  # days as they stand, be they valid or not, and numbers as they are written here
    rf'"\d{{4}}-\d\d-\d\d"\^\^<{re.escape(XSD)}date>|"(?:0|-?[1-9]\d{{0,17}})"\^\^<{re.escape(XSD)}integer>',
    re.ASCII,
)


class BeyondError(Exception):
    """The rule is more than is compiled here."""


@dataclass(slots=True)
class Group:
    """A group graph pattern."""

    patterns: list[Triple] = field(default_factory=list)
    steps: list[tuple[str, object]] = field(default_factory=list)  # in order: pattern, optional, bind, count, values
    equal: list[tuple[str, int]] = field(default_factory=list)  # FILTER (?variable = number)
    filters: list[Call] = field(default_factory=list)  # FILTER with another condition
    within: list[Group] = field(default_factory=list)  # FILTER EXISTS
    without: list[Group] = field(default_factory=list)  # FILTER NOT EXISTS


@dataclass(slots=True)
class Counting:
    """A sub-SELECT that counts values of variables, for each of another."""

    of: str
    counts: list[tuple[Callable[..., str], str, str]]  # aggregate, variable, variable that gets the number
    where: Group


class Joined(dict[str, dict[str, list[str]]]):
    """Nodes of records that are joined."""

    @cached_property
    def neighbours(self) -> dict[str, dict[str, list[str]]]:
        """For each predicate, the nodes that it leads to or comes from, by node."""
        found: dict[str, dict[str, list[str]]] = {}
        for subject, about in self.items():
            for predicate, objects in about.items():
                near = found.setdefault(predicate, {})
                for value in objects:
                    near.setdefault(subject, []).append(value)
                    near.setdefault(value, []).append(subject)
        return found

    def around(self, node: str, predicate: str) -> list[str]:
        """Return a node and all that a predicate joins to it."""
        near = self.neighbours.get(predicate, {})
        seen = {node: None}
        queue = [node]
        while queue:
            for other in near.get(queue.pop(), ()):
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
        return list(seen)


@dataclass(frozen=True, slots=True)
class Call:
    """An expression: a function of terms, each None where it is unbound, that gives a term, or None for an error."""

    function: Callable[..., str | bool | None]
    arguments: tuple[Call | str, ...]  # calls, variables, constants

    @property
    def variables(self) -> set[str]:
        """The variables that it reads."""
        found = {argument for argument in self.arguments if isinstance(argument, str) and argument[0] == "?"}
        return found.union(*(inner.variables for inner in self.arguments if isinstance(inner, Call)))


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule.

    Attributes:
        joined: the properties by which it reads more than one record.
        triples: returns what follows from the nodes of a record, some of it perhaps more than once.
        numbers: whether the objects of all triples are literals made here.

    """

    joined: frozenset[str]
    triples: Callable[[Nodes], Iterator[Triple]]
    numbers: bool

    def joins(self, nodes: Nodes) -> bool:
        """Tell whether nodes may be joined to others."""
        return any(predicate in about for about in nodes.values() for predicate in self.joined)


@lru_cache(10_000)
def integer(text: str) -> int | None:
    """Return the number that a term of a whole number is."""
    match = _INTEGER.fullmatch(text)
    return int(match[1]) if match else None


def as_integer(number: int) -> str:
    """Write a whole number as a term."""
    return f'"{number}"^^<{XSD}integer>'


@cache
def handed_out(text: str) -> str:
    """Return a literal as the SPARQL engine hands it out."""
    name = ox.NamedNode("x:")
    store = ox.Store()
    store.add(ox.Quad(name, name, term(text)))
    return str(next(iter(store)).object)


def as_engine(text: str) -> str:
    """Return a typed literal as the SPARQL engine hands it out: numbers by value, in the datatype that they derive from.

    Then it makes no difference which of the two runs a query.
    """
    if _AS_IS.fullmatch(text) or text.find(XSD, text.rindex('"')) < 0:
        return text
    number = integer(text)
    return handed_out(text) if number is None else as_integer(number)


def see_one_node(where: Group, holding: Collection[str]) -> frozenset[str]:
    """Make sure that all that is read is one node, the parts that it holds, and what is joined to it.

    Each is found before it is read.

    Returns:
        The properties by which nodes are joined.

    """
    joined: set[str] = set()
    inner = where.steps[0][1] if where.steps else None
    if isinstance(inner, Counting):
        node = _first(inner.where)
        if node != inner.of:  # what is counted for anything else may be of several records
            raise BeyondError
        _check(inner.where, inner.where.steps, {node}, holding, joined)
        if joined and any(kind != "bind" for kind, _ in where.steps[1:]):
            raise BeyondError
        _check(where, where.steps[1:], {node}, holding, joined)
    else:
        _check(where, where.steps, {_first(where)}, holding, joined)
    return frozenset(joined)


def _first(where: Group) -> str:
    """Return the node that is read first."""
    first = where.patterns[0][0] if where.patterns else ""
    if first[:1] != "?" or where.steps[0][0] != "pattern":
        raise BeyondError
    return first


def _check(
    group: Group, steps: list[tuple[str, object]], seen: set[str], holding: Collection[str], joined: set[str]
) -> None:
    for kind, step in steps:
        if kind == "pattern" and isinstance(step, tuple):
            subject, predicate, object_ = step
            if subject not in seen or predicate[0] == "?" or subject == object_:
                raise BeyondError
            if predicate[0] == "*":
                joined.add(predicate[1:])
            if predicate[0] == "*" or all(name in holding for name in predicate.split("|")):
                seen.add(object_)
        elif kind == "union" or isinstance(step, Counting):
            raise BeyondError
        elif isinstance(step, Group):
            _check(step, step.steps, set(seen), holding, joined)
    for inner in (*group.within, *group.without):
        _check(inner, inner.steps, set(seen), holding, joined)


def variables(group: Group) -> dict[str, None]:
    """Return the variables of a group and of all within it, in order."""
    found = {term: None for pattern in group.patterns for term in pattern if term[0] == "?"}
    found |= {name: None for name, _ in group.equal}
    found |= {name: None for condition in group.filters for name in condition.variables}
    for kind, step in group.steps:
        if kind == "bind" and isinstance(step, tuple):
            found |= {step[0]: None, **dict.fromkeys(step[1].variables if isinstance(step[1], Call) else (step[1],))}
        elif kind == "values" and isinstance(step, tuple):
            found[step[0]] = None
        elif isinstance(step, Group):
            found |= variables(step)
    for inner in (*group.within, *group.without):
        found |= variables(inner)
    return found
