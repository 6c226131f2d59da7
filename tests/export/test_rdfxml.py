"""RDF/XML: right, or refused with the reason and the line, before a byte is written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
from parsers import parse, quads

import kg
from kg import ontology
from kg.export import rdfxml
from kg.fault import Unwritable
from kg.graph import Graph
from kg.ontology import RDF, XSD, Ontology

ROOT = Path(__file__).parents[2]
BASE = "https://example.org/id/"
S, P = ox.NamedNode(f"{BASE}s"), ox.NamedNode("https://example.org/p")
JUDGES = ("pyoxigraph", "rdflib", "rapper", "rdfxml-streaming-parser")


def graph(*triples: ox.Triple, prefixes: dict[str, str] | None = None) -> Graph:
    return Graph(BASE, frozenset(triples), frozenset(), Ontology(ROOT, b"", prefixes or {}))


def written(made: Graph) -> str:
    return b"".join(rdfxml.write(made)).decode()


def said(predicate: str = P.value, value: object = None, subject: str = S.value) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value or ox.Literal("x"))


NO_NAME = "the predicate does not end in an XML name"
SYNTAX = "the predicate is a name of the syntax itself"
REFUSED = {
    "a predicate that ends in digits": (said("https://example.org/1850"), NO_NAME),
    "a predicate that ends in a slash": (said("https://example.org/p/"), NO_NAME),
    "a predicate that ends in escaped digits": (said("https://example.org/p%20"), NO_NAME),
    "a predicate that ends in a sign": (said("https://example.org/a+"), NO_NAME),
    "a predicate that ends in an emoji, which is no name to expat": (said("https://example.org/😀"), NO_NAME),
    "rdf:Description": (said(f"{RDF}Description"), SYNTAX),
    "rdf:li, which would become rdf:_1": (said(f"{RDF}li"), SYNTAX),
    "rdf:about": (said(f"{RDF}about"), SYNTAX),
    "a namespace that XML keeps": (said("http://www.w3.org/2000/xmlns/p"), SYNTAX),
    "NUL": (said(value=ox.Literal("a\0b")), "XML has no character U+0000"),
    "BEL": (said(value=ox.Literal("\x07")), "XML has no character U+0007"),
    "form feed, in text with a language": (said(value=ox.Literal("\f", language="en")), "XML has no character U+000C"),
    "a noncharacter": (said(value=ox.Literal("\ufffe")), "XML has no character U+FFFE"),
    "dots in a subject": (said(subject="https://example.org/a/../b"), "a segment of dots"),
    "dots at the end of an object": (said(value=ox.NamedNode("https://example.org/a/..")), "a segment of dots"),
    "a dot before a query": (said(value=ox.NamedNode("https://example.org/.?q")), "a segment of dots"),
    "dots in a datatype": (
        said(value=ox.Literal("x", datatype=ox.NamedNode("https://example.org/./t"))),
        "a segment of dots",
    ),
    "a blank node": (said(value=ox.BlankNode("b")), "a node without an IRI"),
    "a triple about a triple": (said(value=ox.Triple(S, P, S)), "a node without an IRI"),
}
HELD = {
    "line ends": said(value=ox.Literal("a\nb\rc\r\nd\r")),
    "white space only": said(value=ox.Literal(" \t\n ")),
    "nothing": said(value=ox.Literal("")),
    "markup": said(value=ox.Literal("<b>&amp;</b> ]]> <!-- -- --> <?x?> \"'")),
    "C1 controls and DEL": said(value=ox.Literal("\x7f\x80\x85\x9f")),
    "line and paragraph separator": said(value=ox.Literal("\u2028\u2029\ufeff\u202e")),
    "beyond the first plane": said(value=ox.Literal("😀\U0010fffd")),
    "Korean": said(value=ox.Literal("한국어 “따옴표”", language="ko")),
    "a tag of several parts": said(value=ox.Literal("x", language="zh-hans-cn")),
    "XML as a literal": said(value=ox.Literal("<b>x</b>", datatype=ox.NamedNode(f"{RDF}XMLLiteral"))),
    "a number to the letter": said(value=ox.Literal("+007", datatype=ox.NamedNode(f"{XSD}integer"))),
    "a datatype with signs": said(value=ox.Literal("x", datatype=ox.NamedNode("https://example.org/한?a=1&b='2'"))),
    "an IRI with signs": said(subject="https://example.org/?a=1&b='(2)'#한", value=ox.NamedNode("urn:x:a&b")),
    "two dots that are no segment": said(value=ox.NamedNode("https://example.org/a..b/.c/d../x?/../y#/./z")),
    "a Korean predicate": said("https://example.org/이름"),
    "a predicate with digits before the name": said("https://example.org/2026-x"),
    "a predicate in a URN": said("urn:x:p"),
    "a predicate in a query": said("https://example.org/?a=1&b"),
    "a predicate that ends in an emoji and a letter": said("https://example.org/😀x"),
    "a predicate called lang": said("https://example.org/lang"),
    "a predicate called xmlns": said("https://example.org/xmlns"),
    "rdf:_1": said(f"{RDF}_1"),
    "rdf:type": said(f"{RDF}type", ox.NamedNode("https://example.org/C")),
    "rdf:value": said(f"{RDF}value"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refused(name: str) -> None:
    triple, reason = REFUSED[name]
    with pytest.raises(Unwritable) as refused:
        rdfxml.write(graph(said(value=ox.Literal("before it")), triple))
    assert refused.value.triple == triple
    assert str(refused.value).startswith(f"RDF/XML cannot hold {triple.subject} {triple.predicate}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("name", sorted(HELD))
def test_held(name: str, judge: str, tmp_path: Path) -> None:
    made = graph(HELD[name])
    file = tmp_path / "kg.rdf"
    file.write_text(written(made), encoding="utf-8", newline="")
    assert parse(judge, file, "rdfxml") == quads(made)


def test_all_at_once() -> None:
    made = graph(*HELD.values())
    assert {quad.triple for quad in ox.parse(written(made), format=ox.RdfFormat.RDF_XML)} == made.asserted


def test_a_description_for_each_subject_in_order(shipped: Path) -> None:
    made = kg.build(shipped, checked=False).graph
    text = written(made)
    root = ET.fromstring(text)  # noqa: S314 - our own
    subjects = [node.get(f"{{{RDF}}}about") for node in root]
    assert subjects == list(dict.fromkeys(triple.subject.value for triple in made))
    assert sum(len(node) for node in root) == len(made)
    assert all(line.startswith("  <") for line in text.splitlines() if "<kg:" in line)


def test_what_nobody_sees_is_written_as_a_number() -> None:
    text = written(graph(HELD["C1 controls and DEL"], HELD["line ends"], HELD["line and paragraph separator"]))
    assert "&#x7F;&#x80;&#x85;&#x9F;" in text
    assert "c&#xD;\nd&#xD;" in text
    assert "&#x2028;&#x2029;" in text
    assert not re.search("[\r\x7f-\x9f\u2028\u2029]", text)


def test_prefixes_are_those_of_the_ontology_or_numbers() -> None:
    spaces = {"": "https://example.org/a#", "xmlfoo": "https://example.org/b#", "rdf": "https://example.org/c#"}
    spaces |= {"ns1": "https://example.org/d#", "good": "https://example.org/e#", "unused": "https://example.org/f#"}
    made = graph(*(said(f"{space}p") for space in spaces.values() if not space.endswith("f#")), prefixes=spaces)
    text = written(made)
    assert re.findall(r"xmlns:(\w+)=\"([^\"]*)\"", text) == [
        ("good", "https://example.org/e#"),
        ("ns1", "https://example.org/d#"),
        ("ns2", "https://example.org/a#"),
        ("ns3", "https://example.org/b#"),
        ("ns4", "https://example.org/c#"),
        ("rdf", RDF),
    ]
    assert {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.RDF_XML)} == made.asserted


def test_nothing_is_a_file_as_well() -> None:
    text = written(graph())
    assert list(ox.parse(text, format=ox.RdfFormat.RDF_XML)) == []


def test_the_command_tells_the_line_and_writes_nothing(run, tmp_path: Path) -> None:
    """A predicate that is a year, as an ontology of one's own may have it."""
    project = shutil.copytree(ROOT / "tests" / "golden" / "small", tmp_path / "project")
    folder = shutil.copytree(ROOT / "ontology", project / "ontology")
    for name in ("ontology.ttl", "shapes.ttl"):
        file = folder / name
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"kg:quantity\b", "kg:1850", text), encoding="utf-8")
    lines = (project / "facts" / "kim-could-destroy.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.startswith("value: "))
    out = tmp_path / "kg.rdf"
    for options in ((), ("--out", out)):
        ended = run("--project", project, "export", "rdfxml", *options)
        assert (ended.code, ended.out) == (2, "")
        assert f"Error: facts/kim-could-destroy.yaml:{line}:8: RDF/XML cannot hold <" in ended.err
        assert "ontology#1850>: the predicate does not end in an XML name" in ended.err
    assert not out.exists()
    assert run("--project", project, "export", "jsonld", "--out", out).code == 0


def test_a_derived_triple_is_refused_at_its_record(run, small: Path, own_ontology: Path) -> None:
    rule = 'CONSTRUCT { ?s <https://example.org/2026> "x" } WHERE { ?s a <https://w3id.org/kg-facts/ontology#Person> }'
    (own_ontology / "rules" / "year.rq").write_text(rule, encoding="utf-8")
    ended = run("--project", small, "export", "rdfxml")
    assert (ended.code, ended.out) == (2, "")
    assert "Error: facts/actors.yaml:9:3: RDF/XML cannot hold" in ended.err


def test_the_ontology_in_use_is_held() -> None:
    onto, _ = ontology.load(ROOT / "ontology")
    for term in onto.typed("http://www.w3.org/2002/07/owl#ObjectProperty"):
        if isinstance(term, ox.NamedNode):
            rdfxml.write(graph(said(term.value)))
