"""SHACL validation of the shipped facts: the default engine against pySHACL; their results must be the same."""

from __future__ import annotations

import sys
from pathlib import Path

from ratio import compare

from kg import shapes
from kg.pipeline import build

graph = build(Path(__file__).parents[1], checked=False).graph
if shapes.validate(graph) != shapes.validate(graph, "pyshacl"):
    sys.exit("the engines disagree")
print(f"{len(graph)} triples")
compare({engine: lambda engine=engine: shapes.validate(graph, engine) for engine in shapes.ENGINES}, rounds=3)
