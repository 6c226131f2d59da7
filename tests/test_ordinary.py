"""Ordinary YAML is read as libyaml reads it, places included, or left to libyaml."""

from __future__ import annotations

import random
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from generation import AWKWARD, ROOT, STEADY
from hypothesis import given, settings
from hypothesis import strategies as st
from yaml import events
from yaml.cyaml import CLoader

from kg import factfile, ordinary
from kg.decoding import decode
from kg.libyaml import MAX_DEPTH, MAX_LENGTH
from kg.node import Mapping, Node, Scalar, Sequence

# What means something to a reader of YAML, or looks as if it did.
PIECES = [
    *"-:?,[]{}#&*!|>'\"%@`\\~<=/.a1 \n\t_\r",
    *"é“경\u0301\xa0\u3000\u200b\ufeff\u2028\u2029😀",
    *(
        "- ",
        ": ",
        " #",
        ", ",
        "  ",
        "\n- ",
        "\n  ",
        "\n    ",
        "---\n",
        "...\n",
        "<<: ",
        "a: ",
        "{a: ",
        "[a, ",
        "''",
        '\\"',
    ),
    *(
        "? ",
        "-5",
        "- - ",
        "a#b",
        "a:b",
        "12:30",
        '"x"',
        "'y'",
        ": {",
        ": [",
        "- {",
        "- [",
        "-\n",
        "|-\n",
        ">\n",
        "\n\n",
    ),
    *(
        "key: text\n",
        "key:\n",
        "key:\n- ",
        "key: # said\n  ",
        "\n# said\n",
        "\\\\",
        "\\n",
        "{}",
        "[]",
        " }",
        "\r\n",
        "%YAML",
        "\t\n",
        "\t# said",
    ),
]
WORDS = ["a", "two words", "2026-02-26", "https://example.org/a", "-1", "..", "경 “é” 😀", "a#b", "12:30", "null"]
TAME = [*WORDS, "it's", "a, b: c", 'say "x"', "{a}", "- \\", "# said"]
TEXTS = [*TAME, *AWKWARD]
YAML = [
    *sorted((ROOT / "facts").rglob("*.yaml")),
    *sorted((ROOT / "tests").rglob("*.yaml")),
    *sorted((ROOT / "ontology").rglob("*.yaml")),
]


def said(node: Node) -> Iterator[object]:
    """What a node and those in it say, each with its place."""
    place = node.line, node.column
    if isinstance(node, Scalar):
        yield "text", node.value, node.plain, *place, node.end
    elif isinstance(node, Sequence):
        yield "list", *place
        for item in node.items:
            yield from said(item)
        yield "end"
    else:
        yield "mapping", node.flow, *place
        assert [(key.value, value) for key, value in node.entries] == [*node.fields.items()]
        for key, value in node.entries:
            yield from (*said(key), *said(value))
        yield "end"


def judged(text: str) -> Iterator[object]:
    """The same as libyaml tells it."""
    for event in yaml.parse(text, CLoader):
        place = event.start_mark.line, event.start_mark.column
        assert not getattr(event, "anchor", None)
        assert not getattr(event, "tag", None)
        if isinstance(event, events.ScalarEvent):
            yield "text", event.value, not event.style, *place, event.end_mark.index
        elif isinstance(event, events.SequenceStartEvent):
            yield "list", *place
        elif isinstance(event, events.MappingStartEvent):
            yield "mapping", event.flow_style, *place
        elif isinstance(event, events.CollectionEndEvent):
            yield "end"
        else:
            assert not getattr(event, "explicit", False), "a document with marks"


