"""An edition: all that is served of one state of the facts, in a folder of its own."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import jinja2
import pyoxigraph as ox

from kg import pipeline, questions, site
from kg.diagnostic import Diagnostic
from kg.export import lines
from kg.names import Names
from kg.pipeline import Build
from kg.project import find
from kg.questions import Question
from kg.server.engine import DataSet
from kg.site.frame import Frame, Page
from kg.site.shown import Reader, Shown
from kg.vocabulary import Vocabulary

QUERY = "query"  # the address of the query page
CONTENT = "<!-- content of the query page -->"
ROOT = "top-of-the-site/"  # stands in the page `missing` for what leads to the top from wherever it is served
_SITE, _QUADS = "site", "dataset.nq"


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a file of the site stands among all, and its digest."""

    start: int
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Edition:
    """What is served of one state of the facts.

    Attributes:
        folder: of its own.
        files: pages and other files of the site by path. All are in one file, which can be removed at once: tens of
            thousands take a minute to remove.
        dataset: what queries see.
        graphs: the named graphs, with the number of triples in each.
        title: of the data set.
        page: the frame of the query page, with `CONTENT` where that belongs.
        missing: the page for an address where nothing is, with `ROOT` where a link begins.
        questions: the named questions.
        shown: how terms are shown, by IRI.
        names: of records.
        vocabulary: classes, fields and codes.
        state: of the files it was made from, to tell whether one has changed since.

    """

    folder: Path
    files: Mapping[str, Extent]
    dataset: DataSet
    graphs: Mapping[str, int]
    title: str
    page: str
    missing: str
    questions: Mapping[str, Question]
    shown: Mapping[str, Shown]
    names: Names
    vocabulary: Vocabulary
    state: Sequence[tuple[str, int, int]]

    def read(self, path: str) -> bytes:
        """Return a file of the site; no path leads out of it.

        Raises:
            KeyError: there is none at the path.

        """
        place = self.files[path]
        with (self.folder / _SITE).open("rb") as stream:
            stream.seek(place.start)
            return stream.read(place.size)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of building an edition: there is none where something is an error or could not be done."""

    edition: Edition | None
    diagnostics: tuple[Diagnostic, ...]
    failure: str = ""

    @property
    def problems(self) -> tuple[str, ...]:
        """Why there is no edition, a line each, without what only the machine's owner may know."""
        failed = ["the files cannot be read or built; the server has told its owner why"] if self.failure else []
        return () if self.edition else (*failed, *map(str, self.diagnostics))


def make(project: Path | None, folder: Path) -> Outcome:
    """Build the facts of a project and write what is served into a new folder.

    Raises:
        Fault, OntologyFault, Failure, OSError: as `kg.pipeline.build` and `kg.site.pages` do.

    """
    state = find(project).state()
    build = pipeline.build(project)
    if not build.valid:
        return Outcome(None, build.diagnostics)
    folder.mkdir()
    more = [Page(QUERY, "Query")]
    files = {}
    with (folder / _SITE).open("wb") as stream:
        for path, content in _files(build, more):
            files[path] = Extent(stream.tell(), len(content), hashlib.sha256(content).hexdigest())
            stream.write(content)
    frame = Frame(build, site.frame(build, more).pages, jinja2.PackageLoader("kg.server"))
    quads = list(lines.dataset(build.graph))
    (folder / _QUADS).write_bytes(b"".join(f"{quad} .\n".encode() for quad in quads))
    edition = Edition(
        folder=folder,
        files=files,
        dataset=DataSet(str(folder / _QUADS), build.dataset.base, build.graph.prefixes),
        graphs=Counter(quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)),
        title=build.dataset.title,
        page=frame.render("frame.html", QUERY, content=CONTENT)[1].decode(),
        missing=frame.render("missing.html", "", root=ROOT)[1].decode(),
        questions=questions.named(build.graph.ontology),
        shown=_shown(build, frame.reader),
        names=build.names,
        vocabulary=build.vocabulary,
        state=state,
    )
    return Outcome(edition, build.diagnostics)


def _files(build: Build, more: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
    yield from site.pages(build, more, os.cpu_count() or 1)
    for file in (resources.files("kg.server") / "assets").iterdir():
        yield f"assets/{file.name}", file.read_bytes()


def _shown(build: Build, reader: Reader) -> dict[str, Shown]:
    """Return how records, classes, fields and codes are shown."""
    records = (build.dataset.base + identifier for identifier in build.sources.records)
    return {iri: reader(ox.NamedNode(iri)) for iri in (*records, *build.vocabulary.labels)}
