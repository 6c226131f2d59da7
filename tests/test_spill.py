"""Bytes that may be too many for memory."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest

from kg import spill
from kg.fault import Failure
from kg.spill import Spill


@pytest.mark.parametrize("held", [0, 100, 10_000])
def test_what_is_read_is_what_was_put(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "_HELD", held)
    picked = random.Random(held)  # noqa: S311 - no secret
    one, whole = Spill(), b""
    for _ in range(200):
        data = picked.randbytes(picked.randrange(100))
        assert one.append(data) == len(whole)
        whole += data
        start = picked.randrange(len(whole) + 1)
        length = picked.randrange(len(whole) - start + 1)
        assert one.read(start, length) == whole[start : start + length]


def test_processes_do_not_move_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "_HELD", 0)
    one = Spill()
    one.append(b"abcdef")
    child = os.fork()
    if child == 0:
        os._exit(0 if one.read(0, 3) == b"abc" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert one.read(3, 3) == b"def"


def test_a_folder_that_cannot_take_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spill, "_HELD", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(Failure, match="TMPDIR"):
        Spill().append(b"x")
