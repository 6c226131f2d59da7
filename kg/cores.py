"""Cores: one function over many items, in processes that are forked and so share what is in memory already."""

from __future__ import annotations

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
        yield from pool.map(_elsewhere, items, chunksize=max(1, min(8, len(items) // (4 * jobs))))
    except BrokenProcessPool:
        raise Failure(_ENDED) from None
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()
        os.close(held)
        os.close(holding)


def share(work: Callable[[_T], _R], items: Sequence[_T], jobs: int) -> list[_R]:
    """Do the same with few items, of which this process takes its share: that costs a fork, and no pool.

    Raises:
        Failure: a process was ended from outside.

    """
    shares = [items[number::jobs] for number in range(jobs)]
    elsewhere: list[Callable[[], list[_R]]] = [begin(partial(_all, work, some), None) for some in shares[1:]]
    found: list[_R | None] = [None] * len(items)
    try:
        found[::jobs] = _all(work, shares[0])
        for number, done in enumerate(elsewhere, 1):
            found[number::jobs] = done()
    except Exceeded:
        raise Failure(_ENDED) from None
    return cast("list[_R]", found)


def _all(work: Callable[[_T], _R], items: Sequence[_T]) -> list[_R]:
    return [work(item) for item in items]


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
