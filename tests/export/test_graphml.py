"""GraphML: as its schema wants it, and the same graph to networkx and igraph, which read it for themselves.

The schema (graphml.graphdrawing.org/xmlns/1.0) can't be had here; what it says of the elements in use is written out below.
"""

from __future__ import annotations

import json
import re
import warnings
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from kg.export import FORMATS
from kg.export.properties import Value, written
from kg.export.propertygraph import PropertyGraph

XMLNS = "{http://graphml.graphdrawing.org/xmlns}"
NMTOKEN = re.compile(r"[\w.:-]+", re.ASCII)
CHILDREN = {  # in this order
    "graphml": ["key", "graph"],
    "key": [],
    "graph": ["node", "edge"],
    "node": ["data"],
    "edge": ["data"],
    "data": [],
}
ATTRIBUTES = {  # needed, and allowed
    "graphml": (set(), {"{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"}),
    "key": ({"id"}, {"for", "attr.name", "attr.type"}),
    "graph": ({"edgedefault"}, {"id"}),
    "node": ({"id"}, set()),
    "edge": ({"source", "target"}, {"id"}),
    "data": ({"key"}, set()),
}


@pytest.fixture(scope="module")
def files(builds, tmp_path_factory) -> dict[str, Path]:
    made = {}
    for name, build in builds.items():
        made[name] = tmp_path_factory.mktemp("graphml") / f"{name}.graphml"
        made[name].write_bytes(b"".join(FORMATS["graphml"].write(build.graph)))
    return made


@pytest.fixture
def file(builds, build, files) -> Path:
    """Where `build` is written."""
    return next(files[name] for name, found in builds.items() if found is build)


def test_it_is_as_the_schema_wants_it(file) -> None:
    root = ET.parse(file).getroot()  # noqa: S314 - our own file
    for element in root.iter():
        tag = element.tag.removeprefix(XMLNS)
        children = [child.tag.removeprefix(XMLNS) for child in element]
        assert children == sorted(children, key=CHILDREN[tag].index)
        needed, allowed = ATTRIBUTES[tag]
        assert needed <= set(element.attrib) <= needed | allowed
        for name in {"id", "key", "source", "target"} & set(element.attrib):
            assert NMTOKEN.fullmatch(element.attrib[name])
        if tag != "data":
            assert not (element.text or "").strip()
    keys = {key.attrib["id"]: key.attrib for key in root.iter(XMLNS + "key")}
    assert {key["attr.type"] for key in keys.values()} <= {"boolean", "int", "long", "float", "double", "string"}
    for kind in ("node", "edge"):
        elements = list(root.iter(XMLNS + kind))
        assert len({element.attrib["id"] for element in elements}) == len(elements)
        for element in elements:
            used = [data.attrib["key"] for data in element]
            assert len(used) == len(set(used))
            assert {keys[key]["for"] for key in used} == {kind}
    nodes = {node.attrib["id"] for node in root.iter(XMLNS + "node")}
    assert {edge.attrib[end] for edge in root.iter(XMLNS + "edge") for end in ("source", "target")} <= nodes


def text(value: Value | tuple[Value, ...]) -> str:
    if not isinstance(value, tuple):
        return written(value)
    return json.dumps([item if isinstance(item, str | int) else written(item) for item in value], ensure_ascii=False)


def expected(graph: PropertyGraph) -> tuple[list[str], list[str]]:
    """Nodes and edges as GraphML can say them."""
    ids = {node.iri: node.id for node in graph.nodes}
    nodes = []
    for node in graph.nodes:
        ours = {"label": node.labels[0], "class": node.labels[0], "labels": node.labels, "iri": node.iri}
        properties = {name: text(value) for name, value in {**ours, **node.properties}.items()}
        nodes.append(repr((node.id, sorted(properties.items()))))
    edges = []
    for edge in graph.edges:
        properties = {name: text(value) for name, value in {"label": edge.type, **edge.properties}.items()}
        edges.append(repr((ids[edge.start], ids[edge.end], sorted(properties.items()))))
    return sorted(nodes), sorted(edges)


def test_networkx_reads_the_same_graph(file, made, judge) -> None:
    networkx = judge("networkx", "networkx")
    graph = networkx.read_graphml(file, force_multigraph=True)
    nodes = [repr((name, sorted(_texts(data)))) for name, data in graph.nodes(data=True)]
    edges = [
        repr((start, end, sorted(_texts({k: v for k, v in data.items() if k != "id"}))))
        for start, end, data in graph.edges(data=True)
    ]
    assert graph.is_directed()
    assert (sorted(nodes), sorted(edges)) == expected(made)


def test_igraph_reads_the_same_graph(file, made, judge) -> None:
    igraph = judge("igraph", "igraph")
    with warnings.catch_warnings(action="ignore"):  # of what a boolean is that a node lacks
        graph = igraph.Graph.Read_GraphML(str(file))
    nodes, edges = expected(made)
    assert graph.is_directed()
    assert (graph.vcount(), graph.ecount()) == (len(nodes), len(edges))
    texts = {node.id: str(node.properties.get("label", node.labels[0])) for node in made.nodes}
    assert {vertex["id"]: vertex["label"] for vertex in graph.vs} == texts
    found = [(graph.vs[edge.source]["id"], edge["label"], graph.vs[edge.target]["id"]) for edge in graph.es]
    ids = {node.iri: node.id for node in made.nodes}
    assert sorted(found) == sorted((ids[edge.start], edge.type, ids[edge.end]) for edge in made.edges)


def _texts(data: dict[str, object]) -> list[tuple[str, str]]:
    return [(name, written(value) if isinstance(value, str | int) else str(value)) for name, value in data.items()]
