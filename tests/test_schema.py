"""The files that are generated from the ontology: never stale, and right."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import inside
import jsonschema
import pytest
import yaml
from generation import ROOT, STEADY, STYLES, records, shipped
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import fields, metashapes, ontology, schema, vocabulary
from kg.project import CONFIGURATION

ONTOLOGY = ROOT / "ontology"
SCHEMA = json.loads((ONTOLOGY / schema.EDITOR).read_text(encoding="utf-8"))
JUDGE = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted(f for f in (ROOT / "facts").rglob("*.yaml") if f != ROOT / "facts" / CONFIGURATION)


class Core(yaml.SafeLoader):
    """YAML as an editor reads it: the core schema of YAML 1.2, in which a date is text and `no` is not false."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way


CORE = {
    "tag:yaml.org,2002:null": r"~|null|Null|NULL|",
    "tag:yaml.org,2002:bool": r"true|True|TRUE|false|False|FALSE",
    "tag:yaml.org,2002:int": r"[-+]?[0-9]+",
    "tag:yaml.org,2002:float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}
for tag, pattern in CORE.items():
    Core.add_implicit_resolver(tag, re.compile(f"^(?:{pattern})$"), None)


def read(text: str) -> Any:
    return yaml.load(text, Loader=Core)  # noqa: S506 - a safe loader


def test_generated_files_are_what_the_ontology_says() -> None:
    drifted = schema.drift(shipped(), ONTOLOGY)
    assert not drifted, "run `kg schema` and commit what it writes:\n" + "\n".join(map(str, drifted))


@pytest.mark.parametrize("name", [schema.CONTEXT, schema.EDITOR])
@pytest.mark.parametrize("harm", ["changed", "missing", "older"])
def test_drift_is_noticed(name, harm, tmp_path) -> None:
    for file in (schema.CONTEXT, schema.EDITOR):
        shutil.copy(ONTOLOGY / file, tmp_path / file)
    assert schema.drift(shipped(), tmp_path) == []
    if harm == "missing":
        (tmp_path / name).unlink()
    elif harm == "changed":
        (tmp_path / name).write_text((tmp_path / name).read_text(encoding="utf-8") + " ", encoding="utf-8")
    else:
        (tmp_path / name).write_text("{}\n", encoding="utf-8")
    (found,) = schema.drift(shipped(), tmp_path)
    assert (found.code, found.location.path, found.hint) == ("schema-drift", f"ontology/{name}", "run `kg schema`")


def test_generated_files_are_the_same_every_time() -> None:
    again = vocabulary.read(ontology.load(ONTOLOGY)[0])
    assert schema.generate(again) == schema.generate(shipped())


def test_the_editor_schema_is_json_schema() -> None:
    assert SCHEMA["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_reference_in_the_editor_schema_leads_somewhere() -> None:
    references = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(SCHEMA)))
    assert {name.replace("~1", "/") for name in references} == set(SCHEMA["$defs"])


def test_the_editor_schema_has_every_class_and_field_with_its_description() -> None:
    for cls in shipped().classes.values():
        if cls.abstract:
            continue
        properties = SCHEMA["$defs"][cls.name]["properties"]
        assert {*cls.fields} == {*properties} - {"id", "type"}
        assert all(properties[name]["description"] == field.description != "" for name, field in cls.fields.items())
        assert set(SCHEMA["$defs"][cls.name].get("required", [])) == {f.name for f in cls.fields.values() if f.minimum}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT / "facts").as_posix())
def test_shipped_facts_please_the_editor(file) -> None:
    wrong = [
        f"{list(error.absolute_path)}: {error.message[:300]}"
        for error in JUDGE.iter_errors(read(file.read_text(encoding="utf-8")))
    ]
    assert wrong == []


