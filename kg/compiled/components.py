"""Constraint components on single values (https://www.w3.org/TR/shacl/#core-components): see `kg.compiled.constraints`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyoxigraph as ox

from kg.compiled.constraints import BeyondError, Breach, Check, Shape, View
from kg.ontology import RDF, XSD, term

_LANG_STRING = f"<{RDF}langString>"


def each(component: str, fits: Callable[[str], bool]) -> Check:
    """Return a check of every value by itself."""

    def check(view: View, node: str, path: str, values: list[str]) -> Iterable[Breach]:  # noqa: ARG001 - a check's signature
        for value in values:
            if not fits(value):  # as hardly any, so that a generator would cost more than the check
                return [(path, value, component) for value in values if not fits(value)]
        return ()

    return check


def shaped(component: str, fits: Callable[[View, str], bool]) -> Check:
    """Return a check of every value by other shapes."""

    def check(view: View, node: str, path: str, values: list[str]) -> Iterable[Breach]:  # noqa: ARG001 - a check's signature
        return [(path, value, component) for value in values if not fits(view, value)]

    return check


def several(name: str, shapes: list[Shape]) -> Callable[[View, str], bool]:
    """Return how shapes are joined: sh:and, sh:or, sh:xone, sh:not."""
    if name == "and":
        return lambda view, value: all(shape.holds(view, value) for shape in shapes)
    if name == "or":
        return lambda view, value: any(shape.holds(view, value) for shape in shapes)
    if name == "not":
        return lambda view, value: not shapes[0].holds(view, value)
    return lambda view, value: sum(shape.holds(view, value) for shape in shapes) == 1


def has(wanted: str) -> Check:
    """Return a check that a value is among the values (sh:hasValue)."""

    def check(view: View, node: str, path: str, values: list[str]) -> Iterable[Breach]:  # noqa: ARG001 - a check's signature
        return () if wanted in values else [(path, "", "HasValue")]

    return check


def unique(view: View, node: str, path: str, values: list[str]) -> Iterable[Breach]:  # noqa: ARG001 - a check's signature
    """Check that no language comes twice (sh:uniqueLang)."""
    if len(values) == 1:
        return ()
    tags = [value[value.rindex('"') + 2 :] for value in values if value[0] == '"' and value[-1] not in '">']
    return [(path, "", "UniqueLang") for _ in {tag for tag in tags if tags.count(tag) > 1}]


def datatype(wanted: str) -> Callable[[str], bool]:
    """Return what tells literals of a datatype (sh:datatype), in whose lexical space they must be."""
    if wanted == f"<{XSD}string>":
        return lambda value: value[-1] == '"'
    if wanted == _LANG_STRING:
        return lambda value: value[0] == '"' and value[-1] not in '">'
    end = f'"^^{wanted}'
    name = wanted[1:-1].removeprefix(XSD)
    if name in _SPACES:
        space = _SPACES[name]
        return lambda value: value.endswith(end) and space.fullmatch(_lexical(value) or "") is not None
    if name != wanted[1:-1]:
        raise BeyondError
    return lambda value: value.endswith(end)


# Lexical spaces (https://www.w3.org/TR/xmlschema11-2/#built-in-datatypes) of the datatypes that are compiled.
_SPACES = {
    name: re.compile(pattern, re.ASCII)
    for name, pattern in {
        "anyURI": r"(?s:.*)",
        "boolean": r"true|false|1|0",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "integer": r"[+-]?\d+",
        "nonNegativeInteger": r"\+?\d+|-0+",
        "positiveInteger": r"\+?0*[1-9]\d*",
        "duration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
    }.items()
}


def _lexical(value: str) -> str | None:
    """Return what a pattern is held against: an IRI or the text of a literal."""
    if value[0] == "<":
        return value[1:-1]
    if value[0] != '"':
        return None
    text = value[1 : value.rindex('"')]
    if "\\" not in text:
        return text
    found = term(value)
    return found.value if isinstance(found, ox.Literal) else None


def pattern(text: str, flags: str) -> Callable[[str], bool]:
    """Return what tells values that match an expression (sh:pattern)."""
    if not set(flags) <= set("i"):
        raise BeyondError
    # `$` ends the text (https://www.w3.org/TR/xpath-functions-31/#regex-syntax); Python's also stands before a line end
    compiled = re.compile(re.sub(r"(?<!\\)\$$", r"\\Z", text), re.IGNORECASE if flags else 0)

    def fits(value: str) -> bool:
        text = _lexical(value)
        return text is not None and compiled.search(text) is not None

    return fits


def length(name: str, bound: int) -> Callable[[str], bool]:
    """Return what tells values by their number of characters (sh:minLength, sh:maxLength)."""

    def fits(value: str) -> bool:
        text = _lexical(value)
        return text is not None and (len(text) >= bound if name == "minLength" else len(text) <= bound)

    return fits


def kind(name: str) -> Callable[[str], bool]:
    """Return what tells values by their kind (sh:nodeKind)."""
    first = {
        "IRI": "<",
        "Literal": '"',
        "BlankNode": "_",
        "BlankNodeOrIRI": "<_",
        "BlankNodeOrLiteral": '"_',
        "IRIOrLiteral": '<"',
    }
    if name not in first:
        raise BeyondError
    return lambda value: value[0] in first[name]
