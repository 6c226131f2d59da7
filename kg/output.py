"""Writing files so that nothing is lost: the old file or the new one, whole, whatever happens in between."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kg.fault import Fault

if os.name == "posix":
    import fcntl

_MARK = ".kg-writing-"


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
    lock = os.open(directory, os.O_RDONLY) if os.name == "posix" else None
    try:
        if lock is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        for leftover in directory.glob(f"{_MARK}*"):
            leftover.unlink(missing_ok=True)
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
