"""What a fact file may say, read from the ontology: classes, fields, codes. Nothing of the domain is written in Python.

A field is a property shape: its name is `sh:name`, else the local name of `sh:path`. What it holds follows from
`sh:datatype` (text by language for `rdf:langString`), `sh:node` (a code of that SKOS concept scheme), `sh:class` (a record,
a part, or with `rdf:Property` the name of a field). A path that is an owl:InverseFunctionalProperty holds parts: a part
belongs to one owner. A class that is a union of others (owl:unionOf, owl:disjointUnionOf) is abstract.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kg.ontology import DCTERMS, OWL, RDF, RDFS, SH, SKOS, TYPE, Ontology, Subject, Term


class Kind(enum.Enum):
    """What the values of a field are."""

    TEXT = "text by language"
    LITERAL = "value"
    CODE = "code"
    REFERENCE = "id of a record"
    PART = "part"
    FIELD = "name of a field"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a code list (skos:Concept)."""

    name: str
    iri: str
    label: str
    definition: str
    term: str = field(init=False, repr=False)  # in N-Triples syntax

    def __post_init__(self) -> None:
        object.__setattr__(self, "term", f"<{self.iri}>")


@dataclass(frozen=True, slots=True)
class CodeList:
    """A closed list of codes (skos:ConceptScheme); a code's IRI is the scheme's IRI and its name."""

    name: str
    iri: str
    title: str
    definition: str
    codes: Mapping[str, Code]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a class."""

    name: str
    path: str
    kind: Kind
    range: str  # IRI of the datatype, code list or class
    minimum: int
    maximum: int | None
    order: float
    description: str
    predicate: str = field(init=False, repr=False)  # the path in N-Triples syntax

    def __post_init__(self) -> None:
        object.__setattr__(self, "predicate", f"<{self.path}>")


@dataclass(frozen=True, slots=True)
class Class:
    """A class of records or parts, with the fields of its superclasses among its own."""

    name: str
    iri: str
    label: str
    definition: str
    superclasses: tuple[str, ...]  # IRIs, transitive, without the class itself
    fields: Mapping[str, Field]
    abstract: bool
    part: bool
    types: tuple[str, ...] = field(init=False, repr=False)  # the class and its superclasses in N-Triples syntax

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", tuple(f"<{iri}>" for iri in (self.iri, *self.superclasses)))

    def path(self, iri: str) -> Field | None:
        """Return the field with a path."""
        return next((field for field in self.fields.values() if field.path == iri), None)


@dataclass(frozen=True)
class Vocabulary:
    """The tables by which facts are read, and the labels by which they are shown."""

    classes: Mapping[str, Class]  # by name
    lists: Mapping[str, CodeList]  # by IRI
    labels: Mapping[str, str]  # English label of every term, by IRI

    @cached_property
    def by_iri(self) -> dict[str, Class]:
        """The classes by IRI."""
        return {cls.iri: cls for cls in self.classes.values()}

    @property
    def record_types(self) -> list[str]:
        """The names that `type` may have."""
        return [cls.name for cls in self.classes.values() if not (cls.part or cls.abstract)]

    def field_name(self, path: str) -> str:
        """Return how fact files call the property with an IRI; nothing where no class has it."""
        return next((field.name for cls in self.classes.values() if (field := cls.path(path))), "")

    def is_a(self, iri: str, wanted: str) -> bool:
        """Tell whether a class is another or a subclass of it."""
        return iri == wanted or (iri in self.by_iri and wanted in self.by_iri[iri].superclasses)


def local_name(iri: str) -> str:
    """Return what follows the last `#`, `/` or `:` of an IRI."""
    return re.split(r"[#/:]", iri.rstrip("/#"))[-1]


def namespace(iri: str) -> str:
    """Return what stands before the local name of an IRI."""
    return iri[: -len(local_name(iri))]


def read(ontology: Ontology) -> Vocabulary:
    """Build the tables of an ontology that has no faults."""
    declared = {cls for cls in ontology.typed(OWL + "Class") if isinstance(cls, ox.NamedNode)}
    supers = {  # foreign classes, which mappings tie ours to, are not declared and stay out of the data
        cls: [x for x in ontology.objects(cls, RDFS + "subClassOf") if isinstance(x, ox.NamedNode) and x in declared]
        for cls in declared
    }
    shapes: dict[str, list[Subject]] = {}
    for shape in ontology.typed(SH + "NodeShape"):
        for target in ontology.objects(shape, SH + "targetClass"):
            shapes.setdefault(_iri(target), []).append(shape)
    concepts: dict[Term, list[Subject]] = {}
    for concept in ontology.typed(SKOS + "Concept"):
        for scheme in dict.fromkeys(ontology.objects(concept, SKOS + "inScheme")):
            concepts.setdefault(scheme, []).append(concept)
    lists = {
        _iri(scheme): _code_list(ontology, scheme, concepts.get(scheme, ()))
        for scheme in ontology.typed(SKOS + "ConceptScheme")
    }
    partitive = {
        _iri(cls)
        for found in shapes.values()
        for shape in found
        for prop in ontology.objects(shape, SH + "property")
        if _holds_parts(ontology, prop)
        for cls in ontology.objects(prop, SH + "class")
    }
    classes: dict[str, Class] = {}
    for iri in (cls.value for cls in declared):
        above = _closure(ox.NamedNode(iri), supers)
        fields: dict[str, Field] = {}
        for owner in (*reversed(above), iri):
            for shape in shapes.get(owner, ()):
                for prop in ontology.objects(shape, SH + "property"):
                    field = _field(ontology, prop, lists)
                    fields[field.path] = _merge(fields.get(field.path), field)
        name = local_name(iri)
        node = ox.NamedNode(iri)
        classes[name] = Class(
            name=name,
            iri=iri,
            label=ontology.text(node, RDFS + "label") or name,
            definition=ontology.text(node, SKOS + "definition"),
            superclasses=above,
            fields={f.name: f for f in sorted(fields.values(), key=lambda f: (f.order, f.name))},
            abstract=any(ontology.objects(node, OWL + x) for x in ("unionOf", "disjointUnionOf")),
            part=iri in partitive,
        )
    return Vocabulary(dict(sorted(classes.items())), lists, _labels(ontology))


def _iri(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def _closure(iri: ox.NamedNode, supers: Mapping[ox.NamedNode, list[ox.NamedNode]]) -> tuple[str, ...]:
    """Return the superclasses of a class, nearest first."""
    found: dict[str, None] = {}
    queue = list(supers.get(iri, []))
    while queue:
        above = queue.pop(0)
        if above.value not in found and above != iri:
            found[above.value] = None
            queue += supers.get(above, ())
    return tuple(found)


def _holds_parts(ontology: Ontology, prop: Term) -> bool:
    path = ontology.value(prop, SH + "path")
    return path is not None and ox.NamedNode(OWL + "InverseFunctionalProperty") in ontology.objects(path, TYPE.value)


def _field(ontology: Ontology, prop: Term, lists: Mapping[str, CodeList]) -> Field:
    path = ontology.text(prop, SH + "path")
    datatype, target = ontology.text(prop, SH + "datatype"), ontology.text(prop, SH + "class")
    schemes = [_iri(node) for node in ontology.objects(prop, SH + "node") if _iri(node) in lists]
    if schemes:
        kind, of = Kind.CODE, schemes[0]
    elif target == RDF + "Property":
        kind, of = Kind.FIELD, target
    elif target:
        kind, of = (Kind.PART if _holds_parts(ontology, prop) else Kind.REFERENCE), target
    else:
        kind, of = (Kind.TEXT if datatype == RDF + "langString" else Kind.LITERAL), datatype
    most = ontology.text(prop, SH + "maxCount")
    return Field(
        name=ontology.text(prop, SH + "name") or local_name(path),
        path=path,
        kind=kind,
        range=of,
        minimum=int(ontology.text(prop, SH + "minCount") or 0),
        maximum=int(most) if most else None,
        order=float(ontology.text(prop, SH + "order") or 0),
        description=ontology.text(prop, SH + "description"),
    )


def _merge(above: Field | None, field: Field) -> Field:
    """Let a subclass narrow a field that it inherits."""
    if above is None:
        return field
    limits = [limit for limit in (above.maximum, field.maximum) if limit is not None]
    return Field(
        name=field.name if field.name != local_name(field.path) else above.name,
        path=field.path,
        kind=field.kind if field.range else above.kind,
        range=field.range or above.range,
        minimum=max(above.minimum, field.minimum),
        maximum=min(limits) if limits else None,
        order=field.order or above.order,
        description=field.description or above.description,
    )


def _code_list(ontology: Ontology, scheme: Term, concepts: Iterable[Subject]) -> CodeList:
    iri = _iri(scheme)
    codes = {}
    for concept in concepts:
        name = _iri(concept).removeprefix(iri)
        label = ontology.text(concept, SKOS + "prefLabel")
        codes[name] = Code(name, _iri(concept), label, ontology.text(concept, SKOS + "definition"))
    title = ontology.text(scheme, DCTERMS + "title")
    return CodeList(local_name(iri), iri, title, ontology.text(scheme, SKOS + "definition"), codes)


def _labels(ontology: Ontology) -> dict[str, str]:
    properties: Iterable[str] = (DCTERMS + "title", SKOS + "prefLabel", RDFS + "label")
    return {
        subject.value: text
        for predicate in properties
        for subject in ontology.subjects()
        if isinstance(subject, ox.NamedNode) and (text := ontology.text(subject, predicate))
    }
