"""The line that a diagnostic is about, cut to the width of a terminal, and where in it to point."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from kg import links
from kg.diagnostic import Location, escape
from kg.positions import LINE_END
from kg.project import Project

_WORD = re.compile(r"[\w-]+")
_LEAD = 24  # cells before the place that stay in sight where a line is cut


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One line of a file as a terminal shows it.

    Attributes:
        number: of the line, from 1.
        text: the line or a piece of it; nothing in it steers a terminal.
        indent: cells before the place.
        width: cells of the word there, at least 1.

    """

    number: int
    text: str
    indent: int
    width: int


@dataclass(frozen=True)
class Excerpts:
    """The lines of a project's files; each file is read once, when the first of its lines is asked for."""

    project: Project
    _files: dict[str, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def at(self, location: Location, width: int) -> Excerpt | None:
        """Return the line of a location in at most so many cells; None where there is no such line."""
        if location.path not in self._files:
            self._files[location.path] = self._lines(location.path)
        lines = self._files[location.path]
        if location.line >= len(lines) or not lines[location.line].strip():
            return None
        line = lines[location.line]
        column = min(location.column, len(line))
        before = [_shown(character) for character in line[max(0, column - width) : column]]
        cut = column > width or _cells(before) > width - _LEAD
        while cut and _cells(before) > _LEAD:
            before.pop(0)
        left = "…" if cut else ""
        room = width - len(left) - _cells(before)
        after = [_shown(character) for character in line[column : column + room]]
        right = "…" if len(line) > column + room or _cells(after) > room else ""
        while right and _cells(after) > room - 1:
            after.pop()
        word = _WORD.match(line, column)
        marked = min(len(after), word.end() - column if word else 1)
        text = f"{left}{''.join(before)}{''.join(after)}{right}"
        return Excerpt(location.line + 1, text, len(left) + _cells(before), max(1, _cells(after[:marked])))

    def _lines(self, path: str) -> list[str]:
        folder, _, rest = path.partition("/")
        file = self.project.ontology / rest if folder == "ontology" else self.project.root / path
        if links.outside(file, self.project.root) or not file.is_file():
            return []
        try:
            return LINE_END.split(file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff"))
        except OSError:
            return []


def _shown(character: str) -> str:
    return " " if character == "\t" else escape(character)


def _cells(shown: list[str]) -> int:
    """Count the cells of a terminal: those of East Asia take two, marks that combine none (UAX 11)."""
    return sum(_cell(character) for piece in shown for character in piece)


def _cell(character: str) -> int:
    if character.isascii():
        return 1
    return 0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
