"""The server as a program of its own, and plain HTTP to talk to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from program import interruptible

PROGRAM = Path(sys.executable).with_name("kg")
PATIENCE = 120  # seconds after which what should have come is a failure


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0]

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Server:
    """A server that was started."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path
    before: list[bytes] = field(default_factory=list)

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port
        return port

    @property
    def err(self) -> str:
        """What it has said."""
        return self.log.read_text(encoding="utf-8")

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Got:
        """Send a request and read the whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.putrequest(method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and "Content-Length" not in (headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            fields = {name.lower(): value for name, value in response.getheaders()}
            return Got(response.status, fields, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str = "", **headers: str) -> Got:
        return self.send("GET", path, headers={**({"Accept": accept} if accept else {}), **headers})

    def ask(self, query: str, accept: str = "", patience: float = PATIENCE) -> Got:
        """Send a query in the address."""
        headers = {"Accept": accept} if accept else {}
        return self.send("GET", f"/sparql?query={quote(query)}", headers=headers, patience=patience)

    def raw(self, data: bytes, patience: float = PATIENCE) -> bytes:
        """Send bytes and read until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as connection:
            connection.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while piece := connection.recv(65536):
                    received += piece
            return received

    def end(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def processes(self) -> list[int]:
        """The engine and its workers."""
        return [child for engine in children(self.process.pid) for child in (engine, *children(engine))]


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text(encoding="ascii").split())
    return found


@contextlib.contextmanager
def running(log: Path, *command: str | Path) -> Iterator[Server]:
    """Start a program that says its address on standard output, and end it."""
    with log.open("wb") as err:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=err, env={**os.environ}, preexec_fn=interruptible
        )
    try:
        assert process.stdout
        url = process.stdout.readline().decode().strip()
        assert url.startswith("http://"), log.read_text(encoding="utf-8")
        yield Server(process, url, log)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        process.stdout.close()


def wait_for(what: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until something is so."""
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, "it did not become so"
        time.sleep(0.1)
