"""Proof of quotes: are these the words of that document, at that place, to the letter?

A quote is graded against the text between its offsets. Case, negation, punctuation and brackets never drop out silently:
each grade below `exact` allows one kind of difference and no other.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote as percent

_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
    | dict.fromkeys("‐‑‒–—―−", "-")
)
_ELLIPSIS = re.compile(r"\s*(?:\[(?:…|\.\.\.)\]|…|\.\.\.)\s*")
MAX_GAP = 300  # characters that an ellipsis may leave out
# An opening mark, and the closing one: not the apostrophe of a word, which letters follow.
_QUOTED = re.compile(r"“([^“”]*)”|‘(.*?)’(?!\w)|\"([^\"]*)\"", re.DOTALL)


class Grade(enum.IntEnum):
    """How far a quote is proved, best first."""

    EXACT = 0
    WHITESPACE = 1
    TYPOGRAPHIC = 2
    ELLIPSIS = 3
    FAILED = 4

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Proof:
    """The grade of a quote, and where else its words stand."""

    grade: Grade
    places: tuple[int, ...]  # offsets at which the words stand to the letter


def grade(text: str, exact: str, start: int | None, end: int | None) -> Proof:
    """Grade a quote against the text of its document.

    Args:
        text: the document, in Unicode code points.
        exact: the quote.
        start: offset of its first code point; None where the record gives none.
        end: offset after its last.

    """
    places = tuple(match.start() for match in re.finditer(f"(?={re.escape(exact)})", text)) if exact else ()
    if start is None or end is None:
        return Proof(Grade.EXACT if len(places) == 1 else Grade.FAILED, places)
    return Proof(_between(text, exact, start, end), places)


def _between(text: str, exact: str, start: int, end: int) -> Grade:
    if not 0 <= start < end <= len(text):
        return Grade.FAILED
    there = text[start:end]
    if there == exact:
        return Grade.EXACT
    if _spaced(there) == _spaced(exact):
        return Grade.WHITESPACE
    if _plain(there) == _plain(exact):
        return Grade.TYPOGRAPHIC
    return Grade.ELLIPSIS if _in_order(there, exact) else Grade.FAILED


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _spaced(unicodedata.normalize("NFC", text).translate(_MARKS))


def _in_order(there: str, exact: str) -> bool:
    """Tell whether the parts around the ellipses fill a stretch of text in order, with bounded gaps."""
    parts = [_plain(part) for part in _ELLIPSIS.split(exact)]
    if len(parts) < 2 or not all(parts):  # noqa: PLR2004 - an ellipsis stands between two parts
        return False
    held = _plain(there)
    return (
        held.startswith(parts[0]) and not _inside_word(held, len(parts[0])) and _follow(held, parts[1:], len(parts[0]))
    )


def _follow(held: str, parts: list[str], position: int) -> bool:
    """Tell whether parts follow one another from a position to the end, a bounded gap before each, no word cut."""
    if not parts:
        return position == len(held)
    found = held.find(parts[0], position, position + MAX_GAP + len(parts[0]))
    while found >= 0:
        end = found + len(parts[0])
        whole = not _inside_word(held, found) and (len(parts) == 1 or not _inside_word(held, end))
        if whole and _follow(held, parts[1:], end):
            return True
        found = held.find(parts[0], found + 1, position + MAX_GAP + len(parts[0]))
    return False


def _inside_word(text: str, place: int) -> bool:
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def spoken(text: str, quotation: str, start: int, end: int) -> bool:
    """Tell whether a quotation stands between offsets of a text, within one pair of quotation marks."""
    found = text.find(quotation, start, end)
    while found >= 0:
        if any(
            first <= found and found + len(quotation) <= last for first, last in _spoken_stretches(text, start, end)
        ):
            return True
        found = text.find(quotation, found + 1, end)
    return False


def _spoken_stretches(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what stands within quotation marks in the lines around two offsets."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    for match in _QUOTED.finditer(text, first, last if last >= 0 else len(text)):
        group = match.lastindex or 0
        yield match.span(group)


def link(url: str, exact: str) -> str:
    """Return a link to the words: a text fragment (https://wicg.github.io/scroll-to-text-fragment/#syntax)."""
    words = exact.split()
    ends = 4  # words at each end of a long quote
    pieces = [" ".join(words[:ends]), " ".join(words[-ends:])] if len(words) > 2 * ends else [" ".join(words)]
    encoded = ",".join(percent(piece, safe="").replace("-", "%2D") for piece in pieces)
    return f"{url}{'' if '#' in url else '#'}:~:text={encoded}"
