"""The property graph: what becomes of a field, that nothing is lost, that edges can be traced."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import nasty
import pyoxigraph as ox
import pytest
from generation import EXAMPLES, ROOT, STYLES, complete, shipped

import kg
from kg.diagnostic import Severity
from kg.export import propertygraph, tables
from kg.export.properties import LEXICAL, Type, written
from kg.export.propertygraph import LANGUAGE, Node, PropertyGraph, edge_type, property_name
from kg.fault import Fault, OntologyFault
from kg.ontology import RDF, TYPE, XSD
from kg.vocabulary import Class, Field, Kind, Vocabulary

OA = "http://www.w3.org/ns/oa#"
GOLDEN = ROOT / "tests" / "golden" / "small"


# ------------------------------------------------------------------------------------------------------- nothing is lost


def rebuilt(graph: PropertyGraph, vocabulary: Vocabulary) -> set[ox.Triple]:
    """The asserted triples, had back from nodes and edges by the tables of the ontology alone."""
    nodes = {node.iri: node for node in graph.nodes}
    parts = {cls.name for cls in vocabulary.classes.values() if cls.part}
    holders = {edge.end: edge.start for edge in graph.edges if nodes[edge.end].labels[0] in parts}
    return {*_of_nodes(nodes, holders, parts, vocabulary), *_of_edges(graph, nodes, vocabulary)}


def _of_nodes(nodes, holders, parts, vocabulary: Vocabulary) -> Iterator[ox.Triple]:
    for node in nodes.values():
        subject, cls = ox.NamedNode(node.iri), vocabulary.classes[node.labels[0]]
        if node.labels[0] not in parts:
            yield ox.Triple(subject, TYPE, ox.NamedNode(cls.iri))
        holder = vocabulary.classes[nodes[holders[node.iri]].labels[0]] if node.iri in holders else cls
        for name, terms in _properties(node, cls, holder, vocabulary):
            yield from (ox.Triple(subject, ox.NamedNode(cls.fields[name].path), term) for term in terms)


def _properties(node: Node, cls: Class, holder: Class, vocabulary: Vocabulary) -> Iterator[tuple[str, list]]:
    for key, found in node.properties.items():
        name, _, suffix = key.partition("_")
        if name not in cls.fields or key + LEXICAL in node.properties:
            continue  # derived; or to the letter in another property
        field = cls.fields[name]
        texts = [written(value) for value in (found if isinstance(found, tuple) else (found,))]
        if field.kind is Kind.CODE:
            yield name, [ox.NamedNode(vocabulary.lists[field.range].iri + text) for text in texts]
        elif field.kind is Kind.FIELD:
            yield name, [ox.NamedNode(holder.fields[text].path) for text in texts]
        elif field.kind is Kind.TEXT:
            yield name, [ox.Literal(text, language=suffix.replace("_", "-") or LANGUAGE) for text in texts]
        else:
            yield name, [ox.Literal(text, datatype=ox.NamedNode(field.range or XSD + "string")) for text in texts]


def _of_edges(graph: PropertyGraph, nodes, vocabulary: Vocabulary) -> Iterator[ox.Triple]:
    for edge in graph.edges:
        cls = vocabulary.classes[nodes[edge.start].labels[0]]
        field = next(field for field in cls.fields.values() if edge_type(field.name, vocabulary) == edge.type)
        yield ox.Triple(ox.NamedNode(edge.start), ox.NamedNode(field.path), ox.NamedNode(edge.end))


def test_every_asserted_triple_can_be_had_back(build, made) -> None:
    assert rebuilt(made, build.vocabulary) == build.graph.asserted
    assert len(build.graph.asserted) > 1000


def test_what_is_derived_comes_along_but_for_the_selectors(build, made) -> None:
    """Superclasses are labels; literals are properties; what repeats the facts as Web Annotations is left out."""
    nodes = {node.iri: node for node in made.nodes}
    left = Counter()
    for triple in build.graph.derived:
        node = nodes.get(triple.subject.value)
        path = triple.predicate.value
        if node is None or path.startswith(OA) or triple.object.value.startswith(OA):
            left[path] += 1
        elif triple.predicate == TYPE:
            assert build.vocabulary.by_iri[triple.object.value].name in node.labels
        else:
            name = property_name(path.replace("/", "#").rpartition("#")[2], triple.object.language or "")
            found = node.properties[name]
            assert triple.object.value in [written(v) for v in (found if isinstance(found, tuple) else (found,))]
    assert set(left) == {RDF + "type", *(OA + name for name in ("exact", "hasSelector", "hasSource"))} | (
        {OA + "start", OA + "end"}
    )


def test_the_schema_holds(build, made) -> None:
    """Every property has a key, every edge a pair of classes that the ontology allows."""
    types = {Type.INTEGER: int, Type.BOOLEAN: bool, Type.DATE: dt.date}
    for node in made.nodes:
        keys = {key.name: key for key in made.keys[node.labels[0]]}
        for name, value in node.properties.items():
            assert isinstance(value, tuple) == keys[name].multiple
            for item in value if isinstance(value, tuple) else (value,):
                assert type(item) is types.get(keys[name].type, str)
    for edge in made.edges:
        assert (made.classes[edge.start], made.classes[edge.end]) in made.types[edge.type]
        assert set(edge.properties) <= set(made.carried)
    assert len({(edge.type, edge.start, edge.end) for edge in made.edges}) == len(made.edges)
    assert len({node.iri for node in made.nodes}) == len(made.nodes)
    assert set(made.keys) == {cls.name for cls in build.vocabulary.classes.values() if not cls.abstract}


def test_names_differ_in_more_than_case(build, made) -> None:
    """Ladybug has one name space for classes and types, without regard to case."""
    names = [name.lower() for name in (*build.vocabulary.classes, *made.types)]
    assert len(names) == len(set(names))
    for keys in made.keys.values():
        assert len({key.name.lower() for key in keys}) == len(keys)


def test_every_field_of_every_class_can_be_had_back(tmp_path) -> None:
    """A record of each class with all its fields, and all theirs."""
    vocabulary = shipped()
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "dataset.yaml").write_text(nasty.DATASET, encoding="utf-8")
    records = []
    for name in vocabulary.record_types:
        cls = vocabulary.classes[name]
        content = complete(vocabulary, cls, cls, _leaf(vocabulary))
        records.append({"id": name.lower(), "type": name, **content})
    (tmp_path / "facts" / "all.yaml").write_text(STYLES["double"](records), encoding="utf-8")
    build = kg.build(tmp_path, checked=False)
    assert [d for d in build.diagnostics if d.severity is Severity.ERROR] == []
    graph = propertygraph.make(build.graph, build.vocabulary)
    assert rebuilt(graph, build.vocabulary) == build.graph.asserted
    assert {node.labels[0] for node in graph.nodes} == set(graph.keys)


def _leaf(vocabulary: Vocabulary):
    """A value of a field: an example of its datatype, or the id of a record of its class."""

    def leaf(field: Field) -> str:
        if field.kind is Kind.LITERAL:
            return EXAMPLES[field.range][0]
        fitting = (
            name for name in vocabulary.record_types if vocabulary.is_a(vocabulary.classes[name].iri, field.range)
        )
        return next(fitting).lower()

    return leaf


# ------------------------------------------------------------------------------------------------- what becomes of a field


@pytest.fixture(scope="module")
def golden() -> PropertyGraph:
    build = kg.build(GOLDEN, checked=False)
    return propertygraph.make(build.graph, build.vocabulary)


def node(graph: PropertyGraph, identifier: str) -> Node:
    return next(node for node in graph.nodes if node.id == identifier)


def edges(graph: PropertyGraph, identifier: str) -> list[tuple[str, str]]:
    ids = {node.iri: node.id for node in graph.nodes}
    return [(edge.type, ids[edge.end]) for edge in graph.edges if ids[edge.start] == identifier]


def parts(graph: PropertyGraph, identifier: str, type_: str) -> list[Node]:
    ends = {end for found, end in edges(graph, identifier) if found == type_}
    return [node for node in graph.nodes if node.id in ends]


def test_a_record(golden) -> None:
    assert node(golden, "kim-could-destroy") == Node(
        iri="https://example.org/id/kim-could-destroy",
        id="kim-could-destroy",
        labels=("Statement", "Record"),
        properties={
            "kind": "threat",
            "label": "Kim says North Korea could destroy South Korea",
            "maximumOrigins": 1,
            "minimumOrigins": 1,
            "modality": "could",
            "proposition": "North Korea could completely destroy South Korea if its security was threatened.",
            "status": "attributed",
            "value": "8700.50",  # exact, not rounded
        },
    )
    assert node(golden, "south-korea").labels == ("State", "Actor", "Place", "Record")


def test_a_part(golden) -> None:
    (said,) = parts(golden, "kim-could-destroy", "SAID")
    assert said.labels == ("Date",)
    assert said.properties == {
        "basis": "relative",
        "date": "2026-02-26/..",
        "earliest": dt.date(2026, 2, 26),
        "rule": "from 26 February 2026",
    }
    evidence = parts(golden, "kim-could-destroy", "HAS_EVIDENCE")
    assert {part.properties.get("supports") for part in evidence} == {None, ("said",)}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("about", "ABOUT"),
        ("childOf", "CHILD_OF"),
        ("evidence", "HAS_EVIDENCE"),
        ("place", "HAS_PLACE"),
        ("stage", "HAS_STAGE"),
        ("partOf", "PART_OF"),
        ("odd`link", "ODD`LINK"),
        ("two-words", "TWO_WORDS"),
    ],
)
def test_the_type_of_an_edge_is_the_name_of_its_field(field, expected, builds) -> None:
    assert edge_type(field, builds["shipped"].vocabulary) == expected


def test_other_languages_and_other_forms_stand_beside(property_graphs) -> None:
    graph = property_graphs["nasty"]
    found = node(graph, "oddity-4").properties
    assert found["label"] == found["label_ko"] == found["label_pt_br"] == nasty.TEXTS[4]
    assert found["words"] == (nasty.TEXTS[4],)
    assert found["number_lexical"] == "007"
    assert found["number"] == 7
    assert "number" not in node(graph, "oddity-7").properties  # beyond 64 bits
    assert node(graph, "oddity-7").properties["number_lexical"] == "9223372036854775808"
    assert node(graph, "oddity-2").properties["flag_lexical"] == "1"
    assert node(graph, "oddity-2").properties["flag"] is True
    assert node(graph, "oddity-1").properties["day"] == dt.date(987, 1, 2)
    assert "day_lexical" not in {key.name for key in graph.keys["Oddity"]}


# ------------------------------------------------------------------------------------------------------ edges can be traced


def carried(graph: PropertyGraph, start: str, type_: str) -> list[dict[str, list[str]]]:
    ids = {node.iri: node.id for node in graph.nodes}
    return [
        {name: sorted(ids.get(value, value) for value in values) for name, values in edge.properties.items()}
        for edge in graph.edges
        if ids[edge.start] == start and edge.type == type_
    ]


STATEMENT = """
id: claim
type: Statement
label: {en: Claim}
speaker: {by: kim-jong-un, evidence: {document: first-article, exact: "of the speaker"}}
chain:
  - {position: 1, in: first-article}
