"""What was made of a file is kept, so that only what has changed is made again.

A name is the hash of all that went in: the file, the ontology, this program, the options. So nothing in here is ever out of
date, only unused, and what has not been used for long is removed. It is safe between processes: files are written whole
or not at all, and one that does not hold what it should is taken for absent. Whoever can write to it is trusted like
whoever can write to Python's own caches: it is a folder of the user.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

import pyoxigraph

_DIGEST = 16  # bytes
_LENGTH = 8  # bytes
_DAY = 86_400  # seconds
_UNUSED = 30 * _DAY
_MOST = 4 << 30  # bytes; what was not used for longest goes first


def digest(*pieces: bytes) -> bytes:
    """Return the hash of pieces, each taken by itself."""
    made = hashlib.sha256()  # processors have instructions for it
    for piece in pieces:
        made.update(len(piece).to_bytes(8, "big"))
        made.update(piece)
    return made.digest()[:_DIGEST]


def fingerprint(directory: Path) -> bytes:
    """Return what tells this program, with what it is built on, and an ontology from all others."""
    package = Path(__file__).parent
    sources = sorted((*package.glob("*.py"), *package.glob("compiled/*.py")))  # all that a shard is made by
    start = len(str(directory))
    names = sorted(str(file)[start:] for file in directory.rglob("*.*") if file.name.endswith((".ttl", ".rq")))
    versions = f"{sys.version} {pyoxigraph.__version__}".encode()
    reader = find_spec("yaml")  # its version stands in its file; to import it takes a tenth of a start
    named = (name.encode("utf-8", "surrogateescape") for name in names)
    origins = [Path(reader.origin)] if reader is not None and reader.origin else []
    files = (*sources, *origins, *(Path(f"{directory}{name}") for name in names))
    return digest(versions, *named, *(file.read_bytes() if file.is_file() else b"none" for file in files))


@dataclass(frozen=True)
class Cache:
    """A folder of results.

    Attributes:
        folder: where; made when there is something to keep. What cannot be read or written there is done without.
        mark: what all names depend on: see `fingerprint`.

    """

    folder: Path
    mark: bytes

    def name(self, *inputs: bytes) -> str:
        """Return the name of what is made of some inputs."""
        return digest(self.mark, *inputs).hex()

    def get(self, name: str, part: int = 0) -> object:
        """Return what is kept under a name, or a part of what is kept beside it; or None."""
        try:
            with self._file(name).open("rb") as stream:
                about = os.fstat(stream.fileno())
                if time.time() - about.st_mtime > _DAY:
                    os.utime(stream.fileno())
                for _ in range(part):
                    stream.seek(min(_head(stream)[1], about.st_size), os.SEEK_CUR)
                wanted, size = _head(stream)
                data = stream.read(min(size, about.st_size))
            return pickle.loads(data) if digest(data) == wanted else None  # noqa: S301 - see above
        except (OSError, pickle.PickleError, AttributeError, ImportError, EOFError, IndexError, TypeError, ValueError):
            return None

    def put(self, name: str, value: object, *more: object) -> bool:
        """Keep something under a name, and beside it parts that are read by themselves; tell whether that was possible."""
        parts = [pickle.dumps(part, protocol=pickle.HIGHEST_PROTOCOL) for part in (value, *more)]
        file = self._file(name)
        with contextlib.suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = f"{file}.{os.getpid()}.{time.monotonic_ns()}"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    for data in parts:
                        stream.write(digest(data) + len(data).to_bytes(_LENGTH, "big"))
                        stream.write(data)
                Path(temporary).replace(file)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            return True
        return False

    def prune(self) -> None:
        """Remove, once a day, what has not been used for long, or is too much."""
        stamp = self.folder / "pruned"
        with contextlib.suppress(OSError):
            if not self.folder.is_dir() or (stamp.exists() and time.time() - stamp.stat().st_mtime < _DAY):
                return
            stamp.touch()
            found = sorted(((s.st_mtime, s.st_size, f) for f, s in _files(self.folder)), reverse=True)
            kept = 0
            for used, size, file in found:
                kept += size
                if kept > _MOST or time.time() - used > _UNUSED:
                    file.unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self.folder / name[:2] / name[2:]


def _head(stream: BinaryIO) -> tuple[bytes, int]:
    """Read the digest and the length of what follows."""
    head = stream.read(_DIGEST + _LENGTH)
    return head[:_DIGEST], int.from_bytes(head[_DIGEST:], "big")


def _files(folder: Path) -> Iterable[tuple[Path, os.stat_result]]:
    for inner in folder.iterdir():
        for file in inner.iterdir() if inner.is_dir() else ():
            yield file, file.stat()
