"""The ontology, the code lists and the mappings hold no contradiction: HermiT says so.

Faults are planted as well, so that the test can fail. shapes.ttl is not OWL and stays out. HermiT knows only the
datatypes of OWL 2, so EDTF, xsd:date and xsd:duration are ignored: what those ranges forbid is not tested here.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
from pathlib import Path

import pytest
import rdflib

ONTOLOGY = Path(__file__).parents[2] / "ontology"
SOURCES = ("ontology.ttl", "codes.ttl", "mappings.ttl")

PREFIXES = """
@prefix : <https://example.org/> .
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

# What the vocabularies of mappings.ttl say of the terms that ours fall under, as far as it can contradict us. (FOAF writes
# http://schema.org/ where the mappings write https.)
FOREIGN = """
foaf:Agent owl:equivalentClass dcterms:Agent .
foaf:Person rdfs:subClassOf foaf:Agent ; owl:disjointWith foaf:Organization ; owl:equivalentClass schema:Person .
foaf:Group rdfs:subClassOf foaf:Agent .
foaf:Organization rdfs:subClassOf foaf:Agent ; owl:disjointWith foaf:Document .
foaf:Document owl:equivalentClass schema:CreativeWork .
org:Organization rdfs:subClassOf foaf:Agent ; owl:equivalentClass foaf:Organization .
prov:Entity owl:disjointWith prov:Activity .
prov:atLocation a owl:ObjectProperty ; rdfs:range prov:Location .
oa:TextPositionSelector rdfs:subClassOf oa:Selector .
oa:start a owl:DatatypeProperty ; rdfs:range xsd:nonNegativeInteger .
oa:end a owl:DatatypeProperty ; rdfs:range xsd:nonNegativeInteger .
schema:NewsMediaOrganization rdfs:subClassOf schema:Organization .
dcterms:subject a owl:ObjectProperty .
dcterms:isReferencedBy a owl:ObjectProperty .
cito:isCitedBy a owl:ObjectProperty ; owl:inverseOf cito:cites .
"""


def missing() -> str | None:
    """Why HermiT cannot run here, or None."""
    if importlib.util.find_spec("owlready2") is None:
        return "owlready2, which carries the reasoner HermiT, is not installed"
    if shutil.which("java") is None:
        return "java, which the reasoner HermiT runs on, is not installed"
    return None


@pytest.fixture(autouse=True)
def hermit() -> None:
    if reason := missing():
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


@functools.cache
def ontology() -> str:
    """The ontology as N-Triples."""
    graph = rdflib.Graph().parse(data=PREFIXES + FOREIGN, format="turtle")
    for name in SOURCES:
        graph.parse(ONTOLOGY / name)
    return graph.serialize(format="nt")


def unsatisfiable(folder: Path, planted: str = "") -> set[str] | None:
    """The classes that can have no member; None if the whole is inconsistent."""
    import owlready2

    file = folder / "ontology.nt"
    more = rdflib.Graph().parse(data=PREFIXES + planted, format="turtle")
    file.write_text(ontology() + more.serialize(format="nt"), encoding="utf-8")

    world = owlready2.World()
    world.get_ontology(file.as_uri()).load()
    try:
        owlready2.sync_reasoner_hermit(world, debug=0, ignore_unsupported_datatypes=True)
    except owlready2.OwlReadyInconsistentOntologyError:
        return None
    return {c.iri for c in world.inconsistent_classes()} - {"http://www.w3.org/2002/07/owl#Nothing"}


def test_consistent_and_every_class_can_have_members(tmp_path: Path) -> None:
    assert unsatisfiable(tmp_path) == set()


def test_sound_facts_are_consistent(tmp_path: Path) -> None:
    """A state is an actor and a place; what shares a part is one owner under two names."""
    sound = """
    :korea a kg:State ; kg:locatedIn :korea ; kg:evidence :words .
    :corea kg:evidence :words .
    :words kg:document :article ; kg:start 0 ; kg:end 4 .
    :article a kg:Document ; kg:kind <https://w3id.org/kg-facts/code/document-kind/article> .
    """
    assert unsatisfiable(tmp_path, sound) == set()


@pytest.mark.parametrize(
    "planted",
    [
        pytest.param(":x a kg:Person, kg:Weapon .", id="of two disjoint classes"),
        pytest.param(":x a kg:State, kg:Person .", id="of two kinds of actor"),
        pytest.param(":x a kg:Statement, kg:Evidence .", id="a record and a part"),
        pytest.param(":x kg:evidence :p . :y kg:evidence :p . :x owl:differentFrom :y .", id="a part with two owners"),
        pytest.param(":x kg:by :y . :y a kg:Document .", id="a document as an actor"),
        pytest.param(":x kg:kind :y . :y a kg:Person .", id="a record as a code"),
        pytest.param(
            ":x a kg:Actor, :Robot . :Robot owl:disjointUnionOf ( :A :B ) . "
            "[] a owl:AllDisjointClasses ; owl:members "
            "( :Robot kg:Person kg:State kg:Organization kg:MediaOutlet kg:UnnamedGroup ) .",
            id="an actor of no kind",
        ),
        pytest.param(":x kg:start -1 .", id="an offset below 0"),
        pytest.param(":x a kg:Organization, schema:Person .", id="an organization that others call a person"),
        pytest.param(
            ":x kg:locatedIn :y . prov:Location owl:disjointWith :Y . :y a :Y .", id="a location that is none"
        ),
    ],
)
def test_planted_contradiction_is_found(tmp_path: Path, planted: str) -> None:
    assert unsatisfiable(tmp_path, planted) is None


@pytest.mark.parametrize(
    ("planted", "name"),
    [
        pytest.param(
            ":Both a owl:Class ; rdfs:subClassOf kg:Person, kg:Document .",
            "https://example.org/Both",
            id="under two disjoint classes",
        ),
        pytest.param(
            "kg:Organization rdfs:subClassOf foaf:Document .",
            "https://w3id.org/kg-facts/ontology#Organization",
            id="mapped to the wrong class",
        ),
        pytest.param(
            "kg:Document rdfs:subClassOf prov:Activity .",
            "https://w3id.org/kg-facts/ontology#Document",
            id="mapped to an entity and an activity",
        ),
    ],
)
def test_planted_class_without_members_is_found(tmp_path: Path, planted: str, name: str) -> None:
    assert unsatisfiable(tmp_path, planted) == {name}
