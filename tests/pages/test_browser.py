"""The site in a real browser, from a folder: by mouse and keyboard, on a desk and on a phone, light and dark."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import browsing
import pytest

from pages.hostile import KOREAN
from pages.reading import Site

sync_api = browsing.sync_api
# One of each kind.
PAGES = [
    "index.html",
    "timeline.html",
    "who-said-what-about-whom.html",
    "terms.html",
    "weapons.html",
    "agreements.html",
    "unconfirmed-and-contested.html",
    "documents.html",
    "network.html",
    "questions.html",
    "question/possession-of-weapon.html",
    "ontology.html",
    "records.html",
    "record/kim-could-destroy.html",
    "record/north-korea.html",
    "record/talks-2026.html",
    "record/underwater-launched-icbm.html",
    "record/kim-terms-for-washington.html",
    "record/congress-closing-date.html",
]
LOOKS = {"desk, light": (1280, "light"), "phone, dark": (390, "dark")}
Opening = Callable[..., "sync_api.Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with browsing.chromium() as started:
        yield started


@pytest.fixture
def written(site: Site) -> Path:
    return site.folder


@pytest.fixture
def opened(browser: sync_api.Browser) -> Iterator[Opening]:
    """Open a page of a folder; no error is logged on it, no dialog opens, and nothing but files of that folder is asked for."""
    contexts, said, asked = [], [], []

    def opening(folder: Path, path: str, width: int = 1280, colours: str = "light", **options: object) -> sync_api.Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours, **options)
        context.set_default_timeout(browsing.PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"{path}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"{path}: {error}"))
        page.on("dialog", lambda dialog: said.append(f"{path}: dialog {dialog.message}"))
        page.on("request", lambda request: asked.append((folder.as_uri(), request.url)))
        page.goto((folder / path).as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()
    assert said == []
    assert [url for folder, url in asked if not url.startswith(folder)] == []


def violations(page: sync_api.Page) -> list[str]:
    """What axe-core finds (https://www.w3.org/TR/WCAG22/ and its own rules of good practice)."""
    found = page.evaluate("axe.run(document, {preload: false, resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_kind_of_page_renders_and_axe_finds_nothing(path, look, written: Path, opened: Opening) -> None:
    width, colours = LOOKS[look]
    page = opened(written, path, width, colours, bypass_csp=True)  # so that axe can be put into it
    assert page.locator("h1").inner_text()
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px", "the style sheet is loaded"
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    small = "[...document.querySelectorAll('a.badge')].filter((a) => a.checkVisibility() && a.getBoundingClientRect().height < 24).length"
    assert page.evaluate(small) == 0, "targets of 24 pixels: WCAG 2.2, 2.5.8"
    page.add_script_tag(path=browsing.judge("axe-core", "axe.min.js"))
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_row_79_and_82_an_attack_is_text(path, hostile_site: Site, opened: Opening) -> None:
    page = opened(hostile_site.folder, path)
    assert page.title() != "pwnd"
    assert page.evaluate("[...document.scripts].filter((s) => !/assets.site.js$/.test(s.src)).length") == 0
    assert (
        page.locator("[onload], [onerror], [onclick], [onmouseover], [class*=pwnd], main img, main iframe").count() == 0
    )
    assert page.locator("a[href^='javascript:' i], a[href^='data:' i]").count() == 0


def test_row_79_an_attack_is_found_as_text(hostile_site: Site, opened: Opening) -> None:
    page = opened(hostile_site.folder, "index.html")
    page.get_by_role("searchbox").fill(f"{KOREAN} <script>document.title='pwnd'</script>")
    page.locator("#results li").first.wait_for()
    assert "<script>document.title='pwnd'</script>" in page.locator("#results").inner_text()
    assert page.locator("#results img, #results script, #results svg").count() == 0


def test_the_search_by_keyboard(written: Path, opened: Opening) -> None:
    page = opened(written, "index.html")
    while page.evaluate("document.activeElement.id") != "query":
        page.keyboard.press("Tab")
    page.keyboard.type("COMPLETELY DESTROY")
    first = page.locator("#results li", has_text="completely destroy").first
    first.wait_for()
    page.wait_for_function(
        "document.querySelectorAll('#results li').length < 10"
    )  # all that was typed has been looked for
    assert "record" in page.get_by_role("status").inner_text()
    assert "attributed" in first.locator(".badge").first.inner_text()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/record/*.html")
    assert page.locator("h1").inner_text()


@pytest.mark.parametrize("words", ["Kim Ju-ae", "KIM JU AE", "kim  ju—ae"])
def test_the_search_by_mouse_whatever_the_case_and_the_marks(words, written: Path, opened: Opening) -> None:
    page = opened(written, "index.html", 390)
    page.get_by_role("searchbox").click()
    page.get_by_role("searchbox").fill(words)
    page.locator("#results li").first.wait_for()
    page.locator("#results a").first.click()
    page.wait_for_url("**/record/kim-ju-ae.html")


def test_the_search_says_that_nothing_was_found(written: Path, opened: Opening) -> None:
    page = opened(written, "index.html")
    page.get_by_role("searchbox").fill("xyzzy")
    page.get_by_text("Nothing found.").wait_for()
    assert page.locator("#results li").count() == 0


@pytest.mark.parametrize("typed", [KOREAN, "조서", unicodedata.normalize("NFD", KOREAN)])
def test_the_search_finds_korean_even_while_it_is_typed(typed, hostile_site: Site, opened: Opening) -> None:
    """조서 is what an input method shows on the way to 조선; letters are compared as they are typed."""
    page = opened(hostile_site.folder, "index.html")
    page.get_by_role("searchbox").fill(typed)
    page.locator("#results li").first.wait_for()
    assert KOREAN in page.locator("#results").inner_text()


def test_the_timeline_by_mouse_and_by_keyboard(written: Path, opened: Opening) -> None:
    page = opened(written, "timeline.html", reduced_motion="reduce")  # it scrolls at once
    year = page.get_by_role("navigation", name="Years").get_by_role("link", name="2025").first
    year.click()
    assert page.url.endswith("#timeline-2025")
    top = page.locator("#timeline-2025").evaluate("(e) => e.getBoundingClientRect().top")
    assert -1 < top < 450
    year.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#timeline-2026")
    dated = page.locator("#timeline-2025 .dated", has_text="2025-12-19").first
    bar = dated.locator("rect").bounding_box()
    whole = page.locator("#timeline-2025 .dated svg").first.bounding_box()
    assert bar is not None
    assert whole is not None
    assert 0.93 < (bar["x"] - whole["x"]) / whole["width"] < 0.98, "19 December is the 353rd day"


def test_a_cell_of_the_matrix_opens_the_statements_by_mouse(written: Path, opened: Opening) -> None:
    page = opened(written, "who-said-what-about-whom.html")
    cell = page.get_by_role("link", name="Kim Jong Un on South Korea", exact=False).first
    number = int(cell.inner_text())
    cell.click()
    pair = page.locator("details:target")
    pair.locator(".claim:visible").first.wait_for()  # it opens a moment after the leap
    assert pair.locator(".claim:visible").count() == number
    assert "Kim Jong Un → South Korea" in pair.locator("summary").inner_text()


def test_the_matrix_by_keyboard(written: Path, opened: Opening) -> None:
    page = opened(written, "who-said-what-about-whom.html")
    page.locator(".cell").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    here = page.evaluate(
        "[document.activeElement.closest('tr').rowIndex, document.activeElement.closest('td').cellIndex]"
    )
    assert here == [2, 2]
    page.keyboard.press("Enter")
    page.locator("details[open]:target").wait_for()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert not page.locator("details:target").evaluate("(e) => e.open")


def test_a_line_of_the_network_leads_to_its_statements(written: Path, opened: Opening) -> None:
    page = opened(written, "network.html")
    page.locator(".network .edges a").first.focus()
    page.keyboard.press("Enter")
    page.locator("details:target .claim:visible").first.wait_for()  # it opens a moment after the leap


@pytest.mark.parametrize("javascript", [True, False])
def test_the_pages_are_behind_a_button_on_a_phone(javascript, written: Path, opened: Opening) -> None:
    page = opened(written, "terms.html", 390, java_script_enabled=javascript)
    menu = page.get_by_role("navigation", name="Pages")
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    menu.get_by_role("link", name="Weapons").wait_for()
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    page.get_by_role("button", name="Menu").click()
    menu.get_by_role("link", name="Weapons").click()
    page.wait_for_url("**/weapons.html")


def test_what_is_wider_than_a_phone_scrolls_by_itself_by_keyboard(written: Path, opened: Opening) -> None:
    page = opened(written, "who-said-what-about-whom.html", 390)
    region = page.get_by_role("region", name="Statements by speaker")
    assert region.evaluate("(e) => e.scrollWidth > e.clientWidth")
    region.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(e) => e.scrollLeft > 0", arg=region.element_handle())


def test_on_a_phone_an_answer_is_a_list_that_names_its_columns(written: Path, opened: Opening) -> None:
    page = opened(written, "question/possession-of-weapon.html", 390)
    cell = page.locator("td[data-name='flagged by']").first
    assert cell.evaluate("(e) => getComputedStyle(e, '::before').content") == '"flagged by"'
    assert page.get_by_role("region", name="Answer").evaluate("(e) => e.scrollWidth <= e.clientWidth")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(written: Path, opened: Opening) -> None:
    page = opened(written, "terms.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["index.html", "who-said-what-about-whom.html", "record/kim-could-destroy.html"])
def test_without_javascript_it_reads_the_same(path, written: Path, opened: Opening) -> None:
    page = opened(written, path, java_script_enabled=False)
    assert page.locator("h1").inner_text()
    if path == "index.html":
        page.get_by_role("status").get_by_role("link", name="all records").click()
        page.get_by_role("link", name="Kim says North Korea could destroy").or_(
            page.get_by_role("link", name="North Korea could completely destroy")
        ).first.click()
        assert page.url.endswith(".html")
    if path.startswith("who"):
        page.locator(".cell").first.click()
        page.locator("details:target summary").wait_for()


def test_it_prints_without_navigation_and_on_white(written: Path, opened: Opening) -> None:
    page = opened(written, "record/kim-could-destroy.html", colours="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not page.get_by_role("navigation").first.is_visible()
