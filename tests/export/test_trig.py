"""TriG: the graphs of N-Quads, in the words of Turtle; blank nodes of the ontology have names that last."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from generation import ROOT

import kg
from kg import turtle
from kg.export import FORMATS, lines, trig
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


# ----------------------------------------------------------------------------------------------------------- direct edges


@pytest.fixture(scope="module")
def edges() -> set[tuple[str, str, str]]:
    """The expected answer to the question, which a person wrote from the texts."""
    table = ROOT / "ontology" / "questions" / "direct-edges.csv"
    with table.open(encoding="utf-8", newline="") as lines_:
        return {(row["subject"], row["predicate"], row["object"]) for row in csv.DictReader(lines_)}


@pytest.mark.parametrize(("format_", "syntax"), [("nquads", NQUADS), ("trig", TRIG)])
def test_direct_edges_lie_in_a_graph_of_their_own_and_only_on_demand(builds, edges, format_, syntax) -> None:
    """A code is written as its list and name there."""
    graph = builds["shipped"].graph
    name = ox.NamedNode(f"{graph.base}graph.edges")
    plain = set(ox.parse(b"".join(FORMATS[format_].write(graph)), format=syntax))
    more = set(ox.parse(b"".join(FORMATS[format_].write_edges(graph)), format=syntax))
    assert name not in {quad.graph_name for quad in plain}
    assert {quad for quad in more if quad.graph_name != name} == plain
    codes = "https://w3id.org/kg-facts/code/"
    found = {
        tuple(term.value.removeprefix(graph.base).removeprefix(codes) for term in quad.triple) for quad in more - plain
    }
    assert found == edges


def test_the_command_has_an_option_for_them(run, project, tmp_path) -> None:
    for options in ([], ["--edges"]):
        ended = run("--project", project, "export", "nquads", "--out", tmp_path / "kg.nq", *options)
        assert ended.code == 0, ended.err
        assert ("graph.edges>" in (tmp_path / "kg.nq").read_text(encoding="utf-8")) == bool(options)
    for format_ in ("turtle", "csv"):
        ended = run("--project", project, "export", format_, "--out", tmp_path / "other", "--edges")
        assert (ended.code, (tmp_path / "other").exists()) == (2, False)
        assert "nquads, trig have" in ended.err


def test_an_ontology_that_does_not_say_which(run, small, own_ontology) -> None:
    """Its questions were left out."""
    ended = run("--project", small, "export", "trig", "--edges")
    assert ended.code == 1
    assert "ontology/questions/direct-edges.rq" in ended.err
    (own_ontology / "questions").mkdir()
    (own_ontology / "questions" / "direct-edges.rq").write_text("SELECT * { ?s ?p ?o }", encoding="utf-8")
    ended = run("--project", small, "export", "trig", "--edges")
    assert (ended.code, ended.out) == (1, "")
    assert "a CONSTRUCT is needed" in ended.err
