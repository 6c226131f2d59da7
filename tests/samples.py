"""Triples that stores find hard."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg import ontology
from kg.graph import Graph
from kg.ontology import XSD

BASE = "https://example.org/hard/"
_P = ox.NamedNode("https://example.org/p")
_EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

TYPED = {
    XSD + "integer": ["0", "7", "-7", "+7", "007", "2147483648", "9223372036854775808", "12345678901234567890123"],
    XSD + "nonNegativeInteger": ["0", "7", "007", "2147483648", "12345678901234567890123"],
    XSD + "positiveInteger": ["1", "+7"],
    XSD + "int": ["7"],
    XSD + "decimal": ["0", "8700", "1.10", "-0.50", "+.5", "007.0", "3.", "12.1234567890123456789"],
    XSD + "double": ["1", "1.0", "1E0", "1e6", "1.5E300", "INF", "NaN", "-INF", "0.1", "123456789.123456789"],
    XSD + "boolean": ["true", "false", "1", "0"],
    XSD + "date": ["2026-02-26", "2026-02-26Z", "2026-02-26+09:00", "0001-01-01", "0999-12-31", "-0044-03-15"],
    XSD + "dateTime": ["2026-02-26T12:30:00", "2026-02-26T12:30:00.000Z", "2026-02-26T12:30:00.123456789+09:00"],
    XSD + "gYear": ["2026", "0044", "-0044"],
    XSD + "gYearMonth": ["2025-12"],
    XSD + "duration": ["P4D", "PT1H30M", "-P1D", "P0D", "PT36H", "P14M", "P1Y", "PT0.5S"],
    XSD + "anyURI": ["https://example.org/a?b=c&d=%20#e"],
    XSD + "hexBinary": ["0fb7"],
    _EDTF: ["2026-02-26", "2026-01-01/2026-02-18", "2025-12~"],
    "https://example.org/type/한#a'": ["x"],
}
TEXTS = [
    *["", " ", "a", '"', '"""', "'", "''", 'ends in "', "ends in \\", "\\", "\\u0041", "%41", "\\n", "  both sides  "],
    *["first\nsecond", "first\r\nsecond", "first\rsecond", "tab\there", "\x01", "\b\f", "\x7f\x85"],
    *["한국어 “따옴표” — 줄표", "e\u0301 and é", "line\u2028separator", "paragraph\u2029separator", "\ufeffbom"],
    *["right\u202eto left", "no\u00a0break", "\U0010fffd", "😀", "\ud7ff\ue000\ufffd"],
    *["a<b>&amp;c", "{ ?s ?p ?o }", "$x ?y @z", "x } } ; DROP ALL ; INSERT DATA { GRAPH <https://example.org/> {"],
    *[
        "https://example.org/",
        "1",
        "true",
        "2026-02-26",
        "x" * 70_000,
        "Kim “could completely destroy” the South. " * 500,
    ],
]
TAGS = ["en", "ko", "en-us", "zh-hans", "x-private", "de-1996"]
_NAMES = [
    *[
        "한국",
        "%ED%95%9C",
        "%ed%95%9c",
        "a'b",
        "(a)",
        "a?b=c&d=e#f",
        "a/../b",
        "a//b",
        "a;b,c!d$e*f@g~h",
        "a#",
        "1",
        "😀",
    ],
    *["a\u0301", "é", "a%20b", "l" * 1800],
]
IRIS = [
    *(f"https://example.org/{name}" for name in _NAMES),
    *[
        "HTTPS://EXAMPLE.org/",
        "https://example.org:443/",
        "urn:uuid:0-1",
        "mailto:a@b.c",
        "tag:a,2026:x",
        "http://[::1]/",
    ],
]


def literal(text: str, datatype: str) -> ox.Literal:
    """A typed literal."""
    return ox.Literal(text, datatype=ox.NamedNode(datatype))


def triples(objects: list[ox.Literal | ox.NamedNode], name: str = "record") -> list[ox.Triple]:
    """Say something with every object, each of another record."""
    return [ox.Triple(ox.NamedNode(f"{BASE}{name}-{number}"), _P, object_) for number, object_ in enumerate(objects)]


def graph(asserted: list[ox.Triple], folder: Path, derived: list[ox.Triple] | None = None) -> Graph:
    """A graph of these triples, by a small ontology with blank nodes."""
    (folder / "ontology.ttl").write_text(_ONTOLOGY, encoding="utf-8")
    onto, _ = ontology.load(folder)
    return Graph(BASE, frozenset(asserted), frozenset(derived or ()), onto)


def hard() -> list[ox.Triple]:
    """Everything above: as object, as subject, as predicate."""
    objects: list[ox.Literal | ox.NamedNode] = [
        literal(text, type_) for type_, texts in TYPED.items() for text in texts
    ]
    objects += [ox.Literal(text) for text in TEXTS]
    objects += [ox.Literal(text, language="ko") for text in TEXTS]
    objects += [ox.Literal("x", language=tag) for tag in TAGS]
    objects += [ox.NamedNode(iri) for iri in IRIS]
    made = triples(objects)
    made += [ox.Triple(ox.NamedNode(iri), _P, ox.Literal("as a subject")) for iri in IRIS]
    made += [ox.Triple(ox.NamedNode(f"{BASE}x"), ox.NamedNode(iri), ox.Literal("as a predicate")) for iri in IRIS]
    return made


def breaks_virtuoso(triple: ox.Triple) -> bool:
    """Tell a date with a time zone: with a dateTime that has one, it spoils an index of Virtuoso (docs/stores/virtuoso.md)."""
    object_ = triple.object
    is_date = isinstance(object_, ox.Literal) and object_.datatype.value == XSD + "date"
    return is_date and object_.value.endswith(("Z", ":00"))


_ONTOLOGY = """\
@prefix : <https://example.org/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
<https://example.org/ontology> a owl:Ontology .
:A a owl:Class ; rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality 1 ] .
:S a sh:NodeShape ; sh:targetClass :A ; sh:property [ sh:path :p ; sh:in ( "a" "b"@ko 007 ) ], [ sh:path :p ; sh:maxCount 1 ] .
"""
