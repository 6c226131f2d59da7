"""Shapes of an ontology, compiled: see `kg.compiled.constraints`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache, cached_property

import pyoxigraph as ox

from kg.compiled import components
from kg.compiled.constraints import BeyondError, Check, Constraints, Shape, View
from kg.ontology import OWL, RDFS, SH, TYPE, Ontology, Term

_TYPE = f"<{TYPE.value}>"
_NOTHING: dict[str, list[str]] = {}
_MARKS = frozenset(
    {"name", "order", "description", "path", "message", "severity", "property", "targetClass", "group", "defaultValue"}
)
_KNOWN = _MARKS | {
    "minCount",
    "maxCount",
    "datatype",
    "class",
    "node",
    "pattern",
    "flags",
    "minLength",
    "maxLength",
    "uniqueLang",
}
_KNOWN |= {"hasValue", "in", "nodeKind", "and", "or", "xone", "not", "deactivated"}


def compile_(ontology: Ontology) -> Constraints | None:
    """Compile the shapes of an ontology, or return None where they are more than the dialect."""
    try:
        return Constraints(_Compiler(ontology).by_class())
    except BeyondError:
        return None


class _Compiler:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.static = ontology.nodes

    def by_class(self) -> dict[str, tuple[Shape, ...]]:
        found: dict[str, list[Shape]] = {}
        for kind in ("targetNode", "targetSubjectsOf", "targetObjectsOf", "target"):
            if any(f"<{SH}{kind}>" in about for about in self.static.values()):
                raise BeyondError
        classes = set(self.ontology.typed(RDFS + "Class")) | set(self.ontology.typed(OWL + "Class"))
        for shape in self.ontology.typed(SH + "NodeShape"):
            if shape in classes or self.ontology.objects(shape, RDFS + "subClassOf"):
                raise BeyondError  # an implicit class target (section 2.1.3.3)
            for target in self.ontology.objects(shape, SH + "targetClass"):
                for cls in self.below(str(target)):
                    found.setdefault(cls, []).append(self.shape(shape, ()))
        if any(cls in found for about in self.static.values() for cls in about.get(_TYPE, ())):
            raise BeyondError  # the ontology would have to be validated itself
        return {cls: tuple(shapes) for cls, shapes in found.items()}

    @cached_property
    def subclasses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for subject, about in self.static.items():
            for above in about.get(f"<{RDFS}subClassOf>", ()):
                found.setdefault(above, set()).add(subject)
        return found

    def below(self, cls: str) -> frozenset[str]:
        """Return a class and its subclasses."""
        seen, queue = {cls}, [cls]
        while queue:
            more = self.subclasses.get(queue.pop(), set()) - seen
            seen |= more
            queue += more
        return frozenset(seen)

    @cache  # noqa: B019 - the compiler lives as long as its shapes are read
    def shape(self, node: Term, above: tuple[Term, ...]) -> Shape:
        if node in above:
            raise BeyondError
        prefix = f"<{SH}"
        names = {iri[len(prefix) : -1] for iri in self.static.get(str(node), ()) if iri.startswith(prefix)}
        if not names <= _KNOWN or self.ontology.objects(node, SH + "deactivated"):
            raise BeyondError
        paths = self.ontology.objects(node, SH + "path")
        if len(paths) > 1 or not all(isinstance(path, ox.NamedNode) for path in paths):
            raise BeyondError
        path = paths[0].value if paths and isinstance(paths[0], ox.NamedNode) else ""
        severity = self.ontology.text(node, SH + "severity").removeprefix(SH) or "Violation"
        checks = [check for name in sorted(names - {"hasValue"}) for check in self.checks(node, name, (*above, node))]
        properties = [self.shape(inner, (*above, node)) for inner in self.ontology.objects(node, SH + "property")]
        return Shape(
            path=f"<{path}>" if path else "",
            severity=severity,
            message=self.ontology.text(node, SH + "message"),
            least=max((int(t) for t in self.texts(node, "minCount")), default=0),
            most=min((int(t) for t in self.texts(node, "maxCount")), default=math.inf),
            checks=tuple(checks),
            always=tuple(components.has(str(value)) for value in self.ontology.objects(node, SH + "hasValue")),
            properties=tuple(properties),
        )

    def texts(self, node: Term, name: str) -> list[str]:
        return [value.value for value in self.ontology.objects(node, SH + name) if isinstance(value, ox.Literal)]

    def checks(self, node: Term, name: str, above: tuple[Term, ...]) -> Iterator[Check]:  # noqa: C901 - a branch a constraint
        for value in self.ontology.objects(node, SH + name) if name not in _MARKS else ():
            text = value.value if isinstance(value, ox.Literal | ox.NamedNode) else ""
            if name == "datatype":
                yield components.each("Datatype", components.datatype(f"<{text}>"))
            elif name == "class":
                yield self._class(str(value))
            elif name == "pattern":
                pattern = components.pattern(text, self.ontology.text(node, SH + "flags"))
                yield components.each("Pattern", pattern)
            elif name in ("minLength", "maxLength"):
                yield components.each(
                    "MinLength" if name == "minLength" else "MaxLength", components.length(name, int(text))
                )
            elif name == "uniqueLang":
                yield components.unique
            elif name == "in":
                yield components.each("In", frozenset(map(str, self.ontology.members(value))).__contains__)
            elif name == "nodeKind":
                yield components.each("NodeKind", components.kind(text.removeprefix(SH)))
            elif name == "node":
                yield self._node(value, above)
            elif name == "not":
                yield components.shaped("Not", components.several(name, [self.shape(value, above)]))
            elif name in ("and", "or", "xone"):
                shapes = [self.shape(member, above) for member in self.ontology.members(value)]
                yield components.shaped(name.title(), components.several(name, shapes))
            elif name not in ("flags", "minCount", "maxCount"):
                raise BeyondError

    def _class(self, name: str) -> Check:
        wanted = self.below(name)
        static = self.static

        def fits(view: View, value: str) -> bool:
            if value[0] != "<":
                return False
            return not wanted.isdisjoint(static.get(value, _NOTHING).get(_TYPE, ())) or view.is_a(value, wanted, name)

        return components.shaped("Class", fits)

    def _node(self, value: Term, above: tuple[Term, ...]) -> Check:
        """sh:node: most are code lists, whose members are known, and looked at when a record first names them."""
        inner = self.shape(value, above)
        ours = View(self.static, lambda _: ())

        @cache
        def member(node: str) -> bool:
            return node[0] == "<" and inner.holds(ours, node)

        def holds(view: View, node: str) -> bool:
            return inner.holds(view, node) if node in view.nodes or node not in self.static else member(node)

        return components.shaped("Node", holds)
