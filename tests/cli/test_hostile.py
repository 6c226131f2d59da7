"""A project that comes from a stranger: facts, ontology and queries that try to reach the network, read other files, run
commands, or use all time and memory. Every command that reads a project is tried on it."""

from __future__ import annotations

import html.parser
import os
import resource
import subprocess
from pathlib import Path

import pytest
from listener import Listener

SECRET = "SECRET-OF-ANOTHER-FOLDER"  # noqa: S105 - no password, but what must not come out
SECONDS, MEMORY = 60, 2 << 30  # of processor time, and bytes of address space
COMMANDS = (
    ["validate"],
    ["validate", "--engine", "pyshacl"],
    ["build"],
    ["export", "jsonld"],
    ["query", "hostile"],
    ["find", "x"],
    ["why", "kim-says-so"],
    ["audit"],
    ["schema", "--check"],
    ["schema"],
)

FACTS = """\
- id: hostile
  type: Document
  label: {{en: "=cmd|' /C calc'!A0 </script><script>alert(1)</script> $(touch {mark}) `touch {mark}`"}}
  kind: article
  url: "{url}"
  evidence:
    - {{document: hostile, exact: "file://{secret}", start: 0, end: 1}}
"""
TAGS = """\
!!python/object/apply:os.system ["touch {mark}"]
"""
BOMB = "a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [{', '.join(['*a'] * 9)}]\n" for i in range(9))
SHAPES = """
@prefix kg: <https://w3id.org/kg-facts/ontology#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
<https://w3id.org/kg-facts/ontology> owl:imports <{url}>, <file://{secret}> .
<urn:shape:hostile> a sh:NodeShape ; sh:targetClass kg:Document {more} .
"""
CHECK = """\
# Problem: {{focus}} {{x}}
# Solution: none
SELECT ?focus ?x {{ {body} }}
"""


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    secret = tmp_path / "elsewhere" / "secret.yaml"
    secret.parent.mkdir()
    secret.write_text(f"id: {SECRET}\ntype: {SECRET}\n", encoding="utf-8")
    return secret


def attacks(url: str, secret: Path) -> dict[str, tuple[str, str]]:
    """File of the ontology, and its content, by what is tried."""
    service = f"SERVICE <{url}> {{ ?s ?p ?x }} ?focus a ?y"
    return {
        "imports": ("ontology/more.ttl", SHAPES.format(url=url, secret=secret, more="")),
        "sh:sparql": (
            "ontology/more.ttl",
            SHAPES.format(url=url, secret=secret, more=f'; sh:sparql [ sh:select "SELECT $this {{ {service} }}" ]'),
        ),
        "sh:js": (
            "ontology/more.ttl",
            SHAPES.format(url=url, secret=secret, more=f'; sh:js [ sh:jsLibrary [ sh:jsLibraryURL "{url}" ] ]'),
        ),
        "a slow pattern": (
            "ontology/more.ttl",
            SHAPES.format(
                url=url,
                secret=secret,
                more='; sh:property [ sh:path kg:url ; sh:pattern "^(([a-z])+.)+[A-Z]([a-z])+$" ]',
            ),
        ),
        "SERVICE in a check": ("ontology/checks/hostile.rq", CHECK.format(body=service)),
        "SERVICE in a rule": ("ontology/rules/hostile.rq", f"CONSTRUCT {{ ?s ?p ?x }} WHERE {{ {service} }}"),
        "SERVICE in a question": ("ontology/questions/hostile.rq", f"SELECT * {{ {service} }}"),
        "FROM in a question": ("ontology/questions/hostile.rq", f"SELECT * FROM <file://{secret}> {{ ?s ?p ?x }}"),  # noqa: S608 - SPARQL
        "a link to a file": ("facts/link.yaml", ""),
        "a linked folder": ("facts/folder", ""),
        "a linked ontology": ("ontology/more.ttl", ""),
        "a linked check": ("ontology/checks/link.rq", ""),
        "tags": ("facts/tags.yaml", TAGS.format(mark=secret.with_name("mark"))),
        "a bomb": ("facts/bomb.yaml", BOMB),
        "a deep file": ("facts/deep.yaml", "[" * 100_000),
    }


NAMES = sorted(attacks("http://127.0.0.1:9/", Path("/x")))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_gets_out_and_nothing_is_run(  # noqa: PLR0913, PLR0917 - each is a fixture
    program: Path, small: Path, own_ontology: Path, outside: Path, listener: Listener, tmp_path: Path, name: str
) -> None:
    mark = outside.with_name("mark")
    (own_ontology / "questions").mkdir()
    facts = FACTS.format(url=listener.address, secret=outside, mark=mark)
    (small / "facts" / "hostile.yaml").write_text(facts, encoding="utf-8")
    place, text = attacks(listener.address, outside)[name]
    file = small / place
    if text:
        file.write_text(text, encoding="utf-8")
    else:
        file.symlink_to(outside.parent if name == "a linked folder" else outside)
    before = {path for path in tmp_path.rglob("*") if small not in path.parents}
    # Every command has a turn in each of the ways; the slowest engine only where shapes are the attack.
    for command in COMMANDS if name in ("imports", "a linked ontology") else COMMANDS[:1] + COMMANDS[2:5]:
        ended = subprocess.run(
            [program, "--project", small, *command],
            preexec_fn=_limit,
            capture_output=True,
            timeout=SECONDS * 3,
            check=False,
            encoding="utf-8",
            env={**os.environ, "XDG_CACHE_HOME": str(small / "cache")},
        )
        assert ended.returncode in (0, 1, 2), (command, ended.stderr)
        assert "Traceback" not in ended.stderr
        assert SECRET not in ended.stdout + ended.stderr, command
    assert listener.connections == []
    assert not mark.exists()
    assert {path for path in tmp_path.rglob("*") if small not in path.parents} == before
    assert not any(SECRET.encode() in path.read_bytes() for path in (small / "build").rglob("*") if path.is_file())


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


class _Elements(html.parser.HTMLParser):
    """The elements of a page, those of pictures in it as well, and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


BREAKING = '</text></svg><script>alert(1)</script><img src=x onerror=alert(2)>\\" onload=\\"alert(3)'


def test_82_labels_in_pictures_are_text(run, small: Path, tmp_path: Path) -> None:
    """Every page of the site with a label that tries to leave the element, or the attribute, in which it stands."""
    for name in ("actors.yaml", "documents.yaml", "statement.yaml"):
        file = small / "facts" / name
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('label: {en: "', f'label: {{en: "{BREAKING} '), encoding="utf-8")
    ended = run("--project", small, "site", "--out", tmp_path / "site")
    assert ended.code == 0, ended.err
    pictures = 0
    for page in (tmp_path / "site").rglob("*.html"):
        reader = _Elements()
        reader.feed(page.read_text(encoding="utf-8"))
        pictures += sum(tag == "svg" for tag, _ in reader.found)
        assert not [tag for tag, attributes in reader.found if tag == "script" and "src" not in attributes], page
        assert not [tag for tag, attributes in reader.found if tag == "img" and attributes.get("src") == "x"], page
        assert not [name for _, attributes in reader.found for name in attributes if name.startswith("on")], page
    assert pictures > 0
