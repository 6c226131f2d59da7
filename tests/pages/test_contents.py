"""What stands on the pages: status and source of every claim, stages that are no more than they are, views of a project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import parsers
import pyoxigraph as ox
import pytest
from specimen import SMALL

import kg
from kg import site as library
from kg.fault import OntologyFault
from kg.pipeline import Build
from kg.site.claims import cut
from kg.site.shown import period
from kg.site.timeline import Bar, Dated
from pages.reading import Site


@pytest.fixture(scope="module")
def build(shipped: Path) -> Build:
    return kg.build(shipped)


@pytest.fixture
def written(site: Site) -> Path:
    return site.folder


@pytest.mark.parametrize("parser", ["pyld", "pyoxigraph"])
@pytest.mark.parametrize("identifier", ["kim-could-destroy", "talks-2026", "underwater-launched-icbm"])
def test_the_json_ld_of_a_record_says_the_same_as_its_turtle(parser, identifier, written: Path) -> None:
    file = written / "record" / identifier
    told = parsers.parse(parser, file.with_suffix(".jsonld"), "jsonld")
    assert told == parsers.parse("pyoxigraph", file.with_suffix(".ttl"), "turtle")
    assert len(told) > 20


def test_a_statement_shows_words_chain_status_terms_and_what_disagrees(site: Site, written: Path) -> None:
    text = site.pages["record/kim-could-destroy.html"].text
    page = (written / "record" / "kim-could-destroy.html").read_text(encoding="utf-8")
    assert "could “<mark>completely destroy</mark>” South Korea if its security was threatened" in page
    assert re.search(r"says it Kim Jong Un passes it on KCNA is where it was read Kim Jong-un Rejects Seoul", text)
    assert "attributed" in text
    assert "its security was threatened (by the grammar, North Korea’s)" in text
    assert "disagrees with" in text
    assert "Versions of the threat" in text


def test_every_claim_bears_its_status_and_its_source(written: Path) -> None:
    """Wherever a card stands, a statement's badge and the document of its words stand on it."""
    for name in ("who-said-what-about-whom.html", "unconfirmed-and-contested.html", "weapons.html", "agreements.html"):
        cards = re.split(r'<div class="claim">', (written / name).read_text(encoding="utf-8"))[1:]
        assert len(cards) >= 3, name
        for card in cards:
            if '<span class="class">statement</span>' in card:
                assert re.search(r'class="badge tone-(firm|told|ahead|doubt)"', card), card[:300]
                assert "<figcaption><a href=" in card, card[:300]


def test_words_of_one_sentence_stand_together_and_in_their_order(site: Site) -> None:
    assert "“KCNA said Kim ordered development […] underwater-launched ICBMs […] such as artillery" in _quoted(
        site.pages["weapons.html"].html
    )
    discrepancy = site.pages["unconfirmed-and-contested.html"].html.split("What Beijing is to Washington")[1]
    card, sides = discrepancy.split('<div class="sides">', 1)
    assert "<blockquote>" not in card, "words of two statements would look like one quote"
    assert sides.split("</div>\n</div>")[0].count("<blockquote>") >= 2


def _quoted(html: str) -> str:
    return re.sub(r"</?mark>", "", html).replace("<blockquote><p>", "“")


def test_quotes_lead_to_their_place_on_the_web(small: Path) -> None:
    file = small / "facts" / "documents.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("type: Document\n", "type: Document\n  url: https://example.org/a?b=1\n", 1), "utf-8")
    build = kg.build(small)
    page = dict(library.pages(build))["record/kim-says-so.html"].decode()
    words = re.search(r"<blockquote><p>(.*?)</p>", page)
    assert words
    place = re.search(r'href="https://example.org/a\?b=1#:~:text=([^"]*)"', page)
    assert place
    assert unquote(place[1]) == re.sub("</?mark>", "", words[1])
    reader = library.Frame(build, ()).reader
    assert (
        reader.passage("https://example.org/small/first-article", "a-b, c & d")
        == "https://example.org/a?b=1#:~:text=a%2Db%2C%20c%20%26%20d"
    )
    assert reader.passage("https://example.org/small/second-article", "a") == ""


