"""A fact file is YAML-LD: two independent JSON-LD processors get from it the triples that kg gets."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import referee
from generation import BASE, EXAMPLES, ROOT, STEADY, STYLES, complete, records, shipped
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import factfile
from kg.factfile import Mapping, Node, Scalar
from kg.project import CONFIGURATION
from kg.records import index
from kg.vocabulary import Kind

FILES = sorted(
    path
    for path in (ROOT / "facts").rglob("*")
    if path.suffix.lower() in (".yaml", ".yml") and path != ROOT / "facts" / CONFIGURATION
)
SHIPPED_BASE = "https://w3id.org/kg-facts/id/"
CONTEXT = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))["@context"]


def read(text: str) -> factfile.FactFile:
    file, diagnostics = factfile.parse(text.encode(), "facts/a.yaml")
    assert not diagnostics, "\n".join(map(str, diagnostics))
    return file


def plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def test_there_are_fact_files() -> None:
    assert len(FILES) > 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT / "facts").as_posix())
def test_shipped_files_mean_the_same_to_json_ld(path) -> None:
    text = path.read_text(encoding="utf-8")
    ours = referee.expanded(read(text), shipped(), SHIPPED_BASE)
    for name, judge in referee.PROCESSORS.items():
        theirs = judge(text, CONTEXT, SHIPPED_BASE)
        assert theirs - ours == set(), f"only by {name}"
        assert ours - theirs == set(), f"not by {name}"
    assert len(ours) > 3


@settings(STEADY, max_examples=20)
@given(
    st.lists(records(shipped()), min_size=1, max_size=3, unique_by=lambda record: record["id"]),
    st.sampled_from(sorted(STYLES)),
)
def test_generated_records_mean_the_same_to_json_ld(data, style) -> None:
    text = STYLES[style](data if len(data) > 1 else data[0])
    file = read(text)
    if style in ("double", "escaped", "flow"):
        assert [plain(record) for record in file.records] == data
    ours = referee.expanded(file, shipped(), BASE)
    assert ours == referee.pyoxigraph(text, CONTEXT, BASE)
    assert ours == referee.pyld(text, CONTEXT, BASE)


@pytest.mark.parametrize("name", shipped().record_types)
def test_every_field_of_every_class_means_the_same_to_json_ld(name) -> None:
    cls = shipped().classes[name]
    examples = {Kind.REFERENCE: lambda _: "north-korea", Kind.LITERAL: lambda field: EXAMPLES[field.range][-1]}
    whole = complete(shipped(), cls, cls, lambda field: examples[field.kind](field))
    text = STYLES["double"]({"id": "sample", "type": name, **whole})
    ours = referee.expanded(read(text), shipped(), BASE)
    assert {field.path for field in cls.fields.values()} <= {triple.split(" ", 2)[1].strip("<>") for triple in ours}
    for judge in referee.PROCESSORS.values():
        assert judge(text, CONTEXT, BASE) == ours


@pytest.mark.parametrize("identifier", ["id", "type"])
def test_an_id_that_json_ld_takes_for_a_keyword_is_refused(identifier) -> None:
    """IRI expansion, step 4 (https://www.w3.org/TR/json-ld11-api/#iri-expansion): such a reference would vanish."""
    _, diagnostics = index([read(f"{{id: {identifier}, type: Place}}")], shipped())
    assert [d.code for d in diagnostics] == ["bad-id"]


SAMPLE = """
id: sample
type: Statement
label: {en: Sample}
kind: threat
about: [north-korea]
value: "8700"
said: {date: 2026-02, basis: explicit}
evidence:
  - {document: article, exact: "words", start: 7, end: 12, supports: [said], note: {en: Odd}}
"""


def without(context: dict[str, Any], *path: str) -> dict[str, Any]:
    made = copy.deepcopy(context)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return made


def with_value(context: dict[str, Any], value: Any, *path: str) -> dict[str, Any]:
    made = copy.deepcopy(context)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    assert path[-1] in inner
    inner[path[-1]] = value
    return made


EVIDENCE = ("Statement", "@context", "evidence", "@context")
WRONG = {
    "a field less": without(CONTEXT, "Statement", "@context", "kind"),
    "a class less": without(CONTEXT, "Statement"),
    "the fields of a part less": without(CONTEXT, *EVIDENCE, "exact"),
    "another property": with_value(CONTEXT, "https://example.org/other", "Statement", "@context", "about", "@id"),
    "text without language": without(CONTEXT, "Statement", "@context", "label", "@container"),
    "a number as plain text": without(CONTEXT, "Statement", "@context", "value", "@type"),
    "a date of another type": with_value(
        CONTEXT, "xsd:date", "Statement", "@context", "said", "@context", "date", "@type"
    ),
    "a code of another list": with_value(
        CONTEXT, "https://example.org/list/", "Statement", "@context", "kind", "@context", "@base"
    ),
    "a reference as text": without(CONTEXT, "Statement", "@context", "about", "@type"),
    "fields as ids": with_value(CONTEXT, "@id", *EVIDENCE, "supports", "@type"),
}


def test_the_sample_is_right_by_the_context_as_it_is() -> None:
    ours = referee.expanded(read(SAMPLE), shipped(), BASE)
    assert all(judge(SAMPLE, CONTEXT, BASE) == ours for judge in referee.PROCESSORS.values())


@pytest.mark.parametrize("wrong", sorted(WRONG))
@pytest.mark.parametrize("name", sorted(referee.PROCESSORS))
def test_the_referee_notices_a_wrong_context(name, wrong) -> None:
    ours = referee.expanded(read(SAMPLE), shipped(), BASE)
    assert referee.PROCESSORS[name](SAMPLE, WRONG[wrong], BASE) != ours


def test_another_base_makes_other_ids() -> None:
    ours = referee.expanded(read(SAMPLE), shipped(), BASE)
    other = referee.expanded(read(SAMPLE), shipped(), "https://example.org/other/")
    for judge in referee.PROCESSORS.values():
        assert judge(SAMPLE, CONTEXT, "https://example.org/other/") == other != ours
