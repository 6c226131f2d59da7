"""Why: the chain, the words and the lines that stand behind a record or a field of it."""

from __future__ import annotations

import json
import re

import harbour
import pyoxigraph as ox
import pytest
from harbour import flow, statement

import kg
from kg import explanation
from kg.explanation import Explanation, UnknownField
from kg.pipeline import Build

BOTH = f"""\
id: both
type: Statement
label: {{en: "Both"}}
speaker: {{by: mira-voss}}
chain:
  - {{position: 1, by: daily-signal}}
  - {{position: 2, in: report}}
kind: declaration
modality: will
status: attributed
proposition: {{en: "Arland will never again give up the harbour."}}
about: [lenz, arland]
said:
  date: 2031-03-03
  basis: year-inferred
  rule: "the report is of 2031"
  evidence:
    - {flow("report", "on 3 March 2031", ", supports: [date], span: {start: 26, end: 126}")}
evidence:
  - {flow("report", "Arland “will never again” give up", ', quotation: "will never again", wording: fragment')}
  - {flow("report", "the harbour of Lenz", ", supports: [about, label]")}
  - {flow("report", "Voss is unable to attend", ", supports: [speaker]")}
unverified: [{{text: {{en: "since when"}}, according: voss-on-harbour}}]
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    root = harbour.write(
        tmp_path_factory.mktemp("harbour"),
        statement("narrower", narrows="both", proposition={"en": "Only in winter."}),
        {
            "id": "differ",
            "type": "Discrepancy",
            "label": {"en": "They differ"},
            "kind": "logic",
            "between": ["both", "battery-ordered"],
            "note": {"en": "One says never, one says now."},
            "resolution": "open",
        },
    )
    (root / "facts" / "both.yaml").write_text(BOTH, encoding="utf-8")
    made = kg.build(root)
    assert made.valid, made.diagnostics
    return made


def rows(made: Explanation, title: str) -> list[dict[str, str]]:
    """The rows of a section as text."""
    section = next((s for s in made.sections if title in s.title), None)
    if section is None:
        return []
    found = (dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows)
    return [{name: term.value.split("/")[-1] for name, term in row.items() if term is not None} for row in found]


def words(made: Explanation) -> list[str]:
    return [row["words"] for row in rows(made, "words")]


def test_a_record(build: Build) -> None:
    made = explanation.explain(build, "both")
    assert (made.id, made.cls.name, str(made.location)) == ("both", "Statement", "facts/both.yaml:1:1")


def test_the_chain_in_order_with_its_places(build: Build) -> None:
    made = explanation.explain(build, "both")
    assert [(row["step"], row["who"]) for row in rows(made, "through whom")] == [
        ("speaker", "mira-voss"),
        ("1", "daily-signal"),
        ("2", "report"),
    ]
    section = next(s for s in made.sections if "through whom" in s.title)
    assert [place.line for place in section.locations] == [3, 5, 6]


def test_the_words_once_each_with_wording_document_and_place(build: Build) -> None:
    made = explanation.explain(build, "both")
    found = words(made)
    assert len(found) == len(set(found)) == 4
    fragment = next(row for row in rows(made, "words") if "never" in row["words"])
    assert fragment["quotation"] == "will never again"
    assert fragment["wording"] == "fragment"
    assert fragment["document"] == "report"
    assert int(fragment["end"]) - int(fragment["start"]) == len(fragment["words"])
    section = next(s for s in made.sections if "words" in s.title)
    lines = BOTH.splitlines()
    index = section.table.columns.index("words")
    for row, place in zip(section.table.rows, section.locations, strict=True):
        assert place.path == "facts/both.yaml"
        assert row[index].value in lines[place.line]


def test_what_speaks_against_it(build: Build) -> None:
    doubts = {row["what"] for row in rows(explanation.explain(build, "both"), "against")}
    assert doubts == {"since when", "Only in winter.", "One says never, one says now."}
    assert rows(explanation.explain(build, "battery-ordered"), "against") == [
        {"what": "One says never, one says now.", "by": "differ"}
    ]
    assert rows(explanation.explain(build, "voss-on-harbour"), "against") == []


FIELDS = {
    # field: words that carry it, words that do not
    "about": (
        ["the harbour of Lenz", "Arland “will never again” give up"],
        ["on 3 March 2031", "Voss is unable to attend"],
    ),
    "speaker": (
        ["Voss is unable to attend", "Arland “will never again” give up"],
        ["the harbour of Lenz", "on 3 March 2031"],
    ),
    "proposition": (
        ["Arland “will never again” give up"],
        ["the harbour of Lenz", "on 3 March 2031", "Voss is unable to attend"],
    ),
    "said": (
        ["on 3 March 2031", "Arland “will never again” give up"],
        ["the harbour of Lenz", "Voss is unable to attend"],
    ),
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_rests_on_the_words_that_carry_it(field: str, build: Build) -> None:
    carry, do_not = FIELDS[field]
    found = words(explanation.explain(build, "both", field))
    assert set(carry) <= set(found)
    assert not set(do_not) & set(found)


def test_a_field_has_only_its_triples_and_those_of_its_parts(build: Build) -> None:
    kg_ = "https://w3id.org/kg-facts/ontology#"
    said = explanation.explain(build, "both", "said")
    subject = build.dataset.base + "both"
    assert {line.triple.predicate.value for line in said.lines if line.triple.subject.value == subject} == {
        kg_ + "said"
    }
    below = {
        line.triple.predicate.value.removeprefix(kg_) for line in said.lines if line.triple.subject.value != subject
    }
    assert {"date", "basis", "rule", "earliest", "latest", "evidence", "exact"} <= below
    span = {line.triple.object for line in said.lines if line.triple.predicate.value == kg_ + "span"}
    assert len(span) == 1
    assert span <= {line.triple.subject for line in said.lines}, "parts of parts of parts, too"
    about = explanation.explain(build, "both", "about")
    assert {line.triple.object.value.split("/")[-1] for line in about.lines} == {"lenz", "arland"}


def test_a_field_that_is_not_there(build: Build) -> None:
    made = explanation.explain(build, "both", "note")
    assert made.lines == ()


def test_an_unknown_record_and_an_unknown_field(build: Build) -> None:
    with pytest.raises(KeyError):
        explanation.explain(build, "nobody")
    with pytest.raises(UnknownField, match="did you mean 'proposition'"):
        explanation.explain(build, "both", "propositon")
    with pytest.raises(UnknownField, match="speaker, addressee, chain"):
        explanation.explain(build, "both", "qqqq")


def _says(rest: str, object_: ox.Literal | ox.NamedNode, build: Build) -> bool:
    """Whether what stands at a place of a file is a triple's object: a value, an id, a code, a field or a part."""
    if isinstance(object_, ox.Literal):
        opening = r'\{"?en"?: ' if object_.language else ""
        written = f"{re.escape(json.dumps(object_.value, ensure_ascii=False))}|{re.escape(object_.value)}"
        return re.match(f"{opening}(?:{written})", rest) is not None
    name = re.split("[/#]", object_.value)[-1]
    if object_.value.startswith(build.dataset.base) and "." in name:
        return re.match(r'\{|"?\w+"?:', rest) is not None
    fields = {f.path: f.name for cls in build.vocabulary.classes.values() for f in cls.fields.values()}
    return re.match(f'"?{fields.get(object_.value, name)}\\b', rest) is not None


def test_every_triple_is_told_and_every_line_says_it(build: Build) -> None:
    for identifier in build.sources.records:
        made = explanation.explain(build, identifier)
        about = build.graph.about[ox.NamedNode(build.dataset.base + identifier)]
        assert {t for t in about if t in build.graph.asserted} <= {line.triple for line in made.lines}
        for line in made.lines:
            if line.triple not in build.graph.asserted:
                assert line.location is None, "what is derived stands in no file"
                continue
            text = (build.project.root / line.location.path).read_text(encoding="utf-8")
            rest = text.splitlines()[line.location.line][line.location.column :]
            assert _says(rest, line.triple.object, build), (str(line.triple), rest)


def test_a_document_rests_on_its_own_words(build: Build) -> None:
    made = explanation.explain(build, "report")
    assert words(made) == ["Voss Keeps the Door Ajar"]
    assert made.cls.label == "document"


def test_evidence_of_a_name_says_nothing_of_the_label(build: Build) -> None:
    assert "the harbour of Lenz" in words(explanation.explain(build, "arland", "name"))
    assert words(explanation.explain(build, "arland", "label")) == ["Arland’s navy"]