@pytest.mark.parametrize(
    ("date", "told"),
    [
        ("2026-02", "2026-02"),
        ("2026-02-19/2026-02-26", "2026-02-19 to 2026-02-26"),
        ("../2026-02-18", "2026-02-18 or earlier"),
        ("/2026", "2026 or earlier"),
        ("2026-02-26/..", "2026-02-26 or later"),
    ],
)
def test_intervals_are_told_in_words(date, told) -> None:
    assert period(date) == told


def test_ordered_never_looks_like_has(written: Path) -> None:
    page = (written / "weapons.html").read_text(encoding="utf-8")
    ordered = re.findall(r'class="(?:badge|dot) (tone-\w+)"[^>]*>ordered<', page)
    there = re.findall(r'class="(?:badge|dot) (tone-\w+)"[^>]*>(?:deployed|test fired|shown|programme exists)<', page)
    assert set(ordered) == {"tone-ahead"}
    assert set(there) == {"tone-firm", "tone-told"}
    inspected = page.split('id="weapons-north-korean-nuclear-powered-submarine"')[1].split("</ol>")[0]
    assert re.findall(r'class="badge (tone-\w+)"[^>]*>shown<', inspected) == ["tone-told"], "state media said so"
    entry = page.split('id="weapons-underwater-launched-icbm"')[1].split("<ol")[0]
    assert "Does a source say that it exists?" in entry
    assert "no evidence" in entry


def test_what_is_only_guessed_stands_apart_on_the_timeline(written: Path) -> None:
    page = (written / "timeline.html").read_text(encoding="utf-8")
    plain, apart = page.split("Set apart:", 1)
    for word in ("speculative", "alleged", "predicted", "planned", "expected", "presupposed"):
        assert f">{word}</a>" not in plain, word
    assert ">speculative</a>" in apart


def test_every_question_has_its_answer_and_its_sparql(site: Site, build: Build) -> None:
    questions = build.graph.ontology.queries("questions")
    assert len(questions) > 50
    for file in questions:
        page = site.pages[f"question/{file.stem}.html"]
        query = file.read_text(encoding="utf-8")
        assert " ".join(query.split()) in page.text, file
        assert "Not asked" not in page.text, file


def test_the_ontology_defines_every_class_property_and_code(site: Site, build: Build) -> None:
    text = site.pages["ontology.html"].text
    for cls in build.vocabulary.classes.values():
        assert cls.definition in text
    for codes in build.vocabulary.lists.values():
        for code in codes.codes.values():
            assert code.definition in text


def test_a_view_of_a_project_becomes_a_page(small: Path, own_ontology: Path) -> None:
    (own_ontology / "views" / "site" / "20-people.rq").write_text(
        "# Page: Everybody & all\n# Title: People\n# Layout: list\n"
        "SELECT ?item ?shoeSize WHERE { ?item a kg:Person BIND (42 AS ?shoeSize) }\n",
        encoding="utf-8",
    )
    pages = dict(library.pages(kg.build(small)))
    made = pages["everybody-all.html"].decode()
    assert "Kim Jong Un" in made
    assert "<dt>shoe size</dt><dd><span>42</span></dd>" in made
    assert '<a href="everybody-all.html">Everybody &amp; all</a>' in pages["index.html"].decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# Title: T\n# Layout: list\nSELECT ?item {}", "its header has no `# Page:`"),
        ("# Page: P\n# Layout: list\nSELECT ?item {}", "its header has no `# Title:`"),
        ("# Page: P\n# Title: T\n# Layout: lst\nSELECT ?item {}", "no layout 'lst'; did you mean 'list'"),
        ("# Page: P\n# Title: T\n# Layout: matrix\nSELECT ?item {}", "a SELECT with ?row, ?column is needed"),
        ("# Page: P\n# Title: T\n# Layout: list\nSELECT ?item {", "20-bad.rq: "),
        ("# Page: P\n# Title: T\n# Layout: list\nASK {}", "a SELECT"),
    ],
)
def test_a_fault_of_a_view_is_said(text, said, small: Path, own_ontology: Path) -> None:
    (own_ontology / "views" / "site" / "20-bad.rq").write_text(text, encoding="utf-8")
    with pytest.raises(OntologyFault, match=re.escape("ontology/views/site/20-bad.rq: ")) as raised:
        list(library.pages(kg.build(small)))
    assert said in str(raised.value)


