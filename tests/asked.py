"""Questions in Cypher, each with the answer that SPARQL gives, from the question of the ontology that has its name or the one beside it."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg import questions
from kg.pipeline import Build
from kg.questions import Question, Table

FOLDER = Path(__file__).parent / "cypher"
NAMES = sorted(file.stem for file in FOLDER.glob("*.cypher"))

Rows = set[tuple[str, ...]]


def cypher(name: str) -> str:
    return (FOLDER / f"{name}.cypher").read_text(encoding="utf-8")


def _question(name: str, build: Build) -> Question:
    own = FOLDER / f"{name}.rq"
    return questions.read(own) if own.exists() else questions.named(build.graph.ontology)[name]


def parameters(name: str, build: Build) -> dict[str, str]:
    """Those of the example; a code by its name alone."""
    return {key: value.rpartition("/")[2] for key, value in _question(name, build).example.items()}


def answer(name: str, build: Build, columns: list[str]) -> Rows:
    """What SPARQL answers, in these columns, as the property graph writes it."""
    question = _question(name, build)
    settings = {key: questions.setting(value, build.names, build.vocabulary) for key, value in question.example.items()}
    found = questions.ask(build.graph, question, settings)
    assert isinstance(found, Table)
    places = [found.columns.index(column) for column in columns]
    return {tuple(_text(row[place], build) for place in places) for row in found.rows}


def _text(term: object, build: Build) -> str:
    if isinstance(term, ox.NamedNode):
        codes = {code.iri: code.name for codes in build.vocabulary.lists.values() for code in codes.codes.values()}
        return codes.get(term.value, term.value.removeprefix(build.graph.base))
    return term.value if isinstance(term, ox.Literal) else ""


def rows(found: list[list[object]]) -> Rows:
    """What a store answers, to compare."""
    return {tuple("" if value is None else str(value) for value in row) for row in found}
