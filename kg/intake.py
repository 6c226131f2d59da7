"""Intake: fact files become shards, one after the other or on several cores, or come from the cache."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from kg import cores, shard
from kg.cache import Cache
from kg.diagnostic import Diagnostic, Location
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
        if size >= _PAYS:
            _ = context.derivation, context.constraints  # made ready once, not in each process
        work = partial(_read, context, self.cache)
        return list(cores.apply(work, items, self.jobs if size >= _PAYS else 1))


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
