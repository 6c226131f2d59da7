"""Markup and addresses that would run lie in every text, quote and address of the facts; on the pages they are text."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest

from kg.site import shown
from pages.hostile import ADDRESSES, DISGUISED, KOREAN, MARK, TEXTS
from pages.reading import Site

# What pages of the site are made of; nothing of a text may stand there.
BUILT = ("class", "id", "rel", "name", "style", "lang", "type", "role", "tabindex", "scope", "width", "d", "points")


def test_no_element_is_made_of_a_text(site: Site, hostile_site: Site) -> None:
    """The pages parse strictly, and have no element and no attribute that those of the facts as they are have not."""
    known = {pair for page in site.pages.values() for element in page.tree.iter() for pair in _parts(element)}
    known.add(("span", "lang"))  # the facts have no Korean
    for page in hostile_site.pages.values():
        for element in page.tree.iter():
            assert known.issuperset(_parts(element)), (page.path, element.tag, element.attrib)
            for name in BUILT:
                assert MARK not in element.get(name, ""), (page.path, element.tag, name)
            if element.tag == "script":
                assert re.fullmatch(r"(\.\./)*assets/[a-z-]+\.js", element.get("src", "")), page.path
                assert not element.text


def test_no_address_of_a_text_is_a_link(hostile_site: Site) -> None:
    """What leads out of the site is an address on the web as the facts have it, in a link that nothing loads."""
    outside = set()
    for page in hostile_site.pages.values():
        for tag, attribute, address in page.addresses():
            if urlsplit(address).scheme:
                assert (tag, attribute) in {("a", "href"), ("link", "href")}, (page.path, tag, attribute)
                assert re.fullmatch(r"https?://[a-z0-9.]+/[^\s\"<>\\]*", address), (page.path, address)
                outside.add(address)
            else:
                assert page.target(address)[0] in hostile_site.files, (page.path, address)
    assert {address for address in outside if MARK in address} == {ADDRESSES[0]}  # an address like another


def test_what_is_inert_is_not_lost(hostile_site: Site) -> None:
    """Every text stands on a page to the letter."""
    written = " ".join(page.text for page in hostile_site.pages.values())
    for text in [*TEXTS, KOREAN]:
        assert " ".join(text.split()) in written, text
    assert any(page.tree.findtext("head/title", "").startswith(TEXTS[0]) for page in hostile_site.pages.values())


def test_the_index_is_data_in_a_script(hostile_site: Site) -> None:
    script = (hostile_site.folder / "assets" / "search-index.js").read_text(encoding="utf-8")
    assert not re.search("[<>&\u2028\u2029]", script)
    found = json.loads(script.removeprefix("kgSearchIndex(").removesuffix(");\n"))
    texts = [text for record in found["records"] for _, text in record[4]]
    for text in TEXTS:
        assert any(text in one for one in texts), text


@pytest.mark.parametrize("text", DISGUISED)
def test_no_disguise_makes_an_address(text: str) -> None:
    assert shown.address(text) == ""


def test_an_address_stays_as_it_is() -> None:
    for text in ("https://example.org/a?b=c&d#e", "http://example.org:8000/%ED%95%9C", "HTTPS://example.org"):
        assert shown.address(text) == text


def _parts(element: Element) -> set[tuple[str, str]]:
    return {(str(element.tag), str(name)) for name in ("", *element.attrib)}
