"""Faults of shapes, which a SHACL engine would pass over in silence.

No engine complains of a misspelt `sh:mincount`: the constraint is just never checked. So what a shapes graph may say is
held here against the terms of SHACL Core (https://www.w3.org/TR/shacl/, parts 2 to 4); `sh:sparql`, `sh:js` and targets
by query are refused, since rules that read other records are `checks/*.rq`. What makes a property shape a field is held in `kg/fields.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg import patterns
from kg.diagnostic import Diagnostic, Location, Severity
from kg.ontology import OWL, RDF, SH, SKOS, TYPE, XSD, Ontology, Term, shown
from kg.suggestion import did_you_mean, nearest
from kg.turtlemap import TurtleMap
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
_BY_QUERY = "a rule that needs SPARQL is a file of ontology/checks"
_DEEPEST = 50  # levels of shapes within shapes
_LARGEST, _ENDLESS = 10_000, math.inf  # shapes within a shape
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
_NESTING = ("node", "property", "not", "qualifiedValueShape", "and", "or", "xone")
_LISTS = ("in", "and", "or", "xone", "languageIn", "ignoredProperties")


def check(ontology: Ontology) -> list[Diagnostic]:
    """Return the faults of the shapes of an ontology."""
    return sorted(set(_Checker(ontology).faults()))


class _Checker:
    """One ontology, and where in its files everything stands."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.places = TurtleMap(ontology)
        self.shapes = [shape for shape in ontology.typed(SH + "NodeShape") if isinstance(shape, ox.NamedNode)]
        self.classes = set(ontology.typed(OWL + "Class"))
        self._unfolded: dict[Term, float] = {}
        self._large = False

    def faults(self) -> Iterator[Diagnostic]:
        yield from self._imports()
        if not any(self.ontology.objects(shape, SH + target) for shape in self.shapes for target in _TARGETS):
            location = Location("ontology/shapes.ttl")
            hint = "an ontology without shapes validates nothing"
            yield Diagnostic(location, "no-shapes", "no shape has a target", hint)
        elif not self.classes:
            location, hint = Location("ontology/ontology.ttl"), "a record is of a class: declare one as an owl:Class"
            yield Diagnostic(location, "unknown-class", "the ontology declares no class", hint)
            return
        if deep := self._deepest():
            message = f"a shape nested deeper than {_DEEPEST} levels"
            yield Diagnostic(self.places.subject(deep), "recursive-shape", message, "write it flat")
            return
        lists = list(self._lists())
        yield from lists
        for shape in () if lists else self.shapes:
            yield from self._shape(shape)
        yield from self._terms()
        yield from self._references()
        yield from self._patterns()

    def _with(self, *names: str) -> Iterator[ox.Triple]:
        """Walk the triples with one of some predicates of SHACL."""
        return (triple for name, triple in self.ontology.shacl if name in names)

    def _imports(self) -> Iterator[Diagnostic]:
        for triple in self.ontology.triples:
            if triple.predicate.value == OWL + "imports":
                message = f"owl:imports {triple.object} is not followed"
                hint = "copy the file into ontology/ if its terms are needed"
                yield Diagnostic(self.places.predicate(triple), "import-not-followed", message, hint, Severity.WARNING)

    def _terms(self) -> Iterator[Diagnostic]:
        """What no engine of SHACL Core knows: misspelt, or of another specification."""
        for name, triple in self.ontology.shacl:
            if name not in _CORE:
                yield _unknown(self.places.predicate(triple), name, _CORE)
        for triple in self.ontology.triples:
            value = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
            name = value.removeprefix(SH)
            if name not in (value, *_VALUES):
                yield _unknown(
                    self.places.object(triple), name, _VALUES, "one of " + ", ".join(f"sh:{v}" for v in _VALUES)
                )

    def _references(self) -> Iterator[Diagnostic]:
        """Classes and shapes that something points at, wherever it stands."""
        for triple in self._with("class", "targetClass"):
            wanted = triple.object
            if wanted not in self.classes and wanted != ox.NamedNode(RDF + "Property"):
                message = f"sh:{triple.predicate.value.removeprefix(SH)} {shown(wanted)}, which is no owl:Class"
                hint = self._near(wanted, self.classes) or "declare it as an owl:Class, or name one that is"
                yield Diagnostic(self.places.object(triple), "unknown-class", message, hint)
        for triple in self._with("node"):
            wanted = triple.object
            if isinstance(wanted, ox.NamedNode) and not self.ontology.objects(wanted, TYPE.value):
                message = f"sh:node {wanted}, which is declared nowhere"
                hint = (
                    self._near(wanted, self.ontology.typed(SKOS + "ConceptScheme")) or "declare the list and its codes"
                )
                yield Diagnostic(self.places.object(triple), "unknown-code-list", message, hint)

    def _near(self, term: Term, known: Iterable[Term]) -> str:
        names = {local_name(iri.value) for iri in known if isinstance(iri, ox.NamedNode)}
        return did_you_mean(local_name(term.value), names) if isinstance(term, ox.NamedNode) else ""

    def _shape(self, shape: ox.NamedNode) -> Iterator[Diagnostic]:
        ontology, name = self.ontology, shape.value
        is_scheme = ox.NamedNode(SKOS + "ConceptScheme") in ontology.objects(shape, TYPE.value)
        if not is_scheme and not any(ontology.objects(shape, SH + target) for target in _TARGETS):
            message, hint = f"the shape <{name}> has no target", "give it sh:targetClass"
            yield Diagnostic(self.places.subject(shape), "shape-without-target", message, hint)
        size = self._size(shape, ())
        if size == _ENDLESS:
            message, hint = f"the shape <{name}> contains itself", "SHACL leaves that undefined"
            yield Diagnostic(self.places.subject(shape), "recursive-shape", message, hint)
        elif size > _LARGEST and not self._large:
            self._large = True  # what holds it is as large
            message, hint = f"the shape <{name}> unfolds into more than {_LARGEST} shapes", "write it flat"
            yield Diagnostic(self.places.subject(shape), "recursive-shape", message, hint)

    def _size(self, shape: Term, above: tuple[Term, ...]) -> float:
        """Count the shapes that an engine meets within one, which may be met in many ways."""
        if shape in above:
            return _ENDLESS
        if len(above) > _DEEPEST:
            return _LARGEST + 1
        if shape not in self._unfolded:
            inner = [x for name in _NESTING for x in self.ontology.objects(shape, SH + name)]
            members = [
                y
                for x in inner
                for y in (self.ontology.members(x) if self.ontology.objects(x, RDF + "first") else (x,))
            ]
            self._unfolded[shape] = 1 + sum(self._size(member, (*above, shape)) for member in members)
        return self._unfolded[shape]

    def _patterns(self) -> Iterator[Diagnostic]:
        """Every sh:pattern is an expression of XPath that looks at no surroundings and refers to no group."""
        for triple in self._with("pattern"):
            pattern = triple.object
            if not isinstance(pattern, ox.Literal) or pattern.datatype.value != XSD + "string":
                place = self.places.predicate(triple)
                yield Diagnostic(place, "bad-pattern", f"sh:pattern {pattern} is no text", "write it in quotes")
                continue
            try:
                parsed = patterns.parse(pattern.value)
                unknown = patterns.beyond(parsed)
                slow = patterns.backtracks(parsed)
            except (re.error, OverflowError, RecursionError) as error:
                place = self.places.predicate(triple)
                yield Diagnostic(place, "bad-pattern", f"{error} in sh:pattern {pattern}", "mend the expression")
                continue
            flags = self.ontology.text(triple.subject, SH + "flags")
            if unknown or not set(flags) <= set("smixq"):
                place = self.places.predicate(triple)
                message = f"look-around, a back reference or an unknown flag in sh:pattern {pattern} {flags}".rstrip()
                yield Diagnostic(place, "bad-pattern", message, "write it without")
            elif slow:
                place = self.places.predicate(triple)
                message = f"a repetition or a choice inside a repetition in sh:pattern {pattern}"
                yield Diagnostic(
                    place, "slow-pattern", message, "such an expression can take for ever; write it without"
                )

    def _lists(self) -> Iterator[Diagnostic]:
        """Every list of a shape ends in rdf:nil, and each of its nodes has one member and one rest."""
        for triple in self._with(*_LISTS):
            node, seen = triple.object, set()
            while node != ox.NamedNode(RDF + "nil"):
                rest = self.ontology.objects(node, RDF + "rest")
                if node in seen or len(rest) != 1 or len(self.ontology.objects(node, RDF + "first")) != 1:
                    message = f"sh:{triple.predicate.value.removeprefix(SH)} has no list, or one without end"
                    yield Diagnostic(self.places.predicate(triple), "bad-list", message, "write it as ( ... )")
                    break
                seen.add(node)
                node = rest[0]

    def _deepest(self) -> Term | None:
        """Return a shape that is nested deeper than any engine bears."""
        above: dict[Term, Term] = {
            triple.object: triple.subject
            for _, triple in self.ontology.shacl
            if isinstance(triple.object, ox.BlankNode)
        }
        for node in above:
            steps, holder = 0, node
            while holder in above and steps <= _DEEPEST:
                holder, steps = above[holder], steps + 1
            if steps > _DEEPEST:
                return node
        return None


def _unknown(place: Location, name: str, terms: Iterable[str], otherwise: str = _BY_QUERY) -> Diagnostic:
    known = {term.lower(): term for term in terms}
    near = [f"sh:{known[term]}" for term in nearest(name.lower(), known, limit=1)]
    hint = f"did you mean {near[0]}?" if near else otherwise
    return Diagnostic(place, "unknown-shacl-term", f"sh:{name} is no term of SHACL Core", hint)
