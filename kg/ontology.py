"""The ontology as files: Turtle read into one graph, and the faults that a SHACL engine would pass over in silence.

No engine complains of a misspelt `sh:mincount`: the constraint is just never checked. So what a shapes graph may say is
held here against the terms of SHACL Core (https://www.w3.org/TR/shacl/, parts 2 to 4); `sh:sparql`, `sh:js` and targets
by query are refused, since rules that read other records are `checks/*.rq`. `owl:imports` is never followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # typeshed leaves out the parser of the re module
from typing import Any, TypeVar

import pyoxigraph as ox
from rapidfuzz import process

from kg.diagnostic import Diagnostic, Location

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"

TYPE = ox.NamedNode(RDF + "type")

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
_TARGETS = ("targetClass", "targetNode", "targetObjectsOf", "targetSubjectsOf")
_NESTING = ("node", "property", "not", "qualifiedValueShape", "and", "or", "xone")

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_T = TypeVar("_T", bound=Term)


def term(text: str) -> Term:
    """Read one term in N-Triples syntax.

    Raises:
        ValueError: it is none.

    """
    try:
        quads = list(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise ValueError(f"'{text}' is no term: {error.msg}") from None
    if len(quads) != 1:
        raise ValueError(f"'{text}' is no term")
    found: Term = quads[0].object
    return found


@dataclass(frozen=True)
class Ontology:
    """The graph of an `ontology/` directory, with the prefixes that its files declare."""

    directory: Path
    triples: tuple[ox.Triple, ...]
    prefixes: Mapping[str, str]
    origin: Mapping[str, str] = field(default_factory=dict)  # subject IRI -> the file that says something of it

    @cached_property
    def _index(self) -> dict[Subject, dict[ox.NamedNode, list[Term]]]:
        index: dict[Subject, dict[ox.NamedNode, list[Term]]] = {}
        for triple in self.triples:
            index.setdefault(triple.subject, {}).setdefault(triple.predicate, []).append(triple.object)
        return index

    def subjects(self) -> Iterable[Subject]:
        """Return everything that the ontology says something of."""
        return self._index.keys()

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Return the objects of a subject and predicate."""
        if isinstance(subject, ox.Literal):
            return []
        return self._index.get(subject, {}).get(ox.NamedNode(predicate), [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        """Return one object, the English one of several texts; None where there is none."""
        found = self.objects(subject, predicate)
        english = [term for term in found if isinstance(term, ox.Literal) and term.language == "en"]
        return next(iter(english or found), None)

    def text(self, subject: Term, predicate: str) -> str:
        """Return the lexical form of one object, or nothing."""
        found = self.value(subject, predicate)
        return found.value if isinstance(found, ox.Literal | ox.NamedNode) else ""

    def members(self, head: Term) -> Iterator[Term]:
        """Walk an RDF list (https://www.w3.org/TR/rdf-schema/#ch_list); a cyclic one ends where it closes."""
        seen: set[Term] = set()
        node: Term | None = head
        while node is not None and node != ox.NamedNode(RDF + "nil") and node not in seen:
            seen.add(node)
            first = self.value(node, RDF + "first")
            if first is not None:
                yield first
            node = self.value(node, RDF + "rest")

    def typed(self, iri: str) -> Iterator[Subject]:
        """Return the subjects with an rdf:type."""
        wanted = ox.NamedNode(iri)
        return (subject for subject, about in self._index.items() if wanted in about.get(TYPE, ()))

    def queries(self, folder: str) -> list[Path]:
        """Return the SPARQL files of a folder of the ontology, in the order of their names."""
        return sorted((self.directory / folder).glob("*.rq"))


def load(directory: Path) -> tuple[Ontology, list[Diagnostic]]:
    """Read every Turtle file of a directory and look for faults.

    Raises:
        OSError: a file cannot be read.

    """
    triples: list[ox.Triple] = []
    prefixes: dict[str, str] = {}
    origin: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    for file in sorted(directory.glob("*.ttl")):
        path = f"ontology/{file.name}"
        parser = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
        try:
            for quad in parser:
                # A blank node is known by the same label in every parse of its file, so files must be told apart.
                triples.append(ox.Triple(_own(quad.subject, file.stem), quad.predicate, _own(quad.object, file.stem)))
                if isinstance(quad.subject, ox.NamedNode):
                    origin.setdefault(quad.subject.value, path)
        except SyntaxError as error:
            location = Location(path, (error.lineno or 1) - 1, (error.offset or 1) - 1)
            diagnostics.append(Diagnostic(location, "ontology-syntax", error.msg, "mend the Turtle"))
        prefixes.update(parser.prefixes)
    ontology = Ontology(directory, tuple(triples), prefixes, origin)
    return ontology, diagnostics or sorted(_faults(ontology))


def _own(term: _T, stem: str) -> _T | ox.BlankNode:
    return ox.BlankNode(f"{stem.replace('-', '')}{term.value}") if isinstance(term, ox.BlankNode) else term


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
        message = f"sh:{name} is no term of SHACL Core"
        nearest = process.extractOne(name, _CORE, score_cutoff=70)
        hint = f"did you mean sh:{nearest[0]}?" if nearest else "a rule that needs SPARQL is a file of ontology/checks"
        yield Diagnostic(_place(ontology, name), "unknown-shacl-term", message, hint)


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
