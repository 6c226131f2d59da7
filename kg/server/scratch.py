"""A temporary folder for what is served; what killed servers left behind is removed when the next one starts."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_MARK = "kg-serve-"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Make a folder that is locked while this process lives, and remove it in the end.

    Raises:
        OSError: there is no place for one.

    """
    for left in Path(tempfile.gettempdir()).glob(f"{_MARK}*"):
        with _locked(left) as dead:
            if dead:
                shutil.rmtree(left, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        while True:
            made = stack.enter_context(tempfile.TemporaryDirectory(prefix=_MARK, ignore_cleanup_errors=True))
            if stack.enter_context(_locked(Path(made))):
                break  # else another server that starts has taken it for a left one before it was locked
        yield Path(made)


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[bool]:
    """Try to lock a folder of this user; the system lets go of it when the process ends, however it does."""
    try:
        held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        yield False
        return
    try:
        mine = os.fstat(held).st_uid == os.geteuid()
        if mine:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield mine and place.exists()
    except BlockingIOError:
        yield False
    finally:
        os.close(held)
