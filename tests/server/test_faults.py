"""Rows 55 to 69 of the list of bad inputs, each with the real program; and whatever else must not bring a server down."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from multiprocessing import context
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest
from listener import HARMLESS, Listener, services, sources

from kg.server.limits import Limits
from server.serving import Got, Server, children, wait_for

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PAGES = ["/", "/index.html", "/sparql", "/query", "/id/kim-jong-un"]


def alive(server: Server) -> None:
    """The server answers as if nothing had been."""
    assert server.process.poll() is None
    assert server.ask("ASK {}").json()["boolean"] is True


# ------------------------------------------------------------------------------------------------------- 55, 56: requests


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PATCH", "OPTIONS", "PROPFIND", "LOCK"])
@pytest.mark.parametrize("path", PAGES)
def test_55_methods(server: Server, method: str, path: str) -> None:
    got = server.send(method, path)
    assert got.status == 405
    allowed = {"GET", "HEAD", "POST"} if path == "/sparql" else {"GET", "HEAD"}
    assert set(got.headers["allow"].split(", ")) == allowed
    assert method not in got.text


def test_55_only_the_endpoint_takes_a_post(server: Server) -> None:
    assert server.send("POST", "/query", b"query=ASK%7B%7D", FORM).status == 405


ASK = "ASK {}"
WRONG = {
    "no query in the address": ("GET", "/sparql?default-graph-uri=x:y", None, {}, 400),
    "an empty query in the address": ("GET", "/sparql?query=", None, {}, 400),
    "a query of spaces": ("GET", "/sparql?query=+%0A", None, {}, 400),
    "two queries in the address": ("GET", f"/sparql?query={quote(ASK)}&query={quote(ASK)}", None, {}, 400),
    "no body": ("POST", "/sparql", None, FORM, 400),
    "an empty form": ("POST", "/sparql", b"", FORM, 400),
    "a form without a query": ("POST", "/sparql", b"x=y", FORM, 400),
    "two queries in a form": ("POST", "/sparql", urlencode([("query", ASK), ("query", ASK)]).encode(), FORM, 400),
    "one in the address and one in the form": (
        "POST",
        f"/sparql?query={quote(ASK)}",
        urlencode({"query": ASK}).encode(),
        FORM,
        400,
    ),
    "an empty query": ("POST", "/sparql", b"", DIRECT, 400),
    "a query that is not in UTF-8": ("POST", "/sparql", b"ASK { ?s ?p '\xff' }", DIRECT, 400),
    "a form that is not in UTF-8": ("POST", "/sparql", b"query=ASK%7B+%3Fs+%3Fp+%22%FF%22%7D", FORM, 400),
    "raw bytes in a form": ("POST", "/sparql", "query=ASK{?s ?p 'é'}".encode("latin-1"), FORM, 400),
    "an address that is not in UTF-8": ("GET", "/sparql?query=ASK%7B+%3Fs+%3Fp+%22%FF%22%7D", None, {}, 400),
    "a thousand parameters": ("GET", "/sparql?" + "&".join(f"p{n}=1" for n in range(1000)), None, {}, 400),
    "no media type": ("POST", "/sparql", ASK.encode(), {}, 415),
    "text": ("POST", "/sparql", ASK.encode(), {"Content-Type": "text/plain"}, 415),
    "JSON": ("POST", "/sparql", b'{"query": "ASK {}"}', {"Content-Type": "application/json"}, 415),
    "a form of parts": ("POST", "/sparql", b"", {"Content-Type": "multipart/form-data; boundary=x"}, 415),
    "UTF-16": (
        "POST",
        "/sparql",
        ASK.encode("utf-16"),
        {"Content-Type": "application/sparql-query; charset=utf-16"},
        415,
    ),
    "no SPARQL": ("GET", "/sparql?query=hello", None, {}, 400),
    "half a query": ("GET", "/sparql?query=ASK%20%7B", None, {}, 400),
    "a NUL": ("GET", "/sparql?query=ASK%20%7B%00%7D", None, {}, 400),
    "a graph that is no IRI": ("GET", f"/sparql?query={quote(ASK)}&default-graph-uri=a%20b", None, {}, 400),
    "a query of 40,000 characters": ("POST", "/sparql", b"ASK {}" + b" " * 40_000, DIRECT, 400),
    "a body of two megabytes": ("POST", "/sparql", b"ASK {}" + b" " * (2 << 20), DIRECT, 413),
}


@pytest.mark.parametrize("name", WRONG)
def test_56_no_query_can_be_read(server: Server, name: str) -> None:
    method, path, body, headers, status = WRONG[name]
    got = server.send(method, path, body, headers)
    assert got.status == status
    assert got.media == "text/plain"
    assert 10 < len(got.text) < 300


# -------------------------------------------------------------------------------------------------------------- 57: updates

UPDATES = (
    "INSERT DATA { <x:s> <x:p> <x:o> }",
    "DELETE WHERE { ?s ?p ?o }",
    "CLEAR ALL",
    "DROP DEFAULT",
    "LOAD <http://127.0.0.1:9/x>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <x:g>",
    "CREATE GRAPH <x:g>",
    "ADD DEFAULT TO <x:g>",
)


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("way", ["as query", "as form", "as address", "direct", "as a direct query"])
def test_57_updates(server: Server, update: str, way: str) -> None:
    before = server.ask("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o").body
    got = {
        "as query": lambda: server.ask(update),
        "as form": lambda: server.send("POST", "/sparql", urlencode({"update": update}).encode(), FORM),
        "as address": lambda: server.get(f"/sparql?update={quote(update)}"),
        "direct": lambda: server.send("POST", "/sparql", update.encode(), UPDATE),
        "as a direct query": lambda: server.send("POST", "/sparql", update.encode(), DIRECT),
    }[way]()
    assert got.status in (400, 403)
    assert server.ask("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o").body == before


# ---------------------------------------------------------------------------------------------------- 58: other servers


def test_58_no_spelling_of_service_sends_a_request(server: Server, listener: Listener) -> None:
    queries = services(listener)
    assert len(queries) > 30
    for query in queries.values():
        got = server.ask(query)
        assert got.status == 400, query
        assert got.media == "text/plain"
    assert listener.connections == []


def test_58_no_name_of_a_graph_sends_a_request(server: Server, listener: Listener) -> None:
    for query in sources(listener).values():
        assert server.ask(query).status in (200, 400)
    for name in ("default-graph-uri", "named-graph-uri"):
        got = server.get(f"/sparql?query={quote('SELECT * { ?s ?p ?o }')}&{name}={quote(listener.address)}")
        assert got.json()["results"]["bindings"] == []
    assert listener.connections == []


@pytest.mark.parametrize("name", HARMLESS)
def test_58_the_word_is_no_crime(server: Server, name: str) -> None:
    assert server.ask(HARMLESS[name]).status == 200


def test_58_a_worker_could_not_connect_if_it_tried(patient: Server) -> None:
    """The second line of defence: no file descriptor is left, but for the file of the query."""
    with asking(patient, CROSS):
        wait_for(lambda: busy(patient))
        (worker,) = busy(patient)
        limits = Path(f"/proc/{worker}/limits").read_text(encoding="ascii").splitlines()
        opened = [int(entry.name) for entry in Path(f"/proc/{worker}/fd").iterdir()]
    limit = {line[:25].strip(): line[25:].split()[0] for line in limits}
    assert sorted(opened) == list(range(int(limit["Max open files"])))  # each that it may have it has
    assert int(limit["Max address space"]) < 1 << 30
    assert int(limit["Max core file size"]) == 0


# --------------------------------------------------------------------------------------------------- 59 to 61: heavy queries

HEAVY = {
    "a cross product": CROSS,
    "a bomb for the planner": "SELECT * { " + "?a ?b ?c . " * 300 + "}",
    "a huge sort": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c",
    "a huge group": "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f))) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "a text that doubles": "SELECT (STRLEN(?v40) AS ?n) { BIND('"
    + "x" * 60
    + "' AS ?v0) "
    + " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    + " }",
    "paths without end": "SELECT (COUNT(*) AS ?n) { ?a (<x:p>|!<x:p>)* ?b . ?c (<x:p>|!<x:p>)* ?d . ?e (<x:p>|!<x:p>)* ?f }",
}


@pytest.mark.parametrize("name", HEAVY)
def test_59_what_takes_too_much(server: Server, name: str) -> None:
    got = server.ask(HEAVY[name])
    assert got.status == 503
    assert got.media == "text/plain"
    assert got.headers["retry-after"]
    assert "took longer than 2 seconds" in got.text or "MiB of memory" in got.text
    alive(server)


CRASHING = {
    "braces": "SELECT * " + "{ " * 2000 + "} " * 2000,
    "braces without end": "SELECT * " + "{" * 4000,
    "brackets": "ASK { FILTER " + "(" * 2000 + "1" + ")" * 2000 + " }",
    "negations": "ASK { FILTER (" + "!" * 2000 + "true) }",
    "a chain": "ASK { FILTER (" + "true || " * 4000 + "true) }",
    "square brackets": "ASK { ?s ?p " + "[ ?p " * 2000 + "]" * 2000 + " }",
    "subqueries": "SELECT * { " + "{ SELECT * { " * 1000 + "} } " * 1000 + "}",
}


NESTED = ("braces", "braces without end", "brackets", "square brackets", "subqueries")  # refused before they are parsed


@pytest.mark.parametrize("name", CRASHING)
def test_60_what_crashes_the_engine(server: Server, name: str) -> None:
    got = server.ask(CRASHING[name]) if len(CRASHING[name]) < 20_000 else None
    got = got or server.send("POST", "/sparql", CRASHING[name].encode(), DIRECT)
    assert got.status in ((400,) if name in NESTED else (400, 500)), got.text
    alive(server)


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml", "text/csv"])
def test_61_a_huge_result_is_no_result(server: Server, accept: str) -> None:
    got = server.ask("SELECT ?a ?b ?c ?d ?e ?f { ?a ?b ?c . ?d ?e ?f }", accept)
    assert got.status in (400, 503)
    assert got.media == "text/plain"
    assert "ask for less" in got.text or "took longer" in got.text or "memory" in got.text


def test_61_a_large_result_is_whole(server: Server) -> None:
    """Eight megabytes, and a client that reads slowly: the number of bytes is told, and all come."""
    query = "SELECT ?a ?c ?d { ?a ?b ?c . ?d a ?e } LIMIT 40000"
    path = f"/sparql?query={quote(query)}"
    got = server.get(path)
    assert len(got.json()["results"]["bindings"]) == 40_000
    assert int(got.headers["content-length"]) == len(got.body) > 4 << 20
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        client.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        received = b""
        while piece := client.recv(1 << 18):
            received += piece
            if len(received) < 1 << 20:
                time.sleep(0.1)
    assert received.partition(b"\r\n\r\n")[2] == got.body


# ---------------------------------------------------------------------------------------------- 62, 63, and sudden deaths


@pytest.fixture
def patient(serve: Callable[..., AbstractContextManager[Server]], facts: Path) -> Iterator[Server]:
    """A server on which a query may take an hour."""
    with serve(facts, "--time-limit", "3600") as started:
        yield started


@contextlib.contextmanager
def asking(server: Server, query: str, number: int = 1) -> Iterator[list[socket.socket]]:
    """Clients that have asked and wait."""
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(number):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            client.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            clients.append(client)
        yield clients


def busy(server: Server) -> list[int]:
    """The workers that have computed for a while."""
    found = []
    for engine in children(server.process.pid):
        for worker in children(engine):
            with contextlib.suppress(OSError, IndexError):
                fields = Path(f"/proc/{worker}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
                if int(fields[11]) > 10:  # hundredths of a second
                    found.append(worker)
    return found


def test_62_a_runaway_query_ends_at_its_limit_and_holds_up_no_other(server: Server, patient: Server) -> None:
    got = server.ask(CROSS)
    assert (got.status, got.text) == (503, "the query took longer than 2 seconds\n")
    with asking(patient, CROSS) as (client,):
        wait_for(lambda: busy(patient))
        assert [patient.ask("ASK {}").status for _ in range(20)] == [200] * 20
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(1)  # it still runs


def test_62_heavy_clients_do_not_shut_out_light_ones(patient: Server) -> None:
    with asking(patient, CROSS, 40) as clients:
        wait_for(lambda: len(busy(patient)) >= 8)
        light = [patient.ask("ASK {}", patience=30) for _ in range(3)]
        assert [got.status for got in light] == [503] * 3
        assert {got.text for got in light} == {"8 queries are running already; try again\n"}
        assert Limits().patience < 3, "seconds after which it is said"
        assert patient.get("/index.html").status == 200
        refused = []  # those for whom there was no room are told so, the others still wait
        for client in clients:
            client.settimeout(0.1)
            with contextlib.suppress(TimeoutError):
                refused.append(client.recv(100)[:12])
        assert set(refused) == {b"HTTP/1.1 503"}
        assert len(refused) == 32
    wait_for(lambda: not busy(patient))  # they have gone
    alive(patient)


def test_63_a_query_ends_when_its_client_goes(patient: Server) -> None:
    with asking(patient, CROSS) as (client,):
        wait_for(lambda: busy(patient))
        (worker,) = busy(patient)
        client.close()
        wait_for(lambda: not Path(f"/proc/{worker}").exists())
    alive(patient)


@pytest.mark.parametrize(("number", "status"), [("SIGSEGV", 500), ("SIGABRT", 503), ("SIGKILL", 503), ("SIGBUS", 500)])
def test_a_worker_that_dies(patient: Server, number: str, status: int) -> None:
    with asking(patient, CROSS) as (client,):
        wait_for(lambda: busy(patient))
        (worker,) = busy(patient)
        os.kill(worker, getattr(signal, number))
        assert client.recv(100).split()[1] == str(status).encode()
    alive(patient)


def test_an_engine_that_dies(patient: Server) -> None:
    with asking(patient, CROSS) as (client,):
        wait_for(lambda: busy(patient))
        (engine,) = children(patient.process.pid)
        os.kill(engine, signal.SIGKILL)
        assert client.recv(100).split()[1] == b"503"
    wait_for(lambda: patient.ask("ASK {}").status == 200)
    assert children(patient.process.pid) != [engine]


# ------------------------------------------------------------------------------------------------- 65, 66: browsers misled


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example@127.0.0.1",
        "localhost@evil.example",
        "xn--localhost",
        "",
        "[::1",
        "127.0.0.1/../evil.example",
    ],
)
@pytest.mark.parametrize("path", PAGES)
def test_65_foreign_names(server: Server, host: str, path: str) -> None:
    got = server.get(path, Host=host)
    assert got.status in (400, 421)
    assert "evil" not in got.text


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:{port}", "LOCALHOST", "127.0.0.1:{port}", "[::1]:{port}", "10.1.2.3"]
)
def test_65_own_names(server: Server, host: str) -> None:
    assert server.get("/index.html", Host=host.format(port=server.port)).status == 200


def test_65_the_name_before_a_proxy(serve: Callable[..., AbstractContextManager[Server]], facts: Path) -> None:
    with serve(facts, "--url", "https://facts.example.org/kg") as started:
        got = started.get("/sparql", Host="facts.example.org")
        assert "<https://facts.example.org/kg/sparql> a sd:Service" in got.text
        assert started.get("/sparql", Host="other.example.org").status == 421


def crossing(got: Got) -> dict[str, str]:
    return {name: value for name, value in got.headers.items() if name.startswith("access-control")}


PREFLIGHT = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


def test_66_no_other_site_may_read(server: Server) -> None:
    for path in PAGES:
        assert crossing(server.get(path, Origin="https://evil.example")) == {}
        assert crossing(server.send("OPTIONS", path, headers=PREFLIGHT)) == {}
    assert crossing(server.get(f"/sparql?query={quote(ASK)}", Origin="null")) == {}


def test_66_a_site_that_was_named_may_read(serve: Callable[..., AbstractContextManager[Server]], facts: Path) -> None:
    with serve(facts, "--allow-origin", "https://good.example") as started:
        path = f"/sparql?query={quote(ASK)}"
        assert (
            crossing(started.get(path, Origin="https://good.example"))["access-control-allow-origin"]
            == "https://good.example"
        )
        assert "access-control-allow-origin" not in crossing(started.get(path, Origin="https://evil.example"))
        granted = started.send("OPTIONS", "/sparql", headers={**PREFLIGHT, "Origin": "https://good.example"})
        assert granted.status == 200
        assert "POST" in crossing(granted)["access-control-allow-methods"]
        assert started.send("OPTIONS", "/sparql", headers=PREFLIGHT).status == 400


# --------------------------------------------------------------------------------------------- 67, 68: paths, bytes, time

PATHS = (
    "/../facts/dataset.yaml",
    "/..%2ffacts%2fdataset.yaml",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/%2e%2e%2fetc%2fpasswd",
    "/..%5c..%5cetc%5cpasswd",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/index.html/..",
    "/index.html%00.ttl",
    "/record/../index.html",
    "/record/%2e%2e/index.html",
    "/./index.html",
    "/dataset.nq",
    "/../dataset.nq",
    "/id/",
    "/id/no-such-record",
    "/id/../index.html",
    "/id/%2e%2e",
    "/id/kim-jong-un/",
    "/id/kim-jong-un%0d%0aSet-Cookie:%20x=y",
    "/id/%0d%0aLocation:%20https:%2f%2fevil.example",
    "/%0d%0aSet-Cookie:%20x=y",
    "/%ff%fe",
    "/" + "a" * 5000,
    "/?" + "a" * 5000 + "/../x",
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_67_paths(server: Server, path: str) -> None:
    got = server.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    status = int(got.split()[1])
    assert status == (200 if path.startswith("/?") else 404)
    head = got.partition(b"\r\n\r\n")[0].lower()
    assert b"set-cookie" not in head
    assert b"location" not in head
    assert b"root:" not in got


HEAD = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
BYTES = {
    "a length that is no number": HEAD + b"Content-Length: six\r\n\r\nASK {}",
    "a negative length": HEAD + b"Content-Length: -6\r\n\r\nASK {}",
    "two lengths": HEAD + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}",
    "a list of lengths": HEAD + b"Content-Length: 6, 60\r\n\r\nASK {}",
    "a huge length": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nASK {}",
    "a length in hexadecimal": HEAD + b"Content-Length: 0x6\r\n\r\nASK {}",
    "a strange transfer coding": HEAD + b"Transfer-Encoding: cow\r\n\r\nASK {}",
    "chunks of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nASK {}\r\n0\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "a header with a line feed in its name": b"GET / HTTP/1.1\r\nHost: localhost\r\nX\ny: z\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: localhost\r\n: z\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
    "an endless header": b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * (1 << 19),
    "an endless address": b"GET /" + b"y" * (1 << 19),
    "a space in the address": b"GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "raw bytes in the address": "GET /é HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
}


@pytest.mark.parametrize("name", BYTES)
def test_68_what_is_no_request(server: Server, name: str) -> None:
    got = server.raw(BYTES[name])
    assert got == b"" or 400 <= int(got.split()[1]) < 500 or got.split()[1] in (b"501", b"505")
    assert b"Traceback" not in got
    alive(server)


def test_68_slow_clients_are_closed(server: Server) -> None:
    """Each sends a byte a second, or none, or takes nothing; the server closes every one and answers others meanwhile."""
    large = f"/sparql?query={quote('SELECT ?a ?c ?d { ?a ?b ?c . ?d a ?e } LIMIT 40000')}"
    begun = {
        "silence": (b"", b""),
        "a slow head": (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X"),
        "a slow body": (HEAD + b"Content-Length: 1000\r\n\r\nASK", b" "),
        "a slow second head": (b"GET /index.html HTTP/1.1\r\nHost: localhost\r\n\r\nGET", b"X"),
        "a body that nobody wants": (
            b"GET /index.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n",
            b"x",
        ),
    }
    ended: dict[str, bytes] = {}

    def client(name: str, first: bytes, piece: bytes) -> None:
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
            connection.sendall(first)
            received = b""
            end = time.monotonic() + 60
            while time.monotonic() < end:
                try:
                    data = connection.recv(1 << 16)
                    if not data:
                        ended[name] = received
                        return
                    received += data
                except TimeoutError:
                    with contextlib.suppress(OSError):
                        connection.sendall(piece)
                except OSError:
                    ended[name] = received
                    return

    def deaf() -> None:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            connection.settimeout(60)
            connection.connect(("127.0.0.1", server.port))
            connection.sendall(f"GET {large} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            time.sleep(25)
            received = b""
            with contextlib.suppress(OSError):  # what was on the way, and no more
                while data := connection.recv(1 << 16):
                    received += data
            ended["deaf"] = received

    threads = [threading.Thread(target=client, args=(name, *what)) for name, what in begun.items()]
    threads.append(threading.Thread(target=deaf))
    for thread in threads:
        thread.start()
    alive(server)
    for thread in threads:
        thread.join(90)
    assert set(ended) == {*begun, "deaf"}
    assert ended["silence"] == b""
    assert ended["a slow head"] == b""
    assert b" 408 " in ended["a slow body"].splitlines()[0]
    assert ended["a slow second head"].count(b"HTTP/1.1 200") == 1
    assert b"HTTP/1.1 200" in ended["deaf"]
    told = int(
        next(line for line in ended["deaf"].splitlines() if line.lower().startswith(b"content-length")).split()[1]
    )
    assert len(ended["deaf"]) < told  # visibly broken
    alive(server)


# ------------------------------------------------------------------------------------------------------------ 69: what is said

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"


@pytest.mark.parametrize(
    "path",
    [
        f"/sparql?query={quote(MARKUP)}",
        f"/sparql?query={quote('SELECT * { ?s ' + MARKUP)}",
        f"/query?query={quote(MARKUP)}",
        f"/query?query={quote('ASK { ?s ?p ' + chr(34) + MARKUP)}",
        f"/query?question={quote(MARKUP)}",
        f"/query?question=agreements-of-actor&set-actor={quote(MARKUP)}",
        f"/query?question=agreements-of-actor&set-{quote(MARKUP)}=x",
        f"/query?query=ASK%7B%7D&format={quote(MARKUP)}",
        f"/{quote(MARKUP)}",
        f"/id/{quote(MARKUP)}",
        f"/query?query={quote('SELECT (' + chr(39) + '<script>alert(1)</script>' + chr(39) + ' AS ?x) {}')}",
        f"/query?query={quote('SELECT (<javascript:alert(1)> AS ?x) {}')}",
        f"/query?query={quote('CONSTRUCT { <x:s> <x:p> ' + chr(39) + '</code><script>alert(1)</script>' + chr(39) + ' } WHERE {}')}",
    ],
    ids=range(13),
)
def test_69_no_markup_comes_back(server: Server, path: str) -> None:
    got = server.get(path)
    if got.media == "text/html":
        assert "<script>alert" not in got.text
        assert "<img" not in got.text
        assert 'href="javascript' not in got.text
    else:
        assert got.media in ("text/plain", "application/sparql-results+json")
    assert got.headers["x-content-type-options"] == "nosniff"


def test_69_errors_tell_nothing_of_the_machine(server: Server, facts: Path) -> None:
    for path in (
        "/sparql?query=x",
        "/nothing",
        "/id/nothing",
        f"/query?query={quote(CRASHING['braces'])}",
        "/query?query=x",
    ):
        got = server.get(path)
        for word in ("Traceback", "File ", ".py", "/usr", str(facts.parent), "uvicorn", "starlette", "pyoxigraph"):
            assert word not in got.text
        assert "server" not in got.headers


def test_every_answer_is_safe_for_a_browser(server: Server) -> None:
    for path in [*PAGES, "/nothing", "/sparql?query=x", "/assets/site.css"]:
        got = server.get(path)
        assert "default-src 'none'" in got.headers["content-security-policy"]
        assert "unsafe" not in got.headers["content-security-policy"]
        assert got.headers["x-content-type-options"] == "nosniff"
        assert got.headers["x-frame-options"] == "DENY"
        assert got.headers["referrer-policy"] == "no-referrer"


def test_the_next_query_does_not_pay_for_the_last(patient: Server) -> None:
    """Each takes more than half of the memory that a query may have."""
    text = "SELECT (STRLEN(?v5) AS ?n) { BIND('" + "x" * 20_000 + "' AS ?v0) "
    text += " ".join(f"BIND(CONCAT({', '.join([f'?v{n}'] * 6)}) AS ?v{n + 1})" for n in range(5)) + " }"
    for _ in range(3):
        got = patient.send("POST", "/sparql", text.encode(), DIRECT)
        assert got.json()["results"]["bindings"][0]["n"]["value"] == str(20_000 * 6**5)
    alive(patient)


def test_a_worker_is_replaced_after_a_thousand_queries(patient: Server) -> None:
    def worker() -> int:
        (found,) = (pid for engine in children(patient.process.pid) for pid in children(engine))
        return found

    alive(patient)
    first = worker()
    connection = http.client.HTTPConnection("127.0.0.1", patient.port, timeout=60)
    for number in range(1005):
        connection.request("GET", f"/sparql?query={quote(ASK)}")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
        if number == 500:
            assert worker() == first
    connection.close()
    wait_for(lambda: not Path(f"/proc/{first}").exists())
    assert worker() != first


def test_a_worker_that_has_grown_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.server import engine
    from kg.server.limits import Limits

    monkeypatch.setattr(engine, "_GROWTH", -1)
    control, ours, theirs = (socket.socket(socket.AF_UNIX), *socket.socketpair())
    work = engine._Work(control, ox.Store(), engine.DataSet("", "x:", {}), Limits())  # noqa: SLF001 - a part that cannot be reached from outside
    process = context.ForkContext().Process(target=work.answer_all, args=(theirs.fileno(),))
    process.start()
    theirs.close()
    with (tmp_path / "file").open("w+b") as file, ours:
        engine.Request(ASK).write(file)
        socket.send_fds(ours, [engine.ASK], [file.fileno()])
        ours.settimeout(60)
        assert ours.recv(1) == engine.LAST
        file.seek(0)
        assert file.read() == b'200 application/sparql-results+json\n{"head":{},"boolean":true}'
    process.join(60)
    assert process.exitcode == 0
    control.close()
