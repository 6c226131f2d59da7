"""Dates in Extended Date/Time Format (EDTF, ISO 8601-2 annex; https://www.loc.gov/standards/datetime/) and their bounds.

The common forms are read here, strictly. What is left (seasons, approximate and unspecified dates) goes to the `edtf`
library, which by itself accepts 2026-02-29, a trailing newline and reversed intervals.
"""

from __future__ import annotations

import calendar
import contextlib
import io
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_PLAIN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ALLOWED = re.compile(r"[0-9XYESWTZ:~?%+./\[\]{},-]+", re.ASCII)
# What costs much to read, or lies outside: years of more than four digits, exponents, years before 1.
_FAR_YEAR = re.compile(r"(?:^|[/\[{,.])-\d|Y|E", re.ASCII)
_SIGNIFICANT = re.compile(r"(\d{4})S([1-4])", re.ASCII)
_RANGE = re.compile(r"([^\[{,.]+)\.\.([^\]},.]+)")  # within a set: {1667,1672..1680}
_MAX_LENGTH = 200
_FULL_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day that a date can mean; None where it is open or unknown."""

    earliest: date | None
    latest: date | None


@lru_cache(10_000)
def bounds(text: str) -> Bounds:
    """Read an EDTF value.

    Raises:
        ValueError: it is none, or its years lie outside 1 to 9999; the message says why.

    """
    if len(text) > _MAX_LENGTH or not _ALLOWED.fullmatch(text):
        raise ValueError(f"'{text[:_MAX_LENGTH]}' is not an EDTF date")
    if _FAR_YEAR.search(text):
        raise ValueError(f"'{text}': years run from 0001 to 9999")
    parts = text.split("/")
    if len(parts) == 1:
        return _point(text)
    if len(parts) > 2:  # noqa: PLR2004 - an interval has two ends
        raise ValueError(f"'{text}' has more than one '/'")
    start, end = parts
    if start in ("", "..") and end in ("", ".."):
        raise ValueError(f"'{text}' says nothing: both ends are open")
    first = Bounds(None, None) if start in ("", "..") else _point(start)
    last = Bounds(None, None) if end in ("", "..") else _point(end)
    if first.earliest and last.latest and first.earliest > last.latest:
        raise ValueError(f"'{text}' ends before it begins")
    return Bounds(first.earliest, last.latest)


def _point(text: str) -> Bounds:
    match = _PLAIN.fullmatch(text)
    if significant := _SIGNIFICANT.fullmatch(text):
        digits = int(significant[2])  # 1950S2: some year of which the first two digits are known
        return _point(significant[1][:digits].ljust(4, "X")) if digits < 4 else _point(significant[1])  # noqa: PLR2004 - of a year
    if match is None:
        return _rare(text)
    year, month, day = (int(group) if group else None for group in match.groups())
    if not year:
        raise ValueError(f"'{text}': years run from 0001 to 9999")
    if month is not None and not 1 <= month <= 12:  # noqa: PLR2004 - months of a year
        return _rare(text)  # a season, or nothing
    if month is not None and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"'{text}': there is no such day")
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return Bounds(date(year, month or 1, day or 1), date(year, last_month, last_day))


def _rare(text: str) -> Bounds:
    import edtf  # noqa: PLC0415 - 100 ms, and most data sets never need it

    for year, month, day in _FULL_DAY.findall(text):
        if not 1 <= int(month) <= 12 or not 1 <= int(day) <= calendar.monthrange(int(year) or 4, int(month))[1]:  # noqa: PLR2004 - as above
            raise ValueError(f"'{text}': there is no such day")
    for first, last in _RANGE.findall(text):
        earliest, latest = _point(first).earliest, _point(last).latest
        if earliest and latest and earliest > latest:
            raise ValueError(f"'{first}..{last}' ends before it begins")
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # the library prints what it tries
            parsed = edtf.parse_edtf(text)
        lower, upper = parsed.lower_strict(), parsed.upper_strict()
        return Bounds(date(*lower[:3]), date(*upper[:3]))
    except (edtf.parser.edtf_exceptions.EDTFParseException, ValueError, TypeError, OverflowError, AttributeError):
        hint = _repaired(text)
        raise ValueError(f"'{text}' is not an EDTF date" + (f"; did you mean {hint}?" if hint else "")) from None


def _repaired(text: str) -> str:
    """Pad a date written like 2024-2-3."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?", text, re.ASCII)
    if match is None:
        return ""
    padded = "-".join(group.zfill(2) for group in match.groups() if group)
    return padded if padded != text else ""
