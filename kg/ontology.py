"""The ontology as files: the Turtle of a folder read into one graph. `owl:imports` is never followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pyoxigraph as ox

from kg import links
from kg.diagnostic import Diagnostic, Location

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"

TYPE = ox.NamedNode(RDF + "type")
LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*", re.ASCII)  # a tag: BCP 47, without its rarer forms
_PLACE = re.compile(r"^Parser error [a-z0-9 ]*: ")

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


def shown(term: Term) -> str:
    """Return a term as a message shows it; what has no name has no good one."""
    return "a node without a name" if isinstance(term, ox.BlankNode) else str(term)


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
        return sorted(file for file in (self.directory / folder).glob("*.rq") if file.is_file())


def load(directory: Path, root: Path | None = None) -> tuple[Ontology, list[Diagnostic]]:
    """Read every Turtle file of a directory; what cannot be parsed is a diagnostic.

    Args:
        directory: the ontology.
        root: the project whose own it is: no link may lead out of it.

    Raises:
        OSError: a file cannot be read.

    """
    triples: list[ox.Triple] = []
    prefixes: dict[str, str] = {}
    origin: dict[str, str] = {}
    diagnostics = list(_links(directory, root)) if root else []
    for file in () if diagnostics else sorted(directory.glob("*.ttl")):
        path = f"ontology/{file.name}"
        if not file.is_file():
            hint = "Turtle files are regular files"
            diagnostics.append(Diagnostic(Location(path), "ontology-syntax", "not a file that can be read", hint))
            continue
        parser = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
        try:
            for quad in parser:
                # A blank node is known by the same label in every parse of its file, so files must be told apart.
                triples.append(ox.Triple(_own(quad.subject, file.stem), quad.predicate, _own(quad.object, file.stem)))
                if isinstance(quad.subject, ox.NamedNode):
                    origin.setdefault(quad.subject.value, path)
        except SyntaxError as error:
            location = Location(path, (error.lineno or 1) - 1, (error.offset or 1) - 1)
            diagnostics.append(Diagnostic(location, "ontology-syntax", _PLACE.sub("", error.msg), "mend the Turtle"))
        except MemoryError as error:
            message, hint = " ".join(str(error).split()), "is a text not closed? no term is that long"
            diagnostics.append(Diagnostic(Location(path), "ontology-syntax", message, hint))
        prefixes.update(parser.prefixes)
    return Ontology(directory, tuple(triples), prefixes, origin), diagnostics


def _links(directory: Path, root: Path) -> Iterator[Diagnostic]:
    for file in dict.fromkeys((directory, *links.walk(directory))):
        if links.outside(file, root):
            yield links.refused("/".join(("ontology", *file.relative_to(directory).parts)))


def _own(term: _T, stem: str) -> _T | ox.BlankNode:
    return ox.BlankNode(f"{stem.replace('-', '')}{term.value}") if isinstance(term, ox.BlankNode) else term
