"""The engine: a process that holds the data set, and whose workers answer queries and may be lost.

The library that evaluates SPARQL has no limit of time or memory, and some queries crash it, so what must not happen is
left to the kernel. This process has one thread: it forks workers, tells when one has ended, and kills one when told to. A
worker is ended by a timer that no code can hold up, gets no more memory than allowed, and cannot open a connection, for it
has no file descriptor left. It answers one query after the other, each of them in a file that it is handed: the request
goes in, the answer comes out.
"""

from __future__ import annotations

import contextlib
import gc
import io
import itertools
import json
import os
import re
import resource
import signal
import socket
import struct
import textwrap
from dataclasses import asdict, dataclass
from multiprocessing import connection, context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pyoxigraph as ox

from kg import turtle
from kg.export import rdfxml
from kg.fault import Unwritable
from kg.ontology import term
from kg.server.limits import Limits
from kg.sparql import refusal

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

READY = b"+"  # from the engine, when it has loaded the data set
ASK, DONE, LAST = b"?", b".", b"!"  # to a worker, with the file of a query; from it, and it ends after the last
_USES = 1000  # queries that a worker answers
_GROWTH = 64 << 20  # bytes by which it may have grown when it takes another: the next must not pay for the last
_LONGEST = 250  # characters of what is wrong with a query: the engine lists all that could stand there
FORK, KILL = b"F", b"K"
ORDER = struct.Struct(">cI")  # to the engine: what to do, the worker's number; with FORK the worker's end of a socket
ENDED = struct.Struct(">Ii")  # from the engine: the worker's number, its exit code or the negative number of a signal

