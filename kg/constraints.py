"""Constraints: shapes compiled to checks on the nodes of one record, the fastest engine and the only one that runs file by file.

What is compiled is the dialect in which a fact file can be described: shapes with sh:targetClass; fields (one property
each) with minCount, maxCount, datatype, class, node, pattern, minLength, uniqueLang, hasValue, in, nodeKind; and, or, xone,
not of such shapes. For all else `compile_` returns None, and another engine validates. pySHACL is the referee: both give
the same results on every fixture (https://www.w3.org/TR/shacl/#core-components).

A node of another record is known by its classes. Where these are not at hand, `sh:class` is noted as open and held to hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import pyoxigraph as ox

from kg.ontology import OWL, RDF, RDFS, SH, TYPE, XSD, Ontology, Term, term
from kg.rules import Nodes

_TYPE = f"<{TYPE.value}>"
_LANG_STRING = f"<{RDF}langString>"
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

# path, value, component
Breach = tuple[str, str, str]
Classes = Callable[[str], Iterable[str] | None]
_Check = Callable[["View", str, str, list[str]], Iterator[Breach]]


class _BeyondError(Exception):
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
    checks: tuple[_Check, ...]  # of the values, where there are some
    always: tuple[_Check, ...]  # those that ask also where there are none
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
        """Tell whether a node conforms."""
        return next(self.breaches(view, node), None) is None


_NOTHING: dict[str, list[str]] = {}
_NONE: list[str] = []


@dataclass(frozen=True)
class Constraints:
    """The shapes of an ontology by the class that they are for, ready to run."""

    by_class: Mapping[str, tuple[Shape, ...]]
    _plans: dict[tuple[str, ...], tuple[list[Shape], list[Shape]]] = field(default_factory=dict, repr=False)

    def breaches(self, view: View) -> Iterator[tuple[str, Shape, Breach]]:
        """Yield what is wrong with the nodes of a view."""
        for node, about in view.nodes.items():
            classes = tuple(about.get(_TYPE, _NONE))
            plan = self._plans.get(classes)
            if plan is None:
                plan = self._plans[classes] = self._plan(classes)
            for shape in plan[0]:
                yield from shape.breaches(view, node)
            for shape in plan[1]:  # what most shapes are: fields
                values = about.get(shape.path)
                if values is None:
                    if shape.least or shape.always:
                        yield from shape.breaches(view, node)
                    continue
                if not shape.least <= len(values) <= shape.most or shape.always or shape.properties:
                    yield from shape.breaches(view, node)
                    continue
                for check in shape.checks:
                    for breach in check(view, node, shape.path, values):
                        yield node, shape, breach

    def _plan(self, classes: tuple[str, ...]) -> tuple[list[Shape], list[Shape]]:
        shapes = list(dict.fromkeys(shape for cls in classes for shape in self.by_class.get(cls, ())))
        whole = [shape for shape in shapes if shape.checks or shape.always]
        fields = [inner for shape in shapes if shape not in whole for inner in shape.properties]
        return whole, fields


def compile_(ontology: Ontology) -> Constraints | None:
    """Compile the shapes of an ontology, or return None where they are more than the dialect."""
    try:
        return Constraints(_Compiler(ontology).by_class())
    except _BeyondError:
        return None


class _Compiler:
    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.static: dict[str, dict[str, list[str]]] = {}
        for triple in ontology.triples:
            about = self.static.setdefault(str(triple.subject), {})
            about.setdefault(str(triple.predicate), []).append(str(triple.object))

    def by_class(self) -> dict[str, tuple[Shape, ...]]:
        found: dict[str, list[Shape]] = {}
        for kind in ("targetNode", "targetSubjectsOf", "targetObjectsOf", "target"):
            if any(triple.predicate.value == SH + kind for triple in self.ontology.triples):
                raise _BeyondError
        classes = set(self.ontology.typed(RDFS + "Class")) | set(self.ontology.typed(OWL + "Class"))
        for shape in self.ontology.typed(SH + "NodeShape"):
            if shape in classes or self.ontology.objects(shape, RDFS + "subClassOf"):
                raise _BeyondError  # an implicit class target (section 2.1.3.3)
            for target in self.ontology.objects(shape, SH + "targetClass"):
                for cls in self.below(str(target)):
                    found.setdefault(cls, []).append(self.shape(shape, ()))
        if any(cls in found for about in self.static.values() for cls in about.get(_TYPE, ())):
            raise _BeyondError  # the ontology would have to be validated itself
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
            raise _BeyondError
        prefix = f"<{SH}"
        names = {iri[len(prefix) : -1] for iri in self.static.get(str(node), ()) if iri.startswith(prefix)}
        if not names <= _KNOWN or self.ontology.objects(node, SH + "deactivated"):
            raise _BeyondError
        paths = self.ontology.objects(node, SH + "path")
        if len(paths) > 1 or not all(isinstance(path, ox.NamedNode) for path in paths):
            raise _BeyondError
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
            always=tuple(_has(str(value)) for value in self.ontology.objects(node, SH + "hasValue")),
            properties=tuple(properties),
        )

    def texts(self, node: Term, name: str) -> list[str]:
        return [value.value for value in self.ontology.objects(node, SH + name) if isinstance(value, ox.Literal)]

    def checks(self, node: Term, name: str, above: tuple[Term, ...]) -> Iterator[_Check]:  # noqa: C901 - a branch a constraint
        for value in self.ontology.objects(node, SH + name) if name not in _MARKS else ():
            text = value.value if isinstance(value, ox.Literal | ox.NamedNode) else ""
            if name == "datatype":
                yield _each("Datatype", _datatype(f"<{text}>"))
            elif name == "class":
                yield self._class(str(value))
            elif name == "pattern":
                pattern = _pattern(text, self.ontology.text(node, SH + "flags"))
                yield _each("Pattern", pattern)
            elif name in ("minLength", "maxLength"):
                yield _each("MinLength" if name == "minLength" else "MaxLength", _length(name, int(text)))
            elif name == "uniqueLang":
                yield _unique
            elif name == "in":
                yield _each("In", frozenset(map(str, self.ontology.members(value))).__contains__)
            elif name == "nodeKind":
                yield _each("NodeKind", _kind(text.removeprefix(SH)))
            elif name == "node":
                yield self._node(value, above)
            elif name == "not":
                yield _shaped("Not", _several(name, [self.shape(value, above)]))
            elif name in ("and", "or", "xone"):
                shapes = [self.shape(member, above) for member in self.ontology.members(value)]
                yield _shaped(name.title(), _several(name, shapes))
            elif name not in ("flags", "minCount", "maxCount"):
                raise _BeyondError

    def _class(self, name: str) -> _Check:
        wanted = self.below(name)
        static = self.static

        def check(view: View, node: str, path: str, values: list[str]) -> Iterator[Breach]:  # noqa: ARG001 - a check's signature
            for value in values:
                if value[0] == "<" and value in static:
                    if wanted.isdisjoint(static[value].get(_TYPE, ())) and not view.is_a(value, wanted, name):
                        yield path, value, "Class"
                elif value[0] != "<" or not view.is_a(value, wanted, name):
                    yield path, value, "Class"

        return check

    def _node(self, value: Term, above: tuple[Term, ...]) -> _Check:
        """sh:node: most are code lists, whose members are known."""
        inner = self.shape(value, above)
        ours = View(self.static, lambda _: ())
        members = {node for node in self.static if node[0] == "<" and inner.holds(ours, node)}

        def holds(view: View, node: str) -> bool:
            return inner.holds(view, node) if node in view.nodes or node not in self.static else node in members

        return _shaped("Node", holds)


def _each(component: str, fits: Callable[[str], bool]) -> _Check:
    def check(view: View, node: str, path: str, values: list[str]) -> Iterator[Breach]:  # noqa: ARG001 - as above
        for value in values:
            if not fits(value):
                yield path, value, component

    return check


def _shaped(component: str, fits: Callable[[View, str], bool]) -> _Check:
    def check(view: View, node: str, path: str, values: list[str]) -> Iterator[Breach]:  # noqa: ARG001 - as above
        for value in values:
            if not fits(view, value):
                yield path, value, component

    return check


def _several(name: str, shapes: list[Shape]) -> Callable[[View, str], bool]:
    if name == "and":
        return lambda view, value: all(shape.holds(view, value) for shape in shapes)
    if name == "or":
        return lambda view, value: any(shape.holds(view, value) for shape in shapes)
    if name == "not":
        return lambda view, value: not shapes[0].holds(view, value)
    return lambda view, value: sum(shape.holds(view, value) for shape in shapes) == 1


def _has(wanted: str) -> _Check:
    def check(view: View, node: str, path: str, values: list[str]) -> Iterator[Breach]:  # noqa: ARG001 - as above
        if wanted not in values:
            yield path, "", "HasValue"

    return check


def _unique(view: View, node: str, path: str, values: list[str]) -> Iterator[Breach]:  # noqa: ARG001 - as above
    if len(values) > 1:
        tags = [value[value.rindex('"') + 2 :] for value in values if value[0] == '"' and value[-1] not in '">']
        for _ in {tag for tag in tags if tags.count(tag) > 1}:
            yield path, "", "UniqueLang"


def _datatype(wanted: str) -> Callable[[str], bool]:
    if wanted == f"<{XSD}string>":
        return lambda value: value[-1] == '"'
    if wanted == _LANG_STRING:
        return lambda value: value[0] == '"' and value[-1] not in '">'
    end = f'"^^{wanted}'
    name = wanted[1:-1].removeprefix(XSD)
    if name in _SPACES:
        return lambda value: value.endswith(end) and _well_formed(value)
    if name != wanted[1:-1]:
        raise _BeyondError
    return lambda value: value.endswith(end)


@cache
def _well_formed(text: str) -> bool:
    found = term(text)
    return (
        isinstance(found, ox.Literal)
        and _SPACES[found.datatype.value.removeprefix(XSD)].fullmatch(found.value) is not None
    )


# Lexical spaces (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes) of the datatypes that are compiled.
_SPACES = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "anyURI": r"(?s:.*)",
        "boolean": r"true|false|1|0",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "integer": r"[+-]?\d+",
        "nonNegativeInteger": r"\+?\d+|-0+",
        "positiveInteger": r"\+?0*[1-9]\d*",
        "duration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    }.items()
}


def _lexical(value: str) -> str | None:
    """Return what a pattern is held against: an IRI or the text of a literal."""
    if value[0] == "<":
        return value[1:-1]
    if value[0] != '"':
        return None
    text = value[1 : value.rindex('"')]
    if "\\" not in text:
        return text
    found = term(value)
    return found.value if isinstance(found, ox.Literal) else None


def _pattern(text: str, flags: str) -> Callable[[str], bool]:
    if not set(flags) <= set("i"):
        raise _BeyondError
    # `$` ends the text (https://www.w3.org/TR/xpath-functions-31/#regex-syntax); Python's also stands before a line end
    compiled = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text), re.IGNORECASE if flags else 0)

    def fits(value: str) -> bool:
        text = _lexical(value)
        return text is not None and compiled.search(text) is not None

    return fits


def _length(name: str, bound: int) -> Callable[[str], bool]:
    def fits(value: str) -> bool:
        text = _lexical(value)
        return text is not None and (len(text) >= bound if name == "minLength" else len(text) <= bound)

    return fits


def _kind(kind: str) -> Callable[[str], bool]:
    first = {
        "IRI": "<",
        "Literal": '"',
        "BlankNode": "_",
        "BlankNodeOrIRI": "<_",
        "BlankNodeOrLiteral": '"_',
        "IRIOrLiteral": '<"',
    }
    if kind not in first:
        raise _BeyondError
    return lambda value: value[0] in first[kind]
