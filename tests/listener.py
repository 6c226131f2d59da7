"""A server on this machine that only remembers who came, and queries that try to reach it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Listener:
    """What listens on 127.0.0.1, and the connections that were made to it."""

    port: int
    connections: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """An endpoint there."""
        return f"http://127.0.0.1:{self.port}/sparql"


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Listen on a free port; every connection is closed at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Listener(server.getsockname()[1])

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, peer = server.accept()
                    made.connections.append(str(peer))
                    connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield made
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


# Ways to write SERVICE that an engine reads as such. $ENDPOINT is the IRI with its brackets, $BASE without its last part.
_IN_GROUP = {
    "plain": "SERVICE $ENDPOINT { ?s ?p ?o }",
    "lower case": "service $ENDPOINT { ?s ?p ?o }",
    "mixed case": "sErViCe $ENDPOINT { ?s ?p ?o }",
    "silent": "SERVICE SILENT $ENDPOINT { ?s ?p ?o }",
    "silent without a space": "SERVICESILENT$ENDPOINT{ ?s ?p ?o }",
    "no spaces": "SERVICE$ENDPOINT{?s ?p ?o}",
    "a prefixed name": "SERVICE ep:sparql { ?s ?p ?o }",
    "a prefixed name without a space": "SERVICEep:sparql{ ?s ?p ?o }",
    "an empty prefix without a space": "SERVICE:sparql{ ?s ?p ?o }",
    "silent, an empty prefix without a space": "SERVICE SILENT:sparql{ ?s ?p ?o }",
    "a variable": "VALUES ?e { $ENDPOINT } SERVICE ?e { ?s ?p ?o }",
    "a variable without a space": "VALUES ?e { $ENDPOINT } SERVICE?e{ ?s ?p ?o }",
    "line ends": "SERVICE\r\n$ENDPOINT\n{ ?s ?p ?o }",
    "a comment between": "SERVICE # here\n$ENDPOINT { ?s ?p ?o }",
    "a comment that ends in a carriage return": "# here\rSERVICE $ENDPOINT { ?s ?p ?o }",
    "a tab and a form feed": "\tSERVICE\t$ENDPOINT { ?s ?p ?o }",
    "an escape": "\\u0053ERVICE $ENDPOINT { ?s ?p ?o }",
    "a long escape": "SERVI\\U00000043E $ENDPOINT { ?s ?p ?o }",
    "after a number": "OPTIONAL { ?a ?b 1SERVICE $ENDPOINT { ?s ?p ?o } }",
    "after a number and a point": "?a ?b 2 .SERVICE $ENDPOINT { ?s ?p ?o }",
    "after a boolean": "OPTIONAL { ?a ?b trueSERVICE $ENDPOINT { ?s ?p ?o } }",
    "after a string": "OPTIONAL { ?a ?b 'x'SERVICE $ENDPOINT { ?s ?p ?o } }",
    "after an IRI": "?a a kg:Person,<x:y>SERVICE $ENDPOINT { ?s ?p ?o }",
    "after a bracket": "BIND(1 AS ?x)SERVICE $ENDPOINT { ?s ?p ?o }",
    "after a less-than and a comment that look like an IRI": (
        "?e kg:start ?a ; kg:end ?b FILTER(?a<?b)SERVICE#>\n$ENDPOINT { ?s ?p ?o }"
    ),
    "after a less-than in a binding": "?e kg:start ?a BIND(?a<1AS?x)SERVICE#>\n$ENDPOINT { ?s ?p ?o }",
    "silent, after a less-than": "?e kg:start ?a FILTER(?a<9999)SERVICESILENT#>\n$ENDPOINT { ?s ?p ?o }",
    "between quotes in an IRI and a string": (
        "OPTIONAL { ?a ?b <x:a'> } SERVICE $ENDPOINT { ?s ?p ?o } OPTIONAL { ?a ?b 'y' }"
    ),
    "after a bracket and a number sign in an IRI": "OPTIONAL { ?a ?b <x:(#> } SERVICE $ENDPOINT { ?s ?p ?o }",
    "after a less-than that looks like an IRI, between quotes": (
        "OPTIONAL { ?z ?y <x:a'> } ?e kg:start ?a FILTER(?a<9999)SERVICE#>'\n$ENDPOINT { ?s ?p ?o }"
    ),
    "after an escaped number sign": "OPTIONAL { ?a ?b ep:x\\# } SERVICE $ENDPOINT { ?s ?p ?o }",
    "between escaped quotes": "OPTIONAL { ?a ?b ep:x\\' } SERVICE $ENDPOINT { ?s ?p ?o } OPTIONAL { ?a ?b 'y' }",
    "between escaped quotes in strings": 'OPTIONAL { ?a ?b "\\"" } SERVICE $ENDPOINT { ?s ?p ?o } OPTIONAL { ?a ?b "" }',
    "after a long string": "OPTIONAL { ?a ?b '''it's''' } SERVICE $ENDPOINT { ?s ?p ?o } OPTIONAL { ?a ?b '' }",
    "in a union": "{ ?a a kg:Person }UNION{ SERVICE $ENDPOINT { ?s ?p ?o } }",
    "in an option": "?a a kg:Person OPTIONAL { SERVICE $ENDPOINT { ?s ?p ?o } }",
    "in a difference": "?a a kg:Person MINUS { SERVICE $ENDPOINT { ?s ?p ?o } }",
    "in a filter": "?a a kg:Person FILTER EXISTS { SERVICE $ENDPOINT { ?s ?p ?o } }",
    "in a negated filter, silent": "?a a kg:Person FILTER NOT EXISTS{SERVICESILENT$ENDPOINT{ ?s ?p ?o }}",
    "in a subquery": "{ SELECT * { SERVICE $ENDPOINT { ?s ?p ?o } } }",
    "in a graph": "GRAPH ?g { SERVICE $ENDPOINT { ?s ?p ?o } }",
}


def services(listener: Listener) -> dict[str, str]:
    """Queries with SERVICE that would reach the listener."""
    base = listener.address.removesuffix("sparql")
    head = f"PREFIX ep: <{base}> PREFIX : <{base}> PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT * {{ "
    return {name: head + body.replace("$ENDPOINT", f"<{listener.address}>") + " }" for name, body in _IN_GROUP.items()}


# Ways to name data on another server.
_SOURCES = {
    "FROM": "SELECT * FROM $IRI WHERE { ?s ?p ?o }",
    "FROM NAMED": "SELECT * FROM NAMED $IRI WHERE { GRAPH ?g { ?s ?p ?o } }",
    "GRAPH": "SELECT * WHERE { GRAPH $IRI { ?s ?p ?o } }",
    "an IRI": "SELECT * WHERE { $IRI ?p ?o }",
    "imports": "SELECT * WHERE { $IRI <http://www.w3.org/2002/07/owl#imports> ?o }",
    "DESCRIBE": "DESCRIBE $IRI",
    "BASE": "BASE $IRI SELECT * WHERE { <x> ?p ?o }",
    "a function": "SELECT ($IRI(1) AS ?x) WHERE {}",
}


def sources(listener: Listener) -> dict[str, str]:
    """Queries that name data of the listener without SERVICE: they run, and see nothing of it."""
    return {name: query.replace("$IRI", f"<{listener.address}>") for name, query in _SOURCES.items()}


# As a prefix or a local name it is refused: the grammar needs no space behind it.
HARMLESS = {
    "in a string": 'SELECT ("SERVICE <http://127.0.0.1:9/> { }" AS ?x) {}',
    "in a long string": 'SELECT ("""say "SERVICE" twice""" AS ?x) {}',
    "in a comment": "# SERVICE <http://127.0.0.1:9/> {}\nSELECT (1 AS ?x) {}",
    "in an IRI": "SELECT (<http://127.0.0.1:9/service/SERVICE> AS ?x) {}",
    "as a variable": "SELECT ?service $SERVICE { BIND(1 AS ?service) BIND(2 AS $SERVICE) }",
}
