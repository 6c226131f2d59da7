"""The text of a check that sees one record, compiled: does a record have a row? The rows themselves are the engine's.

So it is enough to compile what most checks are made of (`kg.compiled.rules`), and to ask the engine of a record, alone, wherever there
may be a row. All else is for the engine and the whole graph.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from kg.compiled import expressions, grammar, rulecode
from kg.compiled.grammar import bound, well_designed
from kg.compiled.rules import BeyondError, Call, Counting, Function, Group, Nodes, as_engine, see_one_node
from kg.ontology import TYPE

_TYPE = f"<{TYPE.value}>"

_COMPARISONS: Mapping[str, Callable[[Call | str, Call | str], Call]] = {
    "=": lambda one, other: Call(expressions.equal, (one, other)),
    "!=": lambda one, other: Call(expressions.negation, (Call(expressions.equal, (one, other)),)),
    "<": lambda one, other: Call(expressions.less, (one, other)),
    ">": lambda one, other: Call(expressions.less, (other, one)),
    "<=": lambda one, other: Call(expressions.negation, (Call(expressions.less, (other, one)),)),
    ">=": lambda one, other: Call(expressions.negation, (Call(expressions.less, (one, other)),)),
}
_SUMS = {"+": expressions.total, "-": expressions.difference}
_FUNCTIONS: Mapping[str, tuple[Callable[..., str | bool | None], int]] = {  # and how many arguments they take
    "STR": (expressions.string, 1),
    "STRLEN": (expressions.length, 1),
    "CONTAINS": (expressions.contains, 2),
    "LANG": (expressions.language, 1),
    "LANGMATCHES": (expressions.matches_language, 2),
}
_AGGREGATES = {"COUNT": expressions.all_, "MIN": expressions.least, "MAX": expressions.greatest}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A compiled check: tells of the nodes of a record, as `canonical` gives them, whether the check may have a row there.

    Attributes:
        columns: what it selects; None for all variables.
        needs: properties and classes without which it has none.
        found: tells the same of nodes that have these.

    """

    columns: tuple[str, ...] | None
    needs: frozenset[str]
    found: Callable[[Nodes], bool]

    def __call__(self, nodes: Nodes) -> bool:
        """Tell whether there may be a row."""
        try:
            return self.found(nodes)
        except BeyondError:
            return True


def compile_(query: str, functions: Mapping[str, Function], holding: Collection[str]) -> Compiled | None:
    """Compile a check that sees one record; None where it may see more, or is for a SPARQL engine.

    Args:
        query: a SELECT.
        functions: what it may call, by IRI.
        holding: IRIs of the properties by which a node holds parts.

    """
    try:
        parser = Parser(query, functions)
        where = parser.select()
        if see_one_node(where, {f"<{iri}>" for iri in holding}):
            return None
        well_designed(where, frozenset(), substituted=True)
        return Compiled(parser.columns, frozenset(_needs(where)), rulecode.condition(where))
    except BeyondError:
        return None


def _needs(group: Group) -> set[str]:
    """Return properties and classes without which a group has no solution."""
    alone = [(p, o) for _, p, o in group.patterns if p[0] == "<" and "|" not in p]
    found = {p for p, _ in alone} | {o for p, o in alone if p == _TYPE and o[0] == "<"}
    inner = [step.where for _, step in group.steps if isinstance(step, Counting)]
    return found.union(*map(_needs, (*group.within, *inner)))


def there(nodes: Nodes) -> frozenset[str]:
    """Return the properties and classes of nodes."""
    return frozenset().union(*nodes.values(), *[about.get(_TYPE, ()) for about in nodes.values()])


def canonical(nodes: Nodes) -> Nodes:
    """Return nodes with their literals as an engine has them, so that what is one value to it is one here."""
    found = dict(nodes)
    for subject, about in nodes.items():
        changed = {
            predicate: list(dict.fromkeys([as_engine(o) if o[-1] == ">" and o[0] == '"' else o for o in objects]))
            for predicate, objects in about.items()
            if len(objects) > 1 or (objects[0][-1] == ">" and objects[0][0] == '"')  # most have no datatype
        }
        if changed:
            found[subject] = {**about, **changed}
    return found


