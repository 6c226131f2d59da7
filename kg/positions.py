"""Positions: from the offset of a character in a text to line and column, as YAML, Turtle and editors count them."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate

from kg.diagnostic import Location

LINE_END = re.compile(r"\r\n|\r|\n")


class Lines:
    """The lines of a text; where they begin is found when the first place is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line begins."""
        *ended, _ = io.StringIO(self.text + " ", newline="")  # `LINE_END`, at the speed of C; a last line is not empty
        return [0, *accumulate(map(len, ended))]

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset, both from 0."""
        line = bisect_right(self.starts, offset) - 1
        return line, offset - self.starts[line]


def locator(text: str, path: str) -> Callable[[int], Location]:
    """Return what tells the location of an offset in a text."""
    place = Lines(text).place
    return lambda offset: Location(path, *place(offset))
