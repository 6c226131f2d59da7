"""Simple queries a second over HTTP: `kg serve` against `oxigraph serve`, the same data, queries, and clients.

Each client keeps one connection and asks one query after the other. `kg serve` runs every query in a process that may be
lost, and checks how it ended before it sends a byte; Oxigraph's server runs them in threads, without limits.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import kg
from kg.export import lines

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PREFIX = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
QUERIES = {
    "ASK": "ASK { ?s a kg:Statement }",
    "one record": "SELECT ?p ?o { <https://w3id.org/kg-facts/id/kim-could-destroy> ?p ?o }",
    "a hundred rows": "SELECT ?s ?label { ?s a kg:Statement ; skos:prefLabel ?label } LIMIT 100",
}
SECONDS, ROUNDS = 2.0, 3


@contextlib.contextmanager
def kg_serve() -> Iterator[str]:
    """Start our server."""
    command = [BIN / "kg", "--project", ROOT, "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout  # noqa: S101 - of a pipe that was asked for
        url = process.stdout.readline().strip()
        try:
            yield f"{url}sparql"
        finally:
            process.terminate()


@contextlib.contextmanager
def oxigraph_serve(folder: str) -> Iterator[str]:
    """Start the peer on the same data: in its default graph everything, as ours has it."""
    program = shutil.which("oxigraph", path=str(BIN))
    if program is None:
        sys.exit("the peer is missing: pip install oxigraph")
    data = Path(folder) / "facts.nt"
    graph = kg.build(ROOT, checked=False).graph
    data.write_bytes(b"".join(f"{quad.triple} .\n".encode() for quad in lines.dataset(graph)))
    subprocess.run([program, "load", "-l", f"{folder}/db", "-f", data], check=True, capture_output=True)
    command = [program, "serve-read-only", "-l", f"{folder}/db", "-b", "127.0.0.1:0"]
    import socket

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command[-1] = f"127.0.0.1:{port}"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{port}/query"
        finally:
            process.terminate()


def rate(url: str, query: str, clients: int) -> float:
    """Ask for some seconds; return queries answered a second."""
    parts = urlsplit(url)
    path = f"{parts.path}?query={quote(PREFIX + query)}"
    answered = itertools.count()
    end = time.perf_counter() + SECONDS

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=60)
        while time.perf_counter() < end:
            connection.request("GET", path, headers={"Accept": "application/sparql-results+json"})
            response = connection.getresponse()
            response.read()
            if response.status == 200:  # noqa: PLR2004 - HTTP
                next(answered)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return next(answered) / SECONDS


with tempfile.TemporaryDirectory() as folder, kg_serve() as ours, oxigraph_serve(folder) as peer:
    for name, query in QUERIES.items():
        for clients in (1, 4):
            best = {"oxigraph serve": 0.0, "kg serve": 0.0}
            for _ in range(ROUNDS):
                best["oxigraph serve"] = max(best["oxigraph serve"], rate(peer, query, clients))
                best["kg serve"] = max(best["kg serve"], rate(ours, query, clients))
            ratio = best["kg serve"] / best["oxigraph serve"]
            figures = ", ".join(f"{server} {number:6.0f}/s" for server, number in best.items())
            print(f"{name:16} {clients} client{'s' if clients > 1 else ' '}  {figures}  {ratio:5.2f} x")
