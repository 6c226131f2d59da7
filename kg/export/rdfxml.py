"""RDF/XML (https://www.w3.org/TR/rdf-syntax-grammar/), flat: an rdf:Description for each subject, a line for each value.

It cannot hold every graph. A predicate has to end in an XML name, since it is written as an element; XML 1.0 has no way to
write most control characters, not even escaped; an IRI is resolved, which takes `/../` out of it. Whatever it cannot hold is
refused before a byte is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from xml.parsers import expat

import pyoxigraph as ox

from kg.fault import Unwritable
from kg.graph import Graph
from kg.ontology import RDF, XSD, Term

# NCName (https://www.w3.org/TR/xml-names/#NT-NCName) at the end of an IRI.
_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = re.compile(f"[{_START}][{_START}.0-9\u00b7\u0300-\u036f\u203f-\u2040-]*$")
_PREFIX = re.compile(r"(?!xml)[A-Za-z_][\w.-]*", re.ASCII | re.IGNORECASE)
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
# Names of the syntax itself (https://www.w3.org/TR/rdf-syntax-grammar/#section-Namespace); `li` becomes a number.
_SYNTAX = "RDF Description ID about parseType resource nodeID datatype li aboutEach aboutEachPrefix bagID"
_NO_PREDICATE = {RDF + name for name in _SYNTAX.split()}
# Not in Char (https://www.w3.org/TR/xml/#charsets). Those below it are and could stand as they are, but a parser turns CR
# into LF, and who reads the file does not see the others.
_NO_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBERED = {code: f"&#x{code:X};" for code in (0x0D, *range(0x7F, 0xA0), 0x2028, 0x2029)}
_ESCAPES = {**_NUMBERED, **str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})}
_DOTS = re.compile(r"[^?#]*/\.{1,2}(?:[/?#]|$)")


def write(graph: Graph) -> Iterator[bytes]:
    """Write the facts and what is derived from them.

    Raises:
        Unwritable: there is a triple that RDF/XML cannot hold.

    """
    return document(graph, graph.prefixes, nodes=(ox.NamedNode,))


def document(
    triples: Iterable[ox.Triple],
    prefixes: Mapping[str, str],
    nodes: tuple[type[Term], ...] = (ox.NamedNode, ox.BlankNode),
) -> Iterator[bytes]:
    """Write triples that stand in the order of their subjects.

    Args:
        triples: what to write; it is walked twice.
        prefixes: names for namespaces.
        nodes: the kinds of nodes that may be there.

    Raises:
        Unwritable: there is a triple that RDF/XML cannot hold.

    """
    namespaces: set[str] = set()
    for triple in triples:
        if problem := _problem(triple, nodes):
            message = f"RDF/XML cannot hold {triple.subject} {triple.predicate}: {problem}; N-Triples can"
            raise Unwritable(message, triple)
        namespaces.add(_split(triple.predicate.value)[0])
    return _document(triples, _prefixes(namespaces, prefixes))


def _document(graph: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> Iterator[bytes]:
    declared = "".join(sorted(f"\n    xmlns:{name}={_quoted(iri)}" for iri, name in prefixes.items()))
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'.encode()
    for subject, triples in groupby(graph, key=lambda triple: triple.subject):
        elements = "".join(f"  {_element(triple, prefixes)}\n" for triple in triples)
        yield f"\n<rdf:Description {_node(subject, 'about')}>\n{elements}</rdf:Description>\n".encode()
    yield b"\n</rdf:RDF>\n"


def _element(triple: ox.Triple, prefixes: Mapping[str, str]) -> str:
    namespace, local = _split(triple.predicate.value)
    name, value = f"{prefixes[namespace]}:{local}", triple.object
    if not isinstance(value, ox.Literal):
        return f"<{name} {_node(value, 'resource')}/>"
    kind = ""
    if value.language:
        kind = f" xml:lang={_quoted(value.language)}"
    elif value.datatype.value != XSD + "string":
        kind = f" rdf:datatype={_quoted(value.datatype.value)}"
    return f"<{name}{kind}>{value.value.translate(_ESCAPES)}</{name}>"


def _quoted(text: str) -> str:
    return f'"{text.translate(_ESCAPES)}"'


def _node(term: Term, attribute: str) -> str:
    """Refer to a node; the name of a blank one must not begin with a digit."""
    if isinstance(term, ox.BlankNode):
        return f'rdf:nodeID="b{term.value}"'
    return f"rdf:{attribute}={_quoted(term.value if isinstance(term, ox.NamedNode) else str(term))}"


@lru_cache(1 << 10)
def _split(iri: str) -> tuple[str, str]:
    """Split a predicate into namespace and local name; the name is empty where none is possible."""
    match = _NAME.search(iri)
    while match and not _readable(match[0]):
        match = _NAME.search(iri, match.start() + 1)
    return (iri[: match.start()], match[0]) if match else (iri, "")


def _readable(name: str) -> bool:
    """Tell whether expat reads a name; with many other readers it knows only those of older editions of XML 1.0."""
    try:
        expat.ParserCreate().Parse(f"<{name}/>", True)  # noqa: FBT003 - a positional parameter
    except expat.ExpatError:
        return False
    return True


def _prefixes(namespaces: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Choose a prefix for each namespace: the one that the ontology declares, else a number."""
    names = {iri: name for name, iri in known.items() if _PREFIX.fullmatch(name) and name != "rdf"} | {RDF: "rdf"}
    free = (name for number in range(1, 1 << 32) if (name := f"ns{number}") not in known)
    return {iri: names.get(iri) or next(free) for iri in sorted({RDF, *namespaces})}


def _problem(triple: ox.Triple, nodes: tuple[type[Term], ...]) -> str:
    """Return why a triple cannot be written, or nothing."""
    namespace, local = _split(triple.predicate.value)
    if not local:
        return "the predicate does not end in an XML name"
    if triple.predicate.value in _NO_PREDICATE or namespace in _RESERVED:
        return "the predicate is a name of the syntax itself"
    value = triple.object
    if isinstance(value, ox.Literal) and (found := _NO_CHARACTER.search(value.value)):
        return f"XML has no character U+{ord(found[0]):04X}"
    for term in (triple.subject, value.datatype if isinstance(value, ox.Literal) else value):
        if not isinstance(term, nodes):
            return "a node without an IRI"
        if isinstance(term, ox.NamedNode) and _DOTS.match(term.value):
            return f"{term} has a segment of dots, which is lost when an IRI is resolved"
    return ""
