"""Intake: fact files become shards, one after the other or on several cores, or come from the cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from kg import cores, shard
from kg.cache import Cache
from kg.diagnostic import Diagnostic, Location
from kg.outline import Others, Shard, Texts
from kg.shard import Context
from kg.sourcemap import Changed

_PAYS, _MANY = 1 << 17, 1 << 20  # bytes of fact files, from which other processes, and a pool of them, pay

Item = tuple[Path, str, Others]  # a file, how diagnostics call it, what is known of others


class Reader(Protocol):
    """What makes shards of files."""

    def run(self, context: Context, items: list[Item]) -> list[Shard]:
        """Read files."""

    def texts(self, context: Context, one: Shard, file: Path, *, whole: bool) -> Texts:
        """Fetch what was written of a file, whole or without its piece."""


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
        any_kept = self.cache is not None and self.cache.folder.is_dir()  # else there is nothing to look for
        kept = [self._kept(context, item) if any_kept else None for item in items]
        made = iter(self._make(context, [item for item, one in zip(items, kept, strict=True) if one is None]))
        shards = [one or next(made) for one in kept]
        known: dict[object, Any] = {}
        for record in (record for one in shards for record in one.records):
            record.share(known)
        return shards

    def texts(self, context: Context, one: Shard, file: Path, *, whole: bool) -> Texts:
        """Fetch what was written of a file, whole or without its piece; if it is not where it was kept, write it again.

        Raises:
            Changed: the file is another one by now.

        """
        found = self.cache.get(one.name, 1) if self.cache is not None else None
        piece = self.cache.get(one.name, 2) if self.cache is not None and whole else b""
        if isinstance(found, Texts) and isinstance(piece, bytes):
            return replace(found, piece=piece)
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            raise Changed(one.path) from None
        again = shard.make(context, data, one.path, one.others)
        if again.texts is None or one.name not in _names(self.cache, context, data, (file, one.path, one.others)):
            raise Changed(one.path)
        return again.texts

    def _kept(self, context: Context, item: Item) -> Shard | None:
        """Return what was made of a file earlier."""
        if self.cache is None:
            return None
        try:
            data = item[0].read_bytes()
        except FileNotFoundError:
            return None
        for name in _names(self.cache, context, data, item):
            found = self.cache.get(name)
            if isinstance(found, Shard):
                return found
        return None

    def _make(self, context: Context, items: list[Item]) -> Iterable[Shard]:
        size = sum(file.stat().st_size for file, _, _ in items if file.exists())
        pays = self.jobs > 1 and size >= _PAYS
        if pays:
            _ = context.derivation, context.constraints, context.checks  # made ready once, not in each process
        work = partial(_read, context, self.cache, size >= _MANY)
        if pays and size < _MANY:
            return cores.share(work, items, self.jobs)
        return cores.apply(work, items, self.jobs if pays else 1)


def _read(context: Context, cache: Cache | None, many: bool, item: Item) -> Shard:  # noqa: FBT001 - bound by position
    file, path, others = item
    try:
        before = file.stat()
        data = file.read_bytes()
        after = file.stat()
    except FileNotFoundError:  # a moment ago it was there
        return Shard(path, [changed(path)], [], [], checked=context.checked)
    made = shard.make(context, data, path, others)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        made.diagnostics.append(changed(path))
    elif cache is not None:
        made.name = _names(cache, context, data, item)[0]
        texts = made.texts
        if (
            texts is not None
            and cache.put(made.name, replace(made, texts=None), replace(texts, piece=b""), texts.piece)
            and many
        ):
            made.texts = None  # whoever wants it fetches it
    return made


def _names(cache: Cache | None, context: Context, data: bytes, item: Item) -> list[str]:
    """Return the names under which a file may be kept: who does not validate can do with what was validated."""
    _, path, others = item
    options = (
        f"{context.base} {path} {checked}".encode("utf-8", "surrogateescape") for checked in (context.checked, True)
    )
    return list(dict.fromkeys(cache.name(data, one, others.digest) for one in options)) if cache is not None else []


def changed(path: str) -> Diagnostic:
    """Say that a file is not what it was a moment ago."""
    return Diagnostic(Location(path), "input-changed", "the file changed while it was read", "run again")
