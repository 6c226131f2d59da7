"""The manual of diagnostics: a section for every code, and its examples do what they say.

An example of `kg/codes.md` is a group of fences: what gives the code, and the same mended. The first line of a fence is
`# gives: CODE`, `# mended`, or `# with` for what both need; the second may name the file: `# facts/dataset.yaml`.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib.namespace import SH

import kg
from kg import audit, manual, ontology
from kg.cli import cli
from kg.questions import header
from kg.quotes import Grade

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
MANUAL = ROOT / "kg" / "codes.md"
WIDTH = 120  # of the manual, like that of the code

FOLDERS = {"checks": "check", "lints": "lint"}  # of the ontology: the name of a file in them is a code
RULES = {
    f"{prefix}/{file.stem}": file for folder, prefix in FOLDERS.items() for file in (ONTOLOGY / folder).glob("*.rq")
}
GRADES = {f"audit/quote-{grade}" for grade in Grade if grade is not Grade.EXACT}
# Modules that put a code together, and how it begins there: a test has to know all of these codes otherwise.
COMPOSED = {"audit.py": {"audit/quote-"}, "checks.py": {""}, "findings.py": {"shape/"}}

WITHOUT_EXAMPLE = {
    "audit/length": "needs the text of a document",
    "audit/text-missing": "needs the text of a document",
    "input-changed": "needs a second program",
    "invalid-utf8": "the manual is UTF-8",
    "line-separator": "is about a character that no manual should hold",
    "link-outside": "is no content of a file",
    "no-configuration": "is a file that is not there",
    "no-facts": "is a file that is not there",
    "text-too-long": "is about a million characters",
    "schema-drift": "is about generated files",
}
BY_AUDIT = ("audit/", "lint/")
ELIDED = "shape/min-count"  # an example leaves out the fields that do not matter

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"# (?:gives: (?P<code>\S+)|(?P<other>mended|with))\n(?:# (?P<path>(?:facts|ontology)/\S+)\n)?")
HOMES = {"yaml": "facts/example.yaml", "turtle": "ontology/example.ttl"}

WORDS = "stated North Korea could “completely destroy” South Korea if its security was threatened, according to KCNA"
SEOUL = " " * 797 + WORDS
TALKS = "Seoul and Washington agreed to pursue a standalone agreement"
TEXTS = {hashlib.sha256(text.encode()).hexdigest(): text for text in (SEOUL, TALKS)}
SEOUL_DIGEST, TALKS_DIGEST = TEXTS

CONFIGURATION = "format: 1\nbase: https://example.org/id/\n"
EVIDENCE = f'evidence: {{document: kim-rejects-seoul, exact: "KCNA", start: {len(SEOUL) - 4}, end: {len(SEOUL)}}}\n'
# The records that examples point at, unless they bring them themselves.
RECORDS = {
    "kim-rejects-seoul": f"""
type: Document
label: {{en: "Kim rejects Seoul"}}
kind: article
language: en
sha256: {SEOUL_DIGEST}
exclusion: {{start: 0, end: {len(SEOUL)}, reason: {{en: "For a test."}}}}
""",
    "talks-2026": f"""
type: Document
label: {{en: "Talks in 2026"}}
kind: article
language: en
sha256: {TALKS_DIGEST}
""",
    "kim-jong-un": '\ntype: Person\nlabel: {en: "Kim Jong Un"}\n',
    "kim-ju-ae": '\ntype: Person\nlabel: {en: "Kim Ju Ae"}\n',
    "north-korea": '\ntype: State\nlabel: {en: "North Korea"}\n',
    "south-korea": '\ntype: State\nlabel: {en: "South Korea"}\n',
}


def codes_in(path: Path) -> Iterator[ast.expr]:
    """Find what is given for `code` wherever a diagnostic, or a function that makes one, is called."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    positions = {"Diagnostic": 1}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            if any(a.arg == "code" and a.annotation and ast.unparse(a.annotation) == "str" for a in node.args.args):
                positions[node.name] = names.index("code")
    for node in nodes:
        if isinstance(node, ast.Call) and called(node) in positions:
            named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            code = (named or node.args[positions[called(node)] :])[0]
            # A name is that of a parameter, which stands where the function is called, or bound nearby.
            yield from bound(code.id, nodes) if isinstance(code, ast.Name) else [code]


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def bound(name: str, nodes: list[ast.AST]) -> Iterator[ast.expr]:
    """Find what a name stands for: what is assigned to it, or yielded by the function over which a loop runs."""
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield node.value
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Call):
            names = [ast.unparse(element) for element in node.target.elts]
            for values in yielded(called(node.iter)) if name in names else ():
                yield values[names.index(name)]


