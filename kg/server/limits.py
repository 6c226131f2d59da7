"""What a query may use, and how many may run at a time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold for every query.

    Attributes:
        seconds: time to evaluate and write the result, on the clock.
        memory: bytes beside what the data set itself takes.
        result: bytes of the result.
        workers: queries that run at a time.
        patience: seconds that a query waits for its turn.

    """

    seconds: float = 10
    memory: int = 512 << 20
    result: int = 64 << 20
    workers: int = 8
    patience: float = 2
