"""SHACL validation (https://www.w3.org/TR/shacl/): engines behind one function, results as plain values.

pySHACL is the reference. It sees rdflib memory graphs only: over other stores it compares literals wrongly.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.graph import Graph
from kg.ontology import SH, Ontology

if TYPE_CHECKING:
    import rdflib

DEFAULT_ENGINE = "turbo"


class EngineError(Exception):
    """The validator itself failed: no verdict on the data."""


@dataclass(frozen=True, order=True, slots=True)
class Result:
    """One sh:ValidationResult. `path` and `value` are empty where the result has none; `value` is in N-Triples syntax."""

    focus: str
    path: str
    value: str
    component: str  # local name, without "ConstraintComponent"
    severity: str  # local name: Violation, Warning, Info
    message: str


def validate(graph: Graph, engine: str = DEFAULT_ENGINE) -> list[Result]:
    """Check the facts against the shapes of their ontology.

    Raises:
        EngineError: the engine failed, or answered with something that is no report.
        KeyError: there is no such engine.

    """
    run = ENGINES[engine]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # engines warn of what is reported here as a result
            return sorted(set(_results(run(graph, graph.ontology))))
    except EngineError:
        raise
    except Exception as error:  # whatever an engine throws is no verdict
        raise EngineError(f"{engine}: {type(error).__name__}: {error}") from error


def _ntriples(*parts: Graph | tuple[ox.Triple, ...]) -> str:
    return b"".join(ox.serialize(part, format=ox.RdfFormat.N_TRIPLES) or b"" for part in parts).decode()


def _turbo(graph: Graph, ontology: Ontology) -> rdflib.Graph:
    import pyshacl_turbo  # noqa: PLC0415 - with rdflib a quarter of a second

    data, shapes = _ntriples(graph, ontology.triples), _ntriples(ontology.triples)
    _, report, _ = pyshacl_turbo.validate(data, shacl_graph=shapes, data_graph_format="nt", shacl_graph_format="nt")
    return report


def _pyshacl(graph: Graph, ontology: Ontology) -> rdflib.Graph:
    import pyshacl  # noqa: PLC0415 - half a second
    import rdflib  # noqa: PLC0415 - as above

    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        data = rdflib.Graph().parse(data=_ntriples(graph, ontology.triples), format="nt")
        shapes = rdflib.Graph().parse(data=_ntriples(ontology.triples), format="nt")
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
    return report


ENGINES: Mapping[str, Callable[[Graph, Ontology], "rdflib.Graph"]] = {"turbo": _turbo, "pyshacl": _pyshacl}


def _results(report: object) -> list[Result]:
    import rdflib  # noqa: PLC0415 - the engines have loaded it

    # rdflib logs a traceback for every ill-typed literal, which is what validation is there to report
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    if not isinstance(report, rdflib.Graph):
        raise EngineError(f"no report: {report}")
    shacl = rdflib.Namespace(SH)
    if (None, shacl.conforms, None) not in report:
        raise EngineError("the report does not say whether the data conforms")
    found = []
    for node in report.objects(None, shacl.result):
        value = report.value(node, shacl.value)
        found.append(
            Result(
                focus=str(report.value(node, shacl.focusNode)),
                path=str(report.value(node, shacl.resultPath) or ""),
                value="" if value is None or isinstance(value, rdflib.BNode) else value.n3(),
                component=_local(report.value(node, shacl.sourceConstraintComponent)).removesuffix("ConstraintComponent"),
                severity=_local(report.value(node, shacl.resultSeverity)),
                message=str(report.value(node, shacl.resultMessage) or ""),
            )
        )
    return found


def _local(term: object) -> str:
    return str(term).rsplit("#", 1)[-1]
