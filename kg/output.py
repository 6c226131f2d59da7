"""Writing files so that nothing is lost: the old file or the new one, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import ctypes
import glob
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from kg.fault import Fault

if os.name == "posix":
    import fcntl

_MARK = ".kg-writing-"
MANIFEST = "SHA256SUMS"  # of a folder: what `sha256sum --check` reads, and what tells its files from those of others
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of renameat2(2)
_MANY = 50  # files; more are not settled one by one


class Refused(Fault):
    """The output must not be written there; the message says why."""


def write(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file: whole on the disk before it takes the place of the old one, at a stroke.

    Raises:
        Refused: it is a link or no regular file.
        OSError: disk full, no permission; the old file is left as it was.

    """
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise Refused(f"{file} is a link or no regular file; remove it or choose another place")
    descriptor, name = tempfile.mkstemp(prefix=f"{_MARK}{file.name}-", dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.writelines(pieces)
            _settle(stream)
        made.chmod(0o666 & ~_umask())
        made.replace(file)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def folder(directory: Path, files: Iterable[tuple[str, Iterable[bytes]]], inputs: Iterable[Path]) -> int:
    """Write a folder of files, whole: it takes the place of the old one at a stroke when all are on the disk.

    A manifest lists them with their SHA-256. What a killed writer left over is removed.

    Args:
        directory: the folder.
        files: path of each file from there, and the pieces of what it holds.
        inputs: folders that are read.

    Returns:
        The number of files, without the manifest.

    Raises:
        Refused: the folder is a link, no folder, an input, a root or home, cannot be replaced, or holds files that no
            manifest lists.
        OSError: disk full, no permission; the old folder is left as it was.

    """
    place = directory.resolve() if not directory.is_symlink() else directory
    outside(directory, inputs)
    _own(place, directory)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(place.parent):
        _own(place, directory)  # another writer may have come first
        for leftover in place.parent.glob(f"{_MARK}{glob.escape(place.name)}-*"):
            shutil.rmtree(leftover)
        made = Path(tempfile.mkdtemp(prefix=f"{_MARK}{place.name}-", dir=place.parent))
        try:
            number = _fill(made, files)
            made.chmod(0o777 & ~_umask())
            _exchange(made, place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return number


def _fill(place: Path, files: Iterable[tuple[str, Iterable[bytes]]]) -> int:
    sums: list[str] = []
    for path, pieces in files:
        file, digest = place / path, hashlib.sha256()
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            for piece in pieces:
                stream.write(piece)
                digest.update(piece)
            if len(sums) < _MANY:
                _settle(stream)
        sums.append(f"{digest.hexdigest()}  {path}\n")
    with (place / MANIFEST).open("wb") as stream:
        stream.write("".join(sorted(sums, key=lambda line: line[66:])).encode())
        _settle(stream)
    if len(sums) > _MANY and hasattr(os, "sync"):
        os.sync()  # once, for a site has tens of thousands of files
    return len(sums)


def _settle(stream: BinaryIO) -> None:
    """Have the disk hold what was written."""
    stream.flush()
    os.fsync(stream.fileno())


def _own(place: Path, shown: Path) -> None:
    """Refuse a folder that cannot be replaced, or in which there is anything that an earlier call has not written."""
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise Refused(f"{shown} is a link or no folder; choose another place")
    if not place.exists():
        return
    if place.is_mount() or Path.cwd().is_relative_to(place):
        kind = "a mount point" if place.is_mount() else "the folder in which you are"
        raise Refused(f"{shown} would be replaced whole, and is {kind}; choose a folder in it")
    manifest = place / MANIFEST
    listed = {MANIFEST}
    if manifest.is_file() and not manifest.is_symlink():
        listed |= {line[66:] for line in manifest.read_text(encoding="utf-8", errors="replace").splitlines()}
    for entry in sorted(place.rglob("*")):
        path = entry.relative_to(place).as_posix()
        if entry.is_symlink() or (path not in listed and not (entry.is_dir() and _leads(path, listed))):
            raise Refused(f"{shown} holds {path}, which is not kg's; choose an empty folder")


def _leads(path: str, listed: Iterable[str]) -> bool:
    return any(name.startswith(f"{path}/") for name in listed)


def _exchange(made: Path, place: Path) -> None:
    """Put a folder in the place of another, which goes where it was."""
    if not place.exists():
        made.rename(place)
        return
    with contextlib.suppress(
        AttributeError, OSError
    ):  # Linux alone does both at a stroke, and not on every file system
        swap = ctypes.CDLL(None, use_errno=True).renameat2
        if swap(_HERE, os.fsencode(made), _HERE, os.fsencode(place), _EXCHANGE) == 0:
            return
    old = made.with_name(f"{made.name}-old")
    place.rename(old)
    made.rename(place)
    old.rename(made)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder for one writer at a time."""
    lock = os.open(folder, os.O_RDONLY) if os.name == "posix" else None
    try:
        if lock is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        if lock is not None:
            os.close(lock)


def outside(target: Path, inputs: Iterable[Path]) -> None:
    """Refuse a place for output that is a root, a home, or holds or lies in an input.

    Raises:
        Refused: it is one.

    """
    resolved = target.resolve()
    read = [folder.resolve() for folder in inputs]
    if resolved in (Path(resolved.anchor), Path.home().resolve()):
        raise Refused(f"{target} is a root or a home; choose another place")
    if any(folder.is_relative_to(resolved) or resolved.is_relative_to(folder) for folder in read):
        raise Refused(f"{target} is an input; choose another place")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
