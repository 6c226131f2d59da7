"""Expressions of rules: functions of a solution, which give a term, or None where SPARQL speaks of an error."""

from __future__ import annotations

import pyoxigraph as ox

from kg.ontology import XSD, term
from kg.rules import Function, Solution, Value, integer


def call(function: Function, name: str) -> Value:
    """Return what calls a function on a variable."""
    made: dict[str, str | None] = {}

    def value(solution: Solution) -> str | None:
        text = solution.get(name)
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


def total(one: str, other: str) -> Value:
    """Return the sum of two variables."""

    def value(solution: Solution) -> str | None:
        numbers = integer(solution.get(one, "")), integer(solution.get(other, ""))
        return None if numbers[0] is None or numbers[1] is None else f'"{numbers[0] + numbers[1]}"^^<{XSD}integer>'

    return value


def first(values: list[Value]) -> Value:
    """Return the first that is bound (COALESCE)."""
    return lambda solution: next((found for found in (value(solution) for value in values) if found is not None), None)


def choice(name: str, least: int | None, one: Value, other: Value) -> Value:
    """Return one where a variable is bound, or is more than a number, else the other (IF)."""

    def value(solution: Solution) -> str | None:
        found = solution.get(name)
        if least is None:
            return one(solution) if found is not None else other(solution)
        number = integer(found or "")
        return None if number is None else one(solution) if number > least else other(solution)

    return value


def longer(name: str, more: str) -> Value:
    """Return the IRI of a variable, with more behind it."""

    def value(solution: Solution) -> str | None:
        node = solution.get(name, "")
        return f"{node[:-1]}{more}>" if node.startswith("<") else None

    return value
