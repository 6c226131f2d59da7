"""Faults of shapes, which a SHACL engine would pass over in silence.

No engine complains of a misspelt `sh:mincount`: the constraint is just never checked. So what a shapes graph may say is
held here against the terms of SHACL Core (https://www.w3.org/TR/shacl/, parts 2 to 4); `sh:sparql`, `sh:js` and targets
by query are refused, since rules that read other records are `checks/*.rq`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg import patterns
from kg.diagnostic import Diagnostic, Location
from kg.ontology import OWL, RDF, SH, SKOS, TYPE, Ontology, Subject, Term
from kg.suggestion import nearest
from kg.vocabulary import local_name

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
_DEEPEST = 50  # levels of shapes within shapes
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
    if _nesting(ontology):
        place = Location("ontology/shapes.ttl")
        yield Diagnostic(place, "recursive-shape", f"a shape nested deeper than {_DEEPEST} levels", "write it flat")
        return
    faults = list(_list_faults(ontology))
    yield from faults
    for shape in () if faults else shapes:
        yield from _shape_faults(ontology, shape)
    yield from _pattern_faults(ontology)
    yield from _clashes(ontology, shapes)
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


def _clashes(ontology: Ontology, shapes: list[ox.NamedNode]) -> Iterator[Diagnostic]:
    """Names that stand for two things: classes of one local name, fields of one name, fields called as a keyword."""
    classes: dict[str, set[str]] = {}
    for cls in ontology.typed(OWL + "Class"):
        if isinstance(cls, ox.NamedNode):
            classes.setdefault(local_name(cls.value), set()).add(cls.value)
    for name, iris in classes.items():
        if len(iris) > 1:
            place = Location(ontology.origin[max(iris)])
            yield Diagnostic(place, "ambiguous-name", f"two classes are called {name}", "rename one")
    for shape in shapes:
        paths: dict[str, str] = {}
        for prop in ontology.objects(shape, SH + "property"):
            path = ontology.text(prop, SH + "path")
            name = ontology.text(prop, SH + "name") or local_name(path)
            if name in ("id", "type") or paths.setdefault(name, path) != path:
                hint = "rename it with sh:name"
                yield Diagnostic(
                    Location(ontology.origin[shape.value]), "ambiguous-name", f"a second field called '{name}'", hint
                )


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


def _pattern_faults(ontology: Ontology) -> Iterator[Diagnostic]:
    """Every sh:pattern, wherever it stands: XPath's expressions, which look at no surroundings and refer to no group."""
    for triple in ontology.triples:
        if triple.predicate.value != SH + "pattern":
            continue
        place, pattern = _place(ontology, "pattern"), triple.object
        try:
            parsed = patterns.parse(pattern.value)  # type: ignore[union-attr]  # a literal, else it is no regex
            unknown = patterns.beyond(parsed)
            slow = patterns.backtracks(parsed)
        except (re.error, AttributeError, RecursionError) as error:
            yield Diagnostic(place, "bad-pattern", f"{error} in sh:pattern {pattern}", "mend the expression")
            continue
        flags = ontology.text(triple.subject, SH + "flags")
        if unknown or not set(flags) <= set("smixq"):
            message = f"look-around, a back reference or an unknown flag in sh:pattern {pattern} {flags}".rstrip()
            yield Diagnostic(place, "bad-pattern", message, "write it without")
        elif slow:
            message = f"a repetition or a choice inside a repetition in sh:pattern {pattern}"
            yield Diagnostic(place, "slow-pattern", message, "such an expression can take for ever; write it without")


def _list_faults(ontology: Ontology) -> Iterator[Diagnostic]:
    """Every list of a shape ends in rdf:nil, and each of its nodes has one member and one rest."""
    for triple in ontology.triples:
        if triple.predicate.value not in (
            SH + "in",
            SH + "and",
            SH + "or",
            SH + "xone",
            SH + "languageIn",
            SH + "ignoredProperties",
        ):
            continue
        node, seen = triple.object, set()
        while node != ox.NamedNode(RDF + "nil"):
            rest = ontology.objects(node, RDF + "rest")
            if node in seen or len(rest) != 1 or len(ontology.objects(node, RDF + "first")) != 1:
                name = triple.predicate.value.removeprefix(SH)
                yield Diagnostic(
                    _place(ontology, name),
                    "bad-list",
                    f"sh:{name} has no list, or one without end",
                    "write it as ( ... )",
                )
                break
            seen.add(node)
            node = rest[0]


def _nesting(ontology: Ontology) -> bool:
    """Tell whether a shape is nested deeper than any engine bears."""
    depth: dict[Term, Term] = {}
    for triple in ontology.triples:
        if triple.predicate.value.startswith(SH) and isinstance(triple.object, ox.BlankNode):
            depth[triple.object] = triple.subject
    for node in depth:
        steps, above = 0, node
        while above in depth and steps <= _DEEPEST:
            above, steps = depth[above], steps + 1
        if steps > _DEEPEST:
            return True
    return False


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


def _place(ontology: Ontology, name: str) -> Location:
    """Find the first line that writes a `sh:` term."""
    for file in sorted(ontology.directory.glob("*.ttl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            column = line.find(f"sh:{name}")
            if column >= 0:
                return Location(f"ontology/{file.name}", number, column)
    return Location("ontology/shapes.ttl")
