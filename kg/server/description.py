"""The service description (https://www.w3.org/TR/sparql11-service-description/) of the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.export import rdfxml
from kg.ontology import DCTERMS, TYPE, XSD
from kg.server.engine import GRAPHS, RDF_XML

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
_FORMATS = (  # https://www.w3.org/ns/formats/
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "RDF_XML",
    "JSON-LD",
)
_PREFIXES = {"dcterms": DCTERMS, "sd": SD, "void": VOID, "xsd": XSD}


def write(endpoint: str, title: str, graphs: Mapping[str, int], media: str) -> bytes:
    """Describe the endpoint.

    Args:
        endpoint: its IRI.
        title: of the data set.
        graphs: how many triples each named graph has.
        media: a media type of `GRAPHS`.

    """
    triples = sorted(_describe(endpoint, title, graphs), key=str)
    if media == RDF_XML:
        return b"".join(rdfxml.document(triples, _PREFIXES))
    return ox.serialize(triples, format=GRAPHS[media], prefixes=_PREFIXES) or b""


def _describe(endpoint: str, title: str, graphs: Mapping[str, int]) -> Iterator[ox.Triple]:
    service, dataset = ox.NamedNode(endpoint), ox.NamedNode(f"{endpoint}#dataset")

    def say(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
        return ox.Triple(subject, ox.NamedNode(predicate), value)

    def graph(name: str, triples: int) -> Iterator[ox.Triple]:
        number = ox.Literal(str(triples), datatype=ox.NamedNode(XSD + "integer"))
        yield say(ox.NamedNode(name), TYPE.value, ox.NamedNode(SD + "Graph"))
        yield say(ox.NamedNode(name), VOID + "triples", number)

    yield say(service, TYPE.value, ox.NamedNode(SD + "Service"))
    yield say(service, SD + "endpoint", service)
    yield say(service, SD + "supportedLanguage", ox.NamedNode(SD + "SPARQL11Query"))
    # What the default graph is: everything that is in a named one.
    yield say(service, SD + "feature", ox.NamedNode(SD + "UnionDefaultGraph"))
    for name in _FORMATS:
        yield say(service, SD + "resultFormat", ox.NamedNode(f"http://www.w3.org/ns/formats/{name}"))
    yield say(service, SD + "defaultDataset", dataset)
    yield say(dataset, TYPE.value, ox.NamedNode(SD + "Dataset"))
    if title:
        yield say(dataset, DCTERMS + "title", ox.Literal(title))
    yield say(dataset, SD + "defaultGraph", ox.NamedNode(f"{endpoint}#all"))
    yield from graph(f"{endpoint}#all", sum(graphs.values()))
    for number, (name, triples) in enumerate(sorted(graphs.items()), 1):
        named = ox.NamedNode(f"{endpoint}#named-{number}")
        yield say(dataset, SD + "namedGraph", named)
        yield say(named, TYPE.value, ox.NamedNode(SD + "NamedGraph"))
        yield say(named, SD + "name", ox.NamedNode(name))
        yield say(named, SD + "graph", ox.NamedNode(f"{endpoint}#graph-{number}"))
        yield from graph(f"{endpoint}#graph-{number}", triples)
