"""Texts: the documents that were read, found in a folder by their SHA-256, so that no file name matters."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from kg.fault import Fault

# Where a sentence ends and the next begins, on one line of running text.
_BREAK = re.compile(r"[.?!][”’\"')]* +(?=[A-Z0-9“‘\"'—])")


def read(directory: Path) -> Mapping[str, str]:
    """Return the texts of a folder by the SHA-256 of their bytes, newlines untouched.

    Raises:
        Fault: there is no such folder.
        OSError: it or a file cannot be read.

    """
    if not directory.is_dir():
        raise Fault(f"{directory} is no folder")
    found = {}
    for file in sorted(directory.iterdir()):
        if not file.is_file():
            continue
        data = file.read_bytes()
        try:
            found[hashlib.sha256(data).hexdigest()] = data.decode("utf-8")
        except UnicodeDecodeError:
            continue  # a picture, an archive: no text that could be quoted
    return found


def union(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Merge stretches of a text that touch or overlap, in order."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def gaps(text: str, covered: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the stretches of a text that are not covered and hold a letter or digit, line by line, trimmed."""
    found = []
    position = 0
    for start, end in [*union(covered), (len(text), len(text))]:
        line = position
        for piece in text[position:start].splitlines(keepends=True):
            stripped = piece.strip(" \t\r\n\ufeff•—-.,;:!?")
            if any(character.isalnum() for character in stripped):
                first = line + piece.index(stripped)
                found.append((first, first + len(stripped)))
            line += len(piece)
        position = max(position, end)
    return found


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the stretch of the whole sentence, or sentences, around two offsets, on their lines."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last
    first += len(text[first:start]) - len(text[first:start].lstrip(" \t•"))
    breaks = [first, *(match.end() for match in _BREAK.finditer(text, first, last)), last]
    begin = max(place for place in breaks if place <= start)
    stop = min(place for place in breaks if place >= end)
    return begin, max(end, begin + len(text[begin:stop].rstrip()))
