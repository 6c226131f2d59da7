"""The layout `timeline`: entries by year, each with a bar from the first to the last day that its date can mean."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from kg.site.claims import Claims, Row
from kg.site.entries import Entry, Group, fold
from kg.site.shown import Shown

_KEY = ("item", "node", "apart")


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a year.

    Attributes:
        x: day of the year on which it begins, from 0.
        width: days.
        before: True where it begins earlier, or nobody knows when.
        after: True where it ends later, or nobody knows when.

    """

    x: int
    width: int
    before: bool
    after: bool


class Dated(Entry):
    """An entry with its bar."""

    @property
    def first(self) -> dt.date | None:
        """The first day that its date can mean."""
        return _day(self["earliest"])

    @property
    def last(self) -> dt.date | None:
        """The last day that its date can mean."""
        return _day(self["latest"])

    @property
    def year(self) -> int | None:
        """The year under which it stands: that of its first day, else of its last; None where there is no date."""
        day = self.first or self.last
        return day.year if day else None

    @property
    def bar(self) -> Bar | None:
        """Its stretch of that year."""
        if self.year is None:
            return None
        new_year, end = dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)
        first, last = self.first or new_year, self.last or end
        x = max((first - new_year).days, 0)
        return Bar(
            x, max((min(last, end) - new_year).days - x, 0) + 1, self.first is None, self.last is None or last > end
        )


def arrange(rows: list[Row], claims: Claims) -> list[Group]:
    """Group entries by year; those set apart come behind the others, those without a date behind those with one."""
    years: dict[tuple[bool, int], list[Entry]] = {}
    for entry in fold(rows, _KEY, claims):
        dated = Dated(entry.rows, claims)
        apart = dated["apart"]
        years.setdefault((apart is not None and apart.text == "true", dated.year or dt.MAXYEAR), []).append(dated)
    return [
        Group(
            Shown("no date stated" if year == dt.MAXYEAR else str(year)),
            f"{'apart-' if apart else ''}{'undated' if year == dt.MAXYEAR else year}",
            tuple(entries),
            apart,
        )
        for (apart, year), entries in sorted(years.items())
    ]


def _day(shown: Shown | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(shown.text) if shown else None
    except ValueError:  # years that Python's calendar does not have
        return None
