"""Parameters of shapes: what the values of SHACL Core's properties may be, where engines take others in silence.

`sh:uniqueLang "true"` is never checked by one engine and stops another. The rules are those of the specification
(https://www.w3.org/TR/shacl/#syntax-rules), and those by which a property shape is a field here: one class, one list, one name
that a fact file can hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kg.diagnostic import Diagnostic
from kg.ontology import OWL, RDF, RDFS, SH, SKOS, TYPE, XSD, Ontology, Term, shown
from kg.suggestion import did_you_mean
from kg.turtlemap import TurtleMap
from kg.vocabulary import local_name, namespace

_BOOLEANS = ("closed", "deactivated", "uniqueLang", "qualifiedValueShapesDisjoint")
_PROPERTIES = ("equals", "disjoint", "lessThan", "lessThanOrEquals")
_LITERALS = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_TEXTS = ("name", "description", "message", "flags")
_SHAPES = ("node", "property", "not", "qualifiedValueShape")
_OF_SHAPES = ("and", "or", "xone")
_ONCE = (
    *("minCount", "maxCount", "datatype", "nodeKind", "minLength", "maxLength", "uniqueLang", "order", "closed", "in"),
    *("severity", "deactivated", "languageIn", "flags", "class", "qualifiedMinCount", "qualifiedMaxCount"),
    *_LITERALS,
)
_PAIRS = (("minCount", "maxCount"), ("minLength", "maxLength"), ("qualifiedMinCount", "qualifiedMaxCount"))
# The datatypes of XML Schema that RDF takes (https://www.w3.org/TR/rdf11-concepts/#xsd-datatypes).
_XSD = [
    "string",
    "boolean",
    "decimal",
    "integer",
    "double",
    "float",
    "date",
    "time",
    "dateTime",
    "dateTimeStamp",
    "gYear",
    "gMonth",
    "gDay",
    "gYearMonth",
    "gMonthDay",
    "duration",
    "yearMonthDuration",
    "dayTimeDuration",
    "byte",
    "short",
    "int",
    "long",
    "unsignedByte",
    "unsignedShort",
    "unsignedInt",
    "unsignedLong",
    "positiveInteger",
    "nonNegativeInteger",
    "negativeInteger",
    "nonPositiveInteger",
    "hexBinary",
    "base64Binary",
    "anyURI",
    "language",
    "normalizedString",
    "token",
    "NMTOKEN",
    "Name",
    "NCName",
]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*", re.ASCII)
_FIELD = re.compile(r"[^\W\d_][^\s:/#@]*")
_PROPERTY = ox.NamedNode(SH + "PropertyShape")
_NIL = ox.NamedNode(RDF + "nil")
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")


def check(ontology: Ontology) -> list[Diagnostic]:
    """Return which parameters of the shapes of an ontology have no value that they may have."""
    checker = _Checker(ontology)
    return sorted(
        {
            *checker.values(),
            *checker.counts(),
            *checker.names(),
            *checker.shapes(),
            *checker.codes(),
            *checker.superclasses(),
        }
    )


class _Checker:
    """One ontology, and where in its files everything stands."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.places = TurtleMap(ontology)
        self.classes = set(ontology.typed(OWL + "Class"))
        self.inverse = set(ontology.typed(OWL + "InverseFunctionalProperty"))  # by which parts are held
        self.subjects = set(ontology.subjects())
        self.named = {shape for shape in ontology.typed(SH + "NodeShape") if isinstance(shape, ox.NamedNode)}

    def values(self) -> Iterator[Diagnostic]:
        """A parameter takes terms of one kind."""
        for name, triple in self.ontology.shacl:
            value = triple.object
            wanted, hint = self._wanted(name, value)
            if wanted and not (name == "property" and triple.subject in self.named):  # that is told of by `fields`
                yield self._bad(triple, f"sh:{name} takes {wanted}, not {shown(value)}", hint)
            for member in self.ontology.members(value) if name in _OF_SHAPES else ():
                if not self._is_shape(member):
                    message = f"sh:{name} lists shapes, and {shown(member)} is none"
                    yield self._bad(triple, message, "declare it, or write it in brackets")
            if value == _NIL and name in ("in", "languageIn", *_OF_SHAPES):
                yield self._bad(triple, f"sh:{name} has an empty list", "list what may be, or leave it out")

    def _wanted(self, name: str, value: Term) -> tuple[str, str]:  # noqa: PLR0911 - a case a kind of parameter
        """Return what a parameter takes and how to mend it, where a value is something else; else nothing."""
        datatype = value.datatype.value if isinstance(value, ox.Literal) else ""
        if name in _BOOLEANS and datatype != XSD + "boolean":
            return "true or false", "without quotes"
        if name in _PROPERTIES and not isinstance(value, ox.NamedNode):
            return "a property", "write its name, without quotes"
        if name in _LITERALS and not datatype:
            return "a value", "write a number or a date"
        if name in _TEXTS and datatype not in (XSD + "string", RDF + "langString"):
            return "text", "write it in quotes"
        if name in _SHAPES and name != "node" and not self._is_shape(value):
            return "a shape", "declare it, or write it in brackets"
        if name == "node" and datatype:
            return "a code list or a shape", "write its name"
        # Those that begin like names of SHACL and are none are told of by `metashapes`.
        if name == "severity" and not _is_of_shacl(value):
            return "a severity", "sh:Violation, sh:Warning or sh:Info"
        if name == "nodeKind" and not _is_of_shacl(value):
            return "a kind of node", "sh:IRI or sh:Literal"
        if name == "datatype":
            return self._datatype(value)
        return "", ""

    def _datatype(self, value: Term) -> tuple[str, str]:
        if not isinstance(value, ox.NamedNode):
            return "a datatype", "write its name, like xsd:string"
        if value in self.classes:
            return "a datatype", "for a class write sh:class"
        name = value.value.removeprefix(XSD)
        if name != value.value and name not in _XSD:
            return "a datatype", did_you_mean(name, _XSD) or "one of XML Schema, like xsd:string"
        return "", ""

    def _is_shape(self, value: Term) -> bool:
        if isinstance(value, ox.NamedNode):
            return value in self.subjects
        return isinstance(value, ox.BlankNode)

    def counts(self) -> Iterator[Diagnostic]:
        """Most parameters stand once in a shape, and the least is no more than the most."""
        seen: dict[tuple[Term, str], str] = {}
        for name, triple in self.ontology.shacl:
            number = triple.object.value if isinstance(triple.object, ox.Literal) else ""
            if name in _ONCE and (triple.subject, name) in seen:
                yield self._bad(triple, f"a second sh:{name} of one shape", "keep one")
            seen[triple.subject, name] = number
        least_of = {most: least for least, most in _PAIRS}
        for most, triple in self.ontology.shacl:
            least = least_of.get(most)
            if least is None:
                continue
            low, high = (seen.get((triple.subject, name), "") for name in (least, most))
            if low.isdecimal() and high.isdecimal() and int(low) > int(high):
                yield self._bad(triple, f"sh:{most} {high} is less than sh:{least} {low}", "correct one of them")

    def names(self) -> Iterator[Diagnostic]:
        """A field has one name, which fact files can hold."""
        languages: set[tuple[Term, str]] = set()
        for property_, triple in self.ontology.shacl:
            if property_ != "name" or not isinstance(triple.object, ox.Literal):
                continue
            name, language = triple.object.value, triple.object.language or ""
            if triple.object.datatype.value not in (XSD + "string", RDF + "langString"):
                continue  # told of by `values`
            # The name of a part's field comes into its IRI (`kg.expansion`).
            holds = any(path in self.inverse for path in self.ontology.objects(triple.subject, SH + "path"))
            if not (_NAME if holds else _FIELD).fullmatch(name):
                yield self._bad(
                    triple, f"'{name}' cannot name a field", "begin with a letter; letters, digits, - and _"
                )
            if (triple.subject, language) in languages:
                yield self._bad(triple, "a second sh:name of one field", "keep one")
            languages.add((triple.subject, language))

    def shapes(self) -> Iterator[Diagnostic]:
        """What has a target is a shape, else nothing of it becomes a field."""
        for name, triple in self.ontology.shacl:
            if name not in _TARGETS:
                continue
            if not any(_is_of_shacl(t) and t != _PROPERTY for t in self.ontology.objects(triple.subject, TYPE.value)):
                yield self._bad(
                    triple, f"{shown(triple.subject)} has a target and is no sh:NodeShape", "write `a sh:NodeShape`"
                )

    def codes(self) -> Iterator[Diagnostic]:
        """A code is in a list, and its IRI is that of the list and its name."""
        for concept in self.ontology.typed(SKOS + "Concept"):
            lists = [x for x in self.ontology.objects(concept, SKOS + "inScheme") if isinstance(x, ox.NamedNode)]
            name = concept.value if isinstance(concept, ox.NamedNode) else ""
            fitting = [x for x in lists if name.startswith(x.value) and _NAME.fullmatch(name[len(x.value) :])]
            if fitting != lists or not lists:
                message = f"{shown(concept)} is a code of no list, or not called as its list and a name"
                hint = "give it skos:inScheme, and the IRI of the list followed by a name"
                yield Diagnostic(self.places.subject(concept), "bad-parameter", message, hint)

    def superclasses(self) -> Iterator[Diagnostic]:
        """What a class is a subclass of is declared, if it is not foreign."""
        named = {cls for cls in self.classes if isinstance(cls, ox.NamedNode)}
        own = {namespace(cls.value) for cls in named}
        for triple in self.ontology.triples:
            above = triple.object
            if triple.predicate.value != RDFS + "subClassOf" or triple.subject not in named:
                continue
            foreign = not isinstance(above, ox.NamedNode) or above in named or namespace(above.value) not in own
            if isinstance(above, ox.Literal) or not foreign:
                near = did_you_mean(local_name(str(above).strip("<>")), {local_name(cls.value) for cls in named})
                message = f"rdfs:subClassOf {shown(above)}, which is no owl:Class"
                yield Diagnostic(self.places.object(triple), "unknown-class", message, near or "declare it")

    def _bad(self, triple: ox.Triple, message: str, hint: str) -> Diagnostic:
        return Diagnostic(self.places.predicate(triple), "bad-parameter", message, hint)


def _is_of_shacl(value: Term) -> bool:
    return isinstance(value, ox.NamedNode) and value.value.startswith(SH)
