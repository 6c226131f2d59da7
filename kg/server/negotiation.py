"""Content negotiation: what a client accepts against what there is (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^;]*)*)", re.ASCII)
_WEIGHT = re.compile(r";\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*(?:;|$)", re.ASCII | re.IGNORECASE)
_WEIGHTED = re.compile(r";\s*q\s*=", re.ASCII | re.IGNORECASE)


def choose(accept: str, offered: Iterable[str]) -> str:
    """Choose a media type.

    Args:
        accept: the Accept header; empty where there is none, which accepts anything.
        offered: media types, the best first.

    Returns:
        The one that the client likes most, the first among equals; nothing where it takes none.

    """
    ranges = [found for part in accept.split(",") if (found := _read(part))]
    if not accept.strip():
        ranges = [("*", "*", 1.0)]
    best, weight = "", 0.0
    for media in offered:
        if (liked := _weight(media, ranges)) > weight:
            best, weight = media, liked
    return best


def _read(part: str) -> tuple[str, str, float] | None:
    match = _RANGE.fullmatch(part)
    weight = _WEIGHT.search(match[3]) if match else None
    if match is None or (weight is None and _WEIGHTED.search(match[3])):
        return None
    return match[1].lower(), match[2].lower(), float(weight[1]) if weight else 1.0


def _weight(media: str, ranges: Iterable[tuple[str, str, float]]) -> float:
    """Return the weight of the range that fits most closely."""
    kind, _, subtype = media.partition("/")
    fitting = [
        (family != "*", exact != "*", weight)
        for family, exact, weight in ranges
        if (family == kind and exact in (subtype, "*")) or (family, exact) == ("*", "*")
    ]
    return max(fitting)[2] if fitting else 0.0