kind: declaration
modality: asserted
status: alleged
proposition: {en: "X."}
about: [north-korea]
subject: north-korea
said: {date: 2026-02-26, basis: explicit}
evidence:
  - {document: first-article, exact: "of all else"}
  - {document: first-article, exact: "of the subject", supports: [subject, said]}
"""
OTHERS = """
- id: weapon
  type: Weapon
  label: {en: Weapon}
  kind: missile
  owner: north-korea
  stage: [{value: shown, by: kim-jong-un, according: claim}]
  evidence: {document: first-article, exact: "of the weapon"}
- id: open-question
  type: Discrepancy
  label: {en: Open}
  kind: date
  between: [claim, weapon]
  resolution: open
  note: {en: "Which?"}
"""


@pytest.fixture
def traced(small) -> PropertyGraph:
    (small / "facts" / "claim.yaml").write_text(STATEMENT, encoding="utf-8")
    (small / "facts" / "others.yaml").write_text(OTHERS, encoding="utf-8")
    build = kg.build(small, checked=False)
    assert build.valid, build.diagnostics
    return propertygraph.make(build.graph, build.vocabulary)


def quotes(graph: PropertyGraph, start: str, type_: str) -> list[tuple[list[str], list[str]]]:
    """The words and the status that each edge of a type carries."""
    words = {node.iri: str(node.properties.get("exact")) for node in graph.nodes}
    ids = {node.iri: node.id for node in graph.nodes}
    return [
        (sorted(words[iri] for iri in edge.properties.get("evidence", ())), list(edge.properties.get("status", ())))
        for edge in graph.edges
        if ids[edge.start] == start and edge.type == type_
    ]


def test_an_edge_carries_the_evidence_that_names_its_field(traced) -> None:
    assert quotes(traced, "claim", "SUBJECT") == [(["of the subject"], ["alleged"])]


def test_else_the_evidence_that_names_none(traced) -> None:
    assert quotes(traced, "claim", "ABOUT") == [(["of all else"], ["alleged"])]


def test_an_edge_of_a_part_carries_the_evidence_of_the_part(traced) -> None:
    (speaker,) = parts(traced, "claim", "SPEAKER")
    assert quotes(traced, speaker.id, "BY") == [(["of the speaker"], ["alleged"])]


def test_else_that_of_what_holds_the_part(traced) -> None:
    (chain,) = parts(traced, "claim", "CHAIN")
    assert quotes(traced, chain.id, "IN") == [(["of all else"], ["alleged"])]


def test_a_stage_is_as_sure_as_its_statement(traced) -> None:
    (stage,) = parts(traced, "weapon", "HAS_STAGE")
    assert quotes(traced, stage.id, "BY") == [(["of the weapon"], ["alleged"])]
    assert quotes(traced, "weapon", "OWNER") == [(["of the weapon"], [])]


def test_a_discrepancy_rests_on_what_disagrees(traced) -> None:
    both = ["of all else", "of the subject", "of the weapon"]
    assert quotes(traced, "open-question", "BETWEEN") == [(both, []), (both, [])]


def test_words_are_their_own_evidence(traced) -> None:
    for words in parts(traced, "claim", "HAS_EVIDENCE"):
        assert quotes(traced, words.id, "HAS_DOCUMENT") == [([str(words.properties["exact"])], ["alleged"])]


def test_an_edge_to_a_part_carries_nothing(traced) -> None:
    assert {found for _, found in quotes_of_parts(traced)} == {()}


def quotes_of_parts(graph: PropertyGraph) -> list[tuple[str, tuple]]:
    records = {node.iri for node in graph.nodes if "Record" in node.labels}
    return [(edge.type, tuple(edge.properties)) for edge in graph.edges if edge.end not in records]


def test_what_edges_of_the_shipped_facts_carry_is_to_be_found(builds, property_graphs) -> None:
    graph = property_graphs["shipped"]
    words = {node.iri for node in graph.nodes if node.labels[0] == "Evidence"}
    statuses = {
        code.name
        for codes in builds["shipped"].vocabulary.lists.values()
        if codes.name in ("status", "event-status")
        for code in codes.codes.values()
    }
    records = {node.iri for node in graph.nodes if "Record" in node.labels}
    carrying = [edge for edge in graph.edges if edge.end in records]
    assert len(carrying) > 1000
    for edge in carrying:
        assert set(edge.properties.get("evidence", ())) <= words
        assert set(edge.properties.get("status", ())) <= statuses
    # Without evidence is only what no quote of its holder says it supports.
    assert sum(not edge.properties.get("evidence") for edge in carrying) < len(carrying) / 100


# ------------------------------------------------------------------------------------------------------- the ontology says


def test_without_views_edges_carry_nothing_and_derived_properties_are_lists(small, own_ontology) -> None:
    for view in ("edges", "single"):
        (own_ontology / "views" / f"{view}.rq").unlink()
    build = kg.build(small, checked=False)
    graph = propertygraph.make(build.graph, build.vocabulary)
    assert graph.carried == ()
    assert {tuple(edge.properties) for edge in graph.edges} == {()}
    (said,) = parts(graph, "kim-says-so", "SAID")
    assert said.properties["earliest"] == (dt.date(2026, 2, 26),)


def test_another_column_of_the_view_is_another_property_of_edges(small, own_ontology) -> None:
    view = own_ontology / "views" / "edges.rq"
    query = (
        "PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT ?node ?path ?howFirm { ?node kg:modality ?howFirm }"
    )
    view.write_text(query, encoding="utf-8")
    build = kg.build(small, checked=False)
    graph = propertygraph.make(build.graph, build.vocabulary)
    assert graph.carried == ("howFirm",)
    assert carried(graph, "kim-says-so", "ABOUT") == [{"howFirm": ["asserted"]}]


def test_a_view_that_breaks_its_contract_is_said(small, own_ontology) -> None:
    (own_ontology / "views" / "edges.rq").write_text("SELECT ?node { ?node ?p ?o }", encoding="utf-8")
    build = kg.build(small, checked=False)
    with pytest.raises(OntologyFault, match=r"views/edges\.rq.*\?path"):
        propertygraph.make(build.graph, build.vocabulary)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            'sh:path kg:more ; sh:name "label_ko" ; sh:datatype xsd:string',
            "Oddity: two fields make the property 'label_ko'",
        ),
        (
            'sh:path kg:more ; sh:name "number_lexical" ; sh:datatype xsd:string',
            "two fields make the property 'number_lexical'",
        ),
        ('sh:path kg:more ; sh:name "uri" ; sh:datatype xsd:string', "no field can be called 'uri'"),
        ('sh:path kg:more ; sh:name "ABOUT" ; sh:class kg:Record', "two fields make edges 'ABOUT'"),
    ],
)
def test_two_fields_cannot_have_one_name(shape, message, tmp_path) -> None:
    project = nasty.project(tmp_path / "project", odd_names=False)
    with (project / "ontology" / "oddities.ttl").open("a", encoding="utf-8") as file:
        file.write(f"[] a sh:NodeShape ; sh:targetClass kg:Oddity ; sh:property [ {shape} ] .")
    build = kg.build(project, checked=False)
    with pytest.raises(OntologyFault) as raised:
        propertygraph.make(build.graph, build.vocabulary)
    assert message in str(raised.value)


def test_a_link_that_a_rule_of_the_ontology_derives_is_an_edge(small, own_ontology) -> None:
    with (own_ontology / "ontology.ttl").open("a", encoding="utf-8") as file:
        file.write("kg:seenBy a owl:ObjectProperty .")
    rule = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> CONSTRUCT { ?a kg:seenBy ?b } { ?b kg:speaker/kg:by ?a }"
    (own_ontology / "rules" / "seen.rq").write_text(rule, encoding="utf-8")
    build = kg.build(small, checked=False)
    graph = propertygraph.make(build.graph, build.vocabulary)
    assert ("SEEN_BY", "kim-says-so") in edges(graph, "kim-jong-un")
    assert graph.types["SEEN_BY"] == (("Person", "Statement"),)
    (row,) = next(table for table in tables.make(build.graph) if table.name == "Person").rows
    assert row["SEEN_BY"] == ("kim-says-so",)


def test_two_values_of_what_has_one_are_refused(small) -> None:
    """Only facts that were not validated have them."""
    file = small / "facts" / "statement.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("status: attributed", "status: [attributed, alleged]"),
        encoding="utf-8",
    )
    build = kg.build(small, checked=False)
    with pytest.raises(Fault, match="two values of 'status'"):
        propertygraph.make(build.graph, build.vocabulary)


def test_a_new_class_is_exported_without_a_change_of_code(property_graphs) -> None:
    graph = property_graphs["nasty"]
    assert node(graph, "oddity-0").labels == ("Oddity", "Record")
    assert ("Oddity", "Oddity") in graph.types["ODD`LINK"]
    assert edges(graph, "oddity-3")[-2:] == [("ODD`LINK", "doc"), ("ODD`LINK", "oddity-3")]


def test_the_writers_of_the_same_facts_agree(builds) -> None:
    """The vocabulary of the graph's own ontology is that of the build."""
    build = builds["shipped"]
    assert propertygraph.of(build.graph) == propertygraph.make(build.graph, build.vocabulary)
