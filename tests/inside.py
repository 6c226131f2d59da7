"""The program run in this process, for tests of what it says; how it ends as a process is tested elsewhere."""

from __future__ import annotations

import gc
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from kg.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended, and the bytes that it wrote."""

    code: int
    stdout: bytes
    stderr: bytes

    @property
    def out(self) -> str:
        """What stands on standard output."""
        return self.stdout.decode()

    @property
    def err(self) -> str:
        """What stands on standard error."""
        return self.stderr.decode()


def kg(*arguments: str | Path, stdin: str | bytes = b"") -> Done:
    """Run `kg` with arguments."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
    given = io.TextIOWrapper(io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin), encoding="utf-8")
    try:
        with (
            mock.patch.object(sys, "argv", ["kg", *map(str, arguments)]),
            mock.patch.object(sys, "stdin", given),
            mock.patch.multiple(sys, **streams),
        ):
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        gc.enable()
    for stream in streams.values():
        stream.flush()
    return Done(code, *(stream.buffer.getvalue() for stream in streams.values()))