RIGHT = """
id: sample
type: Statement
label: {en: Sample}
speaker: {by: kim-jong-un}
chain: [{position: 1, in: article}]
kind: threat
modality: could
status: attributed
proposition: {en: It could be so.}
about: [north-korea, south-korea]
value: 8700
said: {date: 2026, basis: explicit}
evidence:
  - {document: article, exact: words, start: 7, end: 12, inferred: true, supports: [said]}
"""
MISTAKES = {
    "no id": "id",
    "no type": "type",
    "a field that is needed is missing": "proposition",
    "an id in capitals": {"id": "Sample"},
    "an id with spaces": {"id": "a sample"},
    "no such type": {"type": "Statment"},
    "an abstract type": {"type": "Actor"},
    "a part as type": {"type": "Evidence"},
    "no such field": {"modaltiy": "could"},
    "no such code": {"modality": "culd"},
    "a code of another list": {"modality": "threat"},
    "a text without language": {"proposition": "It could be so."},
    "a text in no language": {"proposition": {}},
    "a list of texts": {"proposition": {"en": ["a", "b"]}},
    "a reference with a label": {"about": {"en": "North Korea"}},
    "a reference that is a number with a point": {"about": 7.5},
    "a value where a part belongs": {"said": "2026-02-26"},
    "a field that the part does not have": {"said": {"date": "2026", "basis": "explicit", "by": "kcna"}},
    "a part without what it needs": {"said": {"date": "2026"}},
    "two values where one belongs": {"kind": ["threat", "offer"]},
    "an empty list": {"about": []},
    "null": {"about": None},
}


def test_the_sample_is_right() -> None:
    JUDGE.validate(read(RIGHT))
    JUDGE.validate([read(RIGHT), read(RIGHT)])


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
def test_the_editor_marks_a_mistake(mistake) -> None:
    record, change = read(RIGHT), MISTAKES[mistake]
    changed = {**record, **change} if isinstance(change, dict) else {k: v for k, v in record.items() if k != change}
    assert not JUDGE.is_valid(changed)
    assert not JUDGE.is_valid([record, changed])


def test_a_list_of_lists_is_marked() -> None:
    assert not JUDGE.is_valid([[read(RIGHT)]])
    assert not JUDGE.is_valid("text")
    assert not JUDGE.is_valid(None)


# ------------------------------------------------------------------------------------------------- ontologies that mislead

HEAD = """
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
"""
PART = """
kg:Layer a owl:Class ; rdfs:label "layer"@en .
kg:layer a owl:ObjectProperty, owl:InverseFunctionalProperty ; rdfs:label "layer"@en .
kg:depth a owl:DatatypeProperty ; rdfs:label "depth"@en .
<urn:shape:layers> a sh:NodeShape ; sh:targetClass kg:Place ; sh:property [ sh:path kg:layer ; sh:class kg:Layer ] .
"""
MISLEADING = {
    "part-named-like-holder": PART
    + "<urn:shape:layer> a sh:NodeShape ; sh:targetClass kg:Layer ;\n"
    + '    sh:property [ sh:path kg:depth ; sh:name "layer" ; sh:datatype rdf:langString ] .\n',
    "endless-part": PART
    + "kg:Seam a owl:Class .\n"
    + "kg:seam a owl:ObjectProperty, owl:InverseFunctionalProperty .\n"
    + "kg:above a owl:ObjectProperty, owl:InverseFunctionalProperty .\n"
    + "<urn:shape:layer> a sh:NodeShape ; sh:targetClass kg:Layer ; sh:property [ sh:path kg:seam ; sh:class kg:Seam ] .\n"
    + "<urn:shape:seam> a sh:NodeShape ; sh:targetClass kg:Seam ; sh:property [ sh:path kg:above ; sh:class kg:Layer ] .\n",
}


def broken(folder: Path, turtle: str) -> Path:
    shutil.copytree(ONTOLOGY, folder / "ontology")
    (folder / "ontology" / "more.ttl").write_text(HEAD + turtle, encoding="utf-8")
    return folder / "ontology"


def drift_of(directory: Path) -> list[Any]:
    onto, faults = ontology.load(directory)
    assert not faults, faults
    faults = [*metashapes.check(onto), *fields.check(onto)]
    vocab = vocabulary.read(onto)
    return faults or fields.misread(onto, vocab) or schema.drift(vocab, directory)


@pytest.mark.parametrize("code", sorted(MISLEADING))
def test_a_part_that_misleads_is_told(code, tmp_path) -> None:
    directory = broken(tmp_path, MISLEADING[code])
    found = [d for d in drift_of(directory) if d.code != "schema-drift"]
    assert {d.code for d in found} == {code}
    assert any("'layer'" in d.message for d in found)
    assert all(d.hint for d in found)


def test_the_part_itself_is_no_fault(tmp_path) -> None:
    """Else the test above would show nothing."""
    harmless = (
        PART + "<urn:shape:layer> a sh:NodeShape ; sh:targetClass kg:Layer ; sh:property [ sh:path kg:depth ] .\n"
    )
    assert {d.code for d in drift_of(broken(tmp_path, harmless))} == {"schema-drift"}


