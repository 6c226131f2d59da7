"""Writing files so that nothing is lost: the old file or the new one, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.fault import Fault

if os.name == "posix":
    import fcntl

_MARK = ".kg-writing-"
MANIFEST = "SHA256SUMS"  # of a tree: what `sha256sum --check` reads, and what tells its files from those of others
_HERE, _EXCHANGE = -100, 2  # AT_FDCWD, RENAME_EXCHANGE of renameat2(2)


class Refused(Fault):
    """The output must not be written there; the message says why."""


def write(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file atomically; see `together`."""
    together({file: pieces})


def together(files: Mapping[Path, Iterable[bytes]]) -> None:
    """Write files atomically: all are whole on the disk before the first takes its place, and all do or none.

    Raises:
        Refused: one of them is a link or no regular file.
        OSError: disk full, no permission; old files are left as they were.

    """
    for file in files:
        if file.is_symlink() or (file.exists() and not file.is_file()):
            raise Refused(f"{file} is a link or no regular file; remove it or choose another place")
    made: dict[Path, Path] = {}
    # Of one file nothing has to be put back: it is replaced at a stroke.
    old = {file: file.read_bytes() if file.exists() else None for file in files} if len(files) > 1 else {}
    replaced: list[Path] = []
    try:
        for file, pieces in files.items():
            descriptor, name = tempfile.mkstemp(prefix=f"{_MARK}{file.name}-", dir=file.parent)
            made[Path(name)] = file
            with os.fdopen(descriptor, "wb") as stream:
                stream.writelines(pieces)
                stream.flush()
                os.fsync(stream.fileno())
            Path(name).chmod(0o666 & ~_umask())
        for temporary, file in made.items():
            replaced.append(file)
            temporary.replace(file)
    except BaseException:
        for temporary in made:
            temporary.unlink(missing_ok=True)
        for file in replaced if old else ():
            _put_back(file, old[file])
        raise


def _put_back(file: Path, content: bytes | None) -> None:
    if content is None:
        file.unlink(missing_ok=True)
    else:
        write(file, (content,))


@contextlib.contextmanager
def folder(directory: Path, names: Iterable[str], inputs: Iterable[Path]) -> Iterator[None]:
    """Hold an output folder for writing some files: made if need be, for one writer at a time.

    What a killed writer left over is removed.

    Raises:
        Refused: it is a link, no folder, an input, a root or home, or holds files of somebody else.
        OSError: it cannot be made or locked.

    """
    expected = set(names)
    if directory.is_symlink() or (directory.exists() and not directory.is_dir()):
        raise Refused(f"{directory} is a link or no folder; choose another place")
    outside(directory, inputs)
    foreign = (
        sorted(e.name for e in directory.iterdir() if e.name not in expected and not e.name.startswith(_MARK))
        if directory.exists()
        else []
    )
    if foreign:
        raise Refused(f"{directory} holds {foreign[0]}, which is not kg's; choose an empty folder")
    directory.mkdir(parents=True, exist_ok=True)
    with _locked(directory):
        for leftover in directory.glob(f"{_MARK}*"):
            leftover.unlink(missing_ok=True)
        yield


def tree(directory: Path, files: Iterable[tuple[str, bytes]], inputs: Iterable[Path]) -> int:
    """Write a folder of many files, whole: it takes the place of the old one at a stroke when all are on the disk.

    Args:
        directory: the folder.
        files: path of each file from there, and what it holds.
        inputs: folders that are read.

    Returns:
        The number of files, without the manifest.

    Raises:
        Refused: the folder is a link, no folder, an input, a root or home, or holds files that no manifest lists.
        OSError: disk full, no permission; the old folder is left as it was.

    """
    place = directory.resolve() if not directory.is_symlink() else directory
    outside(directory, inputs)
    _own(place, directory)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _locked(place.parent):
        _own(place, directory)  # another writer may have come first
        for leftover in place.parent.glob(f"{_MARK}{place.name}-*"):
            shutil.rmtree(leftover)
        made = Path(tempfile.mkdtemp(prefix=f"{_MARK}{place.name}-", dir=place.parent))
        try:
            number = _fill(made, files)
            made.chmod(0o777 & ~_umask())
            if hasattr(os, "sync"):
                os.sync()  # once, for a site has tens of thousands of files
            _exchange(made, place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return number


def _fill(folder: Path, files: Iterable[tuple[str, bytes]]) -> int:
    sums = []
    for path, content in files:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {path}\n")
    (folder / MANIFEST).write_text("".join(sorted(sums, key=lambda line: line[66:])), encoding="utf-8", newline="\n")
    return len(sums)


def _own(place: Path, shown: Path) -> None:
    """Refuse a folder in which there is anything that an earlier call has not written."""
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise Refused(f"{shown} is a link or no folder; choose another place")
    if not place.exists():
        return
    manifest = place / MANIFEST
    listed = {MANIFEST}
    if manifest.is_file() and not manifest.is_symlink():
        listed |= {line[66:] for line in manifest.read_text(encoding="utf-8", errors="replace").splitlines()}
    for entry in sorted(place.rglob("*")):
        path = entry.relative_to(place).as_posix()
        if entry.is_symlink() or (not entry.is_dir() and path not in listed):
            raise Refused(f"{shown} holds {path}, which is not kg's; choose an empty folder")


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
