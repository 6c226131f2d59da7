"""The nearest names: "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable

CUTOFF = 68  # of 100: below that a suggestion is noise


def nearest(word: str, choices: Iterable[str], limit: int = 3) -> list[str]:
    """Return the choices most like a word, best first; none where all are unlike."""
    from rapidfuzz import process  # noqa: PLC0415 - a tenth of the start, and only mistakes need it

    found = process.extract(word, sorted(choices), scorer=_likeness, limit=limit, score_cutoff=CUTOFF)
    return [choice for choice, score, _ in found if score >= found[0][1] - 10]


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return a hint with the nearest choices, or all of a few, or nothing."""
    options = sorted(choices)
    found = nearest(word, options)
    if found:
        return "did you mean " + " or ".join(f"'{name}'" for name in found) + "?"
    few = 12
    return "one of: " + ", ".join(options) if 0 < len(options) <= few else ""


def _likeness(word: str, choice: str, **_: object) -> float:
    """Compare letters, and words whatever their order: `close-congress` is like `congress-closing`."""
    from rapidfuzz import fuzz, utils  # noqa: PLC0415 - as above

    one, other = utils.default_process(word), utils.default_process(choice)
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
