"""Pages of views: queries of `ontology/views/site`, each with `# Page:`, `# Title:` and `# Layout:` in its header.

Views with one `# Page:` stand on that page, in the order of their files. A `# Summary:` stands under the title. A layout
names the columns that it needs; `?item` is the record (or a part of it) that an entry is of, `?group` the heading under
which it stands.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kg.fault import OntologyFault
from kg.questions import QueryError, header, read, view
from kg.site import matrix, network, timeline
from kg.site.claims import Claims, Row
from kg.site.entries import Group, batches, fold
from kg.site.frame import Frame, Page
from kg.site.shown import NOBODY
from kg.suggestion import did_you_mean

FOLDER = "views/site"
SIZE = 200  # entries on a page
_NEEDED = ("Page", "Title", "Layout")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the rows of a view become entries, and what is drawn above them."""

    columns: tuple[str, ...]
    arrange: Callable[[list[Row], Claims], list[Group]]
    picture: Callable[[list[Group], Claims], object] = lambda _groups, _claims: None


def by(*columns: str) -> Callable[[list[Row], Claims], list[Group]]:
    """Return what makes an entry of the rows that are the same in some columns."""

    def arrange(rows: list[Row], claims: Claims) -> list[Group]:
        return [
            Group(whole["group"] or NOBODY, f"group-{number}", tuple(whole.within(*columns)))
            for number, whole in enumerate(fold(rows, ("group",), claims))
        ]

    return arrange


LAYOUTS: Mapping[str, Layout] = {
    "list": Layout(("item",), by("item")),
    "ledger": Layout(("group", "words", "item"), by("words", "node")),
    "clauses": Layout(("item", "point", "consequence"), by("item")),
    "board": Layout(("item", "node", "step", "claim"), by("item")),
    "timeline": Layout(("item", "node", "date", "earliest", "latest", "apart"), timeline.arrange),
    "matrix": Layout(("item", "row", "column"), matrix.arrange, matrix.table),
    "network": Layout(("item", "from", "relation", "to"), network.arrange, network.draw),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One view: what its header says, and the groups of it that stand on a page."""

    name: str
    layout: str
    about: Mapping[str, str]
    groups: tuple[Group, ...]
    picture: object

    @property
    def grouped(self) -> bool:
        """True where its groups have headings of their own."""
        return len(self.groups) > 1 or any(group.title is not NOBODY for group in self.groups)


@dataclass(frozen=True, slots=True)
class View:
    """A query file and its header."""

    file: Path
    about: Mapping[str, str]

    @property
    def page(self) -> Page:
        """The page on which it stands."""
        title = self.about["Page"]
        return Page(
            re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") + ".html", title, self.about["Summary"], view=True
        )


def find(files: list[Path]) -> list[View]:
    """Read the headers of view files.

    Raises:
        OntologyFault: a header lacks a key, or names a layout that there is not.

    """
    found = []
    for file in files:
        try:
            about = header(read(file).query)
        except (QueryError, OSError) as error:
            raise OntologyFault(f"ontology/{FOLDER}/{file.name}: {error}") from None
        for key in _NEEDED:
            if not about.get(key):
                raise OntologyFault(f"ontology/{FOLDER}/{file.name}: its header has no `# {key}:`")
        if about["Layout"] not in LAYOUTS:
            hint = did_you_mean(about["Layout"], LAYOUTS) or f"there are {', '.join(LAYOUTS)}"
            raise OntologyFault(f"ontology/{FOLDER}/{file.name}: no layout '{about['Layout']}'; {hint}")
        found.append(View(file, defaultdict(str, about)))  # a template asks for what may be missing
    return found


def pages(frame: Frame, claims: Claims, views: list[View]) -> Iterator[tuple[str, bytes]]:
    """Render the pages of views; a long one goes on in NAME-2.html and so on."""
    for page in dict.fromkeys(found.page for found in views):
        sections = [_section(found, claims) for found in views if found.page == page]
        cut = _cut(sections)
        paths = [
            page.path if number == 1 else page.path.replace(".html", f"-{number}.html")
            for number in range(1, len(cut) + 1)
        ]
        places = {
            group.anchor: path
            for path, held in reversed(list(zip(paths, cut, strict=True)))
            for section in held
            for group in section.groups
        }
        for path, held in zip(paths, cut, strict=True):
            yield frame.render(
                "view.html", path, page=page, sections=held, places=places, paths=paths, claims=claims, whole=sections
            )


def _section(found: View, claims: Claims) -> Section:
    name = found.about["Layout"]
    layout = LAYOUTS[name]
    rows = view(claims.build.graph, f"{FOLDER}/{found.file.name}", layout.columns)
    stem = found.file.stem.lstrip("0123456789-")
    groups = [replace(group, anchor=f"{stem}-{group.anchor}") for group in layout.arrange(rows, claims)]
    return Section(stem, name, found.about, tuple(groups), layout.picture(groups, claims))


def _cut(sections: list[Section]) -> list[list[Section]]:
    """Cut sections into pages; pictures stand on the page on which their section begins."""
    pages: list[list[Section]] = [[]]
    room = SIZE
    for section in sections:
        picture = section.picture
        for groups in _fitting(section.groups, room):
            if room <= 0:
                pages.append([])
                room = SIZE
            pages[-1].append(Section(section.name, section.layout, section.about, tuple(groups), picture))
            picture = None
            room -= sum(len(group.entries) for group in groups)
    return pages


def _fitting(groups: tuple[Group, ...], room: int) -> Iterator[list[Group]]:
    """Cut groups into a first part that fits and further ones of a whole page; nothing is one empty part."""
    if not groups:
        yield []
        return
    yield from batches(groups, SIZE, room)
