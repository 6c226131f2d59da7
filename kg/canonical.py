"""The canonical form of a graph (https://www.w3.org/TR/rdf-canon/): two parties who hold the same triples get the same bytes.

Without blank nodes that form is the sorted lines of canonical N-Quads; pyoxigraph writes a triple so. With them it renumbers
all of them after any edit, so `labelled` gives blank nodes names that last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyoxigraph as ox

_DIGITS = 16  # hexadecimal digits of a name: 64 bits


def lines(triples: Iterable[ox.Triple]) -> list[str]:
    """Return the canonical N-Quads (https://www.w3.org/TR/rdf-canon/#canonical-quads) of a graph, in code point order."""
    found = set(triples)
    if any(map(_blank, found)):
        found = _canonical(found)
    return sorted(f"{triple} .\n" for triple in found)


def sha256(triples: Iterable[ox.Triple]) -> str:
    """Return the SHA-256 of the canonical N-Quads of a graph, in hexadecimal digits."""
    return digest(line.encode() for line in lines(triples))


def digest(pieces: Iterable[bytes]) -> str:
    """Return the SHA-256 of pieces, in hexadecimal digits."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


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
        canonical = _canonical(island)
        digest = hashlib.sha256("".join(sorted(map(str, canonical))).encode()).hexdigest()[:_DIGITS]
        seen[digest] = number = seen.get(digest, 0) + 1
        prefix = f"b{digest}" + (f"x{number}" if number > 1 else "")
        named += (_renamed(triple, prefix) for triple in canonical)
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


def _canonical(triples: Iterable[ox.Triple]) -> set[ox.Triple]:
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {quad.triple for quad in dataset}


def _blank(triple: ox.Triple) -> list[ox.BlankNode]:
    return [term for term in (triple.subject, triple.object) if isinstance(term, ox.BlankNode)]


def _renamed(triple: ox.Triple, prefix: str) -> ox.Triple:
    subject, object_ = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(prefix + subject.value)
    if isinstance(object_, ox.BlankNode):
        object_ = ox.BlankNode(prefix + object_.value)
    return ox.Triple(subject, triple.predicate, object_)
