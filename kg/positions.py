"""Positions: from the offset of a character in a text to line and column, as YAML, Turtle and editors count them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from kg.diagnostic import Location

LINE_END = re.compile(r"\r\n|\r|\n")


def locator(text: str, path: str) -> Callable[[int], Location]:
    """Return what tells the location of an offset in a text."""
    starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def locate(offset: int) -> Location:
        line = bisect_right(starts, offset) - 1
        return Location(path, line, offset - starts[line])

    return locate
