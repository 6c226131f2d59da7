"""Every page of the site of the shipped facts: whole, well-formed, closed to the outside, and true to the facts."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.pipeline import Build
from kg.site import pages, recordpages
from pages.conftest import built
from pages.reading import PageFile, Site

KG = "https://w3id.org/kg-facts/ontology#"
POLICY = {
    "default-src 'none'",
    "script-src 'self' file:",
    "style-src 'self' file:",
    "img-src 'self' file:",
    "base-uri 'none'",
    "form-action 'none'",
}


@pytest.fixture(scope="module")
def build(shipped: Path) -> Build:
    return kg.build(shipped)


def test_no_link_is_broken(site: Site) -> None:
    broken = []
    for page in site.pages.values():
        for _, _, address in page.addresses():
            if re.match("https?:", address):
                continue
            path, fragment = page.target(address)
            if path not in site.files or (fragment and fragment not in site.pages[path].ids):
                broken.append((page.path, address))
    assert broken == []


def test_every_page_can_be_reached(site: Site) -> None:
    reached, ahead = set(), ["index.html"]
    while ahead:
        path = ahead.pop()
        if path in site.pages and path not in reached:
            reached.add(path)
            ahead += [site.pages[path].target(a)[0] for tag, _, a in site.pages[path].addresses() if tag == "a"]
    assert reached == set(site.pages)


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    for page in site.pages.values():
        for tag, attribute, address in page.addresses():
            if re.match("[a-z]+:|//", address.strip(), re.IGNORECASE):
                assert (tag, attribute) == ("a", "href") or page_names_itself(page, address), (page.path, tag, address)
                assert address.startswith(("https://", "http://")), (page.path, address)
    for file in ("assets/site.css", "assets/site.js", "assets/icon.svg"):
        loaded = re.sub(r'xmlns="[^"]*"', "", (site.folder / file).read_text(encoding="utf-8"))
        assert not re.search(r"@import|url\(|https?://|fetch\(|XMLHttp|\beval\(", loaded), file


def page_names_itself(page: PageFile, address: str) -> bool:
    """Is an address only the canonical name of the page, which no browser loads?"""
    return any(link.get("rel") == "canonical" and link.get("href") == address for link in page.tree.iter("link"))


def test_every_page_says_what_it_is(site: Site) -> None:
    titles = Counter[str]()
    for page in site.pages.values():
        assert page.html.startswith("<!doctype html>")
        assert page.tree.get("lang") == "en", page.path
        head = page.tree.find("head")
        assert head is not None
        assert head[0].get("charset") == "utf-8"  # within the first 1024 bytes, before all else
        (title,) = head.iter("title")
        assert title.text
        assert title.text.strip()
        titles[title.text] += not re.search(r"-\d+\.html$", page.path)
        assert len(list(page.tree.iter("h1"))) == 1, page.path
        assert [name for name, number in Counter(page.ids).items() if number > 1] == [], page.path
    assert {title for title, number in titles.items() if number > 1 and "–" not in title} == set()


def test_every_page_has_its_policy_and_keeps_to_it(site: Site) -> None:
    for page in site.pages.values():
        metas = [meta for meta in page.tree.iter("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
        assert len(metas) == 1, page.path
        assert set(metas[0].get("content", "").split("; ")) == POLICY, page.path
        assert not list(page.tree.iter("style")), page.path
        for script in page.tree.iter("script"):
            assert script.get("src"), page.path
            assert not script.text, page.path
        for element in page.tree.iter():
            assert not [name for name in element.attrib if re.match("on|style$|srcdoc$", str(name))], page.path


def test_every_page_says_how_small_the_corpus_is(site: Site, build: Build) -> None:
    for page in site.pages.values():
        (corpus,) = (p for p in page.tree.iter("p") if p.get("class") == "corpus")
        told = " ".join("".join(corpus.itertext()).split())
        assert re.match(rf"A small corpus: {re.escape(build.corpus)}, from \d+ documents that were read\.", told)


def test_every_record_has_its_page(site: Site, build: Build) -> None:
    """With its name, the place in the fact file, and the words and status that its triples give it, if any."""
    codes = {code.iri: code.label for codes in build.vocabulary.lists.values() for code in codes.codes.values()}
    seen = Counter[str]()
    for identifier, record in build.sources.records.items():
        page = site.pages[f"record/{identifier}.html"]
        (heading,) = page.tree.iter("h1")
        assert "".join(heading.itertext()) == build.names.labels[identifier]
        places = ["".join(p.itertext()) for p in page.tree.iter("p") if p.get("class") == "place"]
        assert places[0].startswith(f"{record.location} ")
        quotes = {" ".join("".join(quote.itertext()).split()) for quote in page.tree.iter("blockquote")}
        badges = {"".join(a.itertext()) for a in page.tree.iter("a") if "badge" in a.get("class", "").split()}
        for triple in build.graph.about[ox.NamedNode(build.dataset.base + identifier)]:
            if triple.predicate.value == KG + "exact" and _is_quote(build, triple):
                seen["quote"] += 1
                assert " ".join(triple.object.value.split()) in quotes, (identifier, triple.object.value)
            if triple.predicate.value in (KG + "status", KG + "eventStatus"):
                seen["status"] += 1
                assert codes[triple.object.value] in badges, (identifier, triple.object.value)
    assert seen["quote"] > len(build.sources.records) / 2
    assert seen["status"] > 50


def _is_quote(build: Build, triple: ox.Triple) -> bool:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    return ox.Triple(triple.subject, kind, ox.NamedNode(KG + "Evidence")) in build.graph


def test_the_triples_of_a_record_lie_beside_its_page(site: Site, build: Build) -> None:
    formats = {"text/turtle": ox.RdfFormat.TURTLE, "application/ld+json": ox.RdfFormat.JSON_LD}
    for identifier in build.sources.records:
        page = site.pages[f"record/{identifier}.html"]
        links = {link.get("type"): link for link in page.tree.iter("link") if link.get("rel") == "alternate"}
        assert set(links) == set(formats)
        of_it = set(build.graph.about[ox.NamedNode(build.dataset.base + identifier)])
        for media, format_ in formats.items():
            path, _ = page.target(links[media].get("href", ""))
            read = {quad.triple for quad in ox.parse(path=site.folder / path, format=format_)}
            assert read == of_it, path


def test_processes_change_nothing(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recordpages, "_PAYS", 0)
    assert list(pages(build, jobs=2)) == list(pages(build))


def test_the_site_is_the_same_every_time(site: Site, shipped: Path, tmp_path: Path) -> None:
    again = Site(built(shipped, tmp_path / "again"))
    assert again.files == site.files
    differ = [path for path in site.files if (site.folder / path).read_bytes() != (again.folder / path).read_bytes()]
    assert differ == []
