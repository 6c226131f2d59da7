"""Offsets filled into fact files beside the words, comments and layout kept."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from pathlib import Path

from kg import factfile
from kg.audit import Audit, Quote
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.pipeline import Build
from kg.quotes import Grade


def edits(build: Build, audit: Audit) -> dict[Path, str]:
    """Return the new text of every file in which offsets are missing or wrong and can be told.

    Words that stand once in their document get their place. Where they stand several times a wrong place is left alone:
    which is meant cannot be told.
    """
    wanted: dict[str, list[tuple[Quote, int]]] = {}
    for quote in audit.quotes:
        located = build.sources.locate(quote.node)
        settled = quote.start is not None and quote.proof is not None and quote.proof.grade is not Grade.FAILED
        if located is None or quote.proof is None or settled or len(quote.proof.places) != 1:
            continue
        wanted.setdefault(located.path, []).append((quote, quote.proof.places[0]))
    made = {}
    for path, found in wanted.items():
        data = (build.project.root / path).read_bytes()
        file, _ = factfile.parse(data, path)
        text, mark = file.text, "\ufeff" if data.startswith(codecs.BOM_UTF8) else ""
        changes: list[tuple[int, int, str]] = []
        for quote, start in found:
            location = build.sources.locate(quote.node)
            for node in _mappings(file.records):
                if location == file.at(node):
                    changes += _changes(text, node, quote, start)
        for first, last, piece in sorted(changes, reverse=True):
            text = text[:first] + piece + text[last:]
        made[build.project.root / path] = mark + text
    return made


def _mappings(nodes: Iterable[Node]) -> list[Mapping]:
    found = []
    for node in nodes:
        if isinstance(node, Mapping):
            found += [node, *_mappings(node.fields.values())]
        elif isinstance(node, Sequence):
            found += _mappings(node.items)
    return found


def _changes(text: str, node: Mapping, quote: Quote, start: int) -> list[tuple[int, int, str]]:
    """Return the edits of one mapping: from, to, new text."""
    values = dict(zip(quote.fields, (str(start), str(start + len(quote.exact))), strict=True))
    words = next(
        (value for value in node.fields.values() if isinstance(value, Scalar) and value.value == quote.exact), None
    )
    if words is None:
        return []
    first = node.entries[0][0]
    if text[: _begin(text, first)].endswith("? "):
        return []  # keys written out in full: no layout to follow
    changes = []
    missing = []
    for name, value in values.items():
        old = node.get(name)
        if isinstance(old, Scalar):
            changes.append((_begin(text, old), old.end, value))
        else:
            missing.append(f"{name}: {value}")
    if missing and node.flow:
        changes.append((words.end, words.end, "".join(f", {line}" for line in missing)))
    elif missing:
        place = _end_of_line(text, words)
        indent = ("\r\n" if text[place : place + 1] == "\r" else "\n") + " " * first.column
        changes.append((place, place, "".join(indent + line for line in missing)))
    return changes


def _end_of_line(text: str, scalar: Scalar) -> int:
    """Return where the last line of a scalar ends, a comment behind it included."""
    if text[scalar.end - 1] == "\n":  # a block scalar ends where the next token begins
        return len(text[: scalar.end].rstrip())
    found = text.find("\n", scalar.end)
    place = len(text) if found < 0 else found
    return place - 1 if text[place - 1] == "\r" else place


def _begin(text: str, scalar: Scalar) -> int:
    """Return where a scalar starts in the text."""
    line = 0
    for _ in range(scalar.line):
        line = text.index("\n", line) + 1
    return line + scalar.column
