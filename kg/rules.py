"""Rules that see one node and what it holds, compiled: the larger part of what is derived, without a SPARQL engine.

A rule of `ontology/rules` is compiled where it is a CONSTRUCT of triple patterns, sequence paths, OPTIONAL, BIND of
functions and FILTER NOT EXISTS, and where every node that it reads is one node or a part that this one holds. It can
then run on each record as it is read. All else is for the SPARQL engine and the whole graph: `compile_` returns None.

Terms are in N-Triples syntax, as in `kg.expansion`. Semantics: https://www.w3.org/TR/sparql11-query/#sparqlAlgebra
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

import pyoxigraph as ox

from kg.ontology import TYPE, XSD, term

Nodes: TypeAlias = dict[str, dict[str, list[str]]]  # subject -> predicate -> objects
Triple: TypeAlias = tuple[str, str, str]
Function: TypeAlias = Callable[[ox.Literal], object]  # a term, or None
_Solution: TypeAlias = dict[str, str]
_Value: TypeAlias = Callable[[_Solution], str | None]

_TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<iri><[^<>"{}|^`\\\s]*>) | (?P<text>"[^"\\\n]*") | (?P<variable>[?$]\w+)
    | (?P<name>[\w-]*:[\w.-]*\w|[\w-]*:) | (?P<word>\w+) | (?P<sign>[{}().;,/])""",
    re.VERBOSE,
)
# Integers that every engine holds, and their subtypes (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).
_INTEGER = re.compile(
    rf'"\+?(-?\d{{1,18}})"\^\^<{re.escape(XSD)}(?:integer|nonNegativeInteger|positiveInteger|long|int|unsignedInt)>',
    re.ASCII,
)
_SAFE = re.compile(r"[\w.-]*", re.ASCII)  # what can follow an IRI and leave it one


class _BeyondError(Exception):
    """The rule is more than is compiled here."""