class Parser(grammar.Parser):
    """Reads a SELECT."""

    columns: tuple[str, ...] | None = ()  # None for all variables

    def select(self) -> Group:
        """Read the whole query; what it selects is the engine's."""
        self.prologue()
        self.expect("SELECT")
        self.accept("DISTINCT")
        columns: list[str] = []
        while not (self.accept("WHERE") or self.at("{")):
            if self.accept("("):
                self.expression()
                self.expect("AS")
                columns.append(self.variable()[1:])
                self.expect(")")
            elif not self.accept("*"):
                columns.append(self.variable()[1:])
        self.columns = tuple(columns) or None
        where = self.group()
        self.take("last")
        _inside(where)
        return where

    def filter(self, group: Group, outside: frozenset[str]) -> None:
        """Read EXISTS, NOT EXISTS, or a condition."""
        if self.accept("EXISTS"):
            group.within.append(self.group(outside))
        elif self.accept("NOT"):
            self.expect("EXISTS")
            group.without.append(self.group(outside))
        else:
            condition = self.expression() if self.at("(") else self.primary()
            if not isinstance(condition, Call):
                raise BeyondError
            group.filters.append(condition)

    def other(self, group: Group) -> bool:
        """Read VALUES."""
        if not self.accept("VALUES"):
            return False
        name, terms = self.variable(), []
        self.expect("{")
        while not self.accept("}"):
            terms.append(self.term("iri", "name"))
        group.steps.append(("values", (name, tuple(terms))))
        return True

    def aggregate(self) -> Callable[..., str]:
        """Read the head of COUNT, MIN or MAX."""
        how = _AGGREGATES.get(self.take("word").upper())
        self.expect("(")
        if how is None:
            raise BeyondError
        if not self.accept("DISTINCT"):
            return how
        return expressions.different if how is expressions.all_ else how

    def verb(self) -> str:
        """Read a property, or several of which any will do."""
        names = [super().verb()]
        while self.accept("|"):
            names.append(super().verb())
        if len(names) > 1 and any(name[0] != "<" for name in names):
            raise BeyondError
        return "|".join(names)

    def expression(self) -> Call | str:
        """Read what `||` joins."""
        one = self.all_of()
        while self.accept("||"):
            one = Call(expressions.either, (one, self.all_of()))
        return one

    def all_of(self) -> Call | str:
        """Read what `&&` joins."""
        one = self.comparison()
        while self.accept("&&"):
            one = Call(expressions.both, (one, self.comparison()))
        return one

    def comparison(self) -> Call | str:
        """Read two sums, or one."""
        one = self.sum()
        for sign, made in _COMPARISONS.items():
            if self.accept(sign):
                return made(one, self.sum())
        return one

    def sum(self) -> Call | str:
        """Read a sum."""
        one = self.primary()
        while True:
            for sign, function in _SUMS.items():
                if self.accept(sign):
                    one = Call(function, (one, self.primary()))
                    break
            else:
                return one

    def primary(self) -> Call | str:
        """Read a variable, a constant, a call, or what stands in parentheses."""
        if self.accept("!"):
            return Call(expressions.negation, (self.primary(),))
        if self.accept("("):
            inner = self.expression()
            self.expect(")")
            return inner
        kind = self.tokens[self.place][0]
        if kind == "word":
            return self.called()
        if kind == "number":
            return self.constant()
        return self.take("text") if kind == "text" else self.term("variable", "iri", "name")

    def called(self) -> Call:
        """Read the call of a function."""
        name = self.take("word").upper()
        if name == "TRUE":
            return Call(expressions.true, ())
        self.expect("(")
        arguments = self.several()
        if name == "COALESCE":
            return Call(expressions.first, arguments)
        if name == "REGEX":
            return self.regular(*arguments)
        function, number = _FUNCTIONS.get(name, (None, 0))
        if function is None or len(arguments) != number:
            raise BeyondError
        return Call(function, arguments)

    def regular(self, text: Call | str, pattern: Call | str = "", *flags: Call | str) -> Call:
        """Make a REGEX."""
        if not isinstance(pattern, str) or flags:
            raise BeyondError
        return Call(expressions.words(pattern), (text,))


def _inside(group: Group) -> None:
    """Make sure that conditions read only what their own group binds: of other variables engines think differently."""
    if any(not condition.variables <= bound(group) for condition in group.filters):
        raise BeyondError
    inner = [step.where if isinstance(step, Counting) else step for _, step in group.steps]
    for one in (*group.within, *group.without, *inner):
        if isinstance(one, Group):
            _inside(one)
