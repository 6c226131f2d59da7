"""Shapes by an engine of kg: load the Turtle that kg wrote, and validate, on one core.

python compiled.py TURTLE ONTOLOGY_FOLDER ENGINE
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox

from kg import ontology, shapes
from kg.graph import Graph

onto, _ = ontology.load(Path(sys.argv[2]))
triples = frozenset(q.triple for q in ox.parse(path=sys.argv[1], format=ox.RdfFormat.TURTLE))
print(len(shapes.validate(Graph("https://example.org/id/", triples, frozenset(), onto), sys.argv[3])))
