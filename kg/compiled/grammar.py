"""What is read of SPARQL to compile it: patterns, paths, groups, sub-SELECTs that count. The rest is told by who reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from kg.compiled.rules import BeyondError, Call, Counting, Function, Group, Triple, as_integer, variables
from kg.ontology import TYPE

_TOKEN = re.compile(
    r"""\s+ | \#[^\n]* | (?P<iri><[^<>"{}|^`\\\s]*>) | (?P<text>"(?:[^"\\\n]|\\.)*") | (?P<variable>[?$]\w+)
    | (?P<number>\d+) | (?P<name>[\w-]*:[\w.-]*\w|[\w-]*:) | (?P<word>\w+) | (?P<sign>\|\||&&|[!<>]?=|[{}().;,/|^*+=<>!-])""",
    re.VERBOSE,
)


class Parser:
    """Reads a query, token by token, and stops with BeyondError at what is not compiled."""

    def __init__(self, query: str, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self.prefixes: dict[str, str] = {}
        self.tokens: list[tuple[str, str]] = []
        self.made = 0  # variables for the middle of paths
        end = 0
        for match in _TOKEN.finditer(query):
            if match.start() != end:
                raise BeyondError
            if match.lastgroup:
                self.tokens.append((match.lastgroup, match[0]))
            end = match.end()
        if end != len(query):
            raise BeyondError
        self.tokens.append(("last", ""))
        self.place = 0

    def prologue(self) -> None:
        """Read prefixes."""
        while self.accept("PREFIX"):
            name, iri = self.take("name"), self.take("iri")
            self.prefixes[name.rstrip(":")] = iri[1:-1]

    def at(self, text: str) -> bool:
        """Tell whether a token comes next."""
        return self.tokens[self.place][1].upper() == text

    def accept(self, text: str) -> bool:
        """Read a token if it comes next."""
        if not self.at(text):
            return False
        self.place += 1
        return True

    def expect(self, text: str) -> None:
        """Read a token that has to come next."""
        if not self.accept(text):
            raise BeyondError

    def take(self, *kinds: str) -> str:
        """Read a token of a kind."""
        kind, text = self.tokens[self.place]
        if kind not in kinds:
            raise BeyondError
        self.place += 1
        return text

    def group(self, outside: frozenset[str] = frozenset()) -> Group:
        """Read a group graph pattern."""
        self.expect("{")
        group = Group()
        while not self.accept("}"):
            if self.accept("OPTIONAL"):
                group.steps.append(("optional", self.group(outside | bound(group))))
            elif self.accept("FILTER"):
                self.filter(group, outside)
            elif self.at("{"):
                self.nested(group)
            elif self.accept("BIND"):
                self.expect("(")
                value = self.expression()
                read = value.variables if isinstance(value, Call) else {value} if value[0] == "?" else set()
                self.expect("AS")
                name = self.variable()
                self.expect(")")
                if (read - bound(group)) & outside or name in bound(group) | outside:
                    raise BeyondError  # the engine sees only what is bound inside the group, and binds nothing twice
                group.steps.append(("bind", (name, value)))
            else:
                place = self.place
                if not self.other(group):
                    self.triples(group)
                if self.place == place:
                    raise BeyondError
            self.accept(".")
        return group

    def other(self, group: Group) -> bool:  # noqa: ARG002 - there is more in checks
        """Read what else may stand in a group; tell whether there was something."""
        return False

    def nested(self, group: Group) -> None:
        """Read a group in a group."""
        group.steps.append(("count", self.counting()))

    def counting(self) -> Counting:
        """Read `{ SELECT ?of (COUNT(DISTINCT ?value) AS ?number) WHERE { } GROUP BY ?of }`."""
        self.expect("{")
        self.expect("SELECT")
        of = self.variable()
        counts = []
        while self.accept("("):
            how = self.aggregate()
            counted = self.variable()
            self.expect(")")
            self.expect("AS")
            counts.append((how, counted, self.variable()))
            self.expect(")")
        self.accept("WHERE")
        where = self.group()
        for text in ("GROUP", "BY", of.upper(), "}"):
            self.expect(text)
        if of not in _always(where):
            raise BeyondError
        return Counting(of, counts, where)

    def triples(self, group: Group) -> None:
        """Read triple patterns."""
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
        """Add a path to a group."""
        for step in path[:-1]:
            self.made += 1
            middle = f"? {self.made}"
            self.pattern(group, (subject, step, middle))
            subject = middle
        self.pattern(group, (subject, path[-1], object_))

    def pattern(self, group: Group, pattern: Triple) -> None:
        """Add a triple pattern to a group."""
        group.patterns.append(pattern)
        group.steps.append(("pattern", pattern))

    def verb(self) -> str:
        """Read a property, or more than one."""
        return f"<{TYPE.value}>" if self.accept("A") else self.term("iri", "name")

    def expression(self) -> Call | str:
        """Read an expression."""
        raise BeyondError

    def filter(self, group: Group, outside: frozenset[str]) -> None:  # noqa: ARG002 - for those who read filters
        """Read what stands behind FILTER."""
        raise BeyondError

    def aggregate(self) -> Callable[..., str]:
        """Read the head of an aggregate, like `COUNT(`."""
        raise BeyondError

    def term(self, *kinds: str) -> str:
        """Read a term."""
        text = self.take(*(kinds or ("variable", "iri", "name", "text")))
        if text[0] in "?$":
            return "?" + text[1:]
        if text[0] in '<"':
            if "\\" in text:  # it may be written in another way than in N-Triples
                raise BeyondError
            return text
        prefix, _, local = text.partition(":")
        if prefix not in self.prefixes:
            raise BeyondError
        return f"<{self.prefixes[prefix]}{local}>"

    def variable(self) -> str:
        """Read a variable."""
        return "?" + self.take("variable")[1:]

    def constant(self) -> str:
        """Read a number."""
        return as_integer(int(self.take("number")))

    def several(self) -> tuple[Call | str, ...]:
        """Read expressions up to the closing parenthesis."""
        values = [self.expression()]
        while not self.accept(")"):
            self.expect(",")
            values.append(self.expression())
        return tuple(values)


def well_designed(group: Group, outside: frozenset[str], *, substituted: bool = False) -> None:
    """Refuse what SPARQL evaluates by itself, before what is bound around it: here it would see that.

    So what stands within an OPTIONAL or FILTER NOT EXISTS in a group may share with what is outside of the group only what
    patterns of the group bind (Perez, Arenas, Gutierrez: Semantics and Complexity of SPARQL, 2009, section 4).

    Args:
        group: what is looked at.
        outside: variables that are bound around it.
        substituted: whether there are terms for them when the group is evaluated, as there are within FILTER EXISTS.

    Raises:
        BeyondError: there is something of that kind.

    """
    certain: set[str] = set()
    for kind, step in group.steps:
        if kind == "pattern" and isinstance(step, tuple):
            certain.update(step)
        elif isinstance(step, Counting):
            well_designed(step.where, frozenset(), substituted=substituted)
        elif isinstance(step, Group):
            _shares_only(step, outside, certain)
            well_designed(step, outside | _others(step, group))
    for inner in (*group.within, *group.without):
        if not substituted:
            _shares_only(inner, outside, certain)
        well_designed(inner, outside | _others(inner, group), substituted=substituted)


def _shares_only(inner: Group, outside: frozenset[str], certain: set[str]) -> None:
    if variables(inner).keys() & outside - certain:
        raise BeyondError


def _others(inner: Group, group: Group) -> frozenset[str]:
    return bound(replace(group, steps=[(kind, step) for kind, step in group.steps if step is not inner]))


def _always(group: Group) -> set[str]:
    """Return the variables that a group binds in every solution."""
    return {term for kind, step in group.steps if kind == "pattern" and isinstance(step, tuple) for term in step}


def bound(group: Group) -> frozenset[str]:
    """Return the variables that a group may bind."""
    names = {t for pattern in group.patterns for t in pattern if t[0] == "?"}
    for kind, step in group.steps:
        if kind == "bind" and isinstance(step, tuple):
            names.add(step[0])
        elif isinstance(step, Group):
            names |= bound(step)
        elif isinstance(step, Counting):
            names |= {step.of, *(name for *_, name in step.counts)}
    return frozenset(names)
