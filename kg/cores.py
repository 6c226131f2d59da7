"""Cores: one function over many items, in processes that are forked and so share what is in memory already."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from kg.confinement import Exceeded, begin
from kg.fault import Failure

_ENDED = "a process on another core was ended from outside; is there memory enough?"
_PIECES = 250  # into which few items are divided; they are numbered in a byte
_T = TypeVar("_T")
_R = TypeVar("_R")
_inherited: Callable[[Any], Any] | None = None  # goes to the processes by fork, and is not sent


def apply(work: Callable[[_T], _R], items: Sequence[_T], jobs: int) -> Iterator[_R]:
    """Do something to each item; give the results in the order of the items.

    Args:
        work: what it needs should be ready before, or every process makes it for itself.
        items: are sent to the processes, and the results back.
        jobs: how many processes may be used; with one, or where processes cannot fork, it is done here.

    Raises:
        Failure: a process was ended from outside.

    """
    if jobs < 2 or not hasattr(os, "fork"):  # noqa: PLR2004 - one is this process
        yield from map(work, items)
        return
    import multiprocessing  # noqa: PLC0415 - a tenth of the start
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - as above
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - as above

    global _inherited  # noqa: PLW0603 - as above
    _inherited = work
    held, holding = os.pipe()
    gc.freeze()  # so that the collector of a child does not touch, and thereby copy, what it shares with this one
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("fork"), initializer=_begin, initargs=(held, holding))
    try:
        yield from pool.map(_elsewhere, items, chunksize=max(1, min(8, len(items) // (32 * jobs))))
    except BrokenProcessPool:
        raise Failure(_ENDED) from None
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()
        os.close(held)
        os.close(holding)


def share(work: Callable[[_T], _R], items: Sequence[_T], jobs: int) -> list[_R]:
    """Do the same with few items, of which this process takes some itself: that costs a fork, and no pool.

    Raises:
        Failure: a process was ended from outside.

    """
    tokens, writer = os.pipe()
    os.write(writer, bytes(range(_PIECES)))
    os.close(writer)
    some: Callable[[], dict[int, list[_R]]] = partial(_some, work, items, tokens)
    found: list[_R | None] = [None] * len(items)
    begun = [begin(some, None) for _ in range(1, jobs)]
    begun.append(some)
    try:
        while begun:
            for number, results in begun.pop()().items():
                found[number::_PIECES] = results
    except Exceeded:
        raise Failure(_ENDED) from None
    finally:
        os.read(tokens, _PIECES)  # where something went wrong here, the others get no more, and end
        os.close(tokens)
        for done in begun:
            with contextlib.suppress(Exception):
                done()
    return cast("list[_R]", found)


def _some(work: Callable[[_T], _R], items: Sequence[_T], tokens: int) -> dict[int, list[_R]]:
    """Do pieces of the work, each of which one process gets, until there are no more."""
    found = {}
    while token := os.read(tokens, 1):
        found[token[0]] = [work(item) for item in items[token[0] :: _PIECES]]
    return found


def leash(descriptor: int) -> None:
    """End this process when the other end of a pipe is closed, as it is when who holds it ends, however that does."""

    def wait() -> None:
        os.read(descriptor, 1)
        os.kill(os.getpid(), signal.SIGKILL)  # whatever its other threads are doing

    threading.Thread(target=wait, daemon=True).start()


def _begin(held: int, holding: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt from the keyboard is for the process that waits
    os.close(holding)
    leash(held)


def _elsewhere(item: Any) -> Any:  # noqa: ANN401 - what `apply` was given
    assert _inherited is not None  # noqa: S101 - set before the fork
    return _inherited(item)
