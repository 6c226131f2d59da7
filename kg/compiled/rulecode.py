"""Compiled rules as Python: loops over the nodes of a record, which is several times faster than to interpret patterns.

A group graph pattern becomes a generator of the variables that it binds, one after the other: a pattern is a loop or a
condition within those before it, an OPTIONAL a loop over what its own generator gives, or over one solution without it,
FILTER NOT EXISTS the condition that its generator gives nothing. In the source stand names made here and the text of
terms as Python writes it, nothing else of a query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias, cast

from kg.compiled.rules import BeyondError, Call, Counting, Group, Joined, Nodes, Triple, as_engine, integer, variables

# Where a variable stands in the source, and whether it may be unbound there.
_Scope: TypeAlias = dict[str, tuple[str, bool]]


def condition(where: Group) -> Callable[[Nodes], bool]:
    """Return what tells whether a group has a solution."""
    writer = _Source()
    body = _Body(writer, "found", {})
    body.group(where, {})
    body.line("return True")
    writer.lines += [*body.lines, "    return False"]
    return cast("Callable[[Nodes], bool]", writer.made("found"))


def function(template: tuple[Triple, ...], where: Group) -> Callable[[Nodes], Iterator[Triple]]:
    """Return what gives the triples of a rule, some perhaps more than once."""
    writer = _Source()
    writer.rule(template, where)
    return cast("Callable[[Nodes], Iterator[Triple]]", writer.made("rule"))


class _Source:
    """Source that is being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Callable[..., object]] = {"around": _around, "integer": integer, "as_engine": as_engine}
        self.number = 0

    def made(self, name: str) -> Callable[..., object]:
        """Return a function of what was written."""
        exec("\n".join(self.lines), self.names)  # noqa: S102 - see above: none of it was written by others
        return self.names[name]

    def new(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.number}"

    def rule(self, template: tuple[Triple, ...], where: Group) -> None:
        body = _Body(self, "rule", {})
        scope = body.group(where, {})
        for pattern in template:
            if any(term[0] == "?" and term not in scope for term in pattern):
                continue  # nothing ever binds it
            terms = [scope[t] if t[0] == "?" else (repr(t), False) for t in pattern]
            conditions = []
            for place, (name, unbound) in enumerate(terms):
                if pattern[place][0] == "?":
                    conditions += [name] * unbound + [f"{name}[0] == '<'"] * (place < 2)  # noqa: PLR2004 - but the object
            subject, predicate, (object_, _) = terms[0][0], terms[1][0], terms[2]
            if pattern[2][0] == "?":
                object_ = f"as_engine({object_}) if {object_}[-1] == '>' and {object_}[0] == '\"' else {object_}"
            if conditions:
                body.line(f"if {' and '.join(conditions)}:")
            body.line(f"{'    ' * bool(conditions)}yield {subject}, {predicate}, {object_}")
        self.lines += [*body.lines, "    yield from ()"]  # a generator, even where it can give nothing


