"""Interleaved timing of two or more callables; prints each as a multiple of the first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


def compare(contenders: Mapping[str, Callable[[], object]], rounds: int) -> None:
    """Run every contender in turn, several times; print the best of each and its ratio to the first."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, run in contenders.items():
            begun = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - begun)
    reference = next(iter(best.values()))
    for name, seconds in best.items():
        print(f"{name:48} {seconds * 1000:10.1f} ms {seconds / reference:8.2f} x")
