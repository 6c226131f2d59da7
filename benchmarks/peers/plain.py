"""The plain recipe: PyYAML's CSafeLoader, rdflib's add, rdflib's Turtle. No check, no place, nothing derived.

    python plain.py FOLDER FIELDS OUT

FIELDS is JSON: class -> field -> [IRI, kind, range], as `compare.py` writes it. Parts are blank nodes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import rdflib
import yaml


def main(folder: Path, fields: dict[str, dict[str, list[str]]], out: Path) -> None:  # noqa: C901 - a script of an afternoon
    """Read, add, write."""
    graph = rdflib.Graph()
    base = yaml.load((folder / "facts" / "dataset.yaml").read_text(), yaml.CSafeLoader)["base"]
    table = {
        cls: {name: (rdflib.URIRef(iri), kind, of) for name, (iri, kind, of) in own.items()}
        for cls, own in fields.items()
    }

    def add(node: rdflib.term.Node, cls: str, content: dict[str, object]) -> None:
        for key, value in content.items():
            if key in ("id", "type") and key not in table[cls]:
                continue
            predicate, kind, of = table[cls][key]
            for item in value if isinstance(value, list) else [value]:
                if kind == "part":
                    part = rdflib.BNode()
                    graph.add((node, predicate, part))
                    add(part, of, item)
                elif kind == "text":
                    for language, text in item.items():
                        graph.add((node, predicate, rdflib.Literal(text, lang=language)))
                elif kind == "reference":
                    graph.add((node, predicate, rdflib.URIRef(base + item)))
                elif kind == "code":
                    graph.add((node, predicate, rdflib.URIRef(of + item)))
                else:
                    datatype = rdflib.URIRef(of) if of and not of.endswith("#string") else None
                    graph.add((node, predicate, rdflib.Literal(str(item), datatype=datatype)))

    for file in sorted((folder / "facts").rglob("*.yaml")):
        if file.name == "dataset.yaml":
            continue
        for record in yaml.load(file.read_text(), yaml.CSafeLoader):
            node = rdflib.URIRef(base + record["id"])
            cls = record["type"]
            graph.add((node, rdflib.RDF.type, rdflib.URIRef(table[cls][""][0])))
            add(node, cls, record)
    graph.serialize(out, format="turtle")


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3]))
