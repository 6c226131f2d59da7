"""Beginnings: a stub of every class is YAML that names its fields; a quote is written with offsets that are right."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

import harbour
import pytest
import yaml
from generation import AWKWARD, STEADY, TEXTS, shipped
from harbour import NOTE, REPORT
from hypothesis import given
from hypothesis import strategies as st

import kg
from kg import factfile, ontology, quotes, template
from kg.factfile import Scalar
from kg.fault import Fault
from kg.ontology import Ontology
from kg.pipeline import Build
from kg.vocabulary import Class, Kind


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    return kg.build(harbour.write(tmp_path_factory.mktemp("harbour")), checked=False)


@cache
def shipped_ontology() -> Ontology:
    return ontology.load(Path(__file__).parents[1] / "ontology")[0]


def stub(build: Build, name: str) -> str:
    return template.record(build.vocabulary.classes[name], "some-id", build.vocabulary, {}, ())


TYPES = shipped().record_types


def fields(cls: Class) -> dict[str, bool]:
    """The fields of a class, and whether they are needed."""
    return {field.name: field.minimum > 0 for field in cls.fields.values()}


def uncommented(text: str, cls: Class) -> str:
    """The stub with every field in it: those that are only comments become lines, and other comments go."""
    names = "|".join(cls.fields)
    lines = re.sub(rf"^# (?=(?:{names}):|  - )", "", text, flags=re.MULTILINE).splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("name", TYPES)
def test_a_stub_is_a_record_with_the_fields_that_are_needed(name: str, build: Build) -> None:
    made, diagnostics = factfile.parse(stub(build, name).encode(), "stub.yaml")
    assert diagnostics == []
    (record,) = made.records
    needed = [field for field, is_needed in fields(build.vocabulary.classes[name]).items() if is_needed]
    assert [key.value for key, _ in record.entries] == ["id", "type", *needed]
    assert [value.value for key, value in record.entries[:2]] == ["some-id", name]


@pytest.mark.parametrize("name", TYPES)
def test_a_stub_names_and_explains_every_field(name: str, build: Build) -> None:
    cls = build.vocabulary.classes[name]
    text = stub(build, name)
    plain = " ".join(re.sub(r"^# ?", "", text, flags=re.MULTILINE).split())
    for field in cls.fields.values():
        assert re.search(rf"^(?:# )?{field.name}:", text, re.MULTILINE), field.name
        assert " ".join(field.description.split()) in plain, f"the description of {field.name}, no word cut"
        if field.kind is Kind.CODE:
            for code in build.vocabulary.lists[field.range].codes:
                assert re.search(rf"(?<![\w-]){code}(?![\w-])", plain), f"the code {code} of {field.name}, not cut"
    assert cls.definition in plain


@pytest.mark.parametrize("name", TYPES)
def test_a_stub_without_its_comment_signs_is_a_record_too(name: str, build: Build) -> None:
    cls = build.vocabulary.classes[name]
    text = uncommented(stub(build, name), cls)
    made = yaml.safe_load(text)
    assert set(made) == {"id", "type", *fields(cls)}
    known, diagnostics = factfile.parse(text.encode(), "stub.yaml")
    assert diagnostics == []
    assert len(known.records) == 1


@pytest.mark.parametrize("name", TYPES)
def test_a_stub_says_of_itself_what_is_still_to_be_done(name: str, build: Build, tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    (root / "facts" / "stub.yaml").write_text(stub(build, name), encoding="utf-8")
    found = kg.build(root).diagnostics
    assert found
    assert {d.location.path for d in found} == {"facts/stub.yaml"}
    assert not {d.code for d in found} & {"yaml-syntax", "unknown-field", "unknown-type", "duplicate-key"}


def test_what_is_known_already_is_written(build: Build) -> None:
    cls = build.vocabulary.classes["Person"]
    given_ = {"note": 'note: {en: "seen"}'}
    text = template.record(cls, "some-id", build.vocabulary, given_, ["A remark.", "Another."])
    assert yaml.safe_load(text)["note"] == {"en": "seen"}
    assert "# A remark.\n# Another.\n" in text


def test_lines_end_without_spaces_and_the_file_with_one_newline(build: Build) -> None:
    for name in build.vocabulary.record_types:
        text = stub(build, name)
        assert not re.search(r"[ \t]+$", text, re.MULTILINE)
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_a_new_record_lies_with_those_of_its_type(build: Build) -> None:
    classes = build.vocabulary.classes
    assert template.place(classes["Person"], "new-one", build.sources) == PurePosixPath("facts/new-one.yaml")
    assert template.place(classes["Condition"], "new-one", build.sources) == PurePosixPath(
        "facts/condition/new-one.yaml"
    )


# ----------------------------------------------------------------------------- quotes


@pytest.mark.parametrize(
    ("document", "text", "words"),
    [
        ("report", REPORT, "does not rule out talks"),
        ("report", REPORT, "Arland “will never again” give up"),
        ("report", REPORT, "ships wait outside 🚢"),
        ("report", REPORT, "The ferry sails when\nthe harbour opens"),
        ("note", NOTE, "Borland's ministry says the harbour of Lenz is open"),
        ("note", NOTE, "since when.\r\nA pact"),
    ],
)
def test_a_quote_has_the_offsets_of_its_words(document: str, text: str, words: str, build: Build) -> None:
    made = template.quote(build.graph.ontology, document, words, text)
    assert yaml.safe_load(made["chain"])["chain"] == [{"position": 1, "in": document}]
    (evidence,) = yaml.safe_load(made["evidence"])["evidence"]
    assert (evidence["document"], evidence["exact"]) == (document, words)
    assert text[evidence["start"] : evidence["end"]] == words
    assert evidence["span"]["start"] <= evidence["start"] < evidence["end"] <= evidence["span"]["end"]


@pytest.mark.parametrize(
    ("words", "quotation"),
    [("will never again", "will never again"), ("Arland “will never again” give up", None), ("ships wait", None)],
)
def test_words_within_quotation_marks_are_a_quotation(words: str, quotation: str | None, build: Build) -> None:
    (evidence,) = yaml.safe_load(template.quote(build.graph.ontology, "report", words, REPORT)["evidence"])["evidence"]
    assert evidence.get("quotation") == quotation


@pytest.mark.parametrize("words", ["harbour", "Does not rule out", "does rule out", ""])
def test_words_that_do_not_stand_once(words: str, build: Build) -> None:
    with pytest.raises(Fault, match="times in the text"):
        template.quote(build.graph.ontology, "report", words, REPORT)


@STEADY
@given(st.one_of(st.sampled_from(AWKWARD), TEXTS))
def test_quoted_text_is_read_back_to_the_letter(text: str) -> None:
    made, diagnostics = factfile.parse(f"a: {template.quoted(text)}\nb: [{template.quoted(text)}]\n".encode(), "x.yaml")
    assert diagnostics == []
    value = made.records[0].get("a")
    assert isinstance(value, Scalar)
    assert value.value == text
    assert made.records[0].get("b").items[0].value == text


@STEADY
@given(st.text(st.sampled_from("ab {}%\\\"'\n\r\u2028#:"), min_size=1, max_size=12))
def test_a_quote_of_any_words_is_read_back(words: str) -> None:
    text = f"before {words} after"
    if len(quotes.grade(text, words, None, None).places) != 1:
        return
    made = template.quote(shipped_ontology(), "report", words, text)
    found, diagnostics = factfile.parse(made["evidence"].encode(), "x.yaml")
    assert diagnostics == []
    evidence = found.records[0].get("evidence").items[0]
    assert evidence.get("exact").value == words
    assert text[int(evidence.get("start").value) : int(evidence.get("end").value)] == words


# ----------------------------------------------------------------------------- a project


def test_a_new_project_is_configured(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "dataset.yaml").write_text(template.DATASET, encoding="utf-8")
    build = kg.build(tmp_path)
    assert {d.code for d in build.diagnostics} == {"no-facts"}
    assert build.dataset.base == "https://example.org/id/"
