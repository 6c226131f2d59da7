"""Entries of a page: the rows of a view folded by what they are of, for a template to read by the names of the columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kg.ontology import Term
from kg.site.claims import Claim, Claims, Row, cut
from kg.site.shown import FIRM, Shown, words


class Entry:
    """Rows that belong together."""

    def __init__(self, rows: list[Row], claims: Claims) -> None:
        self.rows = rows
        self._claims = claims

    def terms(self, column: str) -> list[Term]:
        """Return the terms of a column, each once, in the order of the rows; none where the view has no such column."""
        return list(dict.fromkeys(term for row in self.rows if (term := row.get(column)) is not None))

    def all(self, column: str) -> list[Shown]:
        """Return what is shown for the terms of a column."""
        return [self._claims.reader(term) for term in self.terms(column)]

    def __getitem__(self, column: str) -> Shown | None:
        """Return what is shown for the first term of a column."""
        return next(iter(self.all(column)), None)

    def claims(self, column: str) -> list[Claim]:
        """Return the claims of the records of a column, each once."""
        found = [claim for term in self.terms(column) if (claim := self._claims.of(term)) is not None]
        return list({claim.id: claim for claim in found}.values())

    @property
    def claim(self) -> Claim | None:
        """The record that the entry is of."""
        return next(iter(self.claims("item")), None)

    def within(self, *columns: str) -> list[Entry]:
        """Fold the rows further."""
        return fold(self.rows, columns, self._claims)

    def columns(self, *hidden: str) -> list[tuple[str, str]]:
        """Return the columns that are not hidden and not empty, each with its words."""
        names = dict.fromkeys(name for row in self.rows for name, term in row.items() if term is not None)
        return [(name, words(name)) for name in names if name not in hidden]

    def each(self) -> list[Entry]:
        """Return an entry for each row."""
        return [Entry([row], self._claims) for row in self.rows]

    def tone(self, column: str, claims: str) -> str:
        """Return how what stands in a column is set apart: what is firm no firmer than the claims that say so."""
        shown = self[column]
        told = [claim.badges[0].tone for claim in self.claims(claims) if claim.badges]
        if shown and shown.tone == FIRM and told and FIRM not in told:
            return told[0]
        return shown.tone if shown else ""

    def facts(self, *shown: str) -> list[tuple[str, list[Shown], list[Claim]]]:
        """Return what a template does not show already.

        Returns:
            The words of each column, what stands in it, and the claims among that: records with a status.

        """
        return [
            (name, self.all(column), [claim for claim in self.claims(column) if claim.badges])
            for column, name in self.columns("item", "group", *shown)
        ]

    def pieces(self, column: str, own: str) -> tuple[tuple[str, bool], ...]:
        """Return the text of a column, cut where the texts of another stand in it."""
        whole = self[column]
        return cut(whole.text, [shown.text for shown in self.all(own)]) if whole else ()


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading.

    Attributes:
        title: the heading.
        anchor: its name on the page.
        entries: what stands under it.
        apart: True for what must not stand unmarked beside the rest.

    """

    title: Shown
    anchor: str
    entries: tuple[Entry, ...]
    apart: bool = False


def fold(rows: Iterable[Row], columns: tuple[str, ...], claims: Claims) -> list[Entry]:
    """Put rows together that are the same in some columns, in the order in which they first come."""
    found: dict[tuple[Term | None, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row.get(column) for column in columns), []).append(row)
    return [Entry(same, claims) for same in found.values()]


def batches(groups: Iterable[Group], size: int, room: int) -> Iterator[list[Group]]:
    """Cut groups into pages of a number of entries; a group that is cut goes on under the same heading.

    Args:
        groups: what is cut.
        size: entries on a page.
        room: entries that still have a place on the first.

    """
    page: list[Group] = []
    room = room if room > 0 else size
    for group in groups:
        rest = group.entries
        while rest:
            if not room:
                yield page
                page, room = [], size
            page.append(replace(group, entries=rest[:room]))
            room, rest = room - len(rest[:room]), rest[room:]
    if page:
        yield page
