"""Every bad input and every fault that `kg` has to survive has its test: a row of the list, by number.

A test is of a row where its name says so (`test_44_killed_at_any_call`, `test_15_18_...`) or the id of one of its cases does
(`id="6 nested deeper than 50"`). Those that are told by another name stand below.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = {
    1: "an empty file",
    2: "another top level, a second document",
    3: "a duplicate key",
    4: "merge key, anchor, alias, tag",
    5: "bombs",
    6: "nesting",
    7: "text that YAML 1.1 takes for something else",
    8: "days that do not exist",
    9: "years",
    10: "keys",
    11: "byte order mark, CRLF",
    12: "other encodings",
    13: "control characters",
    14: "surrogates",
    15: "one id in two normal forms",
    16: "what a reader cannot see",
    17: "ids that are paths or devices",
    18: "ids that give one IRI",
    19: "one id in two files",
    20: "a dangling reference",
    21: "20 MB",
    22: "conflict markers",
    23: "200 errors",
    24: "names of files",
    25: "Turtle that is none",
    26: "owl:imports",
    27: "SERVICE and FROM in the ontology",
    28: "sh:js",
    29: "a pattern that backtracks",
    30: "a pattern that is none",
    31: "a misspelt term of SHACL",
    32: "a shape without target",
    33: "no shapes",
    34: "a validator that fails",
    35: "a cyclic list, a recursive shape",
    36: "entities of XML",
    37: "a remote context",
    38: "wrong usage",
    39: "output over input",
    40: "interrupted, or read no further",
    41: "terminals",
    42: "a read-only folder",
    43: "a full disk",
    44: "killed",
    45: "two builds at once",
    46: "output that is a link, or of others",
    47: "links",
    48: "input that changes",
    49: "addresses that break out",
    50: "text of every kind",
    51: "the same bytes everywhere",
    52: "strict parsers",
    53: "formulas in a spreadsheet",
    54: "Cypher",
    82: "markup in other formats",
}
BY_ANOTHER_NAME = {
    52: ("export/test_judges.py", "test_the_same_graph"),
    53: ("export/test_tables.py", "test_no_cell_of_csv_is_run"),
    54: ("export/test_cypher.py", "test_a_backtick_is_doubled"),
    82: ("export/test_graphml.py", "test_networkx_reads_the_same_graph"),
}


def numbers(tree: ast.AST) -> set[int]:
    """Return the rows of which a file of tests says that it tests them."""
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (named := re.match(r"test((?:_\d{1,2})+)_", node.name)):
            found |= {int(number) for number in named[1].split("_") if number}
        if isinstance(node, ast.keyword) and node.arg == "id" and isinstance(node.value, ast.Constant):
            case = re.match(r"(\d{1,2}) ", str(node.value.value))
            found |= {int(case[1])} if case else set()
    return found


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.AST]:
    files = TESTS.rglob("test_*.py")
    return {file.relative_to(TESTS).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def test_every_row_has_its_test(trees: dict[str, ast.AST]) -> None:
    assert sorted(ROWS) == [*range(1, 55), 82]
    tested = {number for tree in trees.values() for number in numbers(tree)}
    assert set(ROWS) - tested == set(BY_ANOTHER_NAME)


@pytest.mark.parametrize("row", BY_ANOTHER_NAME)
def test_what_is_told_by_another_name_is_there(row: int, trees: dict[str, ast.AST]) -> None:
    file, name = BY_ANOTHER_NAME[row]
    assert name in {node.name for node in ast.walk(trees[file]) if isinstance(node, ast.FunctionDef)}
