"""The footprint of a query: which triples it can see, so that an engine need not load the others.

It is told in keys: a predicate, `<p>`, or for types of which the query names the class, `<rdf:type> <class>`. It is never
too small: every IRI that is written counts as a predicate, and where a variable, or a negated path, may stand for one, the
footprint is None, which is everything.
"""

from __future__ import annotations

import re
from functools import lru_cache

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_TOKEN = re.compile(
    r"""\s+ | \#[^\n]*
    | (?P<text>\"\"\".*?\"\"\" | '''.*?''' | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | \d+(?:\.\d+)?)
    | (?P<iri><[^<>"{}|^`\\\s]*>) | (?P<variable>[?$]\w+) | (?P<name>[\w-]*:[\w.:%\\-]*) | (?P<word>\w+) | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_PROLOGUE = re.compile(r"(?i)\bPREFIX\s+([\w-]*):\s*<([^<>\s]*)>")
# Lists of variables, which are no patterns.
_LISTS = re.compile(r"(?i)\bSELECT\b[^{}]*|\b(?:GROUP|ORDER)\s+BY\b[^{}]*")
_TERMS = ("text", "iri", "variable", "name")


@lru_cache(1_000)
def of(query: str) -> frozenset[str] | None:
    """Return the keys of the triples that a query can see or make, or None for all."""
    prefixes = dict(_PROLOGUE.findall(query))
    text = "\n".join(line for line in _PROLOGUE.sub(" ", query).splitlines() if not line.lstrip().startswith("#"))
    tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(_LISTS.sub(" ", text)) if match.lastgroup]
    found: set[str] = set()
    for number, (kind, word) in enumerate(tokens):
        before = tokens[number - 1] if number else ("", "")
        after, then = (*tokens[number + 1 : number + 3], ("", ""), ("", ""))[:2]
        if kind == "variable" and (before[0] in _TERMS or before[1] in (";", "[")) and _begins(after):
            return None
        if word == "!" and (_begins(after) or after[1] in ("^", "a")):
            return None
        if word == "a" and after[0] in ("iri", "name") and before[0] in ("variable", "iri", "name", "sign"):
            alone = before[1] not in ("^", "/", "|", "(") and then[1] != ","
            found.add(f"{TYPE} {_iri(after[1], prefixes)}" if alone else TYPE)
        elif word == "a":
            found.add(TYPE)
        elif kind in ("iri", "name"):
            found.add(_iri(word, prefixes))
    return frozenset(found if TYPE not in found else {key for key in found if not key.startswith(f"{TYPE} ")})


def made(query: str) -> frozenset[str] | None:
    """Return the keys of the triples that a CONSTRUCT can make, or None for all."""
    template = re.search(r"(?i)\bCONSTRUCT\s*(\{[^{}]*\})", query)
    prologue = " ".join(match[0] for match in _PROLOGUE.finditer(query))
    return of(f"{prologue} {template[1]}") if template else None


def _begins(token: tuple[str | None, str]) -> bool:
    """Tell whether a token can begin an object."""
    return token[0] in _TERMS or token[1] in ("[", "(", "<")


def _iri(token: str, prefixes: dict[str, str]) -> str:
    if token.startswith("<"):
        return token
    prefix, _, local = token.rstrip(".").partition(":")
    return f"<{prefixes.get(prefix, '')}{local}>"


def meet(one: frozenset[str] | None, other: frozenset[str] | None) -> bool:
    """Tell whether two footprints may have a triple in common."""
    if one is None or other is None:
        return True
    if one & other:
        return True
    types = [any(key.startswith(f"{TYPE} ") for key in keys) for keys in (one, other)]
    return (TYPE in one and types[1]) or (TYPE in other and types[0])
