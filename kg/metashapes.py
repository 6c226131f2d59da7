"""Faults of shapes, which a SHACL engine would pass over in silence.

No engine complains of a misspelt `sh:mincount`: the constraint is just never checked. So what a shapes graph may say is
held here against the terms of SHACL Core (https://www.w3.org/TR/shacl/, parts 2 to 4); `sh:sparql`, `sh:js` and targets
by query are refused, since rules that read other records are `checks/*.rq`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # typeshed leaves out the parser of the re module
from typing import Any

import pyoxigraph as ox

from kg.diagnostic import Diagnostic, Location
from kg.ontology import OWL, RDF, SH, SKOS, TYPE, Ontology, Subject, Term
from kg.suggestion import nearest

_CORE = frozenset(
    {
        "alternativePath",
        "and",
        "class",
        "closed",
        "datatype",
        "deactivated",
        "defaultValue",
        "description",
        "disjoint",
        "equals",
        "flags",
        "group",
        "hasValue",
        "ignoredProperties",
        "in",
        "inversePath",
        "languageIn",
        "lessThan",
        "lessThanOrEquals",
        "maxCount",
        "maxExclusive",
        "maxInclusive",
        "maxLength",
        "message",
        "minCount",
        "minExclusive",
        "minInclusive",
        "minLength",
        "name",
        "node",
        "nodeKind",
        "not",
        "oneOrMorePath",
        "or",
        "order",
        "path",
        "pattern",
        "property",
        "qualifiedMaxCount",
        "qualifiedMinCount",
        "qualifiedValueShape",
        "qualifiedValueShapesDisjoint",
        "severity",
        "targetClass",
        "targetNode",
        "targetObjectsOf",
        "targetSubjectsOf",
        "uniqueLang",
        "xone",
        "zeroOrMorePath",
        "zeroOrOnePath",
    }
)
# What may be the object of a triple: classes of shapes, severities, kinds of nodes.
_VALUES = (
    *("NodeShape", "PropertyShape", "PropertyGroup", "Violation", "Warning", "Info"),
    *("IRI", "BlankNode", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"),
)
_NUMBERS = ("minCount", "maxCount", "order")
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
_NESTING = ("node", "property", "not", "qualifiedValueShape", "and", "or", "xone")


def check(ontology: Ontology) -> list[Diagnostic]:
    """Return the faults of the shapes of an ontology."""
    return sorted(_faults(ontology))


def _faults(ontology: Ontology) -> Iterator[Diagnostic]:
    shapes = [shape for shape in ontology.typed(SH + "NodeShape") if isinstance(shape, ox.NamedNode)]
    if not any(ontology.objects(shape, SH + target) for shape in shapes for target in _TARGETS):
        location = Location("ontology/shapes.ttl")
        yield Diagnostic(location, "no-shapes", "no shape has a target", "an ontology without shapes validates nothing")
    for shape in shapes:
        yield from _shape_faults(ontology, shape)
    for triple in ontology.triples:
        name = triple.predicate.value.removeprefix(SH)
        if name == triple.predicate.value or name in _CORE:
            continue
        yield _unknown(ontology, name, _CORE)
    for triple in ontology.triples:
        value = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
        name = value.removeprefix(SH)
        if name not in (value, *_VALUES):
            yield _unknown(ontology, name, _VALUES)


def _unknown(ontology: Ontology, name: str, terms: Iterable[str]) -> Diagnostic:
    known = {term.lower(): term for term in terms}
    near = [f"sh:{known[term]}" for term in nearest(name.lower(), known, limit=1)]
    hint = f"did you mean {near[0]}?" if near else "a rule that needs SPARQL is a file of ontology/checks"
    return Diagnostic(_place(ontology, name), "unknown-shacl-term", f"sh:{name} is no term of SHACL Core", hint)


def _shape_faults(ontology: Ontology, shape: ox.NamedNode) -> Iterator[Diagnostic]:
    place = Location(ontology.origin[shape.value])
    name = shape.value
    is_scheme = ox.NamedNode(SKOS + "ConceptScheme") in ontology.objects(shape, TYPE.value)
    if not is_scheme and not any(ontology.objects(shape, SH + target) for target in _TARGETS):
        yield Diagnostic(place, "shape-without-target", f"the shape <{name}> has no target", "give it sh:targetClass")
    classes = set(ontology.typed(OWL + "Class"))
    for target in ontology.objects(shape, SH + "targetClass"):
        if target not in classes:
            yield Diagnostic(place, "unknown-class", f"the shape <{name}> targets {target}, which is no owl:Class")
    if _recursive(ontology, shape, ()):
        yield Diagnostic(place, "recursive-shape", f"the shape <{name}> contains itself", "SHACL leaves that undefined")
    for part in ontology.objects(shape, SH + "property"):
        yield from _field_faults(ontology, part, place, name)
        yield from _property_faults(ontology, part, place, name, classes)


def _property_faults(
    ontology: Ontology, shape: Term, place: Location, owner: str, classes: set[Subject]
) -> Iterator[Diagnostic]:
    for wanted in ontology.objects(shape, SH + "class"):
        if wanted not in classes and wanted != ox.NamedNode(RDF + "Property"):
            yield Diagnostic(place, "unknown-class", f"<{owner}> asks for {wanted}, which is no owl:Class")
    for wanted in ontology.objects(shape, SH + "node"):
        if not ontology.objects(wanted, TYPE.value):
            yield Diagnostic(
                place, "unknown-code-list", f"<{owner}> asks for a code of {wanted}, which is not declared"
            )
    for pattern in ontology.objects(shape, SH + "pattern"):
        try:
            slow = _backtracks(_parser.parse(pattern.value))  # type: ignore[union-attr]  # a literal, else it is no regex
        except (re.error, AttributeError) as error:
            yield Diagnostic(place, "bad-pattern", f"<{owner}>: {error} in sh:pattern {pattern}", "mend the expression")
            continue
        if slow:
            message = f"<{owner}>: a repetition inside a repetition in sh:pattern {pattern}"
            yield Diagnostic(place, "slow-pattern", message, "such an expression can take for ever; write it without")


def _field_faults(ontology: Ontology, shape: Term, place: Location, owner: str) -> Iterator[Diagnostic]:
    """A property shape is a field: one property, and numbers that are numbers."""
    path = ontology.objects(shape, SH + "path")
    if len(path) != 1 or not isinstance(path[0], ox.NamedNode):
        message = f"<{owner}> has a property shape whose sh:path is not one IRI"
        yield Diagnostic(
            place, "not-a-field", message, "a field is one property; rules along paths are ontology/checks"
        )
    for name in _NUMBERS:
        for number in ontology.objects(shape, SH + name):
            if not re.fullmatch(
                r"\d+(\.\d+)?" if name == "order" else r"\d+", number.value if isinstance(number, ox.Literal) else ""
            ):
                yield Diagnostic(place, "not-a-number", f"<{owner}> has sh:{name} {number}", "write a whole number")


def _recursive(ontology: Ontology, shape: Term, above: tuple[Term, ...]) -> bool:
    if shape in above:
        return True
    inner = [x for name in _NESTING for x in ontology.objects(shape, SH + name)]
    members = [y for x in inner for y in (ontology.members(x) if ontology.objects(x, RDF + "first") else (x,))]
    return any(_recursive(ontology, member, (*above, shape)) for member in members)


def _backtracks(pattern: Iterable[tuple[Any, Any]], *, inside: bool = False) -> bool:
    """Tell whether an unbounded repetition stands inside another, as in `(a+)+`: time may double with every character."""
    for operator, argument in pattern:
        repeats = operator in (_constants.MAX_REPEAT, _constants.MIN_REPEAT)
        if repeats:
            _, most, body = argument
            unbounded = most is _constants.MAXREPEAT
            if (unbounded and inside) or _backtracks(body, inside=inside or unbounded):
                return True
        elif operator is _constants.SUBPATTERN:
            if _backtracks(argument[-1], inside=inside):
                return True
        elif operator is _constants.BRANCH and any(_backtracks(x, inside=inside) for x in argument[1]):
            return True
    return False


def _place(ontology: Ontology, name: str) -> Location:
    """Find the first line that writes a `sh:` term."""
    for file in sorted(ontology.directory.glob("*.ttl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            column = line.find(f"sh:{name}")
            if column >= 0:
                return Location(f"ontology/{file.name}", number, column)
    return Location("ontology/shapes.ttl")
