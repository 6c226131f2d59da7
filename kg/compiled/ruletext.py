"""The text of a rule, compiled: see `kg.compiled.rules`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from kg.compiled import expressions, grammar, rulecode
from kg.compiled.grammar import well_designed
from kg.compiled.rules import BeyondError, Call, Counting, Function, Group, Rule, Triple, see_one_node

_SAFE = re.compile(r"[\w.-]*", re.ASCII)  # what can follow an IRI and leave it one


def compile_(query: str, functions: Mapping[str, Function], holding: Collection[str]) -> Rule | None:
    """Compile a rule, or return None where it is for a SPARQL engine.

    Args:
        query: a CONSTRUCT.
        functions: what it may call, by IRI.
        holding: IRIs of the properties by which a node holds parts.

    """
    try:
        parser = _Parser(query, functions)
        template, where = parser.rule()
        joined = see_one_node(where, {f"<{iri}>" for iri in holding})
        well_designed(where, frozenset())
        _reckons(where, where)
    except BeyondError:
        return None
    return Rule(joined, rulecode.function(template, where), all(_number(o, where) for _, _, o in template))


class _Parser(grammar.Parser):
    """Reads a rule."""

    def rule(self) -> tuple[tuple[Triple, ...], Group]:
        self.prologue()
        if not (self.accept("CONSTRUCT") and self.accept("{")):
            raise BeyondError
        template = Group()
        self.triples(template)
        self.expect("}")
        self.accept("WHERE")
        where = self.group()
        self.take("last")
        if any(p[1][0] == "?" for p in template.patterns):
            raise BeyondError
        return tuple(template.patterns), where

    def filter(self, group: Group, outside: frozenset[str]) -> None:
        """Read what stands behind FILTER."""
        if self.accept("("):
            name = self.variable()
            self.expect("=")
            group.equal.append((name, int(self.take("number"))))
            self.expect(")")
            if name in outside:
                raise BeyondError
        else:
            self.expect("NOT")
            self.expect("EXISTS")
            group.without.append(self.group(outside))

    def aggregate(self) -> Callable[..., str]:
        """Read `COUNT(DISTINCT`."""
        for text in ("COUNT", "(", "DISTINCT"):
            self.expect(text)
        return expressions.different

    def verb(self) -> str:
        if self.accept("("):  # (p|^p)*
            name = self.term("iri", "name")
            self.expect("|")
            self.expect("^")
            if self.term("iri", "name") != name:
                raise BeyondError
            self.expect(")")
            self.expect("*")
            return "*" + name
        return super().verb()

    def expression(self) -> Call | str:
        """Read an expression."""
        kind, text = self.tokens[self.place]
        if kind == "word" and text.upper() == "IRI":
            return self.iri()
        if kind == "variable":
            name = self.variable()
            return Call(expressions.total, (name, self.variable())) if self.accept("+") else name
        if kind == "number":
            return self.constant()
        if self.accept("COALESCE"):
            self.expect("(")
            return Call(expressions.first, self.several())
        if self.accept("IF"):
            return self.choice()
        function = self.functions.get(self.term("iri", "name")[1:-1])
        self.expect("(")
        name = self.variable()
        self.expect(")")
        if function is None:
            raise BeyondError
        return Call(expressions.call(function), (name,))

    def choice(self) -> Call:
        """Read `IF(BOUND(?a), x, y)` or `IF(?a > number, x, y)`."""
        self.expect("(")
        if self.accept("BOUND"):
            self.expect("(")
            name = self.variable()
            self.expect(")")
            self.expect(",")
            one, other = self.several()
            return Call(expressions.if_bound, (name, one, other))
        name = self.variable()
        self.expect(">")
        least = self.constant()
        self.expect(",")
        one, other = self.several()
        return Call(expressions.if_more, (name, least, one, other))

    def iri(self) -> Call:
        """Read `IRI(CONCAT(STR(?node), "more"))`: the IRI of a node, and more."""
        for text in ("IRI", "(", "CONCAT", "(", "STR", "("):
            self.expect(text)
        name = self.variable()
        self.expect(")")
        self.expect(",")
        more = self.take("text")
        self.expect(")")
        self.expect(")")
        if not _SAFE.fullmatch(more[1:-1]):
            raise BeyondError
        return Call(expressions.longer, (name, more))


def _reckons(group: Group, where: Group) -> None:
    """Make sure that only whole numbers made by the rule are reckoned with: there are others that engines know."""
    for kind, step in group.steps:
        if kind == "bind" and isinstance(step, tuple):
            _sums(step[1], where)
        elif isinstance(step, Counting):
            _reckons(step.where, step.where)
        elif isinstance(step, Group):
            _reckons(step, where)
    for inner in group.without:
        _reckons(inner, where)


def _sums(value: Call | str, where: Group) -> None:
    if not isinstance(value, Call):
        return
    read = {expressions.total: 2, expressions.if_more: 1}.get(value.function, 0)
    if not all(_number(argument, where) for argument in value.arguments[:read]):
        raise BeyondError
    for argument in value.arguments:
        _sums(argument, where)


def _number(value: Call | str, where: Group) -> bool:
    """Tell whether a value can be nothing but a number."""
    if isinstance(value, Call):
        return value.function is expressions.total or (
            value.function is expressions.if_more and all(_number(one, where) for one in value.arguments[2:])
        )
    counts = {name for _, step in where.steps if isinstance(step, Counting) for *_, name in step.counts}
    binds: dict[str, Call | str] = dict(
        step for kind, step in where.steps if kind == "bind" and isinstance(step, tuple)
    )
    return value[0] == '"' or value in counts or (value in binds and _number(binds[value], where))