def told(text: str) -> list[str]:
    """The codes of what is wrong with a text, as the reader that knows all of YAML tells them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordinary, "read", lambda _: None)
        return [found.code for found in factfile.parse(text.encode(), "facts/x.yaml")[1]]


def agrees(text: str, reader: types.ModuleType = ordinary) -> bool:
    """Hold a text to what libyaml makes of it; whether it was ordinary at all."""
    if decode(text.encode(), "facts/x.yaml")[1] or text.startswith("\ufeff"):
        return False
    found = reader.read(text)
    if found is None:
        return False
    try:
        expected = [*judged(text)]
    except yaml.YAMLError as error:
        raise AssertionError(text) from error
    assert [*said(found)] == expected, text
    assert set(told(text)) <= {"not-a-record"}, text
    return True


class Writer:
    """Writes documents that are ordinary, nearly so, or not at all."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.share = 0.0  # of what is odd
        self.keys = 0

    def odd(self) -> bool:
        return self.chance.random() < self.share

    def text(self) -> str:
        text = self.chance.choice(TEXTS if self.odd() else TAME)
        escaped, doubled = text.replace("\\", "\\\\").replace('"', '\\"'), text.replace("'", "''")
        quoted = [f'"{escaped}"', f"'{doubled}'"]
        return self.chance.choice([*quoted, text, f'"{text}"'] if text in WORDS or self.odd() else quoted)

    def key(self) -> str:
        self.keys += not self.odd()
        return ("a", "type-", "zh-Hans", "경", "1_")[self.keys % 5] + str(self.keys)

    def space(self) -> str:
        return self.chance.choice(("", "", " ", "  "))

    def value(self, depth: int = 3) -> str:
        return self.brackets(depth) if depth and self.chance.random() < 0.3 else self.text()

    def brackets(self, depth: int) -> str:
        mapping = self.chance.random() < 0.5
        parts = []
        for _ in range(self.chance.randint(0 if self.odd() else 1, 3)):
            key = f"{self.key()}:{'' if self.odd() else ' '}" if mapping != self.odd() else ""
            parts.append(f"{self.space()}{key}{self.value(depth - 1)}{self.space()}")
        inner = ",".join(parts)
        return f"{{{inner}}}" if mapping != self.odd() else f"[{inner}]"

    def behind(self) -> str:
        if self.odd():
            return self.chance.choice(("# said", ":", "\n  said", "\t", " # said\n      said"))
        return self.chance.choice(("", "", "", "  ", " # said", " #", "\n", "\n\n# said", "\n     # said"))

    def block(self, indent: int, depth: int, *, listed: bool) -> list[str]:
        lines = []
        margin = " " * indent
        for _ in range(self.chance.randint(1, 3)):
            nested = depth and self.chance.random() < 0.5
            if listed and nested:
                first, *rest = self.block(indent + 2, depth - 1, listed=self.odd())
                lines += [f"{margin}- {first.lstrip(' ')}", *rest]
            elif listed:
                lines.append(f"{margin}- {self.value()}{self.behind()}")
            elif nested:
                below = self.chance.random() < 0.5
                within = indent + self.chance.choice((0, 1, 2, 4) if below or self.odd() else (1, 2, 4))
                lines += [f"{margin}{self.key()}:{self.behind()}", *self.block(within, depth - 1, listed=below)]
            else:
                lines.append(f"{margin}{self.key()}:{self.space() if self.odd() else ' '}{self.value()}{self.behind()}")
            margin = " " * (indent + self.odd())
        return lines

    def document(self) -> str:
        """Write a document, and often spoil it."""
        self.share, self.keys = self.chance.choice((0, 0.02, 0.05, 0.1)), 0
        text = "\n".join(self.block(0, 4, listed=self.chance.random() < 0.5)) + self.chance.choice(("", "\n"))
        for _ in range(self.chance.choice((0, 0, 1, 1, 2, 4))):
            first = self.chance.randint(0, len(text))
            last = first + self.chance.choice((0, 0, 0, 1, 1, 2, 5))
            text = text[:first] + self.chance.choice((*PIECES, "")) + text[last:]
        return text


SEEDS = st.integers(0, 2**64)  # hypothesis draws too slowly for a document of hundreds of choices


@settings(STEADY, max_examples=50)
@given(SEEDS)
def test_what_is_read_is_what_libyaml_reads(seed) -> None:
    writer = Writer(random.Random(seed))  # noqa: S311 - no secret
    for _ in range(20):
        agrees(writer.document())


PROSE = [file.read_text(encoding="utf-8") for file in YAML if "fuzz" not in file.parts]


@settings(STEADY, max_examples=50)
@given(SEEDS)
def test_a_real_file_with_something_odd_in_it_is_read_as_libyaml_reads_it(seed) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(20):
        lines = chance.choice(PROSE).split("\n")
        first = chance.randrange(len(lines))
        text = "\n".join(lines[first : first + chance.randint(1, 20)])
        place = chance.randint(0, len(text))
        agrees(text[:place] + chance.choice(PIECES) + text[place + chance.randrange(3) :])


