"""Intake: fact files become shards, one after the other or on several cores, or come from the cache."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg import shard
from kg.cache import Cache
from kg.diagnostic import Diagnostic, Location
from kg.fault import Failure
from kg.shard import Context, Others, Shard

_PAYS = 1 << 20  # bytes of fact files, below which processes cost more than they bring

Item = tuple[Path, str, Others]  # a file, how diagnostics call it, what is known of others


class Reader(Protocol):
    """What makes shards of files."""

    def run(self, context: Context, items: list[Item]) -> list[Shard]:
        """Read files."""


@dataclass(frozen=True)
class Intake:
    """How files are read.

    Attributes:
        cache: where results are kept; None for nowhere.
        jobs: how many processes may be used, where that pays.

    """

    cache: Cache | None = None
    jobs: int = 1

    def run(self, context: Context, items: list[Item]) -> list[Shard]:
        """Read files.

        Raises:
            Failure: a process was ended from outside.
            OSError: one cannot be read.

        """
        size = sum(file.stat().st_size for file, _, _ in items if file.exists()) if self.jobs > 1 else 0
        if size < _PAYS or "fork" not in multiprocessing.get_all_start_methods():
            return [_read(context, self.cache, item) for item in items]
        _ = context.derivation, context.constraints  # made ready once, not in each process
        global _inherited  # noqa: PLW0603 - what is made ready goes to the processes by fork, and is not sent
        _inherited = context, self.cache
        gc.freeze()  # so that the collector of a child does not touch, and thereby copy, what it shares with this one
        pool = ProcessPoolExecutor(self.jobs, multiprocessing.get_context("fork"), initializer=_uninterrupted)
        try:
            return list(pool.map(_elsewhere, items, chunksize=max(1, min(8, len(items) // (4 * self.jobs)))))
        except BrokenProcessPool:
            raise Failure("a process that read files was ended from outside; is there memory enough?") from None
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()


def _uninterrupted() -> None:
    """Leave an interrupt from the keyboard to the process that waits for this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


_inherited: tuple[Context, Cache | None] | None = None


def _elsewhere(item: Item) -> Shard:
    assert _inherited is not None  # noqa: S101 - set before the fork
    return _read(*_inherited, item)


def _read(context: Context, cache: Cache | None, item: Item) -> Shard:
    file, path, others = item
    try:
        before = file.stat()
        data = file.read_bytes()
        after = file.stat()
    except FileNotFoundError:  # a moment ago it was there
        return Shard(path, [changed(path)], [], [], checked=context.checked)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        made = shard.make(context, data, path, others)
        made.diagnostics.append(changed(path))
        return made
    if cache is None:
        return shard.make(context, data, path, others)
    name, validated = (
        cache.name(data, f"{context.base} {path} {checked}".encode("utf-8", "surrogateescape"), others.digest)
        for checked in (context.checked, True)
    )
    for one in dict.fromkeys((name, validated)):  # who does not validate can do with what was validated
        found = cache.get(one)
        if isinstance(found, Shard):
            return found
    made = shard.make(context, data, path, others)
    made.name = name
    cache.put(name, made)
    return made


def changed(path: str) -> Diagnostic:
    """Say that a file is not what it was a moment ago."""
    return Diagnostic(Location(path), "input-changed", "the file changed while it was read", "run again")
