"""The files of an ontology as one graph: text first, terms when somebody asks for them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kg import ontology

HARD = r"""@prefix x: <urn:x:> .
x:a x:b "a \"quoted\"\\ text, a tab\t, two\r\nlines, U+2028 \u2028 and \u0001" , "한"@ko-KR , "1.50"^^x:c , 7 , x:é .
"""


def test_nodes_without_a_name_of_two_files_stay_apart(tmp_path: Path) -> None:
    (tmp_path / "one.ttl").write_text('@prefix x: <urn:x:> . x:a x:b _:n . _:n x:b " _:n ." .', encoding="utf-8")
    (tmp_path / "two (2).ttl").write_text("@prefix x: <urn:x:> . x:a x:c _:n . _:n x:b _:n .", encoding="utf-8")
    found, faults = ontology.load(tmp_path)
    assert faults == []
    assert len(set(found.triples)) == len(found.triples) == 4
    one, two = (found.value(ox.NamedNode("urn:x:a"), f"urn:x:{name}") for name in "bc")
    assert isinstance(one, ox.BlankNode)
    assert isinstance(two, ox.BlankNode)
    assert one != two
    assert found.text(one, "urn:x:b") == " _:n ."
    assert found.value(two, "urn:x:b") == two
    assert found.origin == {"urn:x:a": "ontology/one.ttl"}


def test_the_text_says_what_the_file_says(tmp_path: Path) -> None:
    file = tmp_path / "hard.ttl"
    file.write_text(HARD, encoding="utf-8")
    found, _ = ontology.load(tmp_path)
    expected = [quad.triple for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)]
    assert list(found.triples) == expected
    assert [quad.triple for quad in found.quads()] == expected
    assert found.nodes == {"<urn:x:a>": {"<urn:x:b>": [str(triple.object) for triple in expected]}}
    assert found.prefixes == {"x": "urn:x:"}
