"""GraphML (http://graphml.graphdrawing.org/specification.html), for Gephi and its like.

Nodes and edges of the property graph, by their ids. GraphML has neither lists nor dates: a list is an array of
JSON, a date is text. Every node and edge has a `label` to show: a record its own, a part its class, an edge its type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from kg.export import propertygraph
from kg.export.properties import Property, Type, Value, written
from kg.export.propertygraph import PropertyGraph
from kg.graph import Graph

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="{_NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}/1.0/graphml.xsd">
"""
_NO_TOKEN = re.compile(r"[^\w.:-]", re.ASCII)
_TYPES = {Type.INTEGER: "long", Type.BOOLEAN: "boolean"}


def write(graph: Graph) -> Iterator[bytes]:
    """Write nodes and edges.

    Raises:
        OntologyFault: see `propertygraph.make`.

    """
    made = propertygraph.of(graph)
    yield _HEAD.encode()
    for name, kind in _types(made).items():
        yield _key("node", name, kind)
    for name in ("label", *made.carried):
        yield _key("edge", name, "string")
    yield b'<graph id="kg" edgedefault="directed">\n'
    ids = {node.iri: _token(node.id) for node in made.nodes}
    for node in made.nodes:
        ours: dict[str, Property] = {"label": node.labels[0], "class": node.labels[0], "labels": node.labels}
        yield _element("node", {"id": ids[node.iri]}, {**ours, "iri": node.iri, **node.properties})
    for edge in made.edges:
        start, end = ids[edge.start], ids[edge.end]
        ends = {"id": _token(f"{start}.{edge.type}.{end}"), "source": start, "target": end}
        yield _element("edge", ends, {"label": edge.type, **edge.properties})
    yield b"</graph>\n</graphml>\n"


def _types(graph: PropertyGraph) -> Mapping[str, str]:
    """Return the type of every property of nodes; where two classes differ it is text."""
    found = dict.fromkeys(("label", "class", "labels", "iri"), "string")
    for key in (key for keys in graph.keys.values() for key in keys):
        kind = "string" if key.multiple else _TYPES.get(key.type, "string")
        found[key.name] = kind if found.setdefault(key.name, kind) == kind else "string"
    return found


def _key(of: str, name: str, kind: str) -> bytes:
    values = {"id": _token(f"{of}.{name}"), "for": of, "attr.name": name, "attr.type": kind}
    return f"<key {_attributes(values)}/>\n".encode()


def _element(tag: str, attributes: Mapping[str, str], properties: Mapping[str, Property]) -> bytes:
    data = "".join(
        f'<data key="{_token(tag + "." + name)}">{_text(value)}</data>\n' for name, value in properties.items()
    )
    return f"<{tag} {_attributes(attributes)}>\n{data}</{tag}>\n".encode()


def _token(text: str) -> str:
    """Return an id as the schema wants it (NMTOKEN); only what no id of ours holds is rewritten."""
    return _NO_TOKEN.sub(lambda match: f"_x{ord(match[0]):X}_", text)


def _attributes(values: Mapping[str, str]) -> str:
    return " ".join(f"{name}={quoteattr(value)}" for name, value in values.items())


def _text(value: Property) -> str:
    text = json.dumps([*map(_item, value)], ensure_ascii=False) if isinstance(value, tuple) else written(value)
    return escape(text, {"\r": "&#13;"})  # a bare one is read as a line end


def _item(value: Value) -> str | int | bool:
    return value if isinstance(value, str | int) else written(value)
