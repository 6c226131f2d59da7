"""Rules that see one node and what it holds, compiled: the larger part of what is derived, without a SPARQL engine.

A rule of `ontology/rules` is compiled where it is a CONSTRUCT of triple patterns, sequence paths, OPTIONAL, BIND of
functions and FILTER NOT EXISTS, and where every node that it reads is one node or a part that this one holds. It can
then run on each record as it is read. All else is for the SPARQL engine and the whole graph: `compile_` returns None.

Terms are in N-Triples syntax, as in `kg.expansion`. Semantics: https://www.w3.org/TR/sparql11-query/#sparqlAlgebra
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import pyoxigraph as ox

from kg.ontology import XSD, term

Nodes: TypeAlias = dict[str, dict[str, list[str]]]  # subject -> predicate -> objects
Triple: TypeAlias = tuple[str, str, str]
Function: TypeAlias = Callable[[ox.Literal], object]  # a term, or None
Solution: TypeAlias = dict[str, str]
Value: TypeAlias = Callable[[Solution], str | None]

# Integers that every engine holds, and their subtypes (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).
_INTEGER = re.compile(
    rf'"\+?(-?\d{{1,18}})"\^\^<{re.escape(XSD)}(?:integer|nonNegativeInteger|positiveInteger|long|int|unsignedInt)>',
    re.ASCII,
)


class BeyondError(Exception):
    """The rule is more than is compiled here."""


@dataclass(slots=True)
class Group:
    """A group graph pattern."""

    patterns: list[Triple] = field(default_factory=list)
    steps: list[tuple[str, object]] = field(default_factory=list)  # in order: pattern, optional, bind
    without: list[Group] = field(default_factory=list)  # FILTER NOT EXISTS


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule."""

    template: tuple[Triple, ...]
    where: Group

    def triples(self, nodes: Nodes) -> Iterator[Triple]:
        """Return what follows from the nodes of a record; a triple may come more than once."""
        for solution in _solve(self.where, {}, nodes):
            for pattern in self.template:
                subject, predicate, object_ = (solution.get(t) if t[0] == "?" else t for t in pattern)
                if subject and predicate and object_ and subject[0] == "<" and predicate[0] == "<":
                    yield (
                        subject,
                        predicate,
                        _as_engine(object_) if object_[-1] == ">" and object_[0] == '"' else object_,
                    )


def _as_engine(text: str) -> str:
    """Return a typed literal as the SPARQL engine hands it out: numbers by value, in the datatype that they derive from.

    Then it makes no difference which of the two runs a rule.
    """
    match = _INTEGER.fullmatch(text)
    return f'"{int(match[1])}"^^<{XSD}integer>' if match else _handed_out(text)


@cache
def _handed_out(text: str) -> str:
    name = ox.NamedNode("x:")
    store = ox.Store()
    store.add(ox.Quad(name, name, term(text)))
    return str(next(iter(store)).object)


def see_one_node(where: Group, holding: Collection[str]) -> None:
    """Make sure that all that is read is one node and the parts that it holds, each found before it is read."""
    first = where.patterns[0][0] if where.patterns else ""
    if first[:1] != "?" or not where.steps or where.steps[0][0] != "pattern":
        raise BeyondError
    _check(where, {first}, holding)


def _check(group: Group, seen: set[str], holding: Collection[str]) -> None:
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            subject, predicate, object_ = step
            if subject not in seen or predicate[0] == "?" or subject == object_:
                raise BeyondError
            if predicate in holding:
                seen.add(object_)
        elif isinstance(step, Group):
            _check(step, set(seen), holding)
    for inner in group.without:
        _check(inner, set(seen), holding)


def _solve(group: Group, given: Solution, nodes: Nodes) -> list[Solution]:
    solutions = [given]
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            solutions = [found for solution in solutions for found in _match(step, solution, nodes)]
        elif kind == "bind" and isinstance(step, tuple):
            name, value = step
            for solution in solutions:
                if (made := value(solution)) is not None:
                    solution[name] = made
        elif isinstance(step, Group):
            solutions = [
                found for solution in solutions for found in (_solve(step, dict(solution), nodes) or [solution])
            ]
        if not solutions:
            return solutions
    for inner in group.without:
        solutions = [solution for solution in solutions if not _solve(inner, dict(solution), nodes)]
    return solutions


def _match(pattern: Triple, solution: Solution, nodes: Nodes) -> Iterator[Solution]:
    subject, predicate, object_ = pattern
    known = solution.get(subject)
    wanted = solution.get(object_) if object_[0] == "?" else object_
    for node in (known,) if known is not None else nodes:
        objects = nodes.get(node, {}).get(predicate)
        if objects is None:
            continue
        if wanted is not None:
            if wanted in objects:
                yield {**solution, subject: node}
        else:
            for value in objects:
                yield {**solution, subject: node, object_: value}
