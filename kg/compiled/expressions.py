"""Expressions of rules: functions of terms in N-Triples syntax, None where one is unbound, or where SPARQL speaks of an error."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.compiled.rules import Function, integer
from kg.ontology import XSD, term


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
    numbers = integer(one or ""), integer(other or "")
    return None if numbers[0] is None or numbers[1] is None else f'"{numbers[0] + numbers[1]}"^^<{XSD}integer>'


def first(*values: str | None) -> str | None:
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
