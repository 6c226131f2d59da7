"""A page for every competency question, with its answer for the setting that its header gives, and the SPARQL behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg import questions
from kg.fault import OntologyFault
from kg.questions import QueryError, Question, Table
from kg.site.claims import Claims
from kg.site.frame import Frame, Page
from kg.site.shown import Shown

FOLDER = "questions"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer.

    Attributes:
        question: the question.
        settings: what its parameters were set to: name, meaning, value.
        columns: the columns of the answer.
        rows: its rows.
        yes: the answer where it is yes or no.
        obstacle: why it was not asked, if it was not.

    """

    question: Question
    settings: tuple[tuple[str, str, Shown], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Shown | None, ...], ...]
    yes: bool | None
    obstacle: str = ""

    @property
    def path(self) -> str:
        """Its page."""
        return f"question/{self.question.name}.html"


def pages(frame: Frame, claims: Claims, page: Page) -> Iterator[tuple[str, bytes]]:
    """Ask every question, and render their pages and a list of them."""
    asked = [_ask(frame, claims, question) for question in questions.named(frame.build.graph.ontology).values()]
    yield frame.render("questions.html", page.path, page=page, asked=asked)
    for one in asked:
        yield frame.render("question.html", one.path, page=page, asked=one)


def _ask(frame: Frame, claims: Claims, question: Question) -> Asked:
    build = frame.build
    try:
        settings = {
            name: questions.setting(text, build.names, build.vocabulary) for name, text in question.example.items()
        }
    except QueryError as error:  # the example names what these facts do not have; without it the question is another
        return Asked(question, (), (), (), None, str(error))
    try:
        answer = questions.ask(build.graph, question, settings)
    except QueryError as error:
        raise OntologyFault(f"ontology/{FOLDER}/{question.name}.rq: {error}") from None
    shown = tuple((name, question.parameters.get(name, ""), claims.reader(term)) for name, term in settings.items())
    if isinstance(answer, Table):
        kept = [i for i, name in enumerate(answer.columns) if name not in settings]
        rows = tuple(
            tuple(claims.reader(term) if (term := row[i]) is not None else None for i in kept) for row in answer.rows
        )
        return Asked(question, shown, tuple(answer.columns[i] for i in kept), rows, None)
    if isinstance(answer, bool):
        return Asked(question, shown, (), (), answer)
    triples = tuple(
        tuple(claims.reader(term) for term in (triple.subject, triple.predicate, triple.object)) for triple in answer
    )
    return Asked(question, shown, ("subject", "predicate", "object"), triples, None)
