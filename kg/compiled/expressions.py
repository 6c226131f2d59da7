"""Expressions of rules: functions of terms in N-Triples syntax, None where one is unbound, or where SPARQL speaks of an error.

Conditions are True, False or None. Where it takes an engine to tell, they raise BeyondError.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from kg.compiled.rules import BeyondError, Function, as_integer, integer
from kg.ontology import term


def call(function: Function) -> Callable[[str | None], str | None]:
    """Return what calls a function on a literal."""
    made: dict[str, str | None] = {}

    def value(text: str | None) -> str | None:
        if text is None or text[0] == "<":
            return None
        if text not in made:
            argument = term(text)
            try:
                found = function(argument) if isinstance(argument, ox.Literal) else None
            except ValueError:
                found = None
            made[text] = None if found is None else str(found)
        return made[text]

    return value


def total(one: str | None, other: str | None) -> str | None:
    """Return the sum of two numbers."""
    return None if one is None or other is None else as_integer(_number(one) + _number(other))


def true() -> bool:
    """Return what always holds."""
    return True


def first(*values: str | bool | None) -> str | bool | None:
    """Return the first that is bound (COALESCE)."""
    return next((value for value in values if value is not None), None)


def if_bound(found: str | None, one: str | None, other: str | None) -> str | None:
    """Return one where a variable is bound, else the other (IF)."""
    return one if found is not None else other


def if_more(found: str | None, least: str, one: str | None, other: str | None) -> str | None:
    """Return one where a variable is more than a number, else the other (IF)."""
    number, limit = integer(found or ""), integer(least)
    return None if number is None or limit is None else one if number > limit else other


def longer(node: str | None, more: str) -> str | None:
    """Return an IRI with more behind it."""
    return f"{node[:-1]}{more[1:-1]}>" if node is not None and node[0] == "<" else None


def different(values: Iterable[str | None]) -> str:
    """Count different values (COUNT DISTINCT)."""
    return as_integer(len({value for value in values if value is not None}))


def all_(values: Iterable[str | None]) -> str:
    """Count values (COUNT)."""
    return as_integer(sum(value is not None for value in values))


def least(values: Iterable[str | None]) -> str:
    """Return the least of numbers (MIN)."""
    return as_integer(min(map(_number, values)))


def greatest(values: Iterable[str | None]) -> str:
    """Return the greatest of numbers (MAX)."""
    return as_integer(max(map(_number, values)))


def difference(one: str | None, other: str | None) -> str | None:
    """Return what is left of a number without another."""
    return None if one is None or other is None else as_integer(_number(one) - _number(other))


def equal(one: str | None, other: str | None) -> bool | None:
    """Tell whether two values are the same (=)."""
    if one is None or other is None:
        return None
    if one[0] == "<" or other[0] == "<" or one[-1] == other[-1] == '"':
        return one == other
    return _number(one) == _number(other)


def less(one: str | None, other: str | None) -> bool | None:
    """Tell whether a value comes before another (<)."""
    if one is None or other is None:
        return None
    if one[-1] == other[-1] == '"':
        return value(one) < value(other)
    return _number(one) < _number(other)


def negation(one: bool | None) -> bool | None:  # noqa: FBT001 - a truth value (https://www.w3.org/TR/sparql11-query/#evaluation)
    """Return the contrary."""
    return None if one is None else not one


def both(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - as above
    """Return whether both hold."""
    return False if False in (one, other) else None if None in (one, other) else True


def either(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - as above
    """Return whether one holds."""
    return True if True in (one, other) else None if None in (one, other) else False


def string(term_: str | None) -> str | None:
    """Return an IRI or a literal as plain text (STR)."""
    if term_ is None:
        return None
    return f'"{term_[1:-1]}"' if term_[0] == "<" else term_[: term_.rindex('"') + 1]


def length(text: str | None) -> str | None:
    """Return how many characters a text has (STRLEN)."""
    return None if text is None else as_integer(len(value(_text(text))))


def contains(text: str | None, part: str | None) -> bool | None:
    """Tell whether a text has another in it (CONTAINS)."""
    return None if text is None or part is None else value(_plain(part)) in value(_plain(text))


def language(text: str | None) -> str | None:
    """Return the language of a text (LANG)."""
    return None if text is None else f'"{_text(text).rpartition(chr(34))[2][1:]}"'


def matches_language(tag: str | None, range_: str | None) -> bool | None:
    """Tell whether a language is of a range (LANGMATCHES; RFC 4647, section 3.3.1)."""
    if tag is None or range_ is None:
        return None
    found, wanted = value(tag).lower(), value(range_).lower()
    return bool(found) if wanted == "*" else f"{found}-".startswith(f"{wanted}-")


def words(pattern: str) -> Callable[[str | None], bool | None]:
    """Return what tells whether a text begins with so many words and another: of regular expressions, the kind that is compiled.

    Raises:
        BeyondError: it is another.

    """
    if not re.fullmatch(r'"\^\(\\\\S\+\\\\s\+\)\{\d+\}\\\\S"', pattern):
        raise BeyondError
    # White space by Unicode, as engines have it; to Python more is white.
    space = r"\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    expression = re.compile(pattern[1:-1].replace(r"\\S", f"[^{space}]").replace(r"\\s", f"[{space}]"))

    def matches(text: str | None) -> bool | None:
        return None if text is None else expression.match(value(_text(text))) is not None

    return matches


def value(text: str) -> str:
    """Return the characters of a literal."""
    if "\\" in text:
        found = term(text)
        return found.value if isinstance(found, ox.Literal) else ""
    return text[1 : text.rindex('"')]


def _number(text: str | None) -> int:
    found = integer(text or "")
    if found is None:
        raise BeyondError
    return found


def _text(text: str) -> str:
    """Return a text, be it in a language."""
    if text[-1] == ">":
        raise BeyondError
    return text


def _plain(text: str) -> str:
    if text[-1] != '"':
        raise BeyondError
    return text
