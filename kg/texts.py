"""Texts: the documents that were read, found in a folder by their SHA-256, so that no file name matters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path


def read(directory: Path) -> Mapping[str, str]:
    """Return the texts of a folder by the SHA-256 of their bytes, newlines untouched.

    Raises:
        OSError: the folder or a file cannot be read.

    """
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
