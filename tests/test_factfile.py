"""What YAML may hold and where it stands: the rows of bad inputs that a fact file alone can show. The number is the row."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg import factfile, libyaml
from kg.diagnostic import Diagnostic
from kg.factfile import FactFile, Mapping, Node, Scalar, Sequence

DEEP = 30_000  # levels that crash libyaml where nothing stops it
BOMB = "a: &a0 [x]\n" + "".join(f"b{i}: &a{i + 1} [{', '.join([f'*a{i}'] * 10)}]\n" for i in range(12))
MERGE_BOMB = "a: &a0 {x: y}\n" + "".join(f"b{i}: &a{i + 1} {{<<: [{', '.join([f'*a{i}'] * 20)}]}}\n" for i in range(12))


def parse(data: str | bytes) -> tuple[FactFile, list[Diagnostic]]:
    return factfile.parse(data.encode() if isinstance(data, str) else data, "facts/x.yaml")


def plain(node: Node) -> object:
    """Turn nodes into text, lists and dictionaries."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.entries}


def read(data: str | bytes) -> list[object]:
    """Return the records of a file that has no faults."""
    file, diagnostics = parse(data)
    assert diagnostics == []
    return [plain(record) for record in file.records]


def nodes(node: Node) -> Iterator[Node]:
    yield node
    inner = [x for pair in node.entries for x in pair] if isinstance(node, Mapping) else []
    for child in node.items if isinstance(node, Sequence) else inner:
        yield from nodes(child)


@pytest.mark.parametrize(
    ("data", "place", "code"),
    [
        pytest.param("", "1:1", "empty-file", id="1 empty file"),
        pytest.param("# later\n", "1:1", "empty-file", id="1 comment-only file"),
        pytest.param("\ufeff", "1:1", "empty-file", id="1 nothing but a byte order mark"),
        pytest.param("null\n", "1:1", "not-a-record", id="1 null file"),
        pytest.param("~", "1:1", "not-a-record", id="1 null file as a tilde"),
        pytest.param("[]", "1:1", "empty-file", id="1 empty list"),
        pytest.param("Kim Jong Un", "1:1", "not-a-record", id="2 scalar at the top"),
        pytest.param("- [a]", "1:3", "not-a-record", id="2 list where a record belongs"),
        pytest.param("id: a\n---\nid: b", "2:1", "second-document", id="2 second document"),
        pytest.param("id: a\n...\n---\nid: b", "3:1", "second-document", id="2 second document after an end"),
        pytest.param("id: a\ntype: b\nid: c", "3:1", "duplicate-key", id="3 duplicate key"),
        pytest.param("id: a\n'id': c", "2:1", "duplicate-key", id="3 duplicate key in quotes"),
        pytest.param("a: {b: {c: 1, d: 2, c: 3}}", "1:21", "duplicate-key", id="3 duplicate key nested"),
        pytest.param("<<: {a: b}", "1:1", "merge-key", id="4 merge key"),
        pytest.param("a: &x b", "1:4", "yaml-anchor", id="4 anchor"),
        pytest.param("&x a: b", "1:1", "yaml-anchor", id="4 anchor of a key"),
        pytest.param("a: *x", "1:4", "yaml-alias", id="4 alias"),
        pytest.param("a: !!int 1", "1:4", "yaml-tag", id="4 tag"),
        pytest.param("a: !!python/object/apply:os.system [id]", "1:4", "yaml-tag", id="4 tag that runs code elsewhere"),
        pytest.param("a: ! b", "1:4", "yaml-tag", id="4 tag without a name"),
        pytest.param(BOMB, "1:4", "yaml-anchor", id="5 alias bomb"),
        pytest.param(MERGE_BOMB, "1:4", "yaml-anchor", id="5 merge bomb"),
        pytest.param("[" * 52 + "]" * 52, "1:52", "nested-too-deep", id="6 nested deeper than 50"),
        pytest.param("{a: " * DEEP, "1:202", "nested-too-deep", id="6 30,000 mappings in braces"),
        pytest.param("- " * DEEP + "a", "1:103", "nested-too-deep", id="6 30,000 lists in blocks"),
        pytest.param("? " * DEEP + "a", "1:103", "nested-too-deep", id="6 30,000 mappings as keys"),
        pytest.param("[a, b]: c", "1:1", "complex-key", id="10 list as a key"),
        pytest.param("? {a: b}\n: c", "1:3", "complex-key", id="10 mapping as a key"),
        pytest.param("id: a".encode("utf-16"), "1:1", "invalid-utf8", id="12 UTF-16"),
        pytest.param("id: a\ntext: café".encode("latin-1"), "2:10", "invalid-utf8", id="12 latin-1"),
        pytest.param(
            "id: a\ntext: 한국 caf".encode() + b"\xe9 x", "2:13", "invalid-utf8", id="12 latin-1 behind Korean"
        ),
        pytest.param(b"id: \xc0\xaf", "1:5", "invalid-utf8", id="12 overlong bytes"),
        pytest.param(b"id: \xed\xa0\x80", "1:5", "invalid-utf8", id="12 surrogate bytes"),
        pytest.param("a: b\x00", "1:5", "control-character", id="13 NUL"),
        pytest.param("a: b\nc: \x1b[2J", "2:4", "control-character", id="13 ESC"),
        pytest.param("a: 한\x7f", "1:5", "control-character", id="13 DEL"),
        pytest.param("a: \x85b", "1:4", "control-character", id="13 C1 control, a line end to YAML 1.1"),
        pytest.param('a: "b\\0"', "1:4", "control-character", id="13 NUL as an escape"),
        pytest.param('a: {b: "\\x1b[2J"}', "1:8", "control-character", id="13 ESC as an escape"),
        pytest.param('"a\\e": b', "1:1", "control-character", id="13 ESC in a key"),
        pytest.param("a: b\nc: d\ufffe", "2:5", "control-character", id="13 no character at all"),
        pytest.param('a: "\\ud800"', "1:7", "yaml-syntax", id="14 lone surrogate"),
        pytest.param('a: "\\ud83d\\ude00"', "1:7", "yaml-syntax", id="14 JSON-style surrogate pair"),
        pytest.param("a: b\n>>>>>>> other\n", "2:1", "conflict-marker", id="22 end of a git conflict"),
        pytest.param("<<<<<<< HEAD\r\na: b\r\n", "1:1", "conflict-marker", id="22 begin of a git conflict, CRLF"),
        pytest.param("a: b: c", "1:5", "yaml-syntax", id="colon in text without quotes"),
        pytest.param('a: "b', "1:4", "yaml-syntax", id="quote that never ends"),
        pytest.param("\ta: b", "1:1", "yaml-syntax", id="tab as indentation"),
        pytest.param("a: b\rc: d\r# \x07", "3:3", "control-character", id="11 a lone CR ends a line"),
        pytest.param('a: "b\r\r\nc"\n# \x07', "4:3", "control-character", id="11 CR and CRLF in a text"),
        pytest.param(b"a: b\rc: \xff", "2:4", "invalid-utf8", id="11 bytes behind a lone CR"),
        pytest.param("a: b\r<<<<<<< HEAD\rc: d", "2:1", "conflict-marker", id="22 a conflict behind a lone CR"),
        pytest.param("a: b\nc\nd: e", "2:1", "yaml-syntax", id="a key without a colon"),
        pytest.param("a: *b*", "1:4", "yaml-syntax", id="a star that makes an alias"),
        pytest.param("--- ", "1:5", "not-a-record", id="nothing behind a mark, and no line behind it"),
        pytest.param("i\0d\0:\0 \0x\0", "1:1", "invalid-utf8", id="12 UTF-16 without a mark"),
    ],
)
def test_refused(data: str | bytes, place: str, code: str) -> None:
    file, diagnostics = parse(data)
    assert [(str(d.location), d.code, str(d.severity)) for d in diagnostics] == [
        (f"facts/x.yaml:{place}", code, "error")
    ]
    if code not in ("duplicate-key", "merge-key", "complex-key") and not code.startswith("control"):
        assert file.records == ()