RESULTS_XML = "application/sparql-results+xml"
RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    RESULTS_XML: ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
TURTLE, RDF_XML = "text/turtle", "application/rdf+xml"
GRAPHS = {
    TURTLE: ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    RDF_XML: ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
_WRITERS = {
    TURTLE: turtle.document,
    RDF_XML: rdfxml.document,
}  # the others write what no reader takes for something else


@dataclass(frozen=True, slots=True)
class Request:
    """A query.

    Attributes:
        query: SPARQL.
        default_graphs: that together are the default graph; where neither these nor others are named, all are asked.
        named_graphs: that GRAPH may choose.
        results: the media type for a table or a truth value; empty where none will do.
        graph: the media type for triples; empty where none will do.
        settings: variables that are bound, each with a term in N-Triples.

    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    results: str = "application/sparql-results+json"
    graph: str = TURTLE
    settings: tuple[tuple[str, str], ...] = ()

    def write(self, file: BinaryIO) -> None:
        """Write it into the file for a worker."""
        file.write(json.dumps(asdict(self)).encode())
        file.seek(0)  # which writes it out; the worker shares the place


@dataclass(frozen=True, slots=True)
class DataSet:
    """What queries see: a file of N-Quads, whose graphs together are the default graph, and the names used for it."""

    quads: str
    base: str
    prefixes: dict[str, str]


class Refused(Exception):
    """The query is not answered: an HTTP status and a sentence that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def serve(orders: int, settings: str) -> None:
    """Load a data set, then fork and kill workers as told, until nobody can tell any more.

    Args:
        orders: descriptor of a socket.
        settings: the fields of a DataSet and of Limits, as JSON.

    """
    dataset, limits = (made(**said) for made, said in zip((DataSet, Limits), json.loads(settings), strict=True))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started this process ends it
    store = ox.Store()
    store.bulk_load(path=dataset.quads, format=ox.RdfFormat.N_QUADS)
    store.bulk_extend([ox.Quad(quad.subject, quad.predicate, quad.object) for quad in store])
    gc.collect()
    gc.freeze()  # workers share these pages
    with socket.socket(fileno=orders) as control:
        control.sendall(READY)
        _obey(control, _Work(control, store, dataset, limits))


def _obey(control: socket.socket, work: _Work) -> None:
    fork = context.ForkContext()
    workers: dict[int, BaseProcess] = {}
    with contextlib.suppress(ConnectionError):  # the server has gone
        while True:
            ready = connection.wait([control, *(worker.sentinel for worker in workers.values())])
            for number, worker in list(workers.items()):
                if worker.sentinel in ready:
                    worker.join()
                    del workers[number]
                    control.sendall(ENDED.pack(number, worker.exitcode))
            if control not in ready:
                continue
            order, handed, _, _ = socket.recv_fds(control, ORDER.size, 1)
            if len(order) < ORDER.size:  # as above
                break
            what, number = ORDER.unpack(order)
            if what == FORK:
                workers[number] = fork.Process(target=work.answer_all, args=(handed[0],))
                workers[number].start()
                os.close(handed[0])
            elif number in workers:
                workers[number].kill()
    for worker in workers.values():
        worker.kill()


@dataclass(frozen=True, slots=True)
class _Work:
    """What a worker does."""

    control: socket.socket
    store: ox.Store
    dataset: DataSet
    limits: Limits

    def answer_all(self, orders: int) -> None:
        """Answer one query after the other, until nobody asks any more."""
        self.control.close()
        with socket.socket(fileno=orders) as asked:
            most = self._restrain() + _GROWTH
            for uses in itertools.count(1):
                _, handed, _, _ = socket.recv_fds(asked, len(ASK), 1)
                if not handed:
                    break
                signal.setitimer(signal.ITIMER_REAL, self.limits.seconds)  # ends the process, whatever it is doing
                with open(handed[0], "r+b") as file:  # noqa: PTH123 - a descriptor has no path
                    self._answer(file)
                signal.setitimer(signal.ITIMER_REAL, 0)
                last = uses == _USES or _size() > most
                asked.sendall(LAST if last else DONE)
                if last:
                    break

    def _restrain(self) -> int:
        """Give up what a query could do harm with; return the size of the process."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 2)  # a library that crashes has much to say
        size = _size()
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_NOFILE, nowhere + 1)  # so that the one that becomes free is for the file of a query
        if size:
            _limit(resource.RLIMIT_AS, size + self.limits.memory)
        os.close(nowhere)
        return size

    def _answer(self, file: BinaryIO) -> None:
        request = Request(**json.load(file))
        spent = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(spent.ru_utime + spent.ru_stime + self.limits.seconds) + 2
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        answer = _Answer(self.limits.result)
        try:
            status, media, content = 200, self._evaluate(request, answer), answer.getvalue()
            if media == RESULTS_XML:  # whose parsers take a raw carriage return for a line feed
                content = content.replace(b"\r", b"&#xD;")
        except Refused as refused:
            status, media, content = refused.status, "text/plain; charset=utf-8", str(refused).encode()
        file.seek(0)
        file.truncate()
        file.write(f"{status} {media}\n".encode() + content)

    def _evaluate(self, request: Request, answer: _Answer) -> str:
        """Write the result of a query; return its media type."""
        if problem := refusal(request.query, graphs=True):
            raise Refused(400, problem)
        default, named = request.default_graphs, request.named_graphs
        try:
            results = self.store.query(
                request.query,
                base_iri=self.dataset.base,
                prefixes=self.dataset.prefixes,
                default_graph=[ox.NamedNode(iri) for iri in default] if default or named else None,
                named_graphs=[ox.NamedNode(iri) for iri in named] if default or named else None,
                substitutions={ox.Variable(name): term(value) for name, value in request.settings},
            )
            if isinstance(results, ox.QueryTriples):
                return self._write_graph(results, request.graph, answer)
            return _write_results(results, request.results, answer)
        except (SyntaxError, ValueError, RuntimeError, Unwritable) as error:
            raise Refused(400, textwrap.shorten(str(error), _LONGEST, placeholder=" ...")) from None
        except OSError:
            raise Refused(400, "the query reaches out of the data set") from None
        except MemoryError:
            raise Refused(503, "the query needed too much memory") from None

    def _write_graph(self, results: ox.QueryTriples, media: str, answer: _Answer) -> str:
        if not media:
            raise Refused(406, f"triples come as {', '.join(GRAPHS)}")
        triples = sorted(set(results), key=str)
        write = _WRITERS.get(media)
        if write:
            answer.writelines(write(triples, self.dataset.prefixes))
        else:
            ox.serialize(triples, answer, format=GRAPHS[media])
        return media


def _write_results(results: ox.QueryBoolean | ox.QuerySolutions, media: str, answer: _Answer) -> str:
    if not media:
        raise Refused(406, f"results come as {', '.join(RESULTS)}")
    results.serialize(answer, format=RESULTS[media])
    return media


class _Answer(io.BytesIO):
    """Collects a result, which must not become too large."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def write(self, data: ReadableBuffer) -> int:
        """Take a piece."""
        written = super().write(data)
        if self.tell() > self._limit:
            raise Refused(400, f"the result is larger than {self._limit >> 20} MiB; ask for less, such as by LIMIT")
        return written


def _limit(what: int, value: int) -> None:
    """Set a limit for good, unless there is a narrower one."""
    _, hard = resource.getrlimit(what)
    least = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (least, least))


def _size() -> int:
    """Return the size of this process in bytes; 0 where the system does not tell, nor limit it."""
    status = Path("/proc/self/status")
    found = re.search(r"VmSize:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
    return int(found[1]) << 10 if found else 0
