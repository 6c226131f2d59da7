"""Every named question against the result beside it, which was written from the texts."""

import csv
import io
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import pipeline, questions
from kg.questions import Table

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "ontology" / "questions"
NAMES = sorted(file.stem for file in FOLDER.glob("*.rq"))
CODES = "https://w3id.org/kg-facts/code/"


@pytest.fixture(scope="module")
def build():
    return pipeline.build(ROOT, checked=False)


def compact(term, base):
    """A term as the expected files write it: an id, a code as list/code, the lexical form of a literal."""
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        for start in (base, CODES):
            if term.value.startswith(start):
                return term.value.removeprefix(start)
    return term.value


def rows(build, question):
    settings = {
        name: questions.setting(value, build.names, build.vocabulary) for name, value in question.example.items()
    }
    answer = questions.ask(build.graph, question, settings)
    if isinstance(answer, tuple):  # CONSTRUCT
        return ["subject", "predicate", "object"], [
            [compact(x, build.dataset.base) for x in (t.subject, t.predicate, t.object)] for t in answer
        ]
    assert isinstance(answer, Table), "a question is a SELECT or a CONSTRUCT: ASK cannot tell no from no evidence"
    return list(answer.columns), [[compact(term, build.dataset.base) for term in row] for row in answer.rows]


@pytest.mark.parametrize("name", NAMES)
def test_answer(build, name):
    question = questions.named(build.graph.ontology)[name]
    expected = list(csv.reader(io.StringIO((FOLDER / f"{name}.csv").read_text(encoding="utf-8"))))
    columns, found = rows(build, question)
    assert columns == expected[0]
    if "ORDER BY" in question.query:
        assert found == expected[1:]
    else:
        assert Counter(map(tuple, found)) == Counter(map(tuple, expected[1:]))


@pytest.mark.parametrize("name", NAMES)
def test_header(build, name):
    question = questions.named(build.graph.ontology)[name]
    assert question.text.endswith("?"), "the question in words"
    assert set(question.example) == set(question.parameters), "an example for each parameter, and nothing else"


def test_every_question_has_an_expected_result():
    assert {file.stem for file in FOLDER.glob("*.csv")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_exact_words_and_status_stand_beside_every_proposition(build, name):
    question = questions.named(build.graph.ontology)[name]
    columns, _ = rows(build, question)
    if "proposition" in columns:
        assert "words" in columns
        assert "status" in columns


@pytest.mark.parametrize("name", [name for name in NAMES if "?answer" in (FOLDER / f"{name}.rq").read_text()])
def test_answers_are_codes_of_the_answer_list_and_never_missing(build, name):
    columns, found = rows(build, questions.named(build.graph.ontology)[name])
    assert found, "a question that answers yes, no, no evidence or conflicting always has a row"
    assert {row[columns.index("answer")] for row in found} <= {
        f"answer/{code}" for code in ("yes", "no", "no-evidence", "conflicting")
    }