def test_6_30000_lists_in_brackets() -> None:
    """The place is that of the first bracket too many, or, with libyaml 0.2.6, of the one at which it gives up."""
    file, (found,) = parse("[" * DEEP)
    assert found.code == "nested-too-deep"
    assert str(found.location) in ("facts/x.yaml:1:52", "facts/x.yaml:1:1001")
    assert file.records == ()


def test_duplicate_key_names_both_lines() -> None:
    _, (diagnostic,) = parse("id: a\nb: {c: 1,\n  c: 2}")
    assert str(diagnostic.location) == "facts/x.yaml:3:3"
    assert "line 2" in diagnostic.message


def test_invalid_utf8_names_the_byte() -> None:
    _, (diagnostic,) = parse("text: 한국 caf".encode() + b"\xe9 x")
    assert "byte 16" in diagnostic.message


@pytest.mark.parametrize("data", ["a: \x1b]0;x\x07", 'a: "\\x1b"', "\x1b: b", "!<\u202e> a"])
def test_what_is_printed_of_a_hostile_file_is_plain(data: str) -> None:
    _, diagnostics = parse(data)
    assert diagnostics
    assert all(str(diagnostic).isprintable() for diagnostic in diagnostics)


def test_all_the_faults_of_a_file_are_told_at_once() -> None:
    _, diagnostics = parse("a: 1\na: 2\nb: {c: 1, c: 2}\n<<: x")
    assert [(d.code, d.location.line + 1) for d in diagnostics] == [
        ("duplicate-key", 2),
        ("duplicate-key", 3),
        ("merge-key", 4),
    ]


def test_nesting_of_50_is_read() -> None:
    text = "[" * 48 + "a" + "]" * 48
    assert read(f"- x: {text}")[0]["x"] is not None


@pytest.mark.parametrize(
    "text", ["no", "12:30", "010", "1.10", "null", "~", "true", "1e3", "0x1F", "2026-02-26", ".inf", "=", "1_000", "No"]
)
def test_7_scalars_stay_the_text_that_was_written(text: str) -> None:
    assert read(f"a: {text}\nb: [{text}]\n{text}: c") == [{"a": text, "b": [text], text: "c"}]


