"""What a build says of itself: DCAT 3 and VoID, counted again with SPARQL, held to shapes made of the specifications."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import DCTERMS, FOAF, PROV, RDF, VOID

import kg
from kg import canonical, project, release, withdrawal

ROOT = Path(__file__).parents[1]
DCAT, SPDX = rdflib.Namespace("http://www.w3.org/ns/dcat#"), rdflib.Namespace("http://spdx.org/rdf/terms#")
# DCAT 3, sections 6.4 to 6.8 and 6.17; VoID, sections 2 and 4; PROV-O, section 3.1. What each may be said of, and of what kind
# the value is. rdflib has no list of the terms that DCAT 3 added, so these are looked up here.
SHAPES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

[] a sh:NodeShape ; sh:targetClass dcat:Dataset ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcat:distribution ; sh:minCount 1 ; sh:class dcat:Distribution ] ;
    sh:property [ sh:path dcterms:license ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path dcterms:creator ; sh:class foaf:Agent ] ;
    sh:property [ sh:path dcterms:language ; sh:nodeKind sh:IRI ; sh:pattern "^http://id.loc.gov/vocabulary/iso639-[12]/[a-z]+$" ] ;
    sh:property [ sh:path dcat:version ; sh:nodeKind sh:Literal ] .
[] a sh:NodeShape ; sh:targetClass dcat:Distribution ;
    sh:property [ sh:path dcterms:title ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path dcat:mediaType ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ; sh:pattern "^https://www.iana.org/assignments/media-types/" ] ;
    sh:property [ sh:path dcat:byteSize ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:nonNegativeInteger ] ;
    sh:property [ sh:path dcterms:license ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path spdx:checksum ; sh:minCount 1 ; sh:maxCount 1 ; sh:class spdx:Checksum ] ;
    sh:property [ sh:path [ sh:inversePath dcat:distribution ] ; sh:minCount 1 ; sh:maxCount 1 ; sh:class dcat:Dataset ] .
[] a sh:NodeShape ; sh:targetClass spdx:Checksum ;
    sh:property [ sh:path spdx:algorithm ; sh:hasValue spdx:checksumAlgorithm_sha256 ; sh:maxCount 1 ] ;
    sh:property [ sh:path spdx:checksumValue ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:hexBinary ; sh:pattern "^[0-9a-f]{64}$" ] .
[] a sh:NodeShape ; sh:targetSubjectsOf void:vocabulary ;
    sh:class void:Dataset ;
    sh:property [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] ;
    sh:property [ sh:path void:entities ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] ;
    sh:property [ sh:path void:uriSpace ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:Literal ] ;
    sh:property [ sh:path void:vocabulary ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path prov:wasGeneratedBy ; sh:minCount 1 ; sh:maxCount 1 ; sh:class prov:Activity ] .
[] a sh:NodeShape ; sh:targetObjectsOf void:classPartition ;
    sh:class void:Dataset ;
    sh:property [ sh:path void:class ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path void:entities ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:minInclusive 1 ] .
[] a sh:NodeShape ; sh:targetObjectsOf void:propertyPartition ;
    sh:class void:Dataset ;
    sh:property [ sh:path void:property ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ;
    sh:property [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ; sh:minInclusive 1 ] .
[] a sh:NodeShape ; sh:targetClass prov:Activity ;
    sh:property [ sh:path prov:wasAssociatedWith ; sh:minCount 1 ; sh:class prov:SoftwareAgent ] .
"""
TERMS = {  # all that may be used, by vocabulary
    DCAT: "Dataset Distribution distribution mediaType byteSize version",
    SPDX: "Checksum checksum algorithm checksumValue checksumAlgorithm_sha256",
    VOID: "Dataset triples entities uriSpace vocabulary classPartition propertyPartition class property",
    DCTERMS: "title description license creator language conformsTo isVersionOf LicenseDocument",
    PROV: "Activity SoftwareAgent wasGeneratedBy wasAssociatedWith",
    FOAF: "Agent name",
    RDF: "type",
}
ALLOWED = {rdflib.URIRef(f"{space}{name}") for space, names in TERMS.items() for name in names.split()}


def described(files: dict[str, bytes]) -> rdflib.Graph:
    return rdflib.Graph().parse(data=files["dataset.ttl"], format="turtle")


@pytest.fixture(scope="module")
def build(shipped: Path):
    return kg.build(shipped)


def released(build, without: str = "") -> dict[str, bytes]:
    return {name: b"".join(pieces) for name, pieces in release.files(build, without)}


@pytest.fixture(scope="module")
def files(build) -> dict[str, bytes]:
    return released(build)