def yielded(function: str) -> Iterator[list[ast.expr]]:
    """Find the tuples that a function of kg yields."""
    for path in (ROOT / "kg").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == function:
                yields = [inner.value for inner in ast.walk(node) if isinstance(inner, ast.Yield)]
                yield from (value.elts for value in yields if isinstance(value, ast.Tuple))


def emitted() -> tuple[set[str], dict[str, set[str]]]:
    """Return the codes that kg writes out, and by module how those begin that it puts together."""
    written: set[str] = set()
    composed: dict[str, set[str]] = {}
    for path in (ROOT / "kg").rglob("*.py"):
        for code in codes_in(path):
            if isinstance(code, ast.Constant):
                written.add(code.value)
            else:
                first = code.values[0] if isinstance(code, ast.JoinedStr) else next(ast.walk(code.left))
                composed.setdefault(path.name, set()).add(first.value if isinstance(first, ast.Constant) else "")
    return written, composed


def components() -> set[str]:
    """Return the codes of the constraint components of SHACL Core."""
    names = [re.search(r"#([A-Z]\w+)ConstraintComponent$", term) for term in dir(SH)]
    slugs = {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name[1]).lower() for name in names if name}
    # sh:property gives no result of its own (section 4.7.2); the others are not of SHACL Core.
    return {f"shape/{slug}" for slug in slugs - {"property", "sparql", "js", "expression"}}


def sections() -> dict[str, str]:
    """Return the sections of the manual."""
    parts = MANUAL.read_text(encoding="utf-8").split("\n## ")[1:]
    return dict(part.split("\n", 1) for part in parts)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return manual.pages(ontology.load(ONTOLOGY)[0])


def test_every_code_that_kg_writes_out_has_a_page(pages) -> None:
    written, _ = emitted()
    assert len(written) > 50
    assert written - set(pages) == set()


def test_every_code_that_kg_puts_together_has_a_page(pages) -> None:
    _, composed = emitted()
    assert composed == COMPOSED
    assert len(components()) > 25
    assert (GRADES | components() | set(RULES)) - set(pages) == set()


def test_every_code_that_a_case_expects_has_a_page(pages) -> None:
    cases = [file.read_text(encoding="utf-8") for file in (ROOT / "tests" / "cases").glob("*.case")]
    expected = {code for case in cases for code in re.findall(r"^expect \w+ (\S+)$", case, re.MULTILINE)}
    assert len(expected) > 20
    assert expected - set(pages) == set()


def test_every_section_is_of_a_code_that_there_is() -> None:
    written, _ = emitted()
    assert set(sections()) - written - GRADES - components() - set(RULES) == set()


def test_sections_are_in_order_and_short() -> None:
    found = sections()
    assert list(found) == sorted(found)
    for code, text in found.items():
        prose = [line for line in FENCE.sub("", text).splitlines() if line]
        assert 3 <= len(prose) <= 8, code
        assert max(map(len, text.splitlines())) <= WIDTH, code


@pytest.mark.parametrize("code", RULES)
def test_a_rule_says_what_is_wrong_and_how_to_mend_it(code) -> None:
    query = RULES[code].read_text(encoding="utf-8")
    about = header(query)
    solutions = ox.Store().query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    columns = {variable.value for variable in solutions.variables}
    assert "focus" in columns
    assert about.get("Severity", "error") in ("error", "warning", "info")
    for key in ("Problem", "Solution"):
        assert about[key]
        assert not about[key].endswith("."), "it is part of a line"
        placeholders = {name for _, name, _, _ in string.Formatter().parse(about[key]) if name is not None}
        assert placeholders - columns == set(), "a placeholder is a column"


def test_explain_prints_a_page_for_every_code(pages, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)  # no project: the manual can be read anywhere
    once = ontology.load(ONTOLOGY)
    monkeypatch.setattr(ontology, "load", lambda _: once)
    for code, page in pages.items():
        ended = CliRunner().invoke(cli, ["explain", code])
        assert (ended.exit_code, ended.output) == (0, f"{code}\n\n{page}\n")
        assert len(page.splitlines()) > 1, code


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("unknwon-field", "unknown-field"),
        ("min-count", "shape/min-count"),
        ("shape/mincount", "shape/min-count"),
        ("check/same-lable", "check/same-label"),
        ("Bad-Date", "bad-date"),
    ],
)
def test_explain_suggests_the_nearest_codes(run, written, meant) -> None:
    ended = run("explain", written)
    assert (ended.code, ended.out) == (2, "")
    assert f"no diagnostic '{written}'" in ended.err
    assert f"'{meant}'" in ended.err