def test_the_index_of_the_search_is_a_script_that_holds_korean(small: Path) -> None:
    actors = SMALL["actors.yaml"].replace('{en: "Kim Jong Un"}', '{en: "Kim Jong Un", ko: "김정은"}')
    (small / "facts" / "actors.yaml").write_text(actors, encoding="utf-8")
    index = dict(library.pages(kg.build(small)))["assets/search-index.js"].decode()
    assert index.startswith("kgSearchIndex(")
    held = json.loads(index.removeprefix("kgSearchIndex(").removesuffix(");\n"))
    texts = {text for record in held["records"] for _, text in record[4]}
    assert {"김정은", "Kim Jong Un", "North Korea says so.", "Kim “says so”"} <= texts


def test_a_long_page_goes_on_and_every_part_has_its_links(tmp_path: Path, small: Path) -> None:
    one = SMALL["statement.yaml"]
    many = "".join(
        "- "
        + one.replace("kim-says-so", f"kim-says-so-{n}")
        .replace('"Kim says so"', f'"Kim says so {n}"')
        .strip()
        .replace("\n", "\n  ")
        + "\n"
        for n in range(450)
    )
    (small / "facts" / "statement.yaml").write_text(many, encoding="utf-8")
    made = dict(library.pages(kg.build(small)))
    for path, content in made.items():
        (tmp_path / "long" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "long" / path).write_bytes(content)
    whole = Site(tmp_path / "long")
    assert {"timeline.html", "timeline-2.html", "timeline-3.html", "records-2.html"} <= set(whole.pages)
    assert "timeline-4.html" not in whole.pages
    ids = {path: set(page.ids) for path, page in whole.pages.items()}
    for path, page in whole.pages.items():
        for _, _, address in page.addresses():
            target, fragment = page.target(address)
            if not address.startswith("http"):
                assert target in whole.files, f"{path}: {address}"
                assert not fragment or target not in ids or fragment in ids[target], f"{path}: {address}"
    parts = [whole.pages[f"timeline{part}.html"].html for part in ("", "-2", "-3")]
    assert [part.count('<li class="dated">') for part in parts] == [200, 200, 50]


@pytest.mark.parametrize(
    ("words", "quotations", "pieces"),
    [
        ("he “never” did", ["never"], (("he “", False), ("never", True), ("” did", False))),
        ("never", ["never"], (("never", True),)),
        ("a b a", ["a"], (("a", True), (" b a", False))),
        ("abc", ["b", "bc"], (("a", False), ("bc", True))),
        ("abc", ["x", ""], (("abc", False),)),
        ("", [], ()),
    ],
)
def test_words_are_cut_where_quotations_stand(words, quotations, pieces) -> None:
    assert cut(words, quotations) == pieces


@pytest.mark.parametrize(
    ("earliest", "latest", "bar"),
    [
        ("2026-02-26", "2026-02-26", Bar(56, 1, before=False, after=False)),
        ("2025-12-01", "2025-12-31", Bar(334, 31, before=False, after=False)),
        ("2024-01-01", "2024-12-31", Bar(0, 366, before=False, after=False)),
        ("2019-06-01", None, Bar(151, 214, before=False, after=True)),
        (None, "2026-02-18", Bar(0, 49, before=True, after=False)),
        ("2025-12-31", "2026-01-01", Bar(364, 1, before=False, after=True)),
        (None, None, None),
    ],
)
def test_a_bar_reaches_from_the_first_to_the_last_day(earliest, latest, bar, build: Build) -> None:
    claims = library.Claims(build, library.Frame(build, ()).reader)
    row = {"earliest": ox.Literal(earliest) if earliest else None, "latest": ox.Literal(latest) if latest else None}
    assert Dated([row], claims).bar == bar