def test_7_an_empty_value_is_empty_text() -> None:
    assert read("a:\nb: ''") == [{"a": "", "b": ""}]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda text: "\ufeff" + text, id="11 byte order mark"),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="11 CRLF"),
        pytest.param(lambda text: "\ufeff" + text.replace("\n", "\r\n"), id="11 both"),
    ],
)
def test_11_the_same_records_and_places_as_with_lf(change) -> None:
    text = 'id: a\ntext: "one\n  two\n\n  three"\nnote: |\n  four\n  five\nlist:\n  - {b: c}\n'
    (one,), (other,) = parse(text)[0].records, parse(change(text))[0].records
    assert plain(one) == plain(other)
    assert [(n.line, n.column) for n in nodes(one)] == [(n.line, n.column) for n in nodes(other)]


SEPARATORS = pytest.mark.parametrize("separator", ["\u2028", "\u2029"])


@SEPARATORS
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('a: "x {} y"', "x {} y"),
        ('a: "{}"', "{}"),
        ('a: "{} "', "{} "),
        ('a: "x {}\n  {}y"', "x {} {}y"),
        ("a: 'x{}y'", "x{}y"),
        ("a: x{}y", "x{}y"),
        ("a: |-\n  x{}y", "x{}y"),
        ("a: >-\n  x{}\n  y", "x{} y"),
        ('a: "\U00010000{}\\U00010001"', "\U00010000{}\U00010001"),
        ("a: b # c {}d: e", "b"),
    ],
)
def test_50_line_separators_are_kept_to_the_letter(text: str, meant: str, separator: str) -> None:
    """Text, as in YAML 1.2 (section 5.4); a comment does not end there."""
    assert read(text.replace("{}", separator) + "\nz: z") == [{"a": meant.replace("{}", separator), "z": "z"}]


@SEPARATORS
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 'x ^{}y'", "1:7"),
        ("a: x^{}\ty", "1:5"),
        ("a: |\n  x\n  x^{}  y\n", "3:4"),
        ("b: c\na: >\n  x ^{}y\n", "3:5"),
    ],
)
def test_50_line_separators_that_two_versions_of_yaml_read_differently(text: str, place: str, separator: str) -> None:
    _, diagnostics = parse(text.replace("^{}", separator))
    assert [(str(d.location), d.code) for d in diagnostics] == [(f"facts/x.yaml:{place}", "line-separator")]
    assert ("\\L" if separator == "\u2028" else "\\P") in diagnostics[0].hint


@SEPARATORS
def test_50_a_line_separator_begins_no_field(separator: str) -> None:
    _, diagnostics = parse(f"a: b{separator}c: d")
    assert [d.code for d in diagnostics] == ["yaml-syntax"]


def test_50_line_separators_as_escapes_are_kept() -> None:
    assert read('a: "x \\L y \\u2029 z"\nb: c') == [{"a": "x \u2028 y \u2029 z", "b": "c"}]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r'"ends in \\"', "ends in \\"),
        (r'"say \"\"\"x\"\"\""', 'say """x"""'),
        ("'it''s'", "it's"),
        ("|-\n  one\n  two", "one\ntwo"),
        (">-\n  one\n  two", "one two"),
        ('"😀 한국어"', "😀 한국어"),
        ("C:\\dir", "C:\\dir"),
    ],
)
def test_50_quoting_is_undone(written: str, meant: str) -> None:
    assert read(f"a: {written}") == [{"a": meant}]


def test_columns_count_characters() -> None:
    file, _ = parse('{a: "😀한é", b: c}')
    assert [(key.value, key.column) for key, _ in file.records[0].entries] == [("a", 1), ("b", 11)]


def test_records_are_a_mapping_or_a_list_of_them() -> None:
    assert read("id: a") == [{"id": "a"}]
    assert read("- id: a\n- id: b\n") == [{"id": "a"}, {"id": "b"}]


def test_a_wrong_item_does_not_hide_the_records_beside_it() -> None:
    file, diagnostics = parse("- id: a\n- text\n- id: b\n")
    assert [plain(record) for record in file.records] == [{"id": "a"}, {"id": "b"}]
    assert [(d.code, str(d.location)) for d in diagnostics] == [("not-a-record", "facts/x.yaml:2:3")]


def test_21_a_line_of_20_megabytes() -> None:
    (found,) = parse("b: c\na: " + "x" * 20_000_000)[1]
    assert (str(found.location), found.code) == ("facts/x.yaml:2:4", "text-too-long")
    assert "1000000" in found.hint
    text = "x" * libyaml.MAX_LENGTH
    assert read(f"a: {text}") == [{"a": text}]


def test_21_a_file_of_20_megabytes() -> None:
    line = "x" * 97
    records = read(f"- {line}: y\n" * 200_000)
    assert records == [{line: "y"}] * 200_000


def test_a_file_that_cannot_be_opened(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        factfile.read(tmp_path / "missing.yaml", "facts/missing.yaml")
