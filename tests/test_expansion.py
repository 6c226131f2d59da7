"""From records to triples: types, names of parts, and what is refused or warned of. The number is the row of bad inputs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.parts import record_of

BASE = "https://example.org/small/"
KG = "https://w3id.org/kg-facts/ontology#"
XSD = "http://www.w3.org/2001/XMLSchema#"
WEAPON = """\
id: submarine
type: Weapon
label: {{en: "Submarine"}}
kind: submarine
owner: north-korea
stage: {stage}
evidence:
  - {{document: first-article, exact: "Submarine"}}
"""

# An ontology of one class with a field of every datatype.
THINGS = """\
@prefix ex: <https://example.org/ontology#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Thing a owl:Class ; rdfs:label "thing"@en .
ex:ThingShape a sh:NodeShape ; sh:targetClass ex:Thing ;
    sh:property {properties} .
"""
DATATYPES = (
    *("boolean", "integer", "nonNegativeInteger", "positiveInteger", "decimal", "date", "gYear", "duration"),
    *("anyURI", "string"),
)


def build(small: Path, *, checked: bool = False, **files: str) -> kg.Build:
    """Build the small project with more files in it."""
    for name, text in files.items():
        (small / "facts" / f"{name}.yaml").write_text(text, encoding="utf-8", newline="")
    return kg.build(small, checked=checked)


def problems(made: kg.Build) -> list[tuple[str, str]]:
    return [(str(d.location), d.code) for d in made.diagnostics]


def objects(made: kg.Build, subject: str, predicate: str) -> list[ox.NamedNode | ox.Literal]:
    return [
        triple.object
        for triple in made.graph
        if triple.subject == ox.NamedNode(BASE + subject) and triple.predicate == ox.NamedNode(KG + predicate)
    ]


def parts(made: kg.Build, record: str) -> set[str]:
    """The names of the parts of a record, without its id."""
    subjects = {triple.subject.value for triple in made.graph.asserted}
    return {s.removeprefix(f"{BASE}{record}.") for s in subjects if record_of(s) == BASE + record != s}


def change(small: Path, name: str, old: str, new: str) -> None:
    file = small / "facts" / f"{name}.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_asserted_of_a_person(small: Path) -> None:
    made = kg.build(small)
    kim = ox.NamedNode(BASE + "kim-jong-un")
    (evidence,) = objects(made, "kim-jong-un", "evidence")
    said = {
        (t.subject, t.predicate.value.rsplit("#")[-1], str(t.object))
        for t in made.graph.asserted
        if record_of(t.subject.value) == kim.value
    }
    assert said == {
        (kim, "type", f"<{KG}Person>"),
        (kim, "prefLabel", '"Kim Jong Un"@en'),
        (kim, "evidence", str(evidence)),
        (evidence, "document", f"<{BASE}second-article>"),
        (evidence, "exact", '"Kim Jong Un"'),
        (evidence, "start", f'"20"^^<{XSD}nonNegativeInteger>'),
        (evidence, "end", f'"31"^^<{XSD}nonNegativeInteger>'),
    }


def test_no_blank_nodes(small: Path) -> None:
    assert not any(
        isinstance(term, ox.BlankNode) for triple in kg.build(small).graph for term in (triple.subject, triple.object)
    )


def test_a_statement_and_its_parts_have_the_classes_of_the_ontology(small: Path) -> None:
    made = kg.build(small)
    types = {
        (
            triple.subject.value.removeprefix(BASE).rpartition(".")[0] or triple.subject.value.removeprefix(BASE),
            triple.object.value.removeprefix(KG),
        )
        for triple in made.graph
        if triple.predicate.value.endswith("#type")
        and triple.object.value.startswith(KG)
        and "kim-says-so" in triple.subject.value
    }
    assert types == {
        ("kim-says-so", "Statement"),
        ("kim-says-so", "Record"),
        ("kim-says-so.speaker", "Link"),
        ("kim-says-so.chain", "Link"),
        ("kim-says-so.said", "Date"),
        ("kim-says-so.evidence", "Evidence"),
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label: {en: "North Korea"}', 'label: {en: "Korea, North"}'),
        ("  name:\n", '  name:\n    - {text: {en: "DPRK"}, in: second-article}\n'),
        ('{text: {en: "North Korea"}, in: first-article}', '{in: first-article, text: {en: "North Korea"}}'),
        ("- id: north-korea\n  type: State\n", "- id: japan\n  type: State\n- type: State\n  id: north-korea\n"),
    ],
    ids=["another field changes", "a part is put before it", "its keys change places", "a record is put before it"],
)
def test_an_edit_beside_a_part_does_not_rename_it(small: Path, old: str, new: str) -> None:
    before = parts(kg.build(small, checked=False), "north-korea")
    change(small, "actors", old, new)
    after = parts(kg.build(small, checked=False), "north-korea")
    assert len(before) == 2
    assert before <= after


def test_another_content_is_another_part(small: Path) -> None:
    before = parts(kg.build(small, checked=False), "kim-says-so")
    change(small, "statement", "position: 1, in", "position: 2, in")
    after = parts(kg.build(small, checked=False), "kim-says-so")
    assert {name.split(".")[0] for name in before - after} == {"chain"}
    assert {name.split(".")[0] for name in after - before} == {"chain"}


def test_the_name_of_a_part_depends_on_the_parts_in_it(small: Path) -> None:
    stages = "[{{value: shown, when: {{date: {}, basis: explicit}}, according: kim-says-so}}]"
    one = parts(
        build(small, more=WEAPON.format(stage=stages.format(2024).replace("{{", "{").replace("}}", "}"))), "submarine"
    )
    other = parts(
        build(small, more=WEAPON.format(stage=stages.format(2025).replace("{{", "{").replace("}}", "}"))), "submarine"
    )
    assert {name.split(".")[0] for name in one ^ other} == {"stage", "when"}


def test_equal_parts_of_different_records_stay_apart(small: Path) -> None:
    people = "".join(
        f"- {{id: {name}, type: Person, label: {{en: A}}, name: [{{text: {{en: X}}, in: first-article}}]}}\n"
        for name in ("a", "b")
    )
    made = build(small, more=people)
    assert objects(made, "a", "name") != objects(made, "b", "name")


def test_equal_parts_in_different_parts_stay_apart(small: Path) -> None:
    date = "when: {date: 2024, basis: explicit}"
    made = build(
        small,
        more=WEAPON.format(
            stage=f"[{{value: shown, {date}, according: kim-says-so}}, {{value: ordered, {date}, according: kim-says-so}}]"
        ),
    )
    dates = {t.object for t in made.graph.asserted if t.predicate.value == KG + "when"}
    assert len(dates) == 2


def test_one_value_is_a_list_of_one(small: Path) -> None:
    before = set(kg.build(small, checked=False).graph)
    change(small, "statement", "about: [north-korea]", "about: north-korea")
    assert set(kg.build(small, checked=False).graph) == before


def test_the_order_of_files_and_records_does_not_matter(small: Path) -> None:
    before = set(kg.build(small, checked=False).graph)
    actors = small / "facts" / "actors.yaml"
    one, other = actors.read_text(encoding="utf-8").split("\n\n")
    actors.unlink()
    (small / "facts" / "z.yaml").write_text(f"{other.rstrip()}\n\n{one}\n", encoding="utf-8")
    assert set(kg.build(small, checked=False).graph) == before


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda text: "\ufeff" + text, id="11 byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="11 CRLF"),
        pytest.param(lambda text: text.rstrip("\n"), id="no newline at the end"),
        pytest.param(lambda text: text.replace("\n", "   # x\n", 1), id="comments"),
    ],
)
def test_the_same_triples_however_the_file_ends_its_lines(small: Path, edit: Callable[[str], str]) -> None:
    before = set(kg.build(small, checked=False).graph)
    for file in (small / "facts").glob("*.yaml"):
        file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    made = kg.build(small, checked=False)
    assert made.diagnostics == ()
    assert set(made.graph) == before


@pytest.fixture
def things(small: Path) -> Path:
    """The small project with an ontology and facts of things only."""
    (small / "ontology").mkdir()
    properties = " , ".join(f"[ sh:path ex:{name} ; sh:datatype xsd:{name} ]" for name in DATATYPES)
    (small / "ontology" / "shapes.ttl").write_text(THINGS.replace("{properties}", properties), encoding="utf-8")
    for name in ("actors", "documents", "statement"):
        (small / "facts" / f"{name}.yaml").unlink()
    return small


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("boolean", "true"),
        ("boolean", "0"),
        ("integer", "-12"),
        ("nonNegativeInteger", "0"),
        ("positiveInteger", "007"),
        ("decimal", "1.10"),
        ("decimal", "-.5"),
        ("date", "2024-02-29"),
        ("gYear", "2026"),
        ("duration", "P1Y2M3DT4H5M6.7S"),
        ("anyURI", "https://example.org/a?b=c#d"),
        ("anyURI", "https://example.org/한국"),
        pytest.param("string", "no", id="7 no"),
        pytest.param("string", "12:30", id="7 12:30"),
        pytest.param("string", "010", id="7 010"),
        pytest.param("string", "1.10", id="7 1.10"),
        pytest.param("string", "null", id="7 null"),
    ],
)
def test_values_are_typed_to_the_letter(things: Path, datatype: str, text: str) -> None:
    made = build(things, checked=True, x=f"id: a\ntype: Thing\n{datatype}: {text}\n")
    assert made.diagnostics == ()
    (literal,) = [t.object for t in made.graph if t.predicate.value.endswith(f"#{datatype}")]
    assert literal == ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))


@pytest.mark.parametrize(
    ("datatype", "text"),
    [
        ("boolean", "yes"),
        ("boolean", "True"),
        ("integer", "1.0"),
        ("integer", "١٢"),
        ("nonNegativeInteger", "-1"),
        ("positiveInteger", "0"),
        ("decimal", "1e3"),
        ("decimal", "1,000"),
        ("decimal", "."),
        ("decimal", "NaN"),
        pytest.param("date", "2024-02-30", id="8 2024-02-30"),
        pytest.param("date", "2024-2-3", id="8 2024-2-3"),
        pytest.param("date", '"2024-02-03\\n"', id="8 a trailing newline"),
        pytest.param("gYear", '"2024\\n"', id="8 a year and a newline"),
        pytest.param("gYear", "2024-99", id="9 no year at all"),
        ("duration", "P"),
        ("duration", "PT"),
        ("duration", "P4W"),
        ("duration", "4 days"),
        ("anyURI", "example.org"),
        pytest.param("anyURI", '"https://example.org/a>b"', id="49 bracket"),
        pytest.param("anyURI", '"https://example.org/a\\nb"', id="49 newline"),
        pytest.param("anyURI", '"https://example.org/a\\0b"', id="49 NUL"),
        ("anyURI", "https://example.org/a b"),
    ],
)
def test_values_that_are_not_of_the_type(things: Path, datatype: str, text: str) -> None:
    made = build(things, checked=True, x=f"id: a\ntype: Thing\n{datatype}: {text}\n")
    assert [place for place, _ in problems(made)] == [f"facts/x.yaml:3:{len(datatype) + 3}"]
    assert not made.valid


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        pytest.param("lable", "did you mean 'label'?", id="10 letters changed places"),
        pytest.param("Label", "did you mean 'label'?", id="10 a capital"),
        pytest.param("child_of", "did you mean 'childOf'?", id="10 an underscore"),
        pytest.param("1", "childOf", id="10 a number as a key"),
        pytest.param("null", "childOf", id="10 null as a key"),
        pytest.param("skos:prefLabel", "label", id="10 a prefixed name"),
        pytest.param("'@id'", "childOf", id="10 a keyword of JSON-LD"),
        pytest.param("http://www.w3.org/2004/02/skos/core#prefLabel", "label", id="10 an IRI"),
        pytest.param('""', "childOf", id="10 no name at all"),
        pytest.param('"a b\\u202e"', "childOf", id="10 a name with hidden characters"),
    ],
)
def test_a_field_that_there_is_not(small: Path, key: str, hint: str) -> None:
    made = build(small, x=f"- id: x\n  type: Person\n  label: {{en: X}}\n  {key}: y\n")
    assert problems(made) == [("facts/x.yaml:4:3", "unknown-field")]
    assert hint in made.diagnostics[0].hint
    assert str(made.diagnostics[0]).isprintable()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("Kim\u200bJong", "invisible-character", id="16 zero-width space"),
        pytest.param("Kim\u00adJong", "invisible-character", id="16 soft hyphen"),
        pytest.param("Kim\u202eJong", "invisible-character", id="16 right-to-left override"),
        pytest.param("Kim\u2066Jong", "invisible-character", id="16 isolate"),
        pytest.param("Kim\ufeffJong", "invisible-character", id="16 byte order mark inside"),
        pytest.param("Kim\u3164Jong", "invisible-character", id="16 Hangul filler"),
        pytest.param("Kim\U000e0041Jong", "invisible-character", id="16 tag character"),
        pytest.param("K\u0456m", "mixed-alphabets", id="16 Cyrillic i"),
        pytest.param("Kim J\u03bfng", "mixed-alphabets", id="16 Greek omicron"),
        pytest.param("\u041aim", "mixed-alphabets", id="16 Cyrillic K"),
    ],
)
@pytest.mark.parametrize("field", ["label", "exact"])
def test_what_a_reader_cannot_see_is_warned_of(small: Path, field: str, text: str, code: str) -> None:
    record = {
        "label": f'- {{id: x, type: Person, label: {{en: "{text}"}}}}\n',
        "exact": f'- {{id: x, type: Person, evidence: {{document: first-article, exact: "{text}"}}}}\n',
    }[field]
    made = build(small, x=record)
    assert [(d.location.path, d.code, str(d.severity)) for d in made.diagnostics] == [("facts/x.yaml", code, "warning")]
    assert str(made.diagnostics[0]).isprintable()
    assert text in [t.object.value for t in made.graph if isinstance(t.object, ox.Literal)]


@pytest.mark.parametrize(
    "text", ["김정은", "Ким Чен Ын", "Κιμ", "Kim Jong-un’s “speech” — 8,700 µm", "naïve café", "Kim (Ким)"]
)
def test_16_honest_letters_are_not(small: Path, text: str) -> None:
    assert build(small, x=f'- {{id: x, type: Person, label: {{en: "{text}"}}}}\n').diagnostics == ()


@pytest.mark.parametrize(
    ("reference", "code", "hint"),
    [
        ("kim-jong-unn", "dangling-reference", "did you mean 'kim-jong-un'?"),
        ("jong-un-kim", "dangling-reference", "did you mean 'kim-jong-un'?"),
        ("nobody-at-all-like-it", "dangling-reference", "ids are in the `id` fields"),
        ("Kim Jong Un", "name-for-id", "write the id 'kim-jong-un'"),
        ("kim jong un", "name-for-id", "write the id 'kim-jong-un'"),
        ("https://example.org/small/kim-jong-un", "dangling-reference", "did you mean 'kim-jong-un'?"),
        ("KIM-JONG-UN", "name-for-id", "write the id 'kim-jong-un'"),
    ],
)
def test_20_a_reference_that_leads_nowhere(small: Path, reference: str, code: str, hint: str) -> None:
    made = build(small, x=f"- {{id: x, type: Person, childOf: {reference}}}\n")
    assert problems(made) == [("facts/x.yaml:1:34", code)]
    assert hint in made.diagnostics[0].hint


def test_20_every_reference_that_leads_nowhere_is_told(small: Path) -> None:
    made = build(small, x="- {id: x, type: Person, childOf: [a-1, kim-jong-un, a-2, a-1]}\n")
    assert problems(made) == [
        ("facts/x.yaml:1:35", "dangling-reference"),
        ("facts/x.yaml:1:53", "dangling-reference"),
        ("facts/x.yaml:1:58", "dangling-reference"),
    ]
    assert [o.value for o in objects(made, "x", "childOf")] == [BASE + "kim-jong-un"]


def test_a_name_of_two_records_gives_both_ids(small: Path) -> None:
    made = build(small, x="- {id: x, type: Person, label: {en: Kim Jong Un}, childOf: Kim Jong Un}\n")
    (found,) = made.diagnostics
    assert "'kim-jong-un' or 'x'" in found.hint


def test_supports_names_fields_of_the_holder(small: Path) -> None:
    change(small, "actors", 'exact: "North Korea", start', 'exact: "North Korea", supports: [label, name], start')
    made = kg.build(small)
    assert made.diagnostics == ()
    (evidence,) = objects(made, "north-korea", "evidence")
    supported = objects(made, evidence.value.removeprefix(BASE), "supports")
    assert [iri.value.rsplit("#")[-1] for iri in supported] == ["prefLabel", "name"]


@pytest.mark.parametrize(
    ("record", "place", "code"),
    [
        ("{id: x, type: Person, evidence: {document: first-article, exact: {en: X}}}", "1:66", "expected-value"),
        ("{id: x, type: Person, childOf: {id: y}}", "1:32", "expected-value"),
        ("{id: x, type: Person, childOf: [[kim-jong-un]]}", "1:33", "expected-value"),
        ("{id: x, type: Person, label: [[{en: X}]]}", "1:30", "expected-language"),
        ("{id: x, type: Person, label: {en: {en: X}}}", "1:35", "expected-value"),
        ("{id: x, type: Person, label: {en-: X}}", "1:31", "unknown-language"),
        ("{id: x, type: Person, label: {e: X}}", "1:31", "unknown-language"),
        ("{id: x, type: Person, label: {'@value': X}}", "1:31", "unknown-language"),
        ("{id: x, type: Person, evidence: {type: Evidence, exact: X}}", "1:33", "nested-record"),
        ("{id: [x], type: Person}", "1:6", "bad-id"),
        ("{id: x, type: [Person]}", "1:15", "unknown-type"),
        ("{id: x, type: person}", "1:15", "unknown-type"),
        ("{id: x, type: 'kg:Person'}", "1:15", "unknown-type"),
    ],
)
def test_shapes_of_values_that_are_wrong(small: Path, record: str, place: str, code: str) -> None:
    assert problems(build(small, x=record)) == [(f"facts/x.yaml:{place}", code)]


@pytest.mark.parametrize(
    "text",
    [
        'say "x"',
        'say """x"""',
        "ends in \\",
        "a\nb",
        "tab\there",
        "\u2028",
        "<b>&amp;",
        "😀",
        "'",
        "$1 {x}",
        "e\u0301",
        " spaced  ",
    ],
)
def test_50_text_of_every_kind_is_kept_to_the_letter(small: Path, text: str) -> None:
    escapes = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t", 0x2028: "\\L"}
    made = build(small, x=f'- {{id: x, type: Person, label: {{en: "{text.translate(escapes)}"}}}}\n')
    assert made.valid
    assert ox.Literal(text, language="en") in [t.object for t in made.graph]
    assert any(str(o) == text and o.language == "en" for o in made.to_rdflib().objects() if hasattr(o, "language"))
