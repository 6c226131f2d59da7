r"""Ordinary YAML, read quickly: block collections whose values stand on one line each, as nearly all fact files are.

No second reader beside that of `kg.factfile`, which is libyaml: a shorter way to its answer. Whatever can mean one thing
only, by YAML 1.1, YAML 1.2 and libyaml alike, gives here the nodes that libyaml's events give, places included; at the
first character that is not certain, wrong ones included, this gives up and libyaml reads the file from its beginning. So
nothing is refused here, nothing is told, and libyaml is the referee of whatever is read (`tests/test_ordinary.py`).

What is read: a list or mapping in block style, nested by indentation, a list also at the column of its key; lines that
are blank or a comment, and comments behind values; keys that are one word; values on one line: text, unquoted or in
quotes, with no escapes but those of quotes and `\`, or a mapping or list in brackets, nested or not. What is not:
documents, directives, anchors, tags, merge keys, block scalars, whatever goes on in the next line, empty values, keys
that are quoted or no word, tabs, carriage returns. https://yaml.org/spec/1.2.2/
"""

# ruff: noqa: FBT003 - scalars are made by the hundred thousand, and an argument by name takes longer

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from kg.node import Mapping, Node, Scalar, Sequence
from kg.positions import Lines

_UNUSUAL = ("\t", "\r", "\u2028", "\u2029", "\ufeff")  # spaces and line ends to some, and the byte order mark
_LONGEST = 100_000  # characters of a line: a text that is longer may be too long
_DEEPEST = 10  # collections in brackets around each other; with those that 30 spaces can hold, fewer than too many

_KEY = r"(\w[\w-]{0,99}+):"  # libyaml looks for the colon 1,024 characters far
# Groups are atomic and not possessive, which some releases of Python get wrong (CPython gh-100061, gh-101955, gh-106052).
_QUOTED = r"""("[^"\\\n]*+(?>(?:\\["\\][^"\\\n]*+)*)"|'[^'\n]*+(?>(?:''[^'\n]*+)*)')"""
_ESCAPED = re.compile(r'\\(["\\])')
# It begins with no indicator, holds `:` and `#` within words only, and ends before the spaces behind it.
_PLAIN = r"((?:[\w.\x80-\U0010ffff]|-(?=\d))[^%s:#\n]*(?:(?::(?=[\w/])|(?<=\w)#)[^%s:#\n]*)*(?<! ))"
_TEXT, _TEXT_IN_BRACKETS = (f"{_QUOTED}|{_PLAIN % (beside, beside)}" for beside in ("", r",?\[\]{}"))
_OPENING = r"([\[{]) *+"
_REST = r" *+(?>(?:(?<![^ \n])#[^\n]*+)?)(?:\n|\Z)"
_LINE = re.compile(rf"( {{0,30}}+)((?>(?:- {{1,9}}+)?))(?>(?:{_KEY}(?: |(?!.)))?)(?:{_OPENING}|(?:{_TEXT}|){_REST})")
_END = re.compile(_REST)
_PAIR = re.compile(rf"{_KEY} (?:(?:{_TEXT_IN_BRACKETS})(?: *+, *+|( *+\}}))|{_OPENING})")
_ITEM = re.compile(rf"(?:{_TEXT_IN_BRACKETS})(?: *+, *+|( *+\]))|{_OPENING}")
_AFTER_PAIR, _AFTER_ITEM = (re.compile(rf" *+(?:, *+|({closing}))") for closing in (r"\}", r"\]"))

# A line that holds something: its indentation, the width of its dash, its key, where the key or else the value stands, and
# its value; None where that begins in a line below.
_Row: TypeAlias = tuple[int, int, str | None, int, Node | None]
_NO_MORE: _Row = (-1, 0, None, 0, None)


class _Beyond(Exception):
    """Something is not ordinary."""


def read(text: str) -> Mapping | Sequence | None:
    """Read a text without control characters; None where it is not ordinary, or empty."""
    if any(character in text for character in _UNUSUAL):
        return None
    if len(text) > _LONGEST and max(map(len, text.split("\n"))) > _LONGEST:
        return None
    lines = Lines(text)
    rows = _rows(lines)
    try:
        root, row = _below(lines, rows, next(rows), -1)
    except _Beyond:
        return None
    return root if row is _NO_MORE else None


