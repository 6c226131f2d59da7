"""Offsets filled into fact files: `start` and `end` beside the words, comments and layout kept."""

from __future__ import annotations

from pathlib import Path

from kg import factfile
from kg.audit import Audit, Quote
from kg.factfile import Mapping, Node, Scalar, Sequence
from kg.pipeline import Build
from kg.quotes import Grade

_START, _END = "start", "end"


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
        file, _ = factfile.read(build.project.root / path, path)
        text = file.text
        changes: list[tuple[int, int, str]] = []
        for quote, start in found:
            location = build.sources.locate(quote.node)
            for node in _mappings(file.records):
                if location == file.at(node):
                    changes += _changes(text, node, quote.exact, start)
        for first, last, piece in sorted(changes, reverse=True):
            text = text[:first] + piece + text[last:]
        made[build.project.root / path] = text
    return made


def _mappings(nodes: tuple[Node, ...]) -> list[Mapping]:
    found = []
    for node in nodes:
        if isinstance(node, Mapping):
            found += [node, *_mappings(tuple(value for _, value in node.entries))]
        elif isinstance(node, Sequence):
            found += _mappings(node.items)
    return found


def _changes(text: str, node: Mapping, exact: str, start: int) -> list[tuple[int, int, str]]:
    """Return the edits of one mapping: from, to, new text."""
    values = {_START: str(start), _END: str(start + len(exact))}
    words = next((value for _, value in node.entries if isinstance(value, Scalar) and value.value == exact), None)
    if words is None:
        return []
    changes = []
    missing = ""
    indent = "\n" + " " * node.entries[0][0].column
    for name, value in values.items():
        old = node.get(name)
        if isinstance(old, Scalar):
            changes.append((_begin(text, old), old.end, value))
        else:
            missing += f", {name}: {value}" if node.flow else f"{indent}{name}: {value}"
    if missing:
        changes.append((words.end, words.end, missing))
    return changes


def _begin(text: str, scalar: Scalar) -> int:
    """Return where a scalar starts in the text."""
    line = 0
    for _ in range(scalar.line):
        line = text.index("\n", line) + 1
    return line + scalar.column
