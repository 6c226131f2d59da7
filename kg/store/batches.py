"""Batches: a graph is sent in pieces that the store takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyoxigraph as ox

from kg.store import Progress
from kg.store.client import TooLarge


def deliver(triples: Sequence[ox.Triple], most: int, send: Callable[[bytes, bool], object], progress: Progress) -> None:
    """Send triples as N-Triples (https://www.w3.org/TR/n-triples/), a batch at a time.

    Where a batch is too large for the store, from there on they are half as large.

    Args:
        triples: in the order in which they go.
        most: bytes of a batch; a single triple may be longer.
        send: is given a batch, and whether it is the first; must be harmless to repeat.
        progress: is told how many triples arrived.

    Raises:
        TooLarge: the store does not even take a single triple.
        kg.fault.Failure: as `send` raises it.

    """
    lines = [f"{triple} .\n".encode() for triple in triples]
    start = 0
    while start < len(lines):
        end, size = start + 1, len(lines[start])
        while end < len(lines) and size + len(lines[end]) <= most:
            size += len(lines[end])
            end += 1
        try:
            send(b"".join(lines[start:end]), start == 0)
        except TooLarge:
            if end == start + 1:
                raise
            most = size // 2
            continue
        progress(end - start)
        start = end
