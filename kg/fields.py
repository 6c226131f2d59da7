"""Faults of property shapes as fields, and of the names that fact files would use: what no engine of SHACL asks for.

A field is one property that is declared, with a name of its own within its class; a part ends somewhere, and has no field
named like the field that holds it, which JSON-LD processors misread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kg.diagnostic import Diagnostic
from kg.ontology import OWL, RDFS, SH, Ontology, Term
from kg.suggestion import did_you_mean
from kg.turtlemap import TurtleMap
from kg.vocabulary import Class, Kind, Vocabulary, local_name, namespace

_WHOLE = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount", "qualifiedMaxCount")
_NUMBERS = {**dict.fromkeys(_WHOLE, r"\d{1,9}"), "order": r"\d{1,9}(\.\d{1,9})?"}
_PROPERTIES = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
_PATH = ox.NamedNode(SH + "path")


def check(ontology: Ontology) -> list[Diagnostic]:
    """Return the faults of the fields of an ontology."""
    checker = _Checker(ontology)
    return sorted({*checker.fields(), *checker.numbers(), *checker.names()})


def misread(ontology: Ontology, vocabulary: Vocabulary) -> list[Diagnostic]:
    """Return which fields of an ontology without other faults a JSON-LD processor would misread."""
    places = TurtleMap(ontology)
    found = []
    for cls in vocabulary.classes.values():
        for field in cls.fields.values():
            if field.kind is not Kind.PART:
                continue
            part = vocabulary.by_iri[field.range]
            wrong = field.name in part.fields or _holds_itself(vocabulary, part, ())
            if not wrong:
                continue
            place = next(places.predicate(t) for t in ontology.triples if _is_path(t, field.path))
            if field.name in part.fields:
                message = f"the {part.label} held by '{field.name}' has a field of the same name"
                hint = "rename one with sh:name; JSON-LD processors misread it"
                found.append(Diagnostic(place, "part-named-like-holder", message, hint))
            if _holds_itself(vocabulary, part, ()):
                message = f"the {part.label} held by '{field.name}' can hold itself"
                found.append(Diagnostic(place, "endless-part", message, "a part ends somewhere"))
    return sorted(set(found))


def _is_path(triple: ox.Triple, iri: str) -> bool:
    return triple.predicate == _PATH and triple.object == ox.NamedNode(iri)


def _holds_itself(vocabulary: Vocabulary, part: Class, above: tuple[str, ...]) -> bool:
    if part.iri in above:
        return True
    inner = (vocabulary.by_iri[f.range] for f in part.fields.values() if f.kind is Kind.PART)
    return any(_holds_itself(vocabulary, cls, (*above, part.iri)) for cls in inner)


class _Checker:
    """One ontology, and where in its files everything stands."""

    def __init__(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.places = TurtleMap(ontology)
        self.shapes = {shape: None for shape in ontology.typed(SH + "NodeShape") if isinstance(shape, ox.NamedNode)}
        self.of_class: dict[Term, list[Term]] = {}  # the shapes of each class
        for shape in self.shapes:
            for cls in dict.fromkeys(ontology.objects(shape, SH + "targetClass")):
                self.of_class.setdefault(cls, []).append(shape)

    def fields(self) -> Iterator[Diagnostic]:
        """A property shape of a class is a field: one property that is declared."""
        declared = {term for name in _PROPERTIES for term in self.ontology.typed(OWL + name)}
        own = {namespace(term.value) for term in declared if isinstance(term, ox.NamedNode)}
        for name, triple in self.ontology.shacl:
            if name != "property" or triple.subject not in self.shapes:
                continue
            path = self.ontology.objects(triple.object, SH + "path")
            if len(path) != 1 or not isinstance(path[0], ox.NamedNode):
                message = "a property shape whose sh:path is not one IRI"
                hint = "a field is one property; rules along paths are ontology/checks"
                yield Diagnostic(self.places.predicate(triple), "not-a-field", message, hint)
            elif path[0] not in declared and namespace(path[0].value) in own:
                said = (t for t in self.ontology.triples if t.subject == triple.object and t.object == path[0])
                place = self.places.object(next(said))
                known = [local_name(term.value) for term in declared if isinstance(term, ox.NamedNode)]
                hint = did_you_mean(local_name(path[0].value), known) or "declare it as an owl:ObjectProperty"
                yield Diagnostic(place, "undefined-property", f"the property {path[0]} is declared nowhere", hint)

    def numbers(self) -> Iterator[Diagnostic]:
        for name, triple in self.ontology.shacl:
            number = triple.object.value if isinstance(triple.object, ox.Literal) else ""
            if name in _NUMBERS and not re.fullmatch(_NUMBERS[name], number, re.ASCII):
                message, hint = f"sh:{name} {triple.object}", "write a whole number"
                yield Diagnostic(self.places.predicate(triple), "not-a-number", message, hint)

    def names(self) -> Iterator[Diagnostic]:
        """Names that stand for two things: classes of one local name, fields of one name, fields called as a keyword."""
        named: dict[str, set[str]] = {}
        for cls in self.ontology.typed(OWL + "Class"):
            if isinstance(cls, ox.NamedNode):
                named.setdefault(local_name(cls.value), set()).add(cls.value)
                yield from self._fields_of(cls)
        for name, iris in named.items():
            if len(iris) > 1:
                place = self.places.subject(ox.NamedNode(max(iris)))
                yield Diagnostic(place, "ambiguous-name", f"two classes are called {name}", "rename one")

    def _fields_of(self, cls: ox.NamedNode) -> Iterator[Diagnostic]:
        """The fields of a class, those of its superclasses first: a name is that of one path."""
        above: list[Term] = [cls]
        for known in above:  # grows while it is walked
            above += [x for x in self.ontology.objects(known, RDFS + "subClassOf") if x not in above]
        names: dict[str, str] = {}  # by path
        for owner in reversed(above):
            for shape in self.of_class.get(owner, ()):
                for prop in self.ontology.objects(shape, SH + "property"):
                    path = self.ontology.text(prop, SH + "path")
                    name = self.ontology.text(prop, SH + "name") or names.get(path) or local_name(path)
                    taken = [other for other in names if names[other] == name and other != path]
                    if (taken or name in ("id", "type")) and names.get(path) != name:  # else it has been told
                        place = self.places.subject(prop)
                        hint = "rename it with sh:name"
                        yield Diagnostic(place, "ambiguous-name", f"a second field called '{name}'", hint)
                    names[path] = name
