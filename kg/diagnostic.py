"""What is wrong, where, and how to mend it: the one way in which every stage reports a fault in data or ontology."""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Location:
    """A place in a file; line and column count from 0 and are printed from 1."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line + 1}:{self.column + 1}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle at once: there is one for each record, and dataclasses go from field to field in Python."""
        return Location, (self.path, self.line, self.column)


class Severity(enum.IntEnum):
    """How much a diagnostic weighs; an error stops a build."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, order=True, slots=True)
class Diagnostic:
    """One finding: sorts by place, then code. `code` is a slug that `kg explain` knows."""

    location: Location
    code: str
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        text = f"{self.location}: {self.severity}[{self.code}] {self.message}"
        return escape(f"{text}; {self.hint}" if self.hint else text)


def article(noun: str) -> str:
    """Put the indefinite article before a label."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def escape(text: str) -> str:
    r"""Make text from a file safe for one line of a terminal: control and bidi characters become `\u....`."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
