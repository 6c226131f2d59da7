"""Shapes by an engine of kg: load the Turtle that kg wrote, and validate, on one core.

python compiled.py TURTLE ONTOLOGY_FOLDER ENGINE
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pyoxigraph as ox

from kg import graph, ontology, shapes
from kg.compiled import shapetext
from kg.compiled.constraints import View

gc.disable()  # as where fact files are read
onto, _ = ontology.load(Path(sys.argv[2]))
triples = (quad.triple for quad in ox.parse(path=sys.argv[1], format=ox.RdfFormat.TURTLE))
if sys.argv[3] == "compiled":  # on text, as it runs on fact files; triples need not be kept
    made = shapetext.compile_(onto)
    assert made is not None  # noqa: S101 - else there would be nothing to measure
    nodes = ontology.read_ntriples((ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode())
    print(len(shapes.validate_view(made, View(nodes, lambda _: ()))))
else:
    whole = graph.Graph("https://example.org/id/", frozenset(triples), frozenset(), onto)
    print(len(shapes.validate(whole, sys.argv[3])))