@pytest.fixture(scope="module")
def about(files) -> rdflib.Graph:
    return described(files)


def dataset(about: rdflib.Graph) -> rdflib.URIRef:
    return about.value(predicate=VOID.uriSpace, object=None, any=False) or next(about.subjects(VOID.uriSpace))


def sizes(files: dict[str, bytes], query: str) -> dict[str, int]:
    """Ask the graph that was written, with an engine that counted nothing yet."""
    store = ox.Store()
    store.load(files["kg.ttl"], format=ox.RdfFormat.TURTLE)
    return {row[0].value: int(row[1].value) for row in store.query(query)}


def test_shapes_of_the_specifications(about: rdflib.Graph) -> None:
    conforms, _, report = pyshacl.validate(about, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))
    assert conforms, report


@pytest.mark.parametrize(
    "gone", [DCTERMS.title, DCAT.byteSize, SPDX.checksumValue, VOID["class"], PROV.wasAssociatedWith, FOAF.Agent]
)
def test_the_shapes_would_notice(about: rdflib.Graph, gone: rdflib.URIRef) -> None:
    less = rdflib.Graph()
    for triple in about:
        if gone not in triple:
            less.add(triple)
    conforms, _, _ = pyshacl.validate(less, shacl_graph=rdflib.Graph().parse(data=SHAPES, format="turtle"))
    assert not conforms


def test_no_term_that_no_specification_has(about: rdflib.Graph) -> None:
    used = {term for s, p, o in about for term in ((p, o) if p == RDF.type else (p,))}
    assert used <= ALLOWED
    assert about.value(predicate=RDF.type, object=PROV.SoftwareAgent) is not None


def test_counts_are_those_of_the_graph(about: rdflib.Graph, files: dict[str, bytes]) -> None:
    whole = dataset(about)
    one = sizes(files, "SELECT ('' AS ?x) (COUNT(*) AS ?n) { ?s ?p ?o }")[""]
    assert int(about.value(whole, VOID.triples)) == one > 1000
    assert (
        int(about.value(whole, VOID.entities))
        == sizes(files, "SELECT ('' AS ?x) (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")[""]
    )
    for partition, key, of, query in (
        (
            VOID.classPartition,
            VOID["class"],
            VOID.entities,
            "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c",
        ),
        (VOID.propertyPartition, VOID.property, VOID.triples, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"),
    ):
        parts = list(about.objects(whole, partition))
        found = {str(about.value(part, key)): int(about.value(part, of)) for part in parts}
        assert len(parts) == len(found)
        assert found == sizes(files, query)


def test_vocabularies_and_the_space_of_names(about: rdflib.Graph, files: dict[str, bytes]) -> None:
    whole = dataset(about)
    space = str(about.value(whole, VOID.uriSpace))
    assert all(quad.subject.value.startswith(space) for quad in ox.parse(files["kg.ttl"], format=ox.RdfFormat.TURTLE))
    found = set(map(str, about.objects(whole, VOID.vocabulary)))
    assert {"https://w3id.org/kg-facts/ontology", "http://www.w3.org/ns/oa#", str(RDF)} <= found
    used = {str(about.value(part, VOID.property)) for part in about.objects(whole, VOID.propertyPartition)}
    assert all(any(term.startswith(space) for space in found) for term in used)


def test_files_are_those_that_were_written(about: rdflib.Graph, files: dict[str, bytes]) -> None:
    named = {str(about.value(node, DCTERMS.title)): node for node in about.subjects(RDF.type, DCAT.Distribution)}
    assert set(named) == {"kg.ttl", "ontology.ttl"}
    for name, node in named.items():
        assert int(about.value(node, DCAT.byteSize)) == len(files[name])
        value = about.value(about.value(node, SPDX.checksum), SPDX.checksumValue)
        assert str(value) == hashlib.sha256(files[name]).hexdigest()
    assert about.value(predicate=DCAT.distribution, object=named["kg.ttl"]) == dataset(about)
    onto = about.value(predicate=DCAT.distribution, object=named["ontology.ttl"])
    assert str(onto) == "https://w3id.org/kg-facts/ontology"
    assert about.value(dataset(about), DCTERMS.conformsTo) == onto
    assert (
        str(about.value(onto, DCAT.version)) == re.search(r'owl:versionInfo "(.*?)"', files["ontology.ttl"].decode())[1]
    )


def test_the_settings_are_told(about: rdflib.Graph, build) -> None:
    whole = dataset(about)
    said = build.dataset
    assert str(about.value(whole, DCTERMS.title)) == said.title
    assert str(about.value(whole, DCTERMS.license)) == said.licence
    assert {str(about.value(agent, FOAF.name)) for agent in about.objects(whole, DCTERMS.creator)} == set(said.creators)
    assert str(about.value(whole, DCTERMS.language)) == "http://id.loc.gov/vocabulary/iso639-1/en"
    agent = about.value(about.value(whole, PROV.wasGeneratedBy), PROV.wasAssociatedWith)
    assert (str(about.value(agent, FOAF.name)), str(about.value(agent, DCAT.version))) == ("kg", kg.__version__)


def test_no_date_is_invented(about: rdflib.Graph) -> None:
    assert not [
        o
        for o in about.objects()
        if isinstance(o, rdflib.Literal) and str(o.datatype).endswith(("#date", "#dateTime", "#gYear"))
    ]
    assert DCTERMS.issued not in set(about.predicates())


def test_no_blank_node_and_no_name_of_a_record(about: rdflib.Graph, build) -> None:
    assert not [term for triple in about for term in triple if isinstance(term, rdflib.BNode)]
    own = {str(term) for term in about.subjects() if str(term).startswith(build.dataset.base)}
    assert own.isdisjoint(triple.subject.value for triple in build.graph)
    assert own.isdisjoint(f"{build.dataset.base}{identifier}" for identifier in build.sources.records)


def edited(small: Path, **settings: str) -> rdflib.Graph:
    """The description of a small project with other settings; an empty one is left out."""
    file = small / "facts" / "dataset.yaml"
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.split(":")[0] not in settings]
    file.write_text(
        "\n".join([*lines, *(f"{key}: {value}" for key, value in settings.items() if value)]) + "\n", encoding="utf-8"
    )
    build = kg.build(small)
    assert build.valid, build.diagnostics
    return described(released(build))


