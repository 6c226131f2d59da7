"""The canonical form: that of rdf-canonize, an implementation in JavaScript; and names of blank nodes that last."""

from __future__ import annotations

import hashlib
import itertools
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
from parsers import canonical as judged

import kg
from kg import canonical, ontology
from kg.export import lines

ROOT = Path(__file__).parents[1]
P, Q = ox.NamedNode("https://example.org/p"), ox.NamedNode("https://example.org/q")
S = ox.NamedNode("https://example.org/s")


def blank(*names: str) -> list[ox.BlankNode]:
    return [ox.BlankNode(name) for name in names]


def text(triples: object) -> str:
    return "".join(canonical.lines(triples))


def test_escapes() -> None:
    """https://www.w3.org/TR/rdf-canon/#canonical-quads, canonical N-Quads."""
    everything = "".join(map(chr, range(0x20))) + '"\\\x7f\x80\u2028\ufffe\U0001f6a2'
    expected = r"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000B\f\r\u000E\u000F"
    expected += r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001A\u001B\u001C\u001D\u001E\u001F"
    expected += r"\"\\\u007F" + "\x80\u2028" + r"\uFFFE" + "🚢"
    line = f'<https://example.org/s> <https://example.org/p> "{expected}" .\n'
    assert canonical.lines([ox.Triple(S, P, ox.Literal(everything))]) == [line]


def test_lines_stand_in_code_point_order_once() -> None:
    found = [ox.Triple(S, P, ox.Literal(value)) for value in ("b", "a", "한", "😀", "\ue000", "a")]
    assert [line.split('"')[1] for line in canonical.lines(found)] == ["a", "b", "한", "\ue000", "😀"]


def test_numbers_stay_as_they_were_written() -> None:
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    assert '"007"^^' in text([ox.Triple(S, P, ox.Literal("007", datatype=integer))])


def test_the_sum_is_that_of_the_sorted_lines(shipped: Path) -> None:
    """So that whoever has sort and sha256sum can check it."""
    graph = kg.build(shipped, checked=False).graph
    plain = sorted(b"".join(lines.triples(graph)).splitlines(keepends=True))
    assert canonical.sha256(graph) == hashlib.sha256(b"".join(plain)).hexdigest()


@pytest.mark.parametrize("which", ["facts", "ontology"])
def test_another_implementation_agrees(which: str, shipped: Path, tmp_path: Path) -> None:
    graph = kg.build(shipped, checked=False).graph
    triples = list(graph if which == "facts" else graph.ontology.triples)
    random.Random(1).shuffle(triples)  # noqa: S311 - no secret
    file = tmp_path / "kg.nq"
    file.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    assert text(triples).encode() == judged(file)


def test_names_change_nothing() -> None:
    onto, _ = ontology.load(ROOT / "ontology")
    named = canonical.labelled(onto.triples)
    assert text(named) == text(onto.triples)
    assert len(set(named)) == len(onto.triples)


def test_names_do_not_depend_on_order_or_earlier_names() -> None:
    a, b, c, x, y, z = blank("a", "b", "c", "x", "y", "z")
    first = [ox.Triple(S, P, a), ox.Triple(a, Q, b), ox.Triple(b, Q, S), ox.Triple(c, P, ox.Literal("c"))]
    second = [ox.Triple(z, P, ox.Literal("c")), ox.Triple(y, Q, S), ox.Triple(x, Q, y), ox.Triple(S, P, x)]
    assert set(canonical.labelled(first)) == set(canonical.labelled(second))


def test_what_says_the_same_stays_apart() -> None:
    """Two restrictions alike are two, as they were."""
    a, b = blank("a", "b")
    alike = [ox.Triple(node, P, ox.Literal("alike")) for node in (a, b)]
    assert len({triple.subject for triple in canonical.labelled(alike)}) == 2
    assert set(canonical.labelled(alike)) == set(canonical.labelled(alike[::-1]))


def test_a_circle_and_a_long_list_have_names() -> None:
    circle = blank("a", "b", "c")
    triples = [ox.Triple(node, P, other) for node, other in zip(circle, circle[1:] + circle[:1], strict=True)]
    cells = blank(*(f"n{number}" for number in range(5000)))
    triples += [ox.Triple(node, P, ox.Literal(node.value)) for node in cells]
    triples += [ox.Triple(node, Q, other) for node, other in itertools.pairwise(cells)]
    assert text(canonical.labelled(triples)) == text(triples)


def test_an_edit_renames_only_what_it_touches() -> None:
    a, b = blank("a", "b")
    before = [ox.Triple(a, P, ox.Literal("a")), ox.Triple(b, P, ox.Literal("b"))]
    after = [before[0], ox.Triple(b, P, ox.Literal("another"))]
    assert len(set(canonical.labelled(before)) & set(canonical.labelled(after))) == 1


def test_triples_without_blank_nodes_stay_as_they_are() -> None:
    assert canonical.labelled([ox.Triple(S, P, S)]) == [ox.Triple(S, P, S)]
