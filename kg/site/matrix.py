"""The layout `matrix`: who stands in rows, what in columns, and in each cell how many records join them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.ontology import Term
from kg.site.claims import Claims, Row
from kg.site.entries import Entry, Group, fold
from kg.site.shown import NOBODY, Shown

MOST = 30  # rows and columns that a reader can still follow; the list below has all


@dataclass(frozen=True, slots=True)
class Cell:
    """How many records join a row and a column, and under which anchor they stand."""

    number: int
    anchor: str

    @property
    def heat(self) -> int:
        """How strong it is coloured, from 1 to 6: each step doubles the number."""
        return min(self.number.bit_length(), 6)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A table of numbers.

    Attributes:
        columns: the headings.
        rows: each heading with its cells; None where nothing joins the two.
        whole: False where rows or columns with the fewest records are left out.

    """

    columns: tuple[Shown, ...]
    rows: tuple[tuple[Shown, tuple[Cell | None, ...]], ...]
    whole: bool


def arrange(rows: list[Row], claims: Claims) -> list[Group]:
    """Group the records by row and column, those with the most records first."""
    of_row, of_column = _counted(rows, "row"), _counted(rows, "column")
    ranks = [{term: i for i, term in enumerate(found)} for found in (of_row, of_column)]

    def rank(pair: Entry) -> tuple[int, int]:
        row, column = _key(pair)
        return ranks[0][row], ranks[1][column]

    return [
        Group(_title(pair), "cell-{}-{}".format(*rank(pair)), tuple(pair.within("item")))
        for pair in sorted(fold(rows, ("row", "column"), claims), key=rank)
    ]


def table(groups: list[Group], claims: Claims) -> Matrix:
    """Make the table of groups."""
    cells = {_key(group.entries[0]): Cell(len(group.entries), group.anchor) for group in groups}
    rows = list(dict.fromkeys(row for row, _ in cells))
    counts: Counter[Term | None] = Counter()
    for (_, column), cell in cells.items():
        counts[column] += cell.number
    kept = [column for column, _ in counts.most_common(MOST)]
    show = claims.reader
    return Matrix(
        tuple(show(column) if column else NOBODY for column in kept),
        tuple(
            (show(row) if row else NOBODY, tuple(cells.get((row, column)) for column in kept)) for row in rows[:MOST]
        ),
        len(rows) <= MOST and len(counts) <= MOST,
    )


def _counted(rows: list[Row], column: str) -> list[Term | None]:
    return [term for term, _ in Counter(row[column] for row in rows).most_common()]


def _key(entry: Entry) -> tuple[Term | None, Term | None]:
    return entry.rows[0]["row"], entry.rows[0]["column"]


def _title(pair: Entry) -> Shown:
    row, column = pair["row"] or NOBODY, pair["column"] or NOBODY
    return Shown(f"{row.text} → {column.text}")