@dataclass(slots=True)
class _Group:
    """A group graph pattern."""

    patterns: list[Triple] = field(default_factory=list)
    steps: list[tuple[str, object]] = field(default_factory=list)  # in order: pattern, optional, bind
    absent: list[_Group] = field(default_factory=list)  # FILTER NOT EXISTS


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule."""

    template: tuple[Triple, ...]
    where: _Group

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


def compile_(query: str, functions: Mapping[str, Function], holding: Collection[str]) -> Rule | None:
    """Compile a rule, or return None where it is for a SPARQL engine.

    Args:
        query: a CONSTRUCT.
        functions: what it may call, by IRI.
        holding: IRIs of the properties by which a node holds parts.

    """
    try:
        parser = _Parser(query, functions)
        rule = parser.rule()
        _see_one_node(rule.where, {f"<{iri}>" for iri in holding})
    except _BeyondError:
        return None
    return rule


class _Parser:
    def __init__(self, query: str, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self.prefixes: dict[str, str] = {}
        self.tokens: list[tuple[str, str]] = []
        self.made = 0  # variables for the middle of paths
        place = 0
        while place < len(query):
            match = _TOKEN.match(query, place)
            if match is None:
                raise _BeyondError
            if match.lastgroup:
                self.tokens.append((match.lastgroup, match[0]))
            place = match.end()
        self.tokens.append(("end", ""))
        self.place = 0

    def rule(self) -> Rule:
        while self.accept("PREFIX"):
            name, iri = self.take("name"), self.take("iri")
            self.prefixes[name.rstrip(":")] = iri[1:-1]
        if not (self.accept("CONSTRUCT") and self.accept("{")):
            raise _BeyondError
        template = _Group()
        self.triples(template)
        self.expect("}")
        self.accept("WHERE")
        where = self.group()
        self.take("end")
        if any(p[1][0] == "?" for p in template.patterns):
            raise _BeyondError
        return Rule(tuple(template.patterns), where)

    def accept(self, text: str) -> bool:
        if self.tokens[self.place][1].upper() != text:
            return False
        self.place += 1
        return True

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise _BeyondError

    def take(self, *kinds: str) -> str:
        kind, text = self.tokens[self.place]
        if kind not in kinds:
            raise _BeyondError
        self.place += 1
        return text

    def group(self, outside: frozenset[str] = frozenset()) -> _Group:
        self.expect("{")
        group = _Group()
        while not self.accept("}"):
            if self.accept("OPTIONAL"):
                group.steps.append(("optional", self.group(outside | _bound(group))))
            elif self.accept("FILTER"):
                self.expect("NOT")
                self.expect("EXISTS")
                group.absent.append(self.group(outside))
            elif self.accept("BIND"):
                self.expect("(")
                value, read = self.expression()
                self.expect("AS")
                name = "?" + self.take("variable")[1:]
                self.expect(")")
                if not read <= _bound(group) or name in _bound(group) | outside:
                    raise _BeyondError  # the engine sees only what is bound inside the group, and binds nothing twice
                group.steps.append(("bind", (name, value)))
            else:
                self.triples(group)
            self.accept(".")
        return group

    def triples(self, group: _Group) -> None:
        while self.tokens[self.place][0] in ("variable", "iri", "name"):
            subject = self.term()
            while True:
                path = [self.verb()]
                while self.accept("/"):
                    path.append(self.verb())
                while True:
                    self.add(group, subject, path, self.term())
                    if not self.accept(","):
                        break
                if not self.accept(";"):
                    break
            if not self.accept("."):
                break

    def add(self, group: _Group, subject: str, path: list[str], object_: str) -> None:
        for step in path[:-1]:
            self.made += 1
            middle = f"? {self.made}"
            self.pattern(group, (subject, step, middle))
            subject = middle
        self.pattern(group, (subject, path[-1], object_))

    def pattern(self, group: _Group, pattern: Triple) -> None:
        group.patterns.append(pattern)
        group.steps.append(("pattern", pattern))

    def verb(self) -> str:
        return f"<{TYPE.value}>" if self.accept("A") else self.term("iri", "name")

    def term(self, *kinds: str) -> str:
        text = self.take(*(kinds or ("variable", "iri", "name", "text")))
        if text[0] in "?$":
            return "?" + text[1:]
        if text[0] in '<"':
            return text
        prefix, _, local = text.partition(":")
        if prefix not in self.prefixes:
            raise _BeyondError
        return f"<{self.prefixes[prefix]}{local}>"

    def expression(self) -> tuple[_Value, set[str]]:
        """Read an expression; return what computes it, and the variables that it reads."""
        kind, text = self.tokens[self.place]
        if kind == "word" and text.upper() == "IRI":
            return self.iri()
        if kind == "variable":
            self.place += 1
            name = "?" + text[1:]
            return (lambda solution: solution.get(name)), {name}
        function = self.functions.get(self.term("iri", "name")[1:-1])
        self.expect("(")
        name = "?" + self.take("variable")[1:]
        self.expect(")")
        if function is None:
            raise _BeyondError
        return _call(function, name), {name}

    def iri(self) -> tuple[_Value, set[str]]:
        """Read `IRI(CONCAT(STR(?node), "more"))`: the IRI of a node, and more."""
        for text in ("IRI", "(", "CONCAT", "(", "STR", "("):
            self.expect(text)
        name = "?" + self.take("variable")[1:]
        self.expect(")")
        self.expect(",")
        more = self.take("text")[1:-1]
        self.expect(")")
        self.expect(")")
        if not _SAFE.fullmatch(more):
            raise _BeyondError

        def value(solution: _Solution) -> str | None:
            node = solution.get(name, "")
            return f"{node[:-1]}{more}>" if node.startswith("<") else None

        return value, {name}


def _call(function: Function, name: str) -> _Value:
    made: dict[str, str | None] = {}

    def value(solution: _Solution) -> str | None:
        text = solution.get(name)
        if text is None or text[0] == "<":
            return None
        if text not in made:
            argument = term(text)
            try:
                found = function(argument) if isinstance(argument, ox.Literal) else None
            except ValueError:
                found = None
            made[text] = None if found is None else str(found)
        return made[text]

    return value


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


def _bound(group: _Group) -> frozenset[str]:
    """Return the variables that a group may bind."""
    names = {t for pattern in group.patterns for t in pattern if t[0] == "?"}
    for kind, step in group.steps:
        if kind == "bind" and isinstance(step, tuple):
            names.add(step[0])
        elif isinstance(step, _Group):
            names |= _bound(step)
    return frozenset(names)


def _see_one_node(where: _Group, holding: set[str]) -> None:
    """Make sure that all that is read is one node and the parts that it holds, each found before it is read."""
    first = where.patterns[0][0] if where.patterns else ""
    if first[:1] != "?" or not where.steps or where.steps[0][0] != "pattern":
        raise _BeyondError
    _check(where, {first}, holding)


def _check(group: _Group, seen: set[str], holding: set[str]) -> None:
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            subject, predicate, object_ = step
            if subject not in seen or predicate[0] == "?" or subject == object_:
                raise _BeyondError
            if predicate in holding:
                seen.add(object_)
        elif isinstance(step, _Group):
            _check(step, set(seen), holding)
    for inner in group.absent:
        _check(inner, set(seen), holding)


def _solve(group: _Group, given: _Solution, nodes: Nodes) -> list[_Solution]:
    solutions = [given]
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            solutions = [found for solution in solutions for found in _match(step, solution, nodes)]
        elif kind == "bind" and isinstance(step, tuple):
            name, value = step
            for solution in solutions:
                if (made := value(solution)) is not None:
                    solution[name] = made
        elif isinstance(step, _Group):
            solutions = [
                found for solution in solutions for found in (_solve(step, dict(solution), nodes) or [solution])
            ]
        if not solutions:
            return solutions
    for inner in group.absent:
        solutions = [solution for solution in solutions if not _solve(inner, dict(solution), nodes)]
    return solutions


def _match(pattern: Triple, solution: _Solution, nodes: Nodes) -> Iterator[_Solution]:
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
