"""What a build says of itself: the data set in DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/) and VoID (https://www.w3.org/TR/void/).

All is read from `facts/dataset.yaml`, counted in the graph, or found in the files that were written. There is no date: the
same facts give the same bytes, and when they were published is not known here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

import kg
from kg import turtle
from kg.ontology import DCTERMS, OWL, TYPE, XSD, Ontology, Term
from kg.pipeline import Build

DCAT = "http://www.w3.org/ns/dcat#"
VOID = "http://rdfs.org/ns/void#"
PROV = "http://www.w3.org/ns/prov#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"
_PREFIXES = {"dcat": DCAT, "dcterms": DCTERMS, "foaf": FOAF, "prov": PROV, "spdx": SPDX, "void": VOID, "xsd": XSD}
_TURTLE = "https://www.iana.org/assignments/media-types/text/turtle"
_NAME = "dataset."  # no id of a record has a dot, and no part ends so
_DIGITS = 16  # hexadecimal digits of a name, as in the names of parts


class File:
    """A Turtle file that passes by: its size in bytes and its SHA-256 are those of what has passed."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.size = 0
        self._digest = hashlib.sha256()

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Hand out pieces of it."""
        for piece in pieces:
            self.size += len(piece)
            self._digest.update(piece)
            yield piece

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""
        return self._digest.hexdigest()


def write(build: Build, facts: File, ontology: File, without: str = "") -> Iterator[bytes]:
    """Describe a build as Turtle.

    Args:
        build: what was built.
        facts: the file with its graph.
        ontology: the file with the ontology.
        without: id of the record that was withdrawn.

    """
    triples = sorted(_describe(build, facts, ontology, without), key=_order)
    return turtle.document(triples, {**build.graph.prefixes, **_PREFIXES})


def _order(triple: ox.Triple) -> tuple[str, str, str]:
    return str(triple.subject).rstrip(">"), triple.predicate.value, str(triple.object)  # a node before what it owns


@dataclass(frozen=True, slots=True)
class _Description:
    """Triples that are being collected."""

    triples: set[ox.Triple] = field(default_factory=set)

    def say(self, subject: ox.NamedNode, predicate: str, *objects: Term | None) -> None:
        """Add a triple for each object that there is and that has a name."""
        name = ox.NamedNode(predicate)
        named = (value for value in objects if isinstance(value, ox.NamedNode | ox.Literal))
        self.triples.update(ox.Triple(subject, name, value) for value in named)

    def node(self, owner: ox.NamedNode, name: str, *classes: str) -> ox.NamedNode:
        """Make a node that is named after its owner."""
        made = ox.NamedNode(f"{owner.value}.{name}")
        self.say(made, TYPE.value, *map(ox.NamedNode, classes))
        return made


def _describe(build: Build, facts: File, ontology: File, without: str) -> set[ox.Triple]:
    about = _Description()
    say, node = about.say, about.node
    whole = ox.NamedNode(f"{build.dataset.base}{_NAME}facts")
    dataset = node(whole, f"without.{without}") if without else whole
    say(dataset, TYPE.value, ox.NamedNode(DCAT + "Dataset"), ox.NamedNode(VOID + "Dataset"))
    say(dataset, DCTERMS + "title", _text(build.dataset.title))
    say(dataset, DCAT + "version", _text(build.dataset.version))
    say(dataset, DCTERMS + "language", _language(build.dataset.language))
    for name in build.dataset.creators:
        agent = _iri(name) or node(dataset, f"creator.{_digest(name)}")
        say(agent, TYPE.value, ox.NamedNode(FOAF + "Agent"))
        say(agent, FOAF + "name", None if _iri(name) else _text(name))
        say(dataset, DCTERMS + "creator", agent)
    licence = _iri(build.dataset.licence)
    if build.dataset.licence and licence is None:
        licence = node(dataset, "licence", DCTERMS + "LicenseDocument")
        say(licence, DCTERMS + "title", _text(build.dataset.licence))
    say(dataset, DCTERMS + "license", licence)
    if without:
        say(dataset, DCTERMS + "isVersionOf", whole)
        say(dataset, DCTERMS + "description", _text(f"Without {without}, and without what rested on it.", "en"))
    if not build.checked:
        say(dataset, DCTERMS + "description", _text("Unchecked: shapes and checks were skipped.", "en"))
    _provenance(about, dataset)
    _counts(about, dataset, build)
    _distribution(about, dataset, facts, dataset, licence)
    vocabulary = _ontology(about, build.graph.ontology, build.dataset.base)
    say(dataset, DCTERMS + "conformsTo", vocabulary if build.checked else None)
    terms = build.graph.ontology.objects(vocabulary, DCTERMS + "license")
    _distribution(about, vocabulary, ontology, dataset, *terms)
    return about.triples


def _provenance(about: _Description, dataset: ox.NamedNode) -> None:
    """Say by what the data set was made (https://www.w3.org/TR/prov-o/)."""
    program = about.node(dataset, "program", PROV + "SoftwareAgent")
    about.say(program, FOAF + "name", _text("kg"))
    about.say(program, DCAT + "version", _text(kg.__version__))
    activity = about.node(dataset, "build", PROV + "Activity")
    about.say(activity, PROV + "wasAssociatedWith", program)
    about.say(dataset, PROV + "wasGeneratedBy", activity)


def _distribution(
    about: _Description, of: ox.NamedNode, file: File, owner: ox.NamedNode, *licences: Term | None
) -> None:
    """Describe a file (https://www.w3.org/TR/vocab-dcat-3/#Class:Distribution)."""
    made = about.node(owner, file.name, DCAT + "Distribution")
    about.say(of, DCAT + "distribution", made)
    about.say(made, DCTERMS + "title", _text(file.name))
    about.say(made, DCTERMS + "license", *licences)
    about.say(made, DCAT + "mediaType", ox.NamedNode(_TURTLE))
    about.say(made, DCAT + "byteSize", _number(file.size, "nonNegativeInteger"))
    checksum = about.node(made, "sha256", SPDX + "Checksum")
    about.say(made, SPDX + "checksum", checksum)
    about.say(checksum, SPDX + "algorithm", ox.NamedNode(SPDX + "checksumAlgorithm_sha256"))
    about.say(checksum, SPDX + "checksumValue", ox.Literal(file.sha256, datatype=ox.NamedNode(XSD + "hexBinary")))


def _ontology(about: _Description, ontology: Ontology, base: str) -> ox.NamedNode:
    """Describe the ontology, by what it says of itself."""
    named = (subject for subject in ontology.typed(OWL + "Ontology") if isinstance(subject, ox.NamedNode))
    found = next(named, ox.NamedNode(f"{base}graph.ontology"))  # else the name of its graph in N-Quads
    about.say(found, TYPE.value, ox.NamedNode(DCAT + "Dataset"))
    for term in (DCTERMS + "title", DCTERMS + "license"):
        about.say(found, term, *ontology.objects(found, term))
    about.say(found, DCAT + "version", *ontology.objects(found, OWL + "versionInfo"))
    return found


def _counts(about: _Description, dataset: ox.NamedNode, build: Build) -> None:
    """Count triples, entities (whatever something is said of), and these by class and property."""
    graph, say = build.graph, about.say
    say(dataset, VOID + "triples", _number(len(graph)))
    say(dataset, VOID + "entities", _number(graph.counts.subjects))
    say(dataset, VOID + "uriSpace", _text(graph.base))
    classes = {term[1:-1]: number for term, number in graph.counts.classes.items()}
    properties = {term[1:-1]: number for term, number in graph.counts.properties.items()}
    for kind, of, found in (("class", "entities", classes), ("property", "triples", properties)):
        for iri, number in found.items():
            part = about.node(dataset, f"{kind}.{_short(iri, graph.prefixes)}", VOID + "Dataset")
            say(dataset, f"{VOID}{kind}Partition", part)
            say(part, VOID + kind, ox.NamedNode(iri))
            say(part, VOID + of, _number(number))
    say(dataset, VOID + "vocabulary", *map(ox.NamedNode, _vocabularies((*classes, *properties), graph.ontology)))


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return what a reader knows a term by, for a name; a hash where no prefix fits."""
    for prefix, space in sorted(prefixes.items()):
        if prefix and iri.startswith(space) and re.fullmatch(r"[\w-]+", iri[len(space) :], re.ASCII):
            return f"{prefix}.{iri[len(space) :]}"
    return _digest(iri)


def _vocabularies(terms: Iterable[str], ontology: Ontology) -> set[str]:
    """Return the namespaces of terms; that of an ontology by the ontology's own IRI."""
    spaces = {term[: max(term.rfind("#"), term.rfind("/")) + 1] for term in terms}
    own = {subject.value for subject in ontology.typed(OWL + "Ontology") if isinstance(subject, ox.NamedNode)}
    return {space.rstrip("#/") if space.rstrip("#/") in own else space for space in spaces if space}


def _iri(text: str) -> ox.NamedNode | None:
    """Return the web address that a text is, if it is one."""
    try:
        return ox.NamedNode(text) if text.startswith(("https://", "http://")) else None
    except ValueError:
        return None


def _language(tag: str) -> ox.NamedNode | None:
    """Return the language of a tag, as DCAT wants it (https://www.w3.org/TR/vocab-dcat-3/#Property:resource_language)."""
    match = re.fullmatch(r"([a-z]{2,3})(?:-.*)?", tag.lower())
    if match is None:
        return None
    return ox.NamedNode(f"http://id.loc.gov/vocabulary/iso639-{len(match[1]) - 1}/{match[1]}")


def _text(text: str, language: str | None = None) -> ox.Literal | None:
    return ox.Literal(text, language=language) if text else None


def _number(number: int, datatype: str = "integer") -> ox.Literal:
    return ox.Literal(str(number), datatype=ox.NamedNode(XSD + datatype))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