@dataclass(frozen=True, slots=True)
class Fence:
    """One block of code of a section."""

    code: str  # that it gives, or nothing
    mended: bool
    path: str
    text: str


def fences(section: str) -> list[Fence]:
    found = []
    for language, text in FENCE.findall(section):
        mark = MARK.match(text)
        assert mark, f"a fence begins with # gives: CODE, # mended or # with, not {text!r}"
        path = mark["path"] or HOMES[language]
        found.append(Fence(mark["code"] or "", mark["other"] == "mended", path, text[mark.end() :]))
    return found


EXAMPLES = {code: found for code, text in sections().items() if (found := fences(text))}


@pytest.fixture(scope="module")
def prefixes() -> str:
    """All that the Turtle files of the ontology declare, so that examples need not."""
    lines = {line for file in ONTOLOGY.glob("*.ttl") for line in file.read_text(encoding="utf-8").splitlines()}
    return "\n".join(sorted(line for line in lines if line.startswith("@prefix"))) + "\n"


def project(root: Path, found: list[Fence], prefixes: str) -> Path:
    """Write a project with the fences and the records that they point at."""
    if any(fence.path.startswith("ontology/") for fence in found):
        shutil.copytree(ONTOLOGY, root / "ontology")
    (root / "facts").mkdir(parents=True)
    (root / "facts" / "dataset.yaml").write_text(CONFIGURATION, encoding="utf-8")
    own = re.findall(r"\bid: (\S+)$", "\n".join(fence.text for fence in found), re.MULTILINE)
    for name, text in RECORDS.items():
        if name not in own:
            (root / "facts" / f"{name}.yaml").write_text(f"id: {name}{text}{EVIDENCE}", encoding="utf-8")
    for fence in found:
        text = f"{prefixes}{fence.text}" if fence.path.endswith(".ttl") else fence.text
        (root / fence.path).write_text(text, encoding="utf-8")
    return root


def diagnosed(root: Path, code: str) -> list[kg.Diagnostic]:
    """Return what the command that gives a code finds in a project."""
    build = kg.build(root)
    found = list(build.diagnostics)
    if code.startswith(BY_AUDIT):
        found += audit.audit(build, TEXTS).diagnostics
    return found


def codes(diagnostics: list[kg.Diagnostic], path: str = "") -> set[str]:
    """Return the codes of diagnostics, or of those of one file."""
    return {diagnostic.code for diagnostic in diagnostics if path in ("", diagnostic.location.path)}


def test_every_section_has_an_example_or_a_reason_to_have_none() -> None:
    assert set(sections()) - set(EXAMPLES) == set(WITHOUT_EXAMPLE)


def test_the_records_that_examples_point_at_are_right(tmp_path, prefixes) -> None:
    assert diagnosed(project(tmp_path, [], prefixes), "") == []


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_does_what_it_says(code, tmp_path, prefixes) -> None:
    found = EXAMPLES[code]
    assert {fence.code for fence in found} - {""} == {code}
    assert any(fence.mended for fence in found)
    wrong = diagnosed(project(tmp_path / "wrong", [fence for fence in found if not fence.mended], prefixes), code)
    right = diagnosed(project(tmp_path / "right", [fence for fence in found if not fence.code], prefixes), code)

    assert code in codes(wrong), "\n".join(map(str, wrong))
    assert code not in codes(right), "\n".join(map(str, right))
    # and nothing else is wrong with a record but that fields were left out
    home = HOMES["yaml"]
    if any(fence.path == home for fence in found) and not code.startswith(BY_AUDIT):
        others = {other for other in codes(wrong, home) if not other.startswith("check/")}
        assert others | {ELIDED} == {code, ELIDED}, "\n".join(map(str, wrong))
        assert codes(right, home) <= {ELIDED} - {code}, "\n".join(map(str, right))


def test_the_document_is_what_kg_explain_says() -> None:
    said = CliRunner().invoke(cli, ["explain"]).output
    assert said == (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8"), (
        "run `kg explain > docs/diagnostics.md`"
    )


def test_the_document_has_every_page_and_its_links_lead_to_them(pages) -> None:
    text = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (\S+)$", text, re.MULTILINE)
    assert headings == sorted(pages)
    anchors = re.findall(r"^- \[`(\S+)`\]\(#([a-z0-9-]+)\): \S", text, re.MULTILINE)
    assert anchors == [(code, code.replace("/", "")) for code in headings]
