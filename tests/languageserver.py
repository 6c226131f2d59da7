"""The YAML language server that editors run, installed by npm into a folder that goes away again, spoken to over its pipe.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "yaml-language-server"  # MIT
PATIENCE = 120  # seconds
SETTINGS = {
    "yaml": {
        "validate": True,
        "completion": True,
        "hover": True,
        "schemaStore": {"enable": False},
        "yamlVersion": "1.2",
        "maxItemsComputed": 5000,
    }
}


def missing(why: str) -> None:
    """Skip a test on a machine that lacks something, and fail where that must not be."""
    if os.environ.get("CI"):
        pytest.fail(f"{why}; CI must have it")
    pytest.skip(why)


@contextlib.contextmanager
def installed() -> Iterator[Path]:
    """Install the server, and yield its program."""
    for name in ("node", "npm"):
        if shutil.which(name) is None:
            missing(f"{name} is not installed (Debian: {name if name == 'npm' else 'nodejs'})")
    with tempfile.TemporaryDirectory(prefix="kg-editor-") as folder:
        options = ("--no-audit", "--no-fund", "--no-save", "--prefix", folder)
        done = subprocess.run(["npm", "install", *options, PACKAGE], capture_output=True, check=False, cwd=folder)
        if done.returncode:
            missing(f"npm cannot install {PACKAGE}: {done.stderr.decode()[-500:]}")
        yield Path(folder) / "node_modules" / PACKAGE / "bin" / PACKAGE


class Editor:
    """A session of an editor with the server."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.number = 0
        self.heard: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": CAPABILITIES})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def _listen(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while line := stream.readline():
            length = 0
            while line.strip():
                name, _, value = line.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                line = stream.readline()
            self.heard.put(json.loads(stream.read(length)))
        self.heard.put(None)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        return self._await(lambda message: message.get("id") == number and "method" not in message)["result"]

    def _await(self, wanted: Any) -> dict[str, Any]:
        while True:
            message = self.heard.get(timeout=PATIENCE)
            assert message is not None, "the server has ended"
            if "id" in message and "method" in message:  # it asks: mostly for settings
                items = message["params"].get("items", []) if isinstance(message.get("params"), dict) else []
                result = [SETTINGS.get(item.get("section")) for item in items] if items else None
                self._send({"id": message["id"], "result": result})
            elif wanted(message):
                return message

    def open(self, uri: str, schema: Path, text: str) -> list[dict[str, Any]]:
        """Open a file, whose first line names its schema, and return what the server marks in it."""
        whole = f"# yaml-language-server: $schema={schema.as_uri()}\n{text}"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": whole}
        self.tell("textDocument/didOpen", {"textDocument": document})
        told = self._await(
            lambda message: (
                message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri
            )
        )
        found: list[dict[str, Any]] = told["params"]["diagnostics"]
        return found

    def completions(self, uri: str, line: int, column: int) -> dict[str, str]:
        """Return what can stand at a place, each with what is told of it; lines count without the first."""
        place = {"line": line + 1, "character": column}
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": uri}, "position": place})
        items = answer["items"] if isinstance(answer, dict) else answer
        return {item["label"]: str(item.get("documentation") or "") for item in items}

    def hover(self, uri: str, line: int, column: int) -> str:
        """Return what is shown over a place."""
        place = {"line": line + 1, "character": column}
        answer = self.ask("textDocument/hover", {"textDocument": {"uri": uri}, "position": place})
        return str(answer["contents"]["value"]) if answer else ""


CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {},
        "completion": {"completionItem": {"snippetSupport": False, "documentationFormat": ["plaintext"]}},
        "hover": {"contentFormat": ["plaintext", "markdown"]},
    },
    "workspace": {"configuration": True, "didChangeConfiguration": {}},
}


@contextlib.contextmanager
def editor(program: Path) -> Iterator[Editor]:
    """Start the server and begin a session."""
    command = ["node", program, "--stdio"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield Editor(process)
    finally:
        process.kill()
        process.wait()
