"""The ontology as files: the Turtle of a folder read into one graph. `owl:imports` is never followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

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
_SUBJECT = re.compile(rb"\n<([^>]*)>")  # of a line of N-Triples
_BLANK = re.compile(rb' _:(?=[^ ">]+ \.\n)')  # where an object begins
_ODD = re.compile(r"\W")  # what cannot stand in the label of a blank node

_WRITTEN = (ox.Literal, ox.NamedNode)  # what has a lexical form

Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


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


def read_ntriples(text: str) -> dict[str, dict[str, list[str]]]:
    """Read lines of N-Triples as they are written here: subject -> predicate -> objects."""
    nodes: dict[str, dict[str, list[str]]] = {}
    for line in text.split("\n")[:-1]:  # not splitlines: a literal may hold U+2028
        subject, predicate, object_ = line.split(" ", 2)
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(object_[:-2])
    return nodes


def shown(term: Term) -> str:
    """Return a term as a message shows it; what has no name has no good one."""
    return "a node without a name" if isinstance(term, ox.BlankNode) else str(term)


@dataclass(frozen=True)
class Ontology:
    """The graph of an `ontology/` directory.

    Attributes:
        directory: where its files are.
        ntriples: what they say, in the order in which they say it; terms are made of it only when somebody asks for them.
        prefixes: those that they declare.
        origin: subject IRI -> the file that says something of it.

    """

    directory: Path
    ntriples: bytes = field(repr=False)
    prefixes: Mapping[str, str]
    origin: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def triples(self) -> tuple[ox.Triple, ...]:
        """What the files say."""
        return tuple([quad.triple for quad in self.quads()])

    @cached_property
    def nodes(self) -> dict[str, dict[str, list[str]]]:
        """What the files say as terms in N-Triples syntax: subject -> predicate -> objects."""
        return read_ntriples(self.ntriples.decode())

    def quads(self) -> Iterator[ox.Quad]:
        """Parse the text; it is our own, so it needs no validation."""
        return ox.parse(self.ntriples, format=ox.RdfFormat.N_TRIPLES, lenient=True)

    @cached_property
    def _index(self) -> dict[Subject, dict[str, list[Term]]]:
        index: dict[Subject, dict[str, list[Term]]] = {}
        for triple in self.triples:
            index.setdefault(triple.subject, {}).setdefault(triple.predicate.value, []).append(triple.object)
        return index

    @cached_property
    def _instances(self) -> dict[Term, list[Subject]]:
        instances: dict[Term, list[Subject]] = {}
        for subject, about in self._index.items():
            for cls in dict.fromkeys(about.get(TYPE.value, ())):
                instances.setdefault(cls, []).append(subject)
        return instances

    @cached_property
    def shacl(self) -> list[tuple[str, ox.Triple]]:
        """The triples of which the predicate is in the namespace of SHACL, with what it is called there."""
        named = ((triple.predicate.value, triple) for triple in self.triples)
        return [(name.removeprefix(SH), triple) for name, triple in named if name.startswith(SH)]

    def subjects(self) -> Iterable[Subject]:
        """Return everything that the ontology says something of."""
        return self._index.keys()

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """Return the objects of a subject and predicate."""
        if isinstance(subject, ox.Literal):
            return []
        return self._index.get(subject, {}).get(predicate, [])

    def value(self, subject: Term, predicate: str) -> Term | None:
        """Return one object, the English one of several texts; None where there is none."""
        found = self.objects(subject, predicate)
        if len(found) == 1:
            return found[0]
        english = [term for term in found if isinstance(term, ox.Literal) and term.language == "en"]
        return next(iter(english or found), None)

    def text(self, subject: Term, predicate: str) -> str:
        """Return the lexical form of one object, or nothing."""
        found = self.value(subject, predicate)
        return found.value if isinstance(found, _WRITTEN) else ""

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
        return iter(self._instances.get(ox.NamedNode(iri), ()))

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
    texts: list[bytes] = []
    prefixes: dict[str, str] = {}
    origin: dict[str, str] = {}
    diagnostics = list(strays(directory, root)) if root else []
    for file in () if diagnostics else sorted(directory.glob("*.ttl")):
        path = f"ontology/{file.name}"
        if not file.is_file():
            hint = "Turtle files are regular files"
            diagnostics.append(Diagnostic(Location(path), "ontology-syntax", "not a file that can be read", hint))
            continue
        parser = ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)
        try:
            text = ox.serialize((quad.triple for quad in parser), format=ox.RdfFormat.N_TRIPLES) or b""
            # A blank node is known by the same label in every parse of its file, so files must be told apart.
            own = f"_:{_ODD.sub('', file.stem)}".encode()
            lines = (b"\n" + text).replace(b"\n_:", b"\n" + own)
            texts.append(_BLANK.sub(b" " + own, lines)[1:])
            for iri in _SUBJECT.findall(lines):
                origin.setdefault(iri.decode(), path)
        except SyntaxError as error:
            location = Location(path, (error.lineno or 1) - 1, (error.offset or 1) - 1)
            diagnostics.append(Diagnostic(location, "ontology-syntax", _PLACE.sub("", error.msg), "mend the Turtle"))
        except MemoryError as error:
            message, hint = " ".join(str(error).split()), "is a text not closed? no term is that long"
            diagnostics.append(Diagnostic(Location(path), "ontology-syntax", message, hint))
        prefixes.update(parser.prefixes)
    return Ontology(directory, b"".join(texts), prefixes, origin), diagnostics


def strays(directory: Path, root: Path) -> Iterator[Diagnostic]:
    """Tell of links that lead out of the project whose own an ontology is."""
    for file in dict.fromkeys((directory, *links.walk(directory))):
        if links.outside(file, root):
            yield links.refused("/".join(("ontology", *file.relative_to(directory).parts)))
