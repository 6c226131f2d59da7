"""The frame of every page: templates, navigation, how small the corpus is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import jinja2
import pyoxigraph as ox

import kg
from kg.pipeline import Build
from kg.questions import view
from kg.site.shown import Reader, Shown, address, period, words

READ = "views/audit/texts.rq"


@dataclass(frozen=True, slots=True)
class Page:
    """A page that the navigation leads to.

    Attributes:
        path: its address from the top of the site.
        title: what it is called.
        summary: what it shows.
        view: True for one that shows the facts from a side of their own.

    """

    path: str
    title: str
    summary: str = field(default="", compare=False)
    view: bool = field(default=False, compare=False)


def environment(templates: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """Return what templates of the site are rendered in.

    Args:
        templates: where they are looked for before those of the site.

    """
    own = jinja2.PackageLoader("kg.site")
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([templates, own]) if templates else own,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(web=address, words=words, period=period)
    return made


class Frame:
    """Renders templates of a build.

    Args:
        build: what the site is of.
        pages: what the navigation leads to.
        templates: where templates are looked for before those of the site; they may extend `base.html`.

    """

    def __init__(self, build: Build, pages: Iterable[Page], templates: jinja2.BaseLoader | None = None) -> None:
        self.build = build
        self.pages = tuple(pages)
        self.reader = Reader(build)
        self.environment = environment(templates)
        self.environment.globals.update(
            title=build.dataset.title or "Knowledge graph",
            dataset=build.dataset,
            pages=self.pages,
            read=self._read(),
            corpus=build.corpus,
            version=kg.__version__,
        )

    def render(self, template: str, path: str, **context: Any) -> tuple[str, bytes]:  # noqa: ANN401 - what a template takes
        """Make the page at a path.

        Returns:
            The path, and the page in UTF-8.

        """
        known = {"root": "../" * path.count("/"), "path": path}
        made = self.environment.get_template(template).render(known | context)
        return path, made.encode(errors="backslashreplace")  # the name of a fact file may be no UTF-8

    def node(self, identifier: str) -> ox.NamedNode:
        """Return the IRI of a record."""
        return ox.NamedNode(self.build.dataset.base + identifier)

    def _read(self) -> list[Shown]:
        """Return the documents that were read: all that the corpus rests on."""
        return [self.reader(row["source"]) for row in view(self.build.graph, READ, ("source",)) if row["source"]]


def assets() -> Iterable[tuple[str, bytes]]:
    """Return the files that the pages use, by path."""
    folder = resources.files("kg.site") / "assets"
    return [(f"assets/{file.name}", file.read_bytes()) for file in sorted(folder.iterdir(), key=lambda file: file.name)]
