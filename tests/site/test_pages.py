"""The files of a site: what stands on them, that their links lead somewhere, and that nothing on them is from elsewhere."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import parsers
import pyoxigraph as ox
import pytest
from specimen import SMALL

import kg
from kg import site
from kg.fault import OntologyFault
from kg.pipeline import Build
from kg.site import shown
from kg.site.claims import cut
from kg.site.timeline import Bar, Dated

VOID = {"meta", "link", "br", "img", "input", "hr", "path", "rect"}
LOADING = {"script", "img", "iframe", "object", "embed", "audio", "video", "source", "form", "base", "style"}


@dataclass
class Seen(HTMLParser):
    """What a parser finds on a page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self.elements.append((tag, about))
        if "id" in about:
            self.ids.add(str(about["id"]))
        if tag == "a" and "href" in about:
            self.links.append(str(about["href"]))
        if tag in LOADING or (tag == "link" and about.get("rel") != "canonical"):
            self.loads += [str(about[name]) for name in ("src", "href", "data", "action") if about.get(name)]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def seen(file: Path) -> Seen:
    found = Seen()
    found.feed(file.read_text(encoding="utf-8"))
    return found


def html(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.html"))


@pytest.fixture(scope="module")
def read(written: Path) -> dict[Path, Seen]:
    return {file: seen(file) for file in html(written)}


@pytest.fixture(scope="module")
def read_hostile(hostile: Path) -> dict[Path, Seen]:
    return {file: seen(file) for file in html(hostile)}


def broken(pages: dict[Path, Seen], folder: Path) -> list[str]:
    found = []
    for file, page in pages.items():
        for link in [*page.links, *page.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            if not target.is_relative_to(folder) or not target.is_file():
                found.append(f"{file.name}: {link}")
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                found.append(f"{file.name}: {link} (no such place)")
    return found


def test_no_link_is_broken(read, written: Path) -> None:
    assert broken(read, written) == []
    assert sum(len(page.links) for page in read.values()) > 10_000


def test_no_link_is_broken_where_everything_is_an_attack(read_hostile, hostile: Path) -> None:
    assert broken(read_hostile, hostile) == []


@pytest.mark.parametrize("which", ["read", "read_hostile"])
def test_row_81_every_page_has_policy_charset_language_and_nothing_remote(which, request) -> None:
    for file, page in request.getfixturevalue(which).items():
        metas = [about for tag, about in page.elements if tag == "meta"]
        assert metas[0] == {"charset": "utf-8"}, file
        assert metas[1]["http-equiv"] == "Content-Security-Policy", file
        policy = str(metas[1]["content"])
        assert "default-src 'none'" in policy, file
        assert "unsafe" not in policy, file
        assert "http" not in policy, file
        assert ("html", {"lang": "en"}) in page.elements, file
        assert not [link for link in page.loads if urlsplit(link).scheme or urlsplit(link).netloc], file
        assert len([tag for tag, _ in page.elements if tag == "script"]) == 1, file
        assert not [tag for tag, _ in page.elements if tag in LOADING - {"script"}], file
        assert not [
            about for _, about in page.elements if any(name.startswith("on") or name == "style" for name in about)
        ]


def test_row_80_only_addresses_on_the_web_are_links(read_hostile, read) -> None:
    for page in (*read.values(), *read_hostile.values()):
        assert {urlsplit(link).scheme for link in page.links} <= {"", "http", "https"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//example.org/",
        "http:javascript:alert(1)",
        "https:///path",
        "https://example.org\\@evil.example/",
        'https://example.org/"onclick="x',
        "https://example.org/a b",
        "https://[broken",
        "https://example.org/\u202egpj.exe",
        "",
    ],
)
def test_row_80_what_is_no_address_on_the_web(address) -> None:
    assert shown.address(address) == ""


@pytest.mark.parametrize(
    "address", ["https://example.org/", "http://example.org:8080/a?b=c&d='e'#f", "HTTPS://EXAMPLE.ORG"]
)
def test_what_is_an_address_on_the_web(address) -> None:
    assert shown.address(address) == address


def test_every_page_says_how_small_the_corpus_is(read, build: Build) -> None:
    for file, page in read.items():
        assert build.corpus in page.text, file
        assert "2 documents that were read" in page.text, file
        assert "not thereby false" in page.text, file


def test_every_record_has_a_page_with_its_line_and_its_triples(read, written: Path, build: Build) -> None:
    triples: set[ox.Triple] = set()
    for identifier, source in build.sources.records.items():
        page = read[written / "record" / f"{identifier}.html"]
        assert str(source.location) in page.text
        alternates = {
            about["href"] for tag, about in page.elements if tag == "link" and about.get("rel") == "alternate"
        }
        assert alternates == {f"../record/{identifier}.ttl", f"../record/{identifier}.jsonld"}
        turtle = (written / "record" / f"{identifier}.ttl").read_bytes()
        triples |= {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    assert triples == set(build.graph)


@pytest.mark.parametrize("parser", ["pyld", "pyoxigraph"])
@pytest.mark.parametrize("identifier", ["kim-could-destroy", "talks-2026", "underwater-launched-icbm"])
def test_the_json_ld_of_a_record_says_the_same_as_its_turtle(parser, identifier, written: Path) -> None:
    file = written / "record" / identifier
    told = parsers.parse(parser, file.with_suffix(".jsonld"), "jsonld")
    assert told == parsers.parse("pyoxigraph", file.with_suffix(".ttl"), "turtle")
    assert len(told) > 20


def test_a_statement_shows_words_chain_status_terms_and_what_disagrees(read, written: Path) -> None:
    text = read[written / "record" / "kim-could-destroy.html"].text
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


def test_ordered_never_looks_like_has(written: Path) -> None:
    page = (written / "weapons.html").read_text(encoding="utf-8")
    ordered = re.findall(r'class="(?:badge|dot) (tone-\w+)"[^>]*>ordered<', page)
    there = re.findall(r'class="(?:badge|dot) (tone-\w+)"[^>]*>(?:deployed|test fired|shown|programme exists)<', page)
    assert set(ordered) == {"tone-ahead"}
    assert set(there) == {"tone-firm"}
    entry = page.split('id="weapons-underwater-launched-icbm"')[1].split("<ol")[0]
    assert "Does a source say that it exists?" in entry
    assert "no evidence" in entry


def test_what_is_only_guessed_stands_apart_on_the_timeline(written: Path) -> None:
    page = (written / "timeline.html").read_text(encoding="utf-8")
    plain, apart = page.split("Set apart:", 1)
    for word in ("speculative", "alleged", "predicted", "planned", "expected", "presupposed"):
        assert f">{word}</a>" not in plain, word
    assert ">speculative</a>" in apart


def test_every_question_has_its_answer_and_its_sparql(read, written: Path, build: Build) -> None:
    questions = build.graph.ontology.queries("questions")
    assert len(questions) > 50
    for file in questions:
        page = read[written / "question" / f"{file.stem}.html"]
        query = file.read_text(encoding="utf-8")
        assert " ".join(query.split()) in page.text, file
        assert "Not asked" not in page.text, file


def test_the_ontology_defines_every_class_property_and_code(read, written: Path, build: Build) -> None:
    text = read[written / "ontology.html"].text
    for cls in build.vocabulary.classes.values():
        assert cls.definition in text
    for codes in build.vocabulary.lists.values():
        for code in codes.codes.values():
            assert code.definition in text


def test_the_same_facts_give_the_same_bytes(run, shipped: Path, written: Path, tmp_path: Path) -> None:
    env = {"PYTHONHASHSEED": "7", "TZ": "Asia/Seoul", "LANG": "C"}
    ended = run("--project", shipped, "site", "--out", tmp_path / "again", env=env)
    assert ended.code == 0, ended.err
    assert (tmp_path / "again" / "SHA256SUMS").read_bytes() == (written / "SHA256SUMS").read_bytes()


def test_a_view_of_a_project_becomes_a_page(small: Path, own_ontology: Path) -> None:
    (own_ontology / "views" / "site" / "20-people.rq").write_text(
        "# Page: Everybody & all\n# Title: People\n# Layout: list\n"
        "SELECT ?item ?shoeSize WHERE { ?item a kg:Person BIND (42 AS ?shoeSize) }\n",
        encoding="utf-8",
    )
    pages = dict(site.pages(kg.build(small)))
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
        list(site.pages(kg.build(small)))
    assert said in str(raised.value)


def test_the_index_of_the_search_is_a_script_that_holds_korean(small: Path) -> None:
    actors = SMALL["actors.yaml"].replace('{en: "Kim Jong Un"}', '{en: "Kim Jong Un", ko: "김정은"}')
    (small / "facts" / "actors.yaml").write_text(actors, encoding="utf-8")
    index = dict(site.pages(kg.build(small)))["assets/search-index.js"].decode()
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
    made = dict(site.pages(kg.build(small)))
    folder = tmp_path / "long"
    for path, content in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    names = {file.name for file in folder.glob("*.html")}
    assert {"timeline.html", "timeline-2.html", "timeline-3.html", "records-2.html"} <= names
    assert "timeline-4.html" not in names
    assert broken({file: seen(file) for file in html(folder)}, folder) == []
    parts = [(folder / f"timeline{part}.html").read_text(encoding="utf-8") for part in ("", "-2", "-3")]
    assert [part.count('<li class="dated">') for part in parts] == [200, 200, 50]
    shutil.rmtree(folder)


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
    claims = site.Claims(build, site.Frame(build, ()).reader)
    row = {"earliest": ox.Literal(earliest) if earliest else None, "latest": ox.Literal(latest) if latest else None}
    assert Dated([row], claims).bar == bar
