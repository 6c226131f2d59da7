"""Every term of ours is declared once, labelled, defined and used; every term of others is one that exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, parse
from rdflib import namespace

ONTOLOGY = Path(__file__).parents[2] / "ontology"
OURS = "https://w3id.org/kg-facts/"
TERMS = OURS + "ontology#"
CODES = OURS + "code/"
SHAPES = OURS + "shape/"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"

CLASS, SCHEME, CONCEPT = OWL + "Class", SKOS + "ConceptScheme", SKOS + "Concept"
PROPERTIES = {OWL + "ObjectProperty", OWL + "DatatypeProperty"}
LABEL = {SCHEME: DCTERMS + "title", CONCEPT: SKOS + "prefLabel", **dict.fromkeys({CLASS, *PROPERTIES}, RDFS + "label")}
DEFINITION = SKOS + "definition"

# The vocabularies that mappings.ttl may point at. rdflib knows the terms of most; of the rest, these were looked up.
KNOWN = {
    "http://purl.org/dc/terms/": namespace.DCTERMS,
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": namespace.RDF,
    "http://www.w3.org/2004/02/skos/core#": namespace.SKOS,
    "http://www.w3.org/ns/org#": namespace.ORG,
    "http://www.w3.org/ns/prov#": namespace.PROV,
    "http://xmlns.com/foaf/0.1/": namespace.FOAF,
    "https://schema.org/": namespace.SDO,
}
LOOKED_UP = {
    "http://www.w3.org/ns/oa#": "ResourceSelection SpecificResource TextPositionSelector hasSource exact start end",
    "http://semanticweb.cs.vu.nl/2009/11/sem/": "Actor Event Place Time hasActor hasPlace hasTime"
    " hasEarliestBeginTimeStamp hasLatestEndTimeStamp accordingTo",
    "http://purl.org/spar/cito/": "isCitedBy qualifies updates repliesTo containsAssertionFrom discusses",
}
OF_CLASSES = {RDFS + "subClassOf", OWL + "equivalentClass"}
OF_PROPERTIES = {RDFS + "subPropertyOf", OWL + "equivalentProperty"}
OF_BOTH = {SKOS + name + "Match" for name in ("exact", "close", "broad", "narrow", "related")}


def triples(*names: str) -> Iterator[Quad]:
    """As they stand in the files: a triple that is written twice comes twice."""
    for name in names:
        yield from parse(path=ONTOLOGY / f"{name}.ttl")


def iri(term: object) -> str:
    return term.value if isinstance(term, NamedNode) else ""


def english(term: object) -> str:
    return term.value.strip() if isinstance(term, Literal) and term.language == "en" else ""


def split(term: str) -> tuple[str, str]:
    """Namespace and local name."""
    cut = max(term.rfind("#"), term.rfind("/")) + 1
    return term[:cut], term[cut:]


@pytest.fixture(scope="module")
def declarations() -> Counter[tuple[str, str]]:
    """How often each term of ours is declared as what."""
    return Counter(
        (iri(t.subject), iri(t.object))
        for t in triples("ontology", "codes", "shapes", "mappings")
        if iri(t.subject).startswith((TERMS, CODES)) and iri(t.predicate) == RDF + "type" and iri(t.object) in LABEL
    )


@pytest.fixture(scope="module")
def properties(declarations: Counter[tuple[str, str]]) -> set[str]:
    return {term for term, kind in declarations if kind in PROPERTIES}


@pytest.fixture(scope="module")
def paths() -> set[str]:
    """The properties that a shape uses."""
    return {iri(t.object) for t in triples("shapes", "codes") if iri(t.predicate) == SH + "path"}


def test_there_is_something_to_test(declarations: Counter[tuple[str, str]], paths: set[str]) -> None:
    assert set(LABEL) == {kind for _, kind in declarations}
    assert any(path.startswith(TERMS) for path in paths)


def test_no_term_is_declared_twice(declarations: Counter[tuple[str, str]]) -> None:
    assert [term for term, times in declarations.items() if times > 1] == []
    kinds = Counter(term for term, _ in declarations)
    assert [term for term, times in kinds.items() if times > 1] == []


def test_no_two_terms_differ_in_case_alone_within_their_kind(declarations: Counter[tuple[str, str]]) -> None:
    folded = Counter((term.lower(), kind in PROPERTIES) for term, kind in declarations)
    assert [term for (term, _), times in folded.items() if times > 1] == []


def test_every_term_of_ours_that_is_named_is_declared(declarations: Counter[tuple[str, str]]) -> None:
    declared = {term for term, _ in declarations}
    named = {
        iri(term)
        for t in triples("ontology", "codes", "shapes", "mappings")
        for term in (t.subject, t.predicate, t.object)
        if iri(term).startswith((TERMS, CODES))
    }
    assert named - declared == set()


def test_one_english_label_and_one_definition(declarations: Counter[tuple[str, str]]) -> None:
    written: dict[tuple[str, str], list[object]] = {}
    for t in triples("ontology", "codes", "shapes", "mappings"):
        written.setdefault((iri(t.subject), iri(t.predicate)), []).append(t.object)
    faults: list[object] = []
    for term, kind in declarations:
        labels = {p: [x for x in written.get((term, p), []) if english(x)] for p in set(LABEL.values())}
        if {p: len(found) for p, found in labels.items() if found} != {LABEL[kind]: 1}:
            faults.append((term, labels))
        if [bool(english(x)) for x in written.get((term, DEFINITION), [])] != [True]:
            faults.append((term, written.get((term, DEFINITION))))
    assert faults == []


def test_every_code_is_in_the_list_that_its_name_says(declarations: Counter[tuple[str, str]]) -> None:
    lists = {term for term, kind in declarations if kind == SCHEME}
    codes = {term for term, kind in declarations if kind == CONCEPT}
    stated = {(iri(t.subject), iri(t.object)) for t in triples("codes") if iri(t.predicate) == SKOS + "inScheme"}
    assert stated == {(code, split(code)[0]) for code in codes}
    assert {split(code)[0] for code in codes} == lists


def test_every_property_that_a_shape_uses_is_declared(paths: set[str], properties: set[str]) -> None:
    assert {path for path in paths if path.startswith(OURS)} - properties == set()


def test_every_property_is_used_by_a_shape_or_derived(paths: set[str], properties: set[str]) -> None:
    derived = {
        iri(t.subject)
        for t in triples("ontology")
        if iri(t.predicate) == DEFINITION and english(t.object).endswith(" Derived.")
    }
    assert properties - paths - derived == set()
    assert properties & paths & derived == set()


def test_every_field_is_described_in_english() -> None:
    """A field is what a shape of ours says directly; the branches of sh:or and sh:xone only repeat fields."""
    shapes = list(triples("shapes"))
    described = Counter(str(t.subject) for t in shapes if iri(t.predicate) == SH + "description" and english(t.object))
    path = {str(t.subject): iri(t.object) for t in shapes if iri(t.predicate) == SH + "path"}
    fields = [
        (iri(t.subject), str(t.object))
        for t in shapes
        if iri(t.predicate) == SH + "property" and iri(t.subject).startswith(SHAPES)
    ]
    assert fields
    assert [(shape, path.get(field)) for shape, field in fields if described[field] != 1] == []


def test_every_class_that_is_not_abstract_has_one_shape(declarations: Counter[tuple[str, str]]) -> None:
    abstract = {
        iri(t.subject) for t in triples("ontology") if iri(t.predicate) in (OWL + "unionOf", OWL + "disjointUnionOf")
    }
    targets = Counter(iri(t.object) for t in triples("shapes") if iri(t.predicate) == SH + "targetClass")
    classes = {term for term, kind in declarations if kind == CLASS}
    assert classes - abstract - set(targets) == set()
    assert set(targets) - classes == set()
    assert [cls for cls, times in targets.items() if times > 1] == []


def test_an_abstract_class_is_the_union_of_the_classes_right_under_it() -> None:
    about: dict[tuple[str, str], list[object]] = {}
    below: dict[str, set[str]] = {}
    for t in triples("ontology"):
        about.setdefault((str(t.subject), iri(t.predicate)), []).append(t.object)
        if iri(t.predicate) == RDFS + "subClassOf":
            below.setdefault(iri(t.object), set()).add(iri(t.subject))

    def members(head: object) -> list[str]:
        first, rest = about.get((str(head), RDF + "first"), []), about.get((str(head), RDF + "rest"), [])
        return [iri(first[0]), *members(rest[0])] if first else []

    unions = {
        subject: members(heads[0])
        for (subject, predicate), heads in about.items()
        if predicate in (OWL + "unionOf", OWL + "disjointUnionOf")
    }
    assert unions
    assert {cls: sorted(union) for cls, union in unions.items()} == {
        cls: sorted(below.get(cls.strip("<>"), ())) for cls in unions
    }


def test_mappings_go_from_our_terms_to_terms_that_exist(declarations: Counter[tuple[str, str]]) -> None:
    declared = {term for term, _ in declarations}
    faults = []
    for t in triples("mappings"):
        ours, relation, theirs = iri(t.subject), iri(t.predicate), iri(t.object)
        vocabulary, name = split(theirs)
        if ours not in declared:
            faults.append((ours, "is not ours"))
        if relation not in OF_CLASSES | OF_PROPERTIES | OF_BOTH:
            faults.append((relation, "is not a relation of a mapping"))
        if vocabulary in KNOWN:
            if name not in KNOWN[vocabulary]:
                faults.append((theirs, "is not in its vocabulary"))
        elif name not in LOOKED_UP.get(vocabulary, "").split():
            faults.append((theirs, "is of no vocabulary on the list, or was not looked up"))
    assert faults == []


def test_mappings_say_one_thing_of_a_pair() -> None:
    pairs = Counter((iri(t.subject), iri(t.object)) for t in triples("mappings"))
    assert [pair for pair, times in pairs.items() if times > 1] == []


def test_mappings_relate_classes_to_classes_and_properties_to_properties(properties: set[str]) -> None:
    """Every vocabulary on the list writes classes with a capital."""
    faults = []
    for t in triples("mappings"):
        of_property = iri(t.subject) in properties
        if of_property == split(iri(t.object))[1][0].isupper():
            faults.append(str(t))
        if iri(t.predicate) in (OF_CLASSES if of_property else OF_PROPERTIES):
            faults.append(str(t))
    assert faults == []


def test_every_mapped_vocabulary_says_which_version_was_looked_at() -> None:
    """A block of the file starts with a comment, and all its terms are of one vocabulary."""
    text = (ONTOLOGY / "mappings.ttl").read_text(encoding="utf-8")
    blocks = [block for block in text.split("\n\n") if re.search(r"^kg:", block, re.MULTILINE)]
    assert blocks
    for block in blocks:
        assert re.match(r"# .*\b\d{4}\b", block), block
        assert len(set(re.findall(r"^kg:\w+ \w+:\w+ (\w+):", block, re.MULTILINE))) == 1, block