def test_the_context_says_nothing_that_json_ld_11_does_not_know() -> None:
    """Keywords of a context: https://www.w3.org/TR/json-ld11/#context-definitions and section 9.15."""
    known = {"@id", "@type", "@context", "@container", "@base", "@version"}

    def keys(value: Any) -> set[str]:
        if not isinstance(value, dict):
            return set()
        return {key for key in value if key.startswith("@")} | {k for inner in value.values() for k in keys(inner)}

    context = json.loads((ONTOLOGY / schema.CONTEXT).read_text(encoding="utf-8"))
    assert set(context) == {"@context"}
    assert keys(context["@context"]) == known


# ------------------------------------------------------------------------------------------------------- the known ids

IDS = {"kim": ("Person", "Kim"), "007": ("Person", ""), "dprk": ("State", "North Korea"), "article": ("Document", "")}
KNOWING = jsonschema.Draft202012Validator(json.loads(schema.with_ids(shipped(), IDS)))
PERSON = "id: x\ntype: Person\nlabel: {en: X}\nevidence: {document: article, exact: words}\n"


@pytest.mark.parametrize("given", ["kim", "[kim]", "[kim, 007]", "007", "'007'"])
def test_known_ids_are_accepted(given) -> None:
    KNOWING.validate(read(f"{PERSON}childOf: {given}\n"))


@pytest.mark.parametrize("given", ["kimm", "dprk", "article", "[kim, kimm]", "8", "7.5"])
def test_an_id_that_is_unknown_or_of_another_class_is_marked(given) -> None:
    assert not KNOWING.is_valid(read(f"{PERSON}childOf: {given}\n"))
    if given != "7.5":
        JUDGE.validate(read(f"{PERSON}childOf: {given}\n"))  # the one that is committed knows none


def test_a_class_includes_its_subclasses() -> None:
    known = json.loads(schema.with_ids(shipped(), IDS))["$defs"]
    assert known["id/Actor"]["enum"] == ["007", 7, "dprk", "kim"]
    assert known["id/Actor"]["enumDescriptions"] == ["", "", "North Korea", "Kim"]
    assert known["id/Weapon"] == {"description": "The id of a weapon.", "not": {}}
    jsonschema.Draft202012Validator.check_schema(KNOWING.schema)


def test_the_ids_are_those_of_the_facts(small: Path, tmp_path: Path) -> None:
    (small / "facts" / "new.yaml").write_text("id: somebody\ntype: Person\n", encoding="utf-8")  # not yet right
    done = inside.kg("--project", small, "schema", "--ids", tmp_path / "ids.json")
    assert (done.code, done.out) == (0, f"{tmp_path / 'ids.json'}\n")
    known = json.loads((tmp_path / "ids.json").read_bytes())["$defs"]["id/Person"]
    assert known["enum"] == ["kim-jong-un", "somebody"]
    assert known["enumDescriptions"] == ["Kim Jong Un", ""]


def test_the_ids_and_a_check_are_two_commands(small: Path, tmp_path: Path) -> None:
    assert inside.kg("--project", small, "schema", "--check", "--ids", tmp_path / "ids.json").code == 2
    assert not (tmp_path / "ids.json").exists()


# --------------------------------------------------------------------------------------------- what kg accepts is not marked


@settings(STEADY, max_examples=60)
@given(records(shipped()), st.sampled_from(["double", "single", "literal", "flow", "json"]))
def test_the_editor_marks_nothing_that_kg_accepts(record: dict[str, Any], style: str) -> None:
    """Records of every class that `expand` takes, read by a YAML of the editor's types."""
    text = STYLES[style](record)
    wrong = [f"{list(error.absolute_path)}: {error.message[:300]}" for error in JUDGE.iter_errors(read(text))]
    assert wrong == [], text


EXAMPLE = sorted((ONTOLOGY / "templates" / "project" / "facts").rglob("*.yaml"))


@pytest.mark.parametrize("file", EXAMPLE, ids=lambda file: file.name)
def test_the_example_of_a_new_project_pleases_the_editor(file: Path) -> None:
    if file.name != CONFIGURATION:
        JUDGE.validate(read(file.read_text(encoding="utf-8")))
