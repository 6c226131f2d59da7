"""Symbolic links: what leads out of a folder is not followed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kg.diagnostic import Diagnostic, Location


def walk(folder: Path) -> Iterator[Path]:
    """Walk what lies under a folder and is none, by name; links to folders are not followed."""
    waiting = [folder]
    while waiting:
        entry = waiting.pop()
        if entry.is_dir() and (entry is folder or not entry.is_symlink()):
            waiting += sorted(entry.iterdir(), key=lambda inner: inner.name, reverse=True)
        else:
            yield entry


def outside(file: Path, root: Path) -> bool:
    """Tell whether a file is a link that leads out of a folder, or nowhere."""
    if not file.is_symlink():
        return False
    try:
        return not file.resolve(strict=True).is_relative_to(root.resolve())
    except (OSError, RuntimeError):  # a broken link, a loop
        return True


def refused(path: str) -> Diagnostic:
    """Return what is told of such a link."""
    return Diagnostic(Location(path), "link-outside", "a link out of the project", "copy the file into the project")
