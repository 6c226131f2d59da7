"""The query page and the site in a real browser, by mouse and by keyboard; nothing leaves this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import browsing
import pytest
from browsing import sync_api

from server.serving import Server, wait_for

QUERY = "SELECT ?who ?label { ?who a kg:Person ; skos:prefLabel ?label }"


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with browsing.chromium() as started:
        yield started


@pytest.fixture(params=["desktop", "phone"])
def tab(request: pytest.FixtureRequest, browser: sync_api.Browser, server: Server) -> Iterator[sync_api.Page]:
    """A page on which no error is logged, and from which no request goes elsewhere."""
    size = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}[request.param]
    context = browser.new_context(viewport=size, base_url=server.url)
    said: list[str] = []
    asked: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda sent: asked.append(sent.url))
    opened.set_default_timeout(browsing.PATIENCE)
    yield opened
    context.close()
    assert said == []
    assert {urlsplit(url).netloc for url in asked} == {f"127.0.0.1:{server.port}"}


def test_a_question_by_mouse(tab: sync_api.Page) -> None:
    tab.goto("/")
    menu = tab.get_by_role("button", name="Menu")
    if menu.is_visible():  # on a phone
        menu.click()
    tab.get_by_role("navigation").get_by_role("link", name="Query", exact=True).click()
    tab.get_by_label("Show those with").fill("names record")
    visible = tab.locator("#questions li:visible")
    assert 1 <= visible.count() < 10
    tab.locator("#questions a[href$='names-of-record']").click()
    tab.get_by_label("record").fill("north-korea")
    tab.get_by_role("button", name="Ask").click()
    table = tab.get_by_role("table")
    table.locator("tbody tr").first.wait_for()
    assert tab.get_by_role("textbox", name="SPARQL").input_value().startswith("# Question:")
    table.get_by_role("link", name="North Korea").first.click()
    tab.wait_for_url("**/record/north-korea.html")
    assert tab.get_by_role("heading", level=1).inner_text()


def test_a_query_by_keyboard(tab: sync_api.Page) -> None:
    tab.goto("/query")
    for _ in range(200):  # the editor is reached by the Tab key, and left by it
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "query":
            break
    assert tab.evaluate("document.activeElement.id") == "query"
    tab.keyboard.press("Control+A")
    tab.keyboard.type(QUERY)
    with tab.expect_navigation():
        tab.keyboard.press("Control+Enter")
    assert tab.locator("td").all_inner_texts() == ["Kim Jong Un", "Kim Jong Un"]
    tab.get_by_role("textbox", name="SPARQL").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Run"
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.locator("td").count() == 2
    tab.go_back()
    assert tab.get_by_role("textbox", name="SPARQL").input_value() == QUERY


def test_an_error_is_shown_where_it_is(tab: sync_api.Page) -> None:
    tab.goto("/query")
    editor = tab.get_by_role("textbox", name="SPARQL")
    editor.fill("SELECT ?x WHERE {\n  ?x a kg:Person ;\n  FILTER ( }")
    tab.get_by_role("button", name="Run").click()
    alert = tab.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().startswith("error at 3:")
    tab.wait_for_function("document.getElementById('query').selectionStart > 0")  # the script comes after the page
    place = tab.evaluate("document.getElementById('query').selectionStart")
    assert editor.input_value()[:place].count("\n") == 2


def test_what_is_typed_is_what_is_shown(tab: sync_api.Page) -> None:
    """The coloured text lies below the editor, to the letter and in the same place."""
    tab.goto("/query")
    text = '# a <b> &amp;\nSELECT * { ?s kg:said <x:y>, """é\n"quoted" </script>""" ; a \'b\\\'c\' }\n\n'
    editor = tab.get_by_role("textbox", name="SPARQL")
    editor.fill(text)
    below = tab.locator(".field pre")
    assert below.text_content() == text + "\n"
    kinds = tab.evaluate(
        "[...document.querySelectorAll('.field pre span[class]')].map(s => [s.className, s.textContent])"
    )
    assert [kind for kind, _ in kinds] == ["comment", "word", "variable", "name", "iri", "text", "word", "text"]
    assert kinds[5][1] == '"""é\n"quoted" </script>"""'
    boxes = tab.evaluate(
        "['.field pre', '#query'].map(name => JSON.stringify(document.querySelector(name).getBoundingClientRect()))"
    )
    assert boxes[0] == boxes[1]


def test_a_file_is_downloaded(tab: sync_api.Page) -> None:
    tab.goto(f"/query?query={QUERY}")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="csv").click()
    assert download.value.suggested_filename == "query.csv"
    assert Path(download.value.path()).read_bytes().startswith(b"who,label\r\n")


def test_nothing_is_wider_than_the_screen(tab: sync_api.Page) -> None:
    for path in ("/query", f"/query?query={QUERY}", "/query?question=names-of-record", "/query?query=x"):
        tab.goto(path)
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_markup_in_results_is_inert(tab: sync_api.Page) -> None:
    hostile = (
        "SELECT ('<img src=x onerror=document.title=1>' AS ?a) ('</td><script>document.title=1</script>' AS ?b) {}"
    )
    tab.goto(f"/query?query={hostile.replace('=', '%3D')}")
    assert tab.locator("td img, td script").count() == 0
    assert tab.locator("td").first.inner_text().startswith("<img")
    assert tab.title() != "1"


def test_it_works_without_scripts(browser: sync_api.Browser, server: Server) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=server.url)
    tab = context.new_page()
    tab.goto("/query")
    assert not tab.get_by_label("Show those with").is_visible()
    tab.get_by_role("textbox", name="SPARQL").fill(QUERY)
    with tab.expect_navigation():
        tab.get_by_role("button", name="Run").click()
    assert tab.locator("td").all_inner_texts() == ["Kim Jong Un", "Kim Jong Un"]
    tab.get_by_text("Named questions").click()
    tab.locator("#questions a[href$='names-of-record']").click()
    tab.get_by_label("record").fill("North Korea")
    tab.get_by_role("button", name="Ask").click()
    tab.locator("td").first.wait_for()
    context.close()


def test_a_page_tells_that_the_facts_have_errors(
    browser: sync_api.Browser, serve: Callable[..., AbstractContextManager[Server]], facts: Path, tmp_path: Path
) -> None:
    project = shutil.copytree(facts, tmp_path / "project")
    with serve(project) as server:
        tab = browser.new_page()
        tab.goto(f"{server.url}index.html")
        assert tab.locator(".stale").count() == 0
        with (project / "facts" / "actors.yaml").open("a", encoding="utf-8") as file:
            file.write("- id: nobody\n")
        wait_for(lambda: "serving the last valid facts" in server.err)
        tab.reload()
        assert "error[unknown-type]" in tab.locator(".stale[role=status]").inner_text()
        tab.close()
