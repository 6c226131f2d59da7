"""SHACL validation (https://www.w3.org/TR/shacl/): engines behind one function, results as plain values.

pySHACL is the reference. It sees rdflib memory graphs only: over other stores it compares literals wrongly.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.compiled import shapetext
from kg.compiled.constraints import Constraints, View
from kg.compiled.rules import Nodes
from kg.fault import Failure
from kg.graph import Graph
from kg.ontology import SH, read_ntriples

if TYPE_CHECKING:
    import rdflib

DEFAULT_ENGINE = "compiled"
_COMPONENT = "ConstraintComponent"


class EngineError(Failure):
    """The validator itself failed: no verdict on the data."""


@dataclass(frozen=True, order=True, slots=True)
class Result:
    """One sh:ValidationResult. `path` and `value` are empty where the result has none; `value` is in N-Triples syntax."""

    focus: str
    path: str
    value: str
    component: str  # local name, without "ConstraintComponent"
    severity: str  # local name: Violation, Warning, Info
    message: str = field(compare=False)  # engines word it differently


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
            return sorted(set(run(graph)))
    except EngineError:
        raise
    except Exception as error:  # whatever an engine throws is no verdict
        raise EngineError(f"{engine}: {type(error).__name__}: {error}") from error


def _ntriples(*parts: Graph | tuple[ox.Triple, ...]) -> str:
    return b"".join(ox.serialize(part, format=ox.RdfFormat.N_TRIPLES) or b"" for part in parts).decode()


def _shacl(graph: Graph) -> list[Result]:
    import shacl  # noqa: PLC0415 - only where something is validated

    shapes = shacl.Shapes.from_text(_ntriples(graph.ontology.triples), "ntriples")
    report = shapes.validate_text(_ntriples(graph, graph.ontology.triples), "ntriples")
    return [
        Result(
            focus=_iri(result.focus_node),
            path=_iri(result.path or ""),
            value=result.value or "",
            component=_local(result.component).removesuffix(_COMPONENT),
            severity=_local(result.severity),
            message=result.message or "",
        )
        for result in report.results
    ]


def _pyshacl(graph: Graph) -> list[Result]:
    import logging  # noqa: PLC0415 - only this engine needs it

    import pyshacl  # noqa: PLC0415 - half a second
    import rdflib  # noqa: PLC0415 - as above

    # rdflib logs a traceback for every ill-typed literal, which is what validation is there to report
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    normalizes, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        data = rdflib.Graph().parse(data=_ntriples(graph, graph.ontology.triples), format="nt")
        shapes = rdflib.Graph().parse(data=_ntriples(graph.ontology.triples), format="nt")
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", do_owl_imports=False)
    finally:
        rdflib.NORMALIZE_LITERALS = normalizes
    terms = rdflib.Namespace(SH)
    if not isinstance(report, rdflib.Graph) or (None, terms.conforms, None) not in report:
        raise EngineError(f"no report: {text}")
    found = []
    for node in report.objects(None, terms.result):
        value = report.value(node, terms.value)
        found.append(
            Result(
                focus=str(report.value(node, terms.focusNode)),
                path=str(report.value(node, terms.resultPath) or ""),
                value=_ntriples_term(value),
                component=_local(report.value(node, terms.sourceConstraintComponent)).removesuffix(_COMPONENT),
                severity=_local(report.value(node, terms.resultSeverity)),
                message=str(report.value(node, terms.resultMessage) or ""),
            )
        )
    return found


def _compiled(graph: Graph) -> list[Result]:
    made = shapetext.compile_(graph.ontology)
    if made is None:
        return _shacl(graph)
    nodes: Nodes = read_ntriples(graph.ntriples.decode()) if graph.blocks is not None else {}
    for triple in (*graph.asserted, *graph.derived) if graph.blocks is None else ():
        about = nodes.setdefault(str(triple.subject), {})
        about.setdefault(str(triple.predicate), []).append(str(triple.object))
    return list(_results(made, View(nodes, lambda _: ())))


def validate_view(made: Constraints, view: View) -> list[Result]:
    """Check the nodes of a record.

    Raises:
        EngineError: the engine failed.

    """
    try:
        return sorted(set(_results(made, view)))
    except Exception as error:  # as above
        raise EngineError(f"compiled: {type(error).__name__}: {error}") from error


def _results(made: Constraints, view: View) -> Iterator[Result]:
    for node, shape, (path, value, component) in made.breaches(view):
        yield Result(node[1:-1], path[1:-1], value, component, shape.severity, shape.message)


ENGINES: Mapping[str, Callable[[Graph], list[Result]]] = {
    "compiled": _compiled,
    "shacl": _shacl,
    "pyshacl": _pyshacl,
}


def _ntriples_term(value: rdflib.term.Node | None) -> str:
    """Write a term of rdflib in N-Triples syntax, as the other engine does."""
    import rdflib  # noqa: PLC0415 - the engine has loaded it

    if isinstance(value, rdflib.Literal):
        datatype = ox.NamedNode(str(value.datatype)) if value.datatype else None
        return str(
            ox.Literal(str(value), language=value.language)
            if value.language
            else ox.Literal(str(value), datatype=datatype)
        )
    return f"<{value}>" if isinstance(value, rdflib.URIRef) else ""


def _iri(text: str) -> str:
    return text[1:-1] if text.startswith("<") and text.endswith(">") else text


def _local(term: object) -> str:
    return str(term).rsplit("#", 1)[-1]
