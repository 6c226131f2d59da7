"""What stores are known to rewrite, undone by bringing both sides into one form.

A store may keep the value of a literal and forget how it was written: `007` becomes `7`, `1.10` becomes `1.1`, and an
integer that cannot be negative just an integer. That is no loss to a query, but a comparison must know of it. Language
tags need nothing: pyoxigraph writes all of them in lower case (RDF 1.1 Concepts, section 3.3, allows that).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

import pyoxigraph as ox

from kg.ontology import XSD

_CACHED = 1 << 16  # literals
_NUMBER = re.compile(r"(?P<sign>[+-]?)(?P<size>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_DATED = (XSD + "date", XSD + "dateTime", XSD + "time", XSD + "gYear", XSD + "gYearMonth")
_DURATIONS = (XSD + "duration", XSD + "dayTimeDuration", XSD + "yearMonthDuration")
# Virtuoso 7.2.5
_PLACES = Decimal(10) ** -15  # to which it rounds decimals
_DIGITS = 6  # of a double, where it shows one in N-Triples
_EXACT = Context(prec=400)


def by_value(triple: ox.Triple) -> ox.Triple:
    """Write numbers, booleans, dates and durations as Oxigraph does: one way for each value."""
    return _with(triple, _value)


def by_value_in_virtuoso(triple: ox.Triple) -> ox.Triple:
    """Write them so after what Virtuoso 7.2.5 does to them.

    Integers from 2^31 on come back as decimals; decimals are rounded to 15 places; doubles are shown with 6 digits;
    fractions of a second are cut to 6; durations become a number of seconds or months; years before 0 lose a digit.
    """
    return _with(triple, _value_in_virtuoso)


def _with(triple: ox.Triple, write: Callable[[ox.Literal], ox.Literal]) -> ox.Triple:
    literal = triple.object
    if not isinstance(literal, ox.Literal) or not literal.datatype.value.startswith(XSD):
        return triple
    return ox.Triple(triple.subject, triple.predicate, write(literal))


@lru_cache(_CACHED)
def _value(literal: ox.Literal) -> ox.Literal:
    if literal.datatype.value == XSD + "string":
        return literal
    store, name = ox.Store(), ox.NamedNode("x:x")
    store.add(ox.Quad(name, name, literal))
    written = next(iter(store)).object
    return written if isinstance(written, ox.Literal) else literal


@lru_cache(_CACHED)
def _value_in_virtuoso(literal: ox.Literal) -> ox.Literal:
    plain = _value(literal)
    text, type_ = plain.value, plain.datatype.value
    number = _NUMBER.fullmatch(text)
    if type_ in (XSD + "integer", XSD + "decimal"):
        type_ = XSD + "decimal"
        text = _rounded(text) if number else text
    elif type_ in (XSD + "double", XSD + "float"):
        text = f"{float(text):.{_DIGITS}g}" if number else text
    elif type_ in _DURATIONS and number:
        size = number["size"]
        text = number["sign"] + (f"P{size}M" if size.isdigit() else f"PT{Decimal(size):f}S")
    elif type_ in _DATED:
        text = re.sub(r"(\.\d{6})\d+", r"\1", re.sub(r"^-(\d{3})(?!\d)", r"-0\1", text))
    return _value(ox.Literal(text, datatype=ox.NamedNode(type_)))


def _rounded(text: str) -> str:
    try:
        return f"{Decimal(text).quantize(_PLACES, ROUND_HALF_UP, _EXACT).normalize(_EXACT):f}"
    except InvalidOperation:  # of more digits than anybody writes
        return text