# Each makes the reader too bold in one way.
BOLDER = {
    "a comment needs no space before it": ("(?<![^ \\n])#", "#"),
    "the colon of a key needs no space behind it": ("(?: |(?!.))", " ?"),
    "a hash is text": ("(?<=\\w)#", "#"),
    "a colon is text": (":(?=[\\w/])", ":"),
    "a comma is text in brackets": ('",?', '"?'),
    "any escape is the character behind it": ('(?:\\\\["\\\\]', "(?:\\\\."),
    "a text may go on in the next line": ("'[^'\\n]*+", "'[^']*+"),
    "an indicator may begin a text": ("[\\w.", "[\\w.!&*@"),
    "a dash may begin a text": ("-(?=\\d)", "-"),
    "spaces belong to the text before them": ("(?<! ))", ")"),
    "a key may come twice": ("not name or name in fields", "not name"),
    "a key may come twice in braces": ("if name in fields:", "if not name:"),
    "brackets may be mixed": ('for closing in (r"\\}", r"\\]")', 'for closing in (r"[\\]}]", r"[\\]}]")'),
    "what stands further out belongs to the key": (
        "if indent > column:\n        return _mapping",
        "if True:\n        return _mapping",
    ),
    "any list below a key is its value": ("if dash and indent >= column", "if dash"),
    "tabs are spaces": ('"\\t", ', ""),
    "carriage returns are text": ('"\\r", ', ""),
    "line separators are text": ('"\\u2028", ', ""),
}


@pytest.mark.parametrize("why", BOLDER)
def test_a_reader_that_is_too_bold_is_found_out(why) -> None:
    """Else the two above would show nothing."""
    old, new = BOLDER[why]
    source = Path(ordinary.__file__).read_text(encoding="utf-8")
    assert old in source
    bold = types.ModuleType("bold")
    exec(source.replace(old, new), bold.__dict__)  # noqa: S102 - the module itself, with one thing changed
    writer = Writer(random.Random(4))  # noqa: S311 - no secret
    with pytest.raises((AssertionError, ValueError)):  # noqa: PT012 - which document it is does not matter
        for _ in range(60_000):
            agrees(writer.document(), bold)


@pytest.mark.parametrize(
    "text",
    [
        "id: a",
        "id: a\n",
        "- id: a\n  type: b\n\n- id: c\n",
        "a:\n  b:\n    c: d\n  e: f\ng: h\n",
        "a:\n- b\n- c\nd: e\n",
        "a:\n  - b: c\n    d:\n    - e\n  - f\n",
        "- - 1\n" * 0 + "-   a: b\n    c: d\n",
        "  - a\n  - b\n",
        "a: {b: c, d: [e, {f: g}], h: 'i'}\n",
        "a: { b: c , d: e }\nf: [ g,h ]\n",
        "# said\na: b # said\n\n   # said\nc: # said\n  - d # said\ne: {f: g} # said\n",
        'a: "b: c # d, {e}"\nf: \'"g"\'\nh: ""\ni: \'\'\n',
        "a: \"say \\\"b\\\", \\\\\"\nc: 'it''s'\n",
        "a: 12:30:00\nb: https://example.org/?c#d\ne: f#g\nh: -5\ni: ..\nj: .5\nk: no\n",
        "a: one, two; {three} & 'four' \"five\" - six | seven > eight\n",
        "경: “사람”\nzh-Hans: 😀\n_a: é\n",
        "a: b   \nc:   \n  - d\n",
    ],
)
def test_ordinary(text) -> None:
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("# said\n", id="nothing but a comment"),
        pytest.param("a\n", id="text alone"),
        pytest.param("{a: b}\n", id="brackets alone"),
        pytest.param("---\na: b\n", id="document mark"),
        pytest.param("a: b\n...\n", id="end of document"),
        pytest.param("%YAML 1.2\n---\na: b\n", id="directive"),
        pytest.param("a: &x b\n", id="anchor"),
        pytest.param("a: *x\n", id="alias"),
        pytest.param("a: !x b\n", id="tag"),
        pytest.param("<<: {a: b}\n", id="merge key"),
        pytest.param("? a\n: b\n", id="key written out"),
        pytest.param('"a": b\n', id="key in quotes"),
        pytest.param("a b: c\n", id="key of two words"),
        pytest.param("a : b\n", id="space before a colon"),
        pytest.param("a: b\na: c\n", id="key twice"),
        pytest.param("a: {b: c, b: d}\n", id="key twice in braces"),
        pytest.param("a:\n", id="no value"),
        pytest.param("a:\nb: c\n", id="no value but another key"),
        pytest.param("- a:\n- b\n", id="no value but another item"),
        pytest.param("-\n- a\n", id="no item"),
        pytest.param("a: {b: }\n", id="no value in braces"),
        pytest.param("a: {b}\n", id="no value and no colon"),
        pytest.param("a: {b: c,}\n", id="comma at the end"),
        pytest.param("a: {}\n", id="nothing in braces"),
        pytest.param("a: [b: c]\n", id="pair in a list"),
        pytest.param("a: {b: c]\n", id="wrong bracket"),
        pytest.param("a: {b: c\n", id="no bracket"),
        pytest.param("a: {b: c} d\n", id="text behind a bracket"),
        pytest.param("a: {b: c}# said\n", id="comment next to a bracket"),
        pytest.param("a: {b: c,\n  d: e}\n", id="brackets over two lines"),
        pytest.param("a: |\n  b\n", id="literal block"),
        pytest.param("a: >-\n  b\n", id="folded block"),
        pytest.param("a: b\n  c\n", id="text over two lines"),
        pytest.param("a: b\n  - c\n", id="text that goes on with a dash"),
        pytest.param('a: "b\n  c"\n', id="quotes over two lines"),
        pytest.param("a:\n  b\n", id="text below its key"),
        pytest.param('a: "\\u0041"\n', id="escape"),
        pytest.param('a: "b" c\n', id="text behind quotes"),
        pytest.param("a: b: c\n", id="two colons"),
        pytest.param("a: b:\n", id="colon at the end"),
        pytest.param("a: -\n", id="dash alone"),
        pytest.param("a: - b\n", id="item behind a key"),
        pytest.param("- - a\n", id="list in a list on one line"),
        pytest.param("a:\n    b: c\n  d: e\n", id="indentation of no collection"),
        pytest.param("a: b\n- c\n", id="item in a mapping"),
        pytest.param("- a\nb: c\n", id="key in a list"),
        pytest.param("a:\tb\n", id="tab"),
        pytest.param("a: b\r\n", id="carriage return"),
        pytest.param("a: b\u2028c\n", id="line separator"),
        pytest.param("a: \ufeffb\n", id="byte order mark"),
        pytest.param(f"{'a' * 101}: b\n", id="long key"),
        pytest.param(f"a: {'b' * 100_000}\n", id="long line"),
        pytest.param(f"a: {'[' * 11}b{']' * 11}\n", id="deep brackets"),
        pytest.param("".join(f"{' ' * n}a:\n" for n in range(31)) + f"{' ' * 31}a: b\n", id="deep indentation"),
    ],
)
def test_not_ordinary(text) -> None:
    assert ordinary.read(text) is None


