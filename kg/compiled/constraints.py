"""Constraints: shapes compiled to checks on the nodes of one record, the fastest engine and the only one that runs file by file.

What is compiled is the dialect in which a fact file can be described: shapes with sh:targetClass; fields (one property
each) with minCount, maxCount, datatype, class, node, pattern, minLength, uniqueLang, hasValue, in, nodeKind; and, or, xone,
not of such shapes. For all else `compile_` returns None, and another engine validates. pySHACL is the referee: both give
the same results on every fixture (https://www.w3.org/TR/shacl/#core-components).

A node of another record is known by its classes. Where these are not at hand, `sh:class` is noted as open and held to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.compiled.rules import Nodes
from kg.layout import kind
from kg.ontology import TYPE

_TYPE = f"<{TYPE.value}>"

# path, value, component
Breach = tuple[str, str, str]
Classes = Callable[[str], Iterable[str] | None]
Check = Callable[["View", str, str, list[str]], Iterable[Breach]]


class BeyondError(Exception):
    """The shapes are more than is compiled here."""


@dataclass(slots=True)
class View:
    """The nodes of a record and, as far as they are known, the classes of others; all terms in N-Triples syntax."""

    nodes: Nodes
    classes: Classes  # of a node that is not among these; None where they are not known
    open: set[tuple[str, str]] = field(default_factory=set)  # node and class, where they are not

    def is_a(self, node: str, wanted: frozenset[str], name: str) -> bool:
        """Tell whether a node has one of some classes; `name` is the one that all are subclasses of."""
        about = self.nodes.get(node)
        found = about.get(_TYPE, ()) if about is not None else self.classes(node)
        if found is None:
            self.open.add((node, name))
            return True
        return not wanted.isdisjoint(found)


@dataclass(frozen=True, eq=False)
class Shape:
    """A node shape or property shape."""

    path: str  # in N-Triples syntax, or nothing
    severity: str
    message: str
    least: int
    most: float
    checks: tuple[Check, ...]  # of the values, where there are some
    always: tuple[Check, ...]  # those that ask also where there are none
    properties: tuple[Shape, ...]

    def breaches(self, view: View, node: str) -> Iterator[tuple[str, Shape, Breach]]:
        """Yield focus node, shape and breach for all that is wrong with a node."""
        values = view.nodes.get(node, _NOTHING).get(self.path, _NONE) if self.path else [node]
        number = len(values)
        if number < self.least:
            yield node, self, (self.path, "", "MinCount")
        if number > self.most:
            yield node, self, (self.path, "", "MaxCount")
        for check in (*self.always, *self.checks) if values else self.always:
            for breach in check(view, node, self.path, values):
                yield node, self, breach
        for shape in self.properties:
            for value in values:
                yield from shape.breaches(view, value)

    def holds(self, view: View, node: str) -> bool:
        """Tell whether a node conforms: whether it has no breaches, without looking for more than one."""
        values = view.nodes.get(node, _NOTHING).get(self.path, _NONE) if self.path else [node]
        if not self.least <= len(values) <= self.most:
            return False
        for check in (*self.always, *self.checks) if values else self.always:
            for _ in check(view, node, self.path, values):
                return False
        for shape in self.properties:
            for value in values:
                if not shape.holds(view, value):
                    return False
        return True


_NOTHING: dict[str, list[str]] = {}
_NONE: list[str] = []


# Shapes to look into, and checks of the values of properties, each with its shape: what is left to do for a node.
_Plan = tuple[list[Shape], list[tuple[str, Shape, Check]]]
_MANY = 10_000


@dataclass(frozen=True)
class Constraints:
    """The shapes of an ontology by the class that they are for, ready to run."""

    by_class: Mapping[str, tuple[Shape, ...]]
    _plans: dict[object, _Plan] = field(default_factory=dict, repr=False)

    def breaches(self, view: View) -> Iterator[tuple[str, Shape, Breach]]:
        """Yield what is wrong with the nodes of a view."""
        plans = self._plans
        for node, about in view.nodes.items():
            key = kind(about)
            plan = plans.get(key)
            if plan is None:
                if len(plans) > _MANY:
                    plans.clear()
                plan = plans[key] = self._plan(about)
            for shape in plan[0]:
                yield from shape.breaches(view, node)
            for path, shape, check in plan[1]:
                for breach in check(view, node, path, about[path]):
                    yield node, shape, breach

    def _plan(self, about: Mapping[str, list[str]]) -> _Plan:
        """Tell what is left to do for nodes of some classes, with so many values of some properties."""
        classes = about.get(_TYPE, _NONE)
        shapes = list(dict.fromkeys(shape for cls in classes for shape in self.by_class.get(cls, ())))
        whole = [shape for shape in shapes if shape.checks or shape.always]
        checks = []
        for shape in [inner for outer in shapes if outer not in whole for inner in outer.properties]:
            values = about.get(shape.path, _NONE)
            if not shape.least <= len(values) <= shape.most or shape.always or shape.properties:
                whole.append(shape)
            elif values:
                checks += [(shape.path, shape, check) for check in shape.checks]
        return whole, checks
