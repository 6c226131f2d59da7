"""Questions by rdflib: load the Turtle that kg wrote, and the ontology, and ask.

python questions.py TURTLE ONTOLOGY QUERY...
"""

from __future__ import annotations

import sys
from pathlib import Path

import rdflib

graph = rdflib.Graph()
graph.parse(sys.argv[1])
graph.parse(sys.argv[2])
for query in sys.argv[3:]:
    rows = list(graph.query(Path(query).read_text(encoding="utf-8")))
    print(len(rows))
