"""The site: a folder of pages that reads without a server, without JavaScript and without a network.

Pages come from the views of `ontology/views/site`; no class and no field of the domain is named here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg import release
from kg.pipeline import Build
from kg.site import ontologypage, questionpages, recordpages, searchpages, views
from kg.site.claims import Claims
from kg.site.frame import Frame, Page, assets

START, QUESTIONS, ONTOLOGY, RECORDS = (
    Page("index.html", "Start"),
    Page(
        "questions.html",
        "Questions",
        "What the facts were collected to answer: each with its answer, its evidence and its SPARQL.",
    ),
    Page(
        "ontology.html", "Ontology", "What a fact file may say: classes, properties and codes, with their definitions."
    ),
    Page("records.html", "All records", "A plain list, by class and by name."),
)


def frame(build: Build, more: Sequence[Page] = ()) -> Frame:
    """Return the frame of a build's pages.

    Args:
        build: what the site is of.
        more: pages of others that the navigation leads to as well.

    Raises:
        OntologyFault: a view cannot be run.

    """
    found = dict.fromkeys(found.page for found in views.find(build.graph.ontology.queries(views.FOLDER)))
    return Frame(build, (*found, QUESTIONS, ONTOLOGY, RECORDS, *more))


def pages(build: Build, more: Sequence[Page] = (), jobs: int = 1) -> Iterator[tuple[str, bytes]]:
    """Make the files of the site, always the same for the same facts.

    Args:
        build: one without errors.
        more: pages of others that the navigation leads to as well.
        jobs: how many processes may be used, where that pays.

    Yields:
        The path of each file from the top of the site, and what it holds.

    Raises:
        OntologyFault: a view or question cannot be run, or a header lacks what it must say.

    """
    framed = frame(build, more)
    claims = Claims(build, framed.reader)
    found = views.find(build.graph.ontology.queries(views.FOLDER))
    yield from assets()
    for name, pieces in release.files(build):
        yield f"data/{name}", b"".join(pieces)
    yield from searchpages.pages(framed, claims, RECORDS)
    yield from views.pages(framed, claims, found)
    yield from questionpages.pages(framed, claims, QUESTIONS)
    yield from ontologypage.pages(framed, claims, ONTOLOGY)
    yield from recordpages.pages(framed, claims, jobs)
