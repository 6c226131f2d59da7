"""Confinement: what a stranger's query may take, in a process of its own that ends with it.

An engine cannot be interrupted, and where memory is short it ends its whole process. So a query that comes with a project
runs in a child: processor time and memory are limited there, and whatever it does, this process lives and can say which
query it was. A task of ours may go on beside this process in the same way, without limits.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from pathlib import Path
from threading import active_count
from typing import TypeVar

if os.name == "posix":
    import resource

SECONDS = 5  # of processor time; for each of the many queries of an ontology, few of which take a tenth
MEMORY = 2 << 30  # bytes beyond those that are in use
_STATUS = Path("/proc/self/statm")
T = TypeVar("T")


class Exceeded(Exception):
    """The task took more time or memory than it may; the message says how much that is."""


def confined(task: Callable[[], T], seconds: int = SECONDS) -> T:
    """Run a task within limits; what it returns or raises has to be picklable.

    On POSIX, and where there is one thread: a fork of more would leave their locks behind.

    Args:
        task: what to do.
        seconds: of processor time.

    Raises:
        Exceeded: it came to no end within the limits.

    """
    return begin(task, seconds)()


def begin(task: Callable[[], T], seconds: int | None = SECONDS) -> Callable[[], T]:
    """Begin a task, beside this process where that is possible; see `confined`.

    Args:
        task: what to do.
        seconds: of processor time; None for a task of ours, which has no limits.

    Returns:
        What waits for its end, to be called once, and returns or raises what it does.

    """
    if os.name != "posix" or active_count() > 1:
        return task
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _serve(task, writer, seconds)
    os.close(writer)

    def wait() -> T:
        try:
            with os.fdopen(reader, "rb") as pipe:
                data = pipe.read()
        except BaseException:  # interrupted: it must not go on alone
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        os.waitpid(child, 0)
        try:
            result, error = pickle.loads(data)  # noqa: S301 - written by our own child
        except (EOFError, pickle.UnpicklingError):  # it came to no end
            raise Exceeded(f"takes more than {seconds} s, or more than {MEMORY >> 30} GB of memory") from None
        if error is not None:
            raise error
        value: T = result
        return value

    return wait


def _serve(task: Callable[[], T], writer: int, seconds: int | None) -> None:
    """Be the child: do the task, write the result, and end by a signal, so that nothing of the parent is cleaned up twice."""
    try:
        if seconds is not None:
            _limit(seconds)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an engine that runs out of memory prints a trace
        try:
            outcome: tuple[T | None, Exception | None] = task(), None
        except MemoryError:
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised again on the other side
            outcome = None, error
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(pickle.dumps(outcome))
    finally:
        os.kill(os.getpid(), signal.SIGKILL)


def _limit(seconds: int) -> None:
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    limit = int(used) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if _STATUS.exists():
        memory = int(_STATUS.read_text(encoding="ascii").split()[0]) * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