class _Body:
    """The body of one generator."""

    def __init__(self, source: _Source, name: str, given: _Scope) -> None:
        self.source = source
        self.lines = [
            f"def {name}({', '.join(['nodes', *(name for name, _ in given.values())])}):",
            "    for _ in (0,):",
        ]
        self.depth = 2
        self.about: dict[str, str] = {}  # where that stands which is said of a node

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    def loop(self, names: str, over: str) -> None:
        self.line(f"for {names} in {over}:")
        self.depth += 1

    def group(self, group: Group, scope: _Scope) -> _Scope:
        """Write the loops of a group; what follows stands in the innermost."""
        scope = dict(scope)
        for kind, step in group.steps:
            if kind == "pattern" and isinstance(step, tuple):
                self.pattern(step, scope)
            elif kind == "values" and isinstance(step, tuple):
                self.values(step, scope)
            elif kind == "bind" and isinstance(step, tuple):
                value, scope[step[0]] = self.value(step[1], scope), (self.source.new("v"), True)
                self.line(f"{scope[step[0]][0]} = {value}")
            elif isinstance(step, Counting):
                self.counting(step, scope)
            elif isinstance(step, Group):
                self.optional(step, scope)
        self.conditions(group, scope)
        return scope

    def conditions(self, group: Group, scope: _Scope) -> None:
        for name, number in group.equal:
            self.line(f"if integer({scope.get(name, ('None', True))[0]} or '') != {number}: continue")
        for condition in group.filters:
            self.line(f"if {self.value(condition, scope)} is not True: continue")
        for inner in group.within:
            self.line(f"if next({self.inner(inner, scope)[0]}, None) is None: continue")
        for inner in group.without:
            self.line(f"if next({self.inner(inner, scope)[0]}, None) is not None: continue")

    def pattern(self, pattern: Triple, scope: _Scope) -> None:
        subject, predicate, object_ = pattern
        if subject not in scope:
            name, about = self.source.new("v"), self.source.new("a")
            scope[subject] = name, False
            self.about[name] = about
            self.loop(f"{name}, {about}", "nodes.items()")
        node = scope[subject][0]
        if predicate[0] == "*":
            objects = f"around(nodes, {node}, {predicate[1:]!r})"
        else:
            if node not in self.about:
                self.about[node] = self.source.new("a")
                self.line(f"{self.about[node]} = nodes.get({node}, {{}})")
            found = [f"{self.about[node]}.get({name!r}, ())" for name in predicate.split("|")]
            objects = found[0] if len(found) == 1 else f"({', '.join(f'*{some}' for some in found)},)"
        if object_[0] != "?":
            self.line(f"if {object_!r} not in {objects}: continue")
            return
        known, unbound = scope.get(object_, ("", True))
        if known and not unbound:
            self.line(f"if {known} not in {objects}: continue")
            return
        scope[object_] = self.source.new("v"), False
        self.loop(scope[object_][0], objects)
        if known:
            self.line(f"if {known} is not None and {known} != {scope[object_][0]}: continue")

    def values(self, values: tuple[str, tuple[str, ...]], scope: _Scope) -> None:
        variable, terms = values
        known, unbound = scope.get(variable, ("", True))
        if unbound:
            raise BeyondError
        self.line(f"if {known} not in {terms!r}: continue")

    def inner(self, group: Group, scope: _Scope) -> tuple[str, _Scope]:
        """Write the generator of a group within; return a call of it, and the variables that it gives."""
        given = {variable: scope[variable] for variable in variables(group) if variable in scope}
        name = self.source.new("g")
        body = _Body(self.source, name, given)
        after = body.group(group, given)
        bound = {v: place for v, place in after.items() if given.get(v) != place}
        body.line(f"yield ({''.join(f'{place}, ' for place, _ in bound.values())})")
        self.source.lines += body.lines
        return f"{name}({', '.join(['nodes', *(place for place, _ in given.values())])})", bound

    def optional(self, group: Group, scope: _Scope) -> None:
        call, bound = self.inner(group, scope)
        if not bound:
            return
        without = "".join(f"{scope.get(variable, ('None', True))[0]}, " for variable in bound)
        names = "".join(f"{place}, " for place, _ in bound.values())
        self.loop(names, f"tuple({call}) or (({without}),)")
        scope.update({variable: (place, True) for variable, (place, _) in bound.items()})

    def counting(self, counting: Counting, scope: _Scope) -> None:
        call, bound = self.inner(counting.where, {})
        found, values = self.source.new("c"), self.source.new("s")
        self.line(f"{found} = {{}}")
        self.line(f"for {''.join(f'{place}, ' for place, _ in bound.values())} in {call}:")
        of = bound[counting.of][0]
        self.line(f"    {values} = {found}.setdefault({of}, ({'[], ' * len(counting.counts)}))")
        for place, (_, counted, _) in enumerate(counting.counts):
            if counted in bound:
                self.line(f"    {values}[{place}].append({bound[counted][0]})")
        scope[counting.of] = of, False
        self.loop(f"{of}, {values}", f"{found}.items()")
        for place, (how, _, name) in enumerate(counting.counts):
            scope[name] = self.source.new("v"), False
            aggregate = self.source.new("f")
            self.source.names[aggregate] = how
            self.line(f"{scope[name][0]} = {aggregate}({values}[{place}])")

    def value(self, value: Call | str, scope: _Scope) -> str:
        """Write an expression."""
        if isinstance(value, str):
            return scope.get(value, ("None", True))[0] if value[0] == "?" else repr(value)
        name = self.source.new("f")
        self.source.names[name] = value.function
        return f"{name}({', '.join(self.value(argument, scope) for argument in value.arguments)})"


def _around(nodes: Nodes, node: str, predicate: str) -> list[str]:
    return nodes.around(node, predicate) if isinstance(nodes, Joined) else [node]
