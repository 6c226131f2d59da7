"""No diagnostic without a test: every code that kg can emit is caused by a case or named by a test."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import test_manual

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
CASES = sorted((TESTS / "cases").glob("*.case"))
NOT_TESTS = {"test_codes.py", "test_manual.py"}  # they speak of all codes
# Where findings in facts come from; a case shows each in the real files.
DATA = (
    "corpus.py",
    "expansion.py",
    "factfile.py",
    "intake.py",
    "libyaml.py",
    "literals.py",
    "pipeline.py",
    "project.py",
    "records.py",
)
WITHOUT_CASE = {
    "input-changed": "needs a second program",
    "no-facts": "needs a project without facts",
    "text-too-long": "needs a text of more than a million characters",
}
# Constraints of the shapes that no YAML can break, since something else is said before: by these codes.
BEFORE = {
    "datatype": {"bad-value", "bad-date", "expected-language"},
    "node": {"unknown-code"},
    "minLength": {"empty-value"},
    "hasValue": {"unknown-code"},  # in alternatives of sh:xone
}
_PARAMETERS = re.compile(
    r"sh:(minCount|maxCount|class|datatype|node|pattern|uniqueLang|minLength|maxLength|hasValue|in|xone|or|and|not|equals"
    r"|disjoint|lessThan\w*|min\w+clusive|max\w+clusive|nodeKind|closed|languageIn|qualified\w+)\b"
)


def in_cases() -> set[str]:
    """Return the codes that cases expect."""
    return {
        match[1]
        for case in CASES
        for match in re.finditer(r"^expect \w+ (\S+)$", case.read_text("utf-8"), re.MULTILINE)
    }


def in_tests() -> set[str]:
    """Return the texts that tests write out."""
    return {
        node.value
        for file in TESTS.rglob("*.py")
        if file.name not in NOT_TESTS
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_is_tested() -> None:
    written, _ = test_manual.emitted()
    assert len(written) > 50
    assert written - in_cases() - in_tests() == set()


def test_every_code_of_facts_is_shown_by_a_case() -> None:
    written = {
        code.value
        for name in DATA
        for code in test_manual.codes_in(ROOT / "kg" / name)
        if isinstance(code, ast.Constant)
    }
    assert len(written) > 30
    assert written - in_cases() == set(WITHOUT_CASE)


def test_every_constraint_of_the_shapes_is_shown_by_a_case() -> None:
    shapes = (ROOT / "ontology" / "shapes.ttl").read_text(encoding="utf-8")
    lines = "\n".join(line.partition('sh:description "')[0] for line in shapes.splitlines())
    used = set(_PARAMETERS.findall(lines))
    shown = {code.removeprefix("shape/") for code in in_cases() if code.startswith("shape/")}
    assert {"minCount", "class", "xone"} <= used
    assert {name for name in used if re.sub(r"([A-Z])", r"-\1", name).lower() not in shown} == set(BEFORE)
    assert set().union(*BEFORE.values()) <= in_cases()
