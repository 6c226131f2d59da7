"""The nearest names: "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

CUTOFF = 60  # of 100: below that a suggestion is noise


def nearest(word: str, choices: Iterable[str], limit: int = 3) -> list[str]:
    """Return the choices most like a word, best first; those that merely tie with noise are left out."""
    found = process.extract(word, sorted(choices), scorer=fuzz.WRatio, processor=utils.default_process, limit=limit)
    if not found:
        return []
    best = found[0][1]
    return [choice for choice, score, _ in found if score >= CUTOFF and score >= best - 10]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return a hint with the nearest choices, or all of a few, or nothing."""
    options = sorted(choices)
    found = nearest(word, options)
    if found:
        return "did you mean " + " or ".join(f"'{name}'" for name in found) + "?"
    few = 12
    return "one of: " + ", ".join(options) if 0 < len(options) <= few else ""
