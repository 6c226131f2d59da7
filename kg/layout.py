"""Layouts: nodes that have the same properties, as often, are written alike; how is worked out once for all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from kg.ontology import SKOS, TYPE

# A subset of PN_LOCAL without escapes (Turtle, section 6.5).
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?", re.ASCII)
_REMEMBERED = 10_000
_TYPE = f"<{TYPE.value}>"
_FIRST = {_TYPE: 0, f"<{SKOS}prefLabel>": 1}

About: TypeAlias = Mapping[str, list[str]]  # predicate -> objects, each once; terms in N-Triples syntax


def kind(about: About) -> tuple[tuple[object, ...], ...]:
    """Return what nodes that are alike have in common: their properties, how often they have each, and their classes."""
    return tuple(about), tuple(map(len, about.values())), tuple(about.get(_TYPE, ()))


class Names(dict[str, str]):
    """Turtle of terms that hold an IRI, by their N-Triples.

    Attributes:
        used: the prefixes that are used, and what they stand for.

    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__()
        self._prefixes = {iri: name for name, iri in prefixes.items()}
        self.used: dict[str, str] = {}

    def __missing__(self, text: str) -> str:
        """Abbreviate a term where that needs no escape."""
        if len(self) > _REMEMBERED:
            self.clear()  # most are names of parts, which come once or twice
        short = text
        if text[0] == "<":
            cut = max(text.rfind("#"), text.rfind("/")) + 1
            namespace = text[1:cut]
            prefix = self._prefixes.get(namespace)
            if prefix is not None and _LOCAL.fullmatch(text, cut, len(text) - 1) is not None:
                self.used[prefix] = namespace
                short = f"{prefix}:{text[cut:-1]}"
        elif text[-1] == ">":
            end = text.rindex('"') + 3  # behind ^^
            short = text[:end] + self[text[end:]]
        self[text] = short
        return short


class Layout:
    """How nodes with some properties are written.

    Attributes:
        types: classes of such a node.
        numbers: how many values each property has, in the order of the letters, as N-Triples stand.
        used: see `Names`.

    """

    def __init__(self, about: About, prefixes: Mapping[str, str]) -> None:
        names = Names(prefixes)
        self.types = tuple(about.get(_TYPE, ()))
        self.numbers = {predicate: len(about[predicate]) for predicate in sorted(about)}
        self.used = names.used
        self._several = any(number > 1 for number in self.numbers.values())
        line = "%s {} %s .\n"
        self._lines = "".join(line.format(_percent(p)) * number for p, number in self.numbers.items())
        # Where the values of each property begin, among all that stand in the order of N-Triples.
        starts, total = {}, 0
        for predicate, number in self.numbers.items():
            starts[predicate] = total
            total += number
        self._places: list[int] = []
        verbs = []
        for predicate in sorted(about, key=_order):
            number = self.numbers[predicate]
            self._places += range(starts[predicate], starts[predicate] + number)
            verb = "a" if predicate == _TYPE else _percent(names[predicate])
            between = ", " if verb == "a" else ",\n        "
            objects = between.join(["%s"] * number)
            verbs.append(f"{verb} {objects}" if verb == "a" or number == 1 else f"{verb}\n        {objects}")
        self._turtle = "%s " + " ;\n    ".join(verbs) + " .\n"
        self._flags: dict[object, str | None] = {}

    def values(self, about: About) -> list[str]:
        """Return the values of a node in the order of N-Triples."""
        found = map(about.__getitem__, self.numbers)
        if self._several:
            return [value for values in found for value in (values if len(values) == 1 else sorted(values))]
        return [value for value, in found]  # fmt: skip

    def lines(self, subject: str, values: Sequence[str]) -> str:
        """Write N-Triples, in canonical order."""
        terms = [subject] * (2 * len(values))
        terms[1::2] = values
        return self._lines % tuple(terms)

    def turtle(self, subject: str, values: Sequence[str], names: Names) -> str:
        """Write Turtle: the type first, then the label, then the others by their IRIs."""
        short = [names[value] if value[-1] == ">" else value for value in values]
        return self._turtle % (names[subject], *map(short.__getitem__, self._places))

    def flags(self, made: About, values: Sequence[str]) -> str:
        """Return a `1` for each value that was made, in the order of N-Triples, and a `0` for each other one."""
        key = kind(made)
        if key not in self._flags:
            partly = any(0 < len(some) < self.numbers[p] for p, some in made.items() if p != _TYPE)
            self._flags[key] = None if partly else self._flagged(made, values)
        return self._flags[key] or self._flagged(made, values)

    def _flagged(self, made: About, values: Sequence[str]) -> str:
        predicates = (predicate for predicate, number in self.numbers.items() for _ in range(number))
        return "".join("01"[value in made.get(p, ())] for p, value in zip(predicates, values, strict=True))


class Layouts:
    """The layouts that were needed so far."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = prefixes
        self._known: dict[object, Layout] = {}

    def of(self, about: About) -> Layout:
        """Return how a node is written."""
        key = kind(about)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            found = self._known[key] = Layout(about, self.prefixes)
        return found


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _order(predicate: str) -> tuple[int, str]:
    return _FIRST.get(predicate, 2), predicate[:-1]