def _rows(lines: Lines) -> Iterator[_Row]:
    """Read the lines that hold something, one by one."""
    text, match_line, end = lines.text, _LINE.match, 0
    node: Node | None
    while end < len(text):
        match = match_line(text, end)
        if match is None:
            raise _Beyond
        spaces, dash, name, opening, quoted, plain = match.groups()
        indent, width = len(spaces), len(dash)
        begin = place = end + indent + width
        end = match.end()
        if name:
            begin += len(name) + 2
        if plain:
            node = Scalar(plain, True, lines, begin, begin + len(plain))
        elif quoted:
            node = Scalar(_unquoted(quoted), False, lines, begin, begin + len(quoted))
        elif opening:
            node, end = _IN[opening](lines, begin, end, 1)
            if text.startswith("\n", end):
                end += 1
            elif match := _END.match(text, end):
                end = match.end()
            else:
                raise _Beyond
        elif name or dash:
            node = None
        else:
            continue
        yield indent, width, name, place, node
    yield _NO_MORE


def _unquoted(quoted: str) -> str:
    text = quoted[1:-1]
    if quoted[0] == "'":
        return text.replace("''", "'")
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _below(lines: Lines, rows: Iterator[_Row], row: _Row, column: int) -> tuple[Mapping | Sequence, _Row]:
    """Read a collection that begins in a row, as the value of a key at a column; return it with the row behind it."""
    indent, dash, *_ = row
    if dash and indent >= column:
        return _sequence(lines, rows, row)
    if indent > column:
        return _mapping(lines, rows, row)
    raise _Beyond


# These two end at the first row that is not theirs, also at one further in: no collection around them takes that either.
def _sequence(lines: Lines, rows: Iterator[_Row], row: _Row) -> tuple[Sequence, _Row]:
    items: list[Node] = []
    column, dash, name, place, node = row
    begin = place - dash
    indent = column
    while indent == column and dash:
        if name:
            node, row = _mapping(lines, rows, row)
        elif node is None:
            raise _Beyond
        else:
            row = next(rows)
        items.append(node)
        indent, dash, name, _, node = row
    return Sequence(items, lines, begin), row


def _mapping(lines: Lines, rows: Iterator[_Row], row: _Row) -> tuple[Mapping, _Row]:
    fields: dict[str, Node] = {}
    keys: list[int] = []
    indent, dash, name, begin, node = row
    place = begin
    column = indent + dash
    while True:
        if not name or name in fields:
            raise _Beyond
        row = next(rows)
        if node is None:
            node, row = _below(lines, rows, row, column)
        fields[name] = node
        keys.append(place)
        indent, dash, name, place, node = row
        if indent != column or dash:
            break
    return Mapping(fields, keys, lines, begin, flow=False), row


def _braces(lines: Lines, begin: int, end: int, depth: int) -> tuple[Mapping, int]:
    """Read a mapping whose brace stands at `begin`, and its first key at `end`; return it with the offset behind it."""
    if depth > _DEEPEST:
        raise _Beyond
    text, match_pair = lines.text, _PAIR.match
    fields: dict[str, Node] = {}
    keys: list[int] = []
    last = None
    while not last:
        match = match_pair(text, end)
        if match is None:
            raise _Beyond
        name, quoted, plain, last, opening = match.groups()
        if name in fields:
            raise _Beyond
        keys.append(end)
        place = end + len(name) + 2
        end = match.end()
        if plain:
            fields[name] = Scalar(plain, True, lines, place, place + len(plain))
        elif quoted:
            fields[name] = Scalar(_unquoted(quoted), False, lines, place, place + len(quoted))
        else:
            fields[name], end = _IN[opening](lines, place, end, depth + 1)
            match = _AFTER_PAIR.match(text, end)
            if match is None:
                raise _Beyond
            last, end = match[1], match.end()
    return Mapping(fields, keys, lines, begin, flow=True), end


def _list(lines: Lines, begin: int, end: int, depth: int) -> tuple[Sequence, int]:
    if depth > _DEEPEST:
        raise _Beyond
    text, match_item = lines.text, _ITEM.match
    items: list[Node] = []
    last = None
    while not last:
        match = match_item(text, end)
        if match is None:
            raise _Beyond
        quoted, plain, last, opening = match.groups()
        place, end = end, match.end()
        if plain:
            items.append(Scalar(plain, True, lines, place, place + len(plain)))
        elif quoted:
            items.append(Scalar(_unquoted(quoted), False, lines, place, place + len(quoted)))
        else:
            node, end = _IN[opening](lines, place, end, depth + 1)
            items.append(node)
            match = _AFTER_ITEM.match(text, end)
            if match is None:
                raise _Beyond
            last, end = match[1], match.end()
    return Sequence(items, lines, begin), end


_IN: dict[str, Callable[[Lines, int, int, int], tuple[Mapping | Sequence, int]]] = {"{": _braces, "[": _list}
