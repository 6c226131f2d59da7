"""Shapes by pySHACL: load the Turtle that kg wrote, and the ontology, and validate.

python pyshacl_whole.py TURTLE ONTOLOGY
"""

from __future__ import annotations

import logging
import sys

import pyshacl
import rdflib

logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
rdflib.NORMALIZE_LITERALS = False
shapes = rdflib.Graph().parse(sys.argv[2])
data = rdflib.Graph().parse(sys.argv[1]) + shapes
_, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
terms = (rdflib.SH.focusNode, rdflib.SH.resultPath, rdflib.SH.value, rdflib.SH.sourceConstraintComponent)
print(len({tuple(report.value(found, term) for term in terms) for found in report.objects(None, rdflib.SH.result)}))