def test_what_is_not_said_is_left_out(small: Path) -> None:
    about = edited(small, title="", licence="", creators="", language="")
    whole = dataset(about)
    assert {DCTERMS.title, DCTERMS.license, DCTERMS.creator, DCAT.version}.isdisjoint(about.predicates(whole))


def test_a_version_is_told(small: Path) -> None:
    about = edited(small, version="2026.1")
    assert str(about.value(dataset(about), DCAT.version)) == "2026.1"


def test_a_licence_without_an_address_is_a_document_with_a_name(small: Path) -> None:
    about = edited(small, licence="with <permission> of the authors")
    licence = about.value(dataset(about), DCTERMS.license)
    assert (licence, RDF.type, DCTERMS.LicenseDocument) in about
    assert str(about.value(licence, DCTERMS.title)) == "with <permission> of the authors"


@pytest.mark.parametrize(
    "address", ["https://example.org/a b", "javascript:alert(1)", "https://example.org/>", "example.org"]
)
def test_what_is_no_address_is_no_iri(small: Path, address: str) -> None:
    about = edited(small, licence=f'"{address}"', creators=f'["{address}"]')
    whole = dataset(about)
    assert str(about.value(about.value(whole, DCTERMS.license), DCTERMS.title)) == address
    assert str(about.value(about.value(whole, DCTERMS.creator), FOAF.name)) == address


def test_a_creator_by_address_is_that_agent(small: Path) -> None:
    about = edited(small, creators='["https://orcid.org/0000-0002-1825-0097", "Somebody \\"else\\""]')
    agents = set(about.objects(dataset(about), DCTERMS.creator))
    assert rdflib.URIRef("https://orcid.org/0000-0002-1825-0097") in agents
    assert all((agent, RDF.type, FOAF.Agent) in about for agent in agents)
    assert [str(name) for name in about.objects(None, FOAF.name) if "else" in name] == ['Somebody "else"']


@pytest.mark.parametrize(
    ("tag", "iri"),
    [
        ("ko", "iso639-1/ko"),
        ("zh-Hans", "iso639-1/zh"),
        ("haw", "iso639-2/haw"),
        ("EN-us", "iso639-1/en"),
    ],
)
def test_languages(small: Path, tag: str, iri: str) -> None:
    about = edited(small, language=tag)
    found = about.value(dataset(about), DCTERMS.language)
    assert str(found) == f"http://id.loc.gov/vocabulary/{iri}"


def test_an_unchecked_build_says_so(small: Path) -> None:
    checked, not_checked = (released(kg.build(small, checked=flag)) for flag in (True, False))
    about = described(not_checked)
    whole = dataset(about)
    assert "nchecked" in str(about.value(whole, DCTERMS.description))
    assert about.value(whole, DCTERMS.conformsTo) is None
    assert not_checked["kg.ttl"].startswith(b"# Unchecked")
    assert not_checked["kg.sha256"] == checked["kg.sha256"]
    assert b"nchecked" not in b"".join(checked.values())


