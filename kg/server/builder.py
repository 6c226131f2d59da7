"""Editions are made in a process of their own: it may take memory, for that goes with it, and the server answers meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from kg import cores
from kg.fault import Failure, Fault, OntologyFault
from kg.server import edition
from kg.server.edition import Outcome


def apart(project: Path, folder: Path) -> Outcome:
    """Make an edition in a process of its own: the memory that a build takes goes with it.

    Raises:
        Fault, OntologyFault, Failure, OSError: as `kg.server.edition.make` does; or the process was ended from outside.

    """
    with subprocess.Popen(**command(project, folder)) as process:
        try:
            process.wait()
        finally:
            end(process)
    return kept(folder, process.returncode)


def command(project: Path, folder: Path) -> dict[str, Any]:
    """Return how a process is started that makes an edition; it ends with this one, and `end` ends it."""
    code = f"from kg.server import builder; builder.keep({str(project)!r}, {str(folder)!r})"
    return {"args": [sys.executable, "-P", "-c", code], "stdin": subprocess.PIPE, "start_new_session": True}


def end(process: subprocess.Popen[bytes] | asyncio.subprocess.Process) -> None:
    """End a process of `command` that still runs, with those that it has started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def keep(project: str, folder: str) -> None:
    """Make an edition, and leave for `kept` what came of it."""
    cores.leash(sys.stdin.fileno())
    gc.disable()  # as in any command
    outcome: Outcome | tuple[type[Exception], str]
    try:
        outcome = edition.make(Path(project), Path(folder))
    except (Fault, OntologyFault, Failure) as error:
        outcome = next(kind for kind in (Fault, OntologyFault, Failure) if isinstance(error, kind)), str(error)
    except OSError as error:
        outcome = Failure, f"{error.filename or 'a file'}: {error.strerror or 'cannot be read or written'}"
    _outcome(Path(folder)).write_bytes(pickle.dumps(outcome))


def kept(folder: Path, code: int | None) -> Outcome:
    """Return what a process left that ended with a code.

    Raises:
        Fault, OntologyFault, Failure: as it was raised there; or the process was ended from outside.

    """
    if code:
        raise Failure(f"the build ended with code {code}; is there memory enough?")
    outcome = pickle.loads(_outcome(folder).read_bytes())  # noqa: S301 - from a process and in a folder of our own
    if isinstance(outcome, Outcome):
        return outcome
    kind, message = outcome
    raise kind(message)


def _outcome(folder: Path) -> Path:
    return folder.with_suffix(".outcome")
