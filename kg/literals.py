"""Literals: what a value of a datatype may look like, and what in a text a reader cannot see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from kg import addresses, dates
from kg.factfile import Scalar
from kg.ontology import XSD

EDTF = "http://id.loc.gov/datatypes/edtf/EDTF"

_DIGITS = r"\d{1,100}"  # more than anything has, and few enough that no program takes long to read them
# Lexical spaces, XML Schema 1.1 part 2, section 3 (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes).
_LEXICAL = {
    XSD + "integer": (re.compile(rf"[+-]?{_DIGITS}", re.ASCII), "a whole number"),
    XSD + "nonNegativeInteger": (re.compile(rf"\+?{_DIGITS}", re.ASCII), "a whole number, 0 or more"),
    XSD + "positiveInteger": (re.compile(rf"\+?(?!0+(?!\d)){_DIGITS}", re.ASCII), "a whole number, 1 or more"),
    XSD + "decimal": (
        re.compile(rf"[+-]?(?:{_DIGITS}(?:\.\d{{0,100}})?|\.{_DIGITS})", re.ASCII),
        "a number like 8700 or 0.5",
    ),
    XSD + "boolean": (re.compile(r"true|false|1|0", re.ASCII), "true or false"),
    XSD + "date": (re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII), "a day like 2026-02-26"),
    XSD + "gYear": (re.compile(r"\d{4}", re.ASCII), "a year like 2026"),
    XSD + "duration": (
        re.compile(r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?", re.ASCII),
        "a duration like P4D",
    ),
    XSD + "anyURI": (re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+"), "a web address"),
}
# Zero-width and bidirectional controls (Unicode Technical Report 36, section 2.5): invisible, and they break a quote.
# Fillers and tag characters too.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
_WORD = re.compile(r"\w+")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")


def unlike(datatype: str, text: str) -> str:
    """Return what a value of a datatype looks like, where a text does not; else nothing.

    Datatypes that are not in the table above are left to the shapes.
    """
    pattern, what = _LEXICAL.get(datatype, (None, ""))
    if pattern is None:
        return ""
    more = _MORE.get(datatype)
    return "" if pattern.fullmatch(text) and not (more and more(text)) else what


@cache
def bad_date(text: str) -> str:
    """Return what is wrong with an EDTF value, or nothing."""
    try:
        dates.bounds(text)
    except ValueError as error:
        return str(error)
    return ""


def suspicions(node: Scalar, source: str) -> Iterator[tuple[str, str, str]]:
    """Yield code, message and hint for what can hardly be meant.

    That is invisible characters, letters of two alphabets in one word, and a comment that cuts an unquoted text.

    Args:
        node: the text.
        source: the file that holds it.

    """
    ascii_ = node.value.isascii()  # most text is, and then the first two cannot be
    for character in () if ascii_ else sorted(set(_INVISIBLE.findall(node.value))):
        yield "invisible-character", f"invisible character U+{ord(character):04X}", "remove it unless the source has it"
    for word in () if ascii_ else _WORD.findall(node.value):
        alphabets = () if word.isascii() else _alphabets(word)
        if len(alphabets) > 1:
            message = f"'{word}' mixes {' and '.join(alphabets)} letters"
            yield "mixed-alphabets", message, "type it again on one keyboard"
    if node.plain and " " in node.value and re.match(r"[ \t]+#", source[node.end :][:80]):
        hint = "quote the text if '#' belongs to it; else move the comment to a line of its own"
        yield "comment-after-text", "' #' ends an unquoted text", hint


_MORE: dict[str, Callable[[str], str]] = {XSD + "date": bad_date, XSD + "anyURI": addresses.fault}


def _alphabets(word: str) -> list[str]:
    names = (unicodedata.name(letter, "") for letter in word if letter.isalpha())
    return sorted({alphabet.title() for name in names for alphabet in _ALPHABETS if name.startswith(alphabet)})