def test_a_build_without_a_document_is_another_data_set(small: Path) -> None:
    build = kg.build(small)
    left = withdrawal.without(build, "second-article").build
    about = described(released(left, "second-article"))
    whole, before = dataset(about), dataset(described(released(build)))
    assert about.value(whole, DCTERMS.isVersionOf) == before != whole
    assert "second-article" in str(about.value(whole, DCTERMS.description))
    assert int(about.value(whole, VOID.triples)) == len(left.graph) < len(build.graph)


def test_an_ontology_without_a_name_of_its_own(small: Path, own_ontology: Path) -> None:
    file = own_ontology / "ontology.ttl"
    text = file.read_text(encoding="utf-8")
    assert "<https://w3id.org/kg-facts/ontology> a owl:Ontology ;" in text
    file.write_text(
        text.replace("<https://w3id.org/kg-facts/ontology> a owl:Ontology ;", "[] a owl:Ontology ;"), encoding="utf-8"
    )
    about = described(released(kg.build(small)))
    onto = about.value(dataset(about), DCTERMS.conformsTo)
    assert str(onto) == "https://example.org/small/graph.ontology"
    assert "https://w3id.org/kg-facts/ontology#" in set(map(str, about.objects(None, VOID.vocabulary)))


def test_what_an_ontology_says_without_a_name_is_left_out(small: Path, own_ontology: Path) -> None:
    """A blank node would have another label in each build."""
    file = own_ontology / "ontology.ttl"
    text = file.read_text(encoding="utf-8")
    assert "dcterms:license <https://opensource.org/license/mit>" in text
    changed = text.replace(
        "dcterms:license <https://opensource.org/license/mit>", 'dcterms:license [ rdfs:label "mine" ]'
    )
    file.write_text(changed, encoding="utf-8")
    about = described(released(kg.build(small)))
    onto = about.value(dataset(about), DCTERMS.conformsTo)
    assert about.value(onto, DCTERMS.license) is None
    assert not [term for triple in about for term in triple if isinstance(term, rdflib.BNode)]


def test_checksum_of_the_graph(files: dict[str, bytes], build) -> None:
    graph = [quad.triple for quad in ox.parse(files["kg.ttl"], format=ox.RdfFormat.TURTLE)]
    assert files["kg.sha256"] == f"{canonical.sha256(graph)}\n".encode()
    assert canonical.sha256(graph) == canonical.sha256(build.graph)


def test_the_command_writes_and_prints_it(run, small: Path) -> None:
    ended = run("--project", small, "build")
    assert (ended.code, ended.out) == (0, f"{small}/build/kg.ttl\n")
    digest = (small / "build" / "kg.sha256").read_text(encoding="utf-8").strip()
    assert f"{digest}\n" in ended.err
    assert {file.name for file in (small / "build").iterdir()} == {
        "kg.ttl",
        "ontology.ttl",
        "dataset.ttl",
        "kg.sha256",
        "SHA256SUMS",
    }


def test_the_recipe_of_the_readme(run, program: Path, small: Path) -> None:
    """For whoever has no RDFC-1.0 at hand."""
    recipe = re.search(r"`(kg export ntriples \|[^`]*)`", (ROOT / "README.md").read_text(encoding="utf-8"))[1]
    assert run("--project", small, "build").code == 0
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", recipe], cwd=small, env={**os.environ, "PATH": path}, capture_output=True, check=True
    )
    assert done.stdout.split()[0] == (small / "build" / "kg.sha256").read_bytes().strip()


def test_the_same_bytes_everywhere(shipped: Path, tmp_path: Path) -> None:
    found = []
    for seed, zone, locale in (("1", "Asia/Seoul", "C"), ("2", "UTC", "C.UTF-8")):
        out = tmp_path / seed
        where = shutil.copytree(shipped, tmp_path / f"project-{seed}")
        subprocess.run(
            [sys.executable, "-c", "from kg.cli import main; main()", "--project", where, "build", "--out", out],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale},
            capture_output=True,
            check=True,
        )
        found.append({file.name: file.read_bytes() for file in out.iterdir()})
    assert found[0] == found[1]
    assert str(tmp_path).encode() not in b"".join(found[0].values())


def test_every_setting_is_read() -> None:
    """The one that metadata added among them."""
    configuration = (ROOT / "facts" / project.CONFIGURATION).read_text(encoding="utf-8")
    assert "version:" in configuration
