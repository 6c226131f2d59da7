"""The text of a rule, compiled: see `kg.compiled.rules`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from kg.compiled import expressions, rulecode
from kg.compiled.rules import BeyondError, Call, Counting, Function, Group, Rule, Triple, see_one_node, variables
from kg.ontology import TYPE, XSD

_TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<iri><[^<>"{}|^`\\\s]*>) | (?P<text>"[^"\\\n]*") | (?P<variable>[?$]\w+)
    | (?P<number>\d+) | (?P<name>[\w-]*:[\w.-]*\w|[\w-]*:) | (?P<word>\w+) | (?P<sign>[{}().;,/|^*+=>])""",
    re.VERBOSE,
)
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
        _well_designed(where, frozenset())
    except BeyondError:
        return None
    return Rule(joined, rulecode.function(template, where))


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
                raise BeyondError
            if match.lastgroup:
                self.tokens.append((match.lastgroup, match[0]))
            place = match.end()
        self.tokens.append(("last", ""))
        self.place = 0

    def rule(self) -> tuple[tuple[Triple, ...], Group]:
        while self.accept("PREFIX"):
            name, iri = self.take("name"), self.take("iri")
            self.prefixes[name.rstrip(":")] = iri[1:-1]
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

    def accept(self, text: str) -> bool:
        if self.tokens[self.place][1].upper() != text:
            return False
        self.place += 1
        return True

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise BeyondError

    def take(self, *kinds: str) -> str:
        kind, text = self.tokens[self.place]
        if kind not in kinds:
            raise BeyondError
        self.place += 1
        return text

    def group(self, outside: frozenset[str] = frozenset()) -> Group:
        self.expect("{")
        group = Group()
        while not self.accept("}"):
            if self.accept("OPTIONAL"):
                group.steps.append(("optional", self.group(outside | _bound(group))))
            elif self.accept("FILTER"):
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
            elif self.tokens[self.place][1] == "{":
                group.steps.append(("count", self.counting()))
            elif self.accept("BIND"):
                self.expect("(")
                value = self.expression()
                read = value.variables if isinstance(value, Call) else {value} if value[0] == "?" else set()
                self.expect("AS")
                name = self.variable()
                self.expect(")")
                if (read - _bound(group)) & outside or name in _bound(group) | outside:
                    raise BeyondError  # the engine sees only what is bound inside the group, and binds nothing twice
                group.steps.append(("bind", (name, value)))
            else:
                self.triples(group)
            self.accept(".")
        return group

    def counting(self) -> Counting:
        """Read `{ SELECT ?of (COUNT(DISTINCT ?value) AS ?number) WHERE { } GROUP BY ?of }`."""
        self.expect("{")
        self.expect("SELECT")
        of = self.variable()
        counts = []
        while self.accept("("):
            for text in ("COUNT", "(", "DISTINCT"):
                self.expect(text)
            counted = self.variable()
            self.expect(")")
            self.expect("AS")
            counts.append((counted, self.variable()))
            self.expect(")")
        self.accept("WHERE")
        where = self.group()
        for text in ("GROUP", "BY", of.upper(), "}"):
            self.expect(text)
        if of not in _always(where):
            raise BeyondError
        return Counting(of, counts, where)

    def triples(self, group: Group) -> None:
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

    def add(self, group: Group, subject: str, path: list[str], object_: str) -> None:
        for step in path[:-1]:
            self.made += 1
            middle = f"? {self.made}"
            self.pattern(group, (subject, step, middle))
            subject = middle
        self.pattern(group, (subject, path[-1], object_))

    def pattern(self, group: Group, pattern: Triple) -> None:
        group.patterns.append(pattern)
        group.steps.append(("pattern", pattern))

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
        return f"<{TYPE.value}>" if self.accept("A") else self.term("iri", "name")

    def term(self, *kinds: str) -> str:
        text = self.take(*(kinds or ("variable", "iri", "name", "text")))
        if text[0] in "?$":
            return "?" + text[1:]
        if text[0] in '<"':
            return text
        prefix, _, local = text.partition(":")
        if prefix not in self.prefixes:
            raise BeyondError
        return f"<{self.prefixes[prefix]}{local}>"

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

    def variable(self) -> str:
        return "?" + self.take("variable")[1:]

    def constant(self) -> str:
        return f'"{int(self.take("number"))}"^^<{XSD}integer>'

    def several(self) -> tuple[Call | str, ...]:
        """Read expressions up to the closing parenthesis."""
        values = [self.expression()]
        while not self.accept(")"):
            self.expect(",")
            values.append(self.expression())
        return tuple(values)

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


def _well_designed(group: Group, outside: frozenset[str]) -> None:
    """Refuse what SPARQL evaluates by itself, before what is bound around it: here it would see that.

    So what stands within an OPTIONAL or FILTER NOT EXISTS in a group may share with what is outside of the group only what
    patterns of the group bind (Perez, Arenas, Gutierrez: Semantics and Complexity of SPARQL, 2009, section 4).
    """
    certain: set[str] = set()
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            certain.update(step)
        elif isinstance(step, Counting):
            _well_designed(step.where, frozenset())
        elif isinstance(step, Group):
            _within(step, group, outside, certain)
    for inner in group.without:
        _within(inner, group, outside, certain)


def _within(inner: Group, group: Group, outside: frozenset[str], certain: set[str]) -> None:
    if variables(inner).keys() & outside - certain:
        raise BeyondError
    others = [(kind, step) for kind, step in group.steps if step is not inner]
    _well_designed(inner, outside | _bound(replace(group, steps=others)))


def _always(group: Group) -> set[str]:
    """Return the variables that a group binds in every solution."""
    return {term for kind, step in group.steps if kind == "pattern" and isinstance(step, tuple) for term in step}


def _bound(group: Group) -> frozenset[str]:
    """Return the variables that a group may bind."""
    names = {t for pattern in group.patterns for t in pattern if t[0] == "?"}
    for kind, step in group.steps:
        if kind == "bind" and isinstance(step, tuple):
            names.add(step[0])
        elif isinstance(step, Group):
            names |= _bound(step)
        elif isinstance(step, Counting):
            names |= {step.of, *(name for _, name in step.counts)}
    return frozenset(names)
