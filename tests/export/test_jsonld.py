"""JSON-LD: it reads like a fact file, no processor has to fetch anything, and nothing that RDF can say is lost."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from parsers import parse, quads

import kg
from kg import ontology
from kg.export import jsonld
from kg.fault import OntologyFault
from kg.graph import Graph
from kg.ontology import RDF, SKOS, XSD

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "small"
KG, CODE = "https://w3id.org/kg-facts/ontology#", "https://w3id.org/kg-facts/code/"
BASE = "https://example.org/id/"
PROCESSORS = ("pyoxigraph", "pyld", "jsonld.js", "rdflib")


def written(graph: Graph) -> dict[str, Any]:
    return json.loads(b"".join(jsonld.write(graph)))


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    return written(kg.build(GOLDEN).graph)


@pytest.fixture(scope="module")
def onto() -> ontology.Ontology:
    found, faults = ontology.load(ROOT / "ontology")
    assert not faults
    return found


def record(document: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(node for node in document["@graph"] if node["id"] == identifier)


def plain(value: Any) -> Any:
    """What a fact file has of a node: no names of parts, no classes but that of the record, nothing derived."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: plain(item) for key, item in value.items() if key not in ("id", "type") and ":" not in key}


def test_a_record_reads_like_its_fact_file(golden) -> None:
    said = yaml.load((GOLDEN / "facts" / "kim-could-destroy.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - all text
    node = record(golden, "kim-could-destroy")
    assert node["type"] == ["Statement", f"{KG}Record"]
    found = plain(node)

    def unordered(value: Any) -> Any:
        """Lists are sets to JSON-LD, and one value is as good as a list of one."""
        if isinstance(value, dict):
            return {key: unordered(item) for key, item in value.items()}
        items = value if isinstance(value, list) else [value]
        return sorted((unordered(item) if isinstance(item, dict) else item for item in items), key=str)

    assert unordered(found) == unordered({key: value for key, value in said.items() if key not in ("id", "type")})
    assert list(found) == [name for name in kg.build(GOLDEN).vocabulary.classes["Statement"].fields if name in said]


def test_parts_stand_in_their_record_and_selectors_in_their_evidence(golden) -> None:
    assert len(golden["@graph"]) == 5
    assert {node["id"] for node in golden["@graph"]} == set(kg.build(GOLDEN).sources.records)
    evidence = record(golden, "kim-could-destroy")["evidence"][0]
    assert evidence["id"].startswith("kim-could-destroy.evidence.")
    assert {part["id"] for part in evidence["http://www.w3.org/ns/oa#hasSelector"]} == {
        f"{evidence['id']}.quote",
        f"{evidence['id']}.place",
    }


def test_what_the_context_cannot_say_is_written_in_full(golden) -> None:
    node = record(golden, "kim-could-destroy")
    assert node[f"{KG}minimumOrigins"] == {"@value": "1", "@type": f"{XSD}integer"}
    assert node["said"][f"{KG}earliest"] == {"@value": "2026-02-26", "@type": f"{XSD}date"}
    assert node["said"]["type"] == f"{KG}Date"
    assert record(golden, "kim-rejects-seoul")["type"][0] == "Document"


def subset(part: Any, whole: Any) -> bool:
    """Tell whether a context holds terms of another and nothing else."""
    if not isinstance(part, dict):
        return bool(part == whole)
    if not part.keys() <= whole.keys():
        return False
    return all(key == "@context" or isinstance(part[key], dict) or part[key] == whole[key] for key in part) and all(
        subset(part[key], whole[key]) for key in part
    )


def test_the_context_is_that_of_the_ontology_as_far_as_it_is_used(golden) -> None:
    whole = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]
    context = golden["@context"]
    assert context.pop("@base") == BASE
    assert subset(context, whole)
    assert set(context) == {"@version", "id", "type", "Document", "MediaOutlet", "Person", "State", "Statement"}
    evidence = context["Statement"]["@context"]["evidence"]["@context"]
    assert set(evidence) < set(whole["Statement"]["@context"]["evidence"]["@context"])
    assert set(evidence["supports"]["@context"]) == {"said"}


def test_every_value_is_text(golden) -> None:
    """So 1.10 stays 1.10, and true is not True."""

    def values(node: Any) -> list[Any]:
        if isinstance(node, dict):
            return [v for item in node.values() for v in values(item)]
        return [v for item in node for v in values(item)] if isinstance(node, list) else [node]

    assert {type(value) for value in values(golden["@graph"])} == {str}


def odd(onto: ontology.Ontology) -> Graph:
    """What neither the fact files nor the context provide for, but rules and other ontologies could make."""

    def iri(text: str) -> ox.NamedNode:
        return ox.NamedNode(text)

    def typed(text: str, datatype: str) -> ox.Literal:
        return ox.Literal(text, datatype=iri(datatype))

    here, other, place = iri(f"{BASE}here"), iri(f"{BASE}other"), iri(f"{BASE}place")
    part, inner = iri(f"{BASE}here.evidence.1"), iri(f"{BASE}here.span.2")
    a, label, about = iri(f"{RDF}type"), iri(f"{SKOS}prefLabel"), iri(f"{KG}about")
    odd_iris = [
        *(
            f"{BASE}{rest}"
            for rest in ("id", "type", "a/b", "../x", "..", "a..b", ".a", "@x", "a:b", "?q", "#f", "", "%41", "한")
        ),
        *(
            "urn:x:y",
            "mailto:a@b.c",
            "label:x",
            "kind:x",
            "https://example.org/",
            "https://example.org/idx",
            "about:blank",
        ),
    ]
    asserted = [
        ox.Triple(here, a, iri(f"{KG}Statement")),
        ox.Triple(other, a, iri(f"{KG}Person")),
        ox.Triple(place, a, iri(f"{KG}Place")),
        # text by language, and what has none
        *(
            ox.Triple(here, label, value)
            for value in (
                ox.Literal("a", language="en"),
                ox.Literal("b", language="en"),
                ox.Literal("c", language="ko"),
            )
        ),
        *(
            ox.Triple(here, label, value)
            for value in (ox.Literal("plain"), typed("7", f"{XSD}integer"), iri(f"{BASE}other"))
        ),
        ox.Triple(other, label, ox.Literal("plain")),
        # references
        *(ox.Triple(here, about, iri(text)) for text in odd_iris),
        *(
            ox.Triple(here, about, value)
            for value in (ox.Literal("a word"), ox.Literal("ein", language="de"), typed("1", f"{XSD}integer"))
        ),
        # codes: of the list, of another, no code, a keyword
        *(
            ox.Triple(here, iri(f"{KG}kind"), iri(text))
            for text in (f"{CODE}statement-kind/threat", f"{CODE}modality/could", "urn:x:y")
        ),
        *(
            ox.Triple(here, iri(f"{KG}kind"), iri(f"{CODE}statement-kind/{rest}"))
            for rest in ("id", "type", "a/b", "", "..", "kind")
        ),
        *(ox.Triple(here, iri(f"{KG}kind"), value) for value in (ox.Literal("threat"), ox.Literal("x", language="en"))),
        # numbers as they were written, and of another datatype
        *(
            ox.Triple(here, iri(f"{KG}quantity"), typed(text, f"{XSD}{name}"))
            for text, name in (("1.10", "decimal"), ("+007", "decimal"), ("1.10", "string"), ("007", "integer"))
        ),
        ox.Triple(here, iri(f"{KG}quantity"), iri(f"{BASE}other")),
        # parts: one that two hold, one that is not there, one that is no part
        *(
            ox.Triple(subject, iri(f"{KG}evidence"), value)
            for subject in (here, other)
            for value in (part, iri(f"{BASE}elsewhere.evidence.9"))
        ),
        ox.Triple(here, iri(f"{KG}evidence"), place),
        ox.Triple(here, iri(f"{KG}evidence"), ox.Literal("none")),
        ox.Triple(part, iri(f"{KG}exact"), ox.Literal("words")),
        *(
            ox.Triple(part, iri(f"{KG}supports"), value)
            for value in (label, about, iri(f"{KG}evidence"), iri(f"{KG}nothing"), ox.Literal("label"))
        ),
        ox.Triple(part, iri(f"{KG}span"), inner),
        ox.Triple(inner, iri(f"{KG}start"), typed("007", f"{XSD}nonNegativeInteger")),
        ox.Triple(inner, iri(f"{KG}held"), part),  # a circle
        ox.Triple(iri(f"{BASE}here.lost.3"), iri(f"{KG}exact"), ox.Literal("held by nothing")),
        # what is no record at all
        ox.Triple(iri("urn:x:y"), a, iri("urn:x:Class")),
        ox.Triple(iri("urn:x:y"), a, ox.Literal("no class")),
        ox.Triple(iri("urn:x:y"), iri("urn:x:p"), ox.BlankNode("b0")),
        ox.Triple(ox.BlankNode("b0"), iri("urn:x:p"), ox.Literal("of a blank node")),
    ]
    derived = [
        ox.Triple(here, a, iri(f"{KG}Place")),
        ox.Triple(part, a, iri(f"{KG}Evidence")),
        ox.Triple(other, a, iri(f"{KG}Actor")),
    ]
    return Graph(BASE, frozenset(asserted), frozenset(derived), onto)


def canonical(found: object) -> set[str]:
    dataset = ox.Dataset(found)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(map(str, dataset))


@pytest.mark.parametrize("processor", PROCESSORS)
def test_whatever_a_graph_may_hold(processor, onto, tmp_path) -> None:
    graph = odd(onto)
    file = tmp_path / "kg.jsonld"
    file.write_bytes(b"".join(jsonld.write(graph)))
    found, wanted = canonical(parse(processor, file, "jsonld")), canonical(quads(graph))
    assert found - wanted == set()
    assert wanted - found == set()


@pytest.mark.parametrize(
    "base",
    [
        "https://example.org/a/../b/",
        "https://example.org//",
        "urn:x:",
        "https://example.org/a?b=/",
        "https://example.org/한/",
    ],
)
@pytest.mark.parametrize("processor", PROCESSORS)
def test_a_base_that_resolving_changes(processor, base, onto, tmp_path) -> None:
    subject, about = ox.NamedNode(f"{base}here"), ox.NamedNode(f"{KG}about")
    asserted = [
        ox.Triple(subject, ox.NamedNode(f"{RDF}type"), ox.NamedNode(f"{KG}Statement")),
        ox.Triple(subject, about, ox.NamedNode(f"{base}there")),
    ]
    graph = Graph(base, frozenset(asserted), frozenset(), onto)
    file = tmp_path / "kg.jsonld"
    file.write_bytes(b"".join(jsonld.write(graph)))
    assert parse(processor, file, "jsonld") == quads(graph)


def test_nothing_is_a_file_as_well(onto) -> None:
    document = written(Graph(BASE, frozenset(), frozenset(), onto))
    assert document == {"@context": {"@version": 1.1, "@base": BASE, "id": "@id", "type": "@type"}, "@graph": []}


def test_fields_that_a_processor_would_misread_are_refused(tmp_path) -> None:
    """`kg schema --check` says the same."""
    folder = shutil.copytree(ROOT / "ontology", tmp_path / "ontology")
    file = folder / "shapes.ttl"
    text = file.read_text(encoding="utf-8")
    assert "sh:path kg:exact ;" in text
    file.write_text(text.replace("sh:path kg:exact ;", 'sh:path kg:exact ; sh:name "evidence" ;'), encoding="utf-8")
    onto, _ = ontology.load(folder)
    with pytest.raises(OntologyFault, match="evidence"):
        jsonld.write(Graph(BASE, frozenset(), frozenset(), onto))
