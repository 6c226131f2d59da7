"""A site as a browser reads it: every page parsed by html5lib, strictly, once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib

ADDRESSES = {
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "cite",
    "ping",
    "manifest",
}


class PageFile:
    """A page of a site."""

    def __init__(self, folder: Path, file: Path) -> None:
        self.path = file.relative_to(folder).as_posix()
        self.html = file.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> Element:
        """The document.

        Raises:
            html5lib.html5parser.ParseError: it is not well-formed HTML.

        """
        parser = html5lib.HTMLParser(
            html5lib.treebuilders.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
        )
        found: Element = parser.parse(self.html)
        return found

    @cached_property
    def ids(self) -> list[str]:
        """The ids of its elements."""
        return [element.attrib["id"] for element in self.tree.iter() if "id" in element.attrib]

    @cached_property
    def text(self) -> str:
        """All that is written on it, with single spaces."""
        return " ".join("".join(self.tree.itertext()).split())

    def addresses(self) -> Iterator[tuple[str, str, str]]:
        """Yield each address on it, with the element and the attribute."""
        for element in self.tree.iter():
            for name, value in element.attrib.items():
                local = str(name).rpartition("}")[2]
                if local in ADDRESSES:
                    yield str(element.tag), local, value

    def target(self, address: str) -> tuple[str, str]:
        """Return the path that an address within the site leads to, and the fragment."""
        parts = urlsplit(urljoin(f"//site/{self.path}", address))
        return unquote(parts.path).lstrip("/"), unquote(parts.fragment)


class Site:
    """A folder that was built."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
        self.pages = {path: PageFile(folder, folder / path) for path in sorted(self.files) if path.endswith(".html")}