def test_nothing_is_read_that_is_too_deep_or_too_long() -> None:
    lines = [f"{' ' * n}a:" for n in range(31)]
    indented = "\n".join([*lines, *(f"{' ' * 30}- {'a: '}{'[' * 10}b{']' * 10}" for _ in range(2))])
    assert agrees(indented)
    assert max(depths(ordinary.read(indented))) < MAX_DEPTH
    long = f"a: {'b' * 99_997}\n"
    assert agrees(long)
    assert len(long) < MAX_LENGTH


def depths(node: Node | None, depth: int = 0) -> Iterator[int]:
    yield depth
    inner = node.items if isinstance(node, Sequence) else node.fields.values() if isinstance(node, Mapping) else ()
    for one in inner:
        yield from depths(one, depth + 1)


@pytest.mark.parametrize("file", YAML, ids=lambda file: str(file.relative_to(ROOT)))
def test_files_are_read_as_libyaml_reads_them(file) -> None:
    agrees(decode(file.read_bytes(), "facts/x.yaml")[0])


def test_what_cases_write_into_files_is_read_as_libyaml_reads_it() -> None:
    cases = "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/cases").glob("*.case")))
    written = [
        re.sub(r"^\+ ?", "", text, flags=re.MULTILINE) for text in re.findall(r"(?:^\+.*\n)+", cases, re.MULTILINE)
    ]
    assert sum(map(agrees, written)) > len(written) / 3


def test_shipped_facts_are_ordinary() -> None:
    """Else they would be read slowly, and nobody would notice."""
    for file in (ROOT / "facts").rglob("*.yaml"):
        assert ordinary.read(file.read_text(encoding="utf-8")) is not None, file


def test_generated_facts_are_ordinary(tmp_path) -> None:
    subprocess.run([sys.executable, ROOT / "benchmarks/generate.py", tmp_path, "500"], check=True, capture_output=True)
    files = [*tmp_path.rglob("*.yaml")]
    assert len(files) > 10
    for file in files:
        assert agrees(file.read_text(encoding="utf-8")), file
