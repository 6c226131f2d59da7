"""The site from a folder in a real browser: no error, no request but for files, search and matrix by keyboard."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

import pytest

from pages.hostile import KOREAN
from pages.reading import Site

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (pip install 'kg-facts[test]')"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    program = shutil.which("chromium")
    if program is None:
        reason = "chromium is not installed (Debian: chromium)"
        if os.environ.get("CI"):
            pytest.fail(f"{reason}; CI must have it")
        pytest.skip(reason)
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=("--no-sandbox", "--disable-gpu"))
        yield started
        started.close()


@pytest.fixture
def tab(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    """A page on which no error is logged, and which asks for files alone."""
    opened = browser.new_page(viewport={"width": 390, "height": 844})
    said: list[str] = []
    asked: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.set_default_timeout(60_000)
    yield opened
    opened.close()
    assert said == []
    assert {url.partition(":")[0] for url in asked} == {"file"}


def test_every_kind_of_page_opens_and_fits_a_phone(tab: sync_api.Page, site: Site) -> None:
    kinds = [path for path in site.pages if "/" not in path]
    kinds += ["record/kim-could-destroy.html", next(path for path in site.pages if path.startswith("question/"))]
    for path in kinds:
        tab.goto((site.folder / path).as_uri())
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        small = "[...document.querySelectorAll('a.badge')].filter(a => a.getBoundingClientRect().height < 24).length"
        assert tab.evaluate(small) == 0, path  # WCAG 2.2, 2.5.8


@pytest.mark.parametrize("words", ["Kim says North Korea could destroy", "could completely destroy South Korea"])
def test_search_by_keyboard(tab: sync_api.Page, site: Site, words: str) -> None:
    tab.goto((site.folder / "index.html").as_uri())
    tab.get_by_label("Search names").focus()
    tab.keyboard.insert_text(words)  # typed letter by letter, each would bring results of its own
    sync_api.expect(tab.locator("#results a").first).to_have_attribute("href", re.compile("kim-could-destroy"))
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/record/kim-could-destroy.html")


def test_search_in_korean_finds_what_is_hostile_and_shows_it_as_text(tab: sync_api.Page, hostile_site: Site) -> None:
    tab.goto((hostile_site.folder / "index.html").as_uri())
    tab.get_by_label("Search names").focus()
    tab.keyboard.insert_text(KOREAN)
    tab.locator("#results a").first.wait_for()
    assert tab.locator("#results").locator("img, svg, script").count() == 0


def test_a_cell_of_the_matrix_by_keyboard(tab: sync_api.Page, site: Site) -> None:
    tab.goto((site.folder / "who-said-what-about-whom.html").as_uri())
    cells = tab.locator(".matrix .cell")
    cells.first.focus()
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.classList.contains('cell')")
    cells.first.focus()
    tab.keyboard.press("Enter")
    tab.locator("details[open] .claim").first.wait_for()
