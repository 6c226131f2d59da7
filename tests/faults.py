"""Faults of the disk and sudden death, at any call by which a file reaches the disk."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from unittest import mock

CALLS = ("mkdir", "open", "fdopen", "fsync", "chmod", "replace", "rename", "unlink")


def full() -> None:
    """Say that the disk is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def at(number: int, effect: Callable[[], None]) -> Iterator[list[str]]:
    """Have the n-th of the calls, counted from 1, suffer an effect before it does anything; hand out the calls made."""
    made: list[str] = []

    def wrap(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object, **options: object) -> object:
            made.append(name)
            if len(made) == number:
                effect()
            return real(*arguments, **options)

        return call

    with contextlib.ExitStack() as stack:
        for name, replacement in {name: wrap(name) for name in CALLS}.items():
            stack.enter_context(mock.patch.object(os, name, replacement))
        yield made
