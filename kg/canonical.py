"""The canonical form of a graph (https://www.w3.org/TR/rdf-canon/): two parties who hold the same triples get the same bytes.

Without blank nodes that form is the sorted lines of canonical N-Quads; pyoxigraph writes a quad so. With them it renumbers
all of them after any edit, so `labelled` gives blank nodes names that last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyoxigraph as ox

_DIGITS = 16  # hexadecimal digits of a name: 64 bits


def lines(triples: Iterable[ox.Triple]) -> list[str]:
    """Return the canonical N-Quads (https://www.w3.org/TR/rdf-canon/#canonical-quads) of a graph, in code point order."""
    quads: Iterable[ox.Quad] = [ox.Quad(t.subject, t.predicate, t.object) for t in triples]
    if any(_blank(quad) for quad in quads):
        quads = _canonical(quads)
    return sorted({f"{quad} .\n" for quad in quads})


def sha256(triples: Iterable[ox.Triple]) -> str:
    """Return the SHA-256 of the canonical N-Quads of a graph, in hexadecimal digits."""
    return hashlib.sha256("".join(lines(triples)).encode()).hexdigest()


def labelled(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Name blank nodes by what is said around them, so that an edit renames only those that it touches.

    Blank nodes that triples join make one island. Each island is canonicalized alone; a label is the hash of the island
    and the canonical label within it. Islands that say the same are numbered: which is which makes no difference.
    """
    named: list[ox.Triple] = []
    partly: list[ox.Triple] = []
    for triple in triples:
        (partly if _blank(triple) else named).append(triple)
    seen: dict[str, int] = {}
    for island in _islands(partly):
        quads = _canonical(ox.Quad(t.subject, t.predicate, t.object) for t in island)
        digest = hashlib.sha256("".join(sorted(map(str, quads))).encode()).hexdigest()[:_DIGITS]
        seen[digest] = number = seen.get(digest, 0) + 1
        prefix = f"b{digest}" + (f"x{number}" if number > 1 else "")
        named += (_renamed(quad, prefix) for quad in quads)
    return named


def _islands(triples: Iterable[ox.Triple]) -> Iterable[list[ox.Triple]]:
    """Group triples by the blank nodes that they share, directly or through others."""
    above: dict[ox.BlankNode, ox.BlankNode] = {}

    def root(node: ox.BlankNode) -> ox.BlankNode:
        while (upper := above.setdefault(node, node)) != node:
            above[node] = node = above[upper]
        return node

    held = [(_blank(triple), triple) for triple in triples]
    for blank, _ in held:
        above[root(blank[-1])] = root(blank[0])
    found: dict[ox.BlankNode, list[ox.Triple]] = {}
    for blank, triple in held:
        found.setdefault(root(blank[0]), []).append(triple)
    return found.values()


def _canonical(quads: Iterable[ox.Quad]) -> Iterable[ox.Quad]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _blank(triple: ox.Triple | ox.Quad) -> list[ox.BlankNode]:
    return [term for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)]


def _renamed(quad: ox.Quad, prefix: str) -> ox.Triple:
    subject, object_ = quad.subject, quad.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(prefix + subject.value)
    if isinstance(object_, ox.BlankNode):
        object_ = ox.BlankNode(prefix + object_.value)
    return ox.Triple(subject, quad.predicate, object_)
