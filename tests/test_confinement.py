"""A task in a process of its own: what it returns and raises comes back, what it takes too much of ends it alone."""

from __future__ import annotations

import os
import time

import pytest

from kg.confinement import MEMORY, Exceeded, confined


def endless() -> None:
    while True:
        pass


def test_what_it_returns_comes_back() -> None:
    assert confined(lambda: {"a": [1, "b"]}) == {"a": [1, "b"]}
    assert confined(os.getpid) != os.getpid()


def test_what_it_raises_comes_back() -> None:
    def task() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError, match="x"):
        confined(task)


def test_time() -> None:
    with pytest.raises(Exceeded, match="more than 1 s"):
        confined(endless, 1)


def test_memory() -> None:
    with pytest.raises(Exceeded):
        confined(lambda: len(bytearray(MEMORY + (1 << 30))))


def test_an_end_by_a_signal() -> None:
    with pytest.raises(Exceeded):
        confined(os.abort)


def test_an_interrupt_leaves_no_child_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[int] = []
    fork = os.fork

    def forking() -> int:
        children.append(fork())
        return children[0]

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fork", forking)
    monkeypatch.setattr(os, "fdopen", interrupted)
    with pytest.raises(KeyboardInterrupt):
        confined(lambda: time.sleep(60))
    with pytest.raises(ChildProcessError):  # it has been waited for
        os.waitpid(children[0], os.WNOHANG)
