"""TriG: the graphs of N-Quads, in the words of Turtle; blank nodes of the ontology have names that last."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.export import lines, trig, turtle
from kg.graph import Graph

TRIG, NQUADS = ox.RdfFormat.TRIG, ox.RdfFormat.N_QUADS


def written(graph: Graph) -> str:
    return b"".join(trig.write(graph)).decode()


@pytest.fixture
def graph(small: Path, own_ontology: Path) -> Graph:
    assert own_ontology.is_dir()
    return kg.build(small).graph


def edited(project: Path, old: str, new: str) -> Graph:
    """The graph after an edit of the shapes."""
    file = project / "ontology" / "shapes.ttl"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    return kg.build(project).graph


def test_the_quads_are_those_of_n_quads(graph: Graph) -> None:
    found = list(ox.parse(written(graph), format=TRIG))
    assert set(found) == set(ox.parse(b"".join(lines.quads(graph)), format=NQUADS))
    assert len(found) == len(set(found)) == len(graph) + len(graph.ontology.triples)


def test_a_block_for_each_graph_in_the_order_of_names(graph: Graph) -> None:
    text = written(graph)
    names = re.findall(r"^(\S+) \{$", text, re.MULTILINE)
    assert names == [
        "id:graph.derived",
        "id:graph.entities",
        "id:graph.first-article",
        "<https://w3id.org/kg-facts/ontology>",
    ]
    assert len(re.findall(r"^\}$", text, re.MULTILINE)) == len(names)
    heads = [line for line in text.splitlines() if line.startswith("@prefix")]
    assert heads == sorted(heads) == text.splitlines()[: len(heads)]


def test_a_block_reads_as_in_turtle(graph: Graph) -> None:
    """A record that nothing is derived of, and the triples of which lie in one graph, is written alike."""
    block = re.search(
        r"\nid:kim-says-so\.speaker\.[0-9a-f]+ a kg:Link .*?\.\n", b"".join(turtle.write(graph)).decode(), re.DOTALL
    )
    assert block
    said = re.sub(r" a kg:Link ;\n    ", " ", block[0])
    assert said in written(graph)


def test_blank_nodes_keep_their_names_when_something_else_changes(small: Path, graph: Graph) -> None:
    before, after = (
        written(graph),
        written(edited(small, "Who published or issued it, as stated.", "Who published it, as stated.")),
    )
    label = re.compile(r"_:b[0-9a-f]{16}(?:x\d+)?c14n\d+")
    old, new = set(label.findall(before)), set(label.findall(after))
    assert len(old) > 200
    assert len(old - new) == len(new - old) == 1
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert len(changed) < 10


@pytest.mark.parametrize("format_", ["trig", "nquads"])
def test_the_same_bytes_in_every_process(small: Path, format_: str) -> None:
    """The parser gives blank nodes other names each time."""
    made = [
        subprocess.run(
            [sys.executable, "-c", "from kg.cli import main; main()", "--project", small, "export", format_],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in (("1", "Asia/Seoul"), ("2", "UTC"))
    ]
    assert made[0] == made[1]
    assert b"_:" in made[0]
