"""The layout `network`: who joins whom, as two columns of names with curves between them.

Two columns rather than a cloud of circles: every name is read without turning the head or zooming in, none covers another,
and the place of each is the same in every build. Drawn here and not by a plotting library, since the colours are those of
the reader's light or dark style sheet, names and curves are links, and the policy of the page allows no style inside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kg.ontology import Term
from kg.site.claims import Claims, Row
from kg.site.entries import Entry, Group, fold
from kg.site.shown import NOBODY, Shown

MOST = 24  # names in a column
LEFT, RIGHT = 330, 600  # where the curves end
STEP, TOP = 26, 30  # between two names, and above the first
_THICKEST = 9


@dataclass(frozen=True, slots=True)
class Node:
    """A name in a column, with the height of its middle and the number of records that join it."""

    shown: Shown
    y: int
    number: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from a name on the left to one on the right."""

    path: str  # https://www.w3.org/TR/SVG2/paths.html#PathData
    thickness: float
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Network:
    """The picture; `whole` is False where names with the fewest records are left out."""

    left: tuple[Node, ...]
    right: tuple[Node, ...]
    edges: tuple[Edge, ...]
    height: int
    whole: bool


def arrange(rows: list[Row], claims: Claims) -> list[Group]:
    """Group the records by who joins whom, those with the most first."""
    pairs = sorted(fold(rows, ("from", "relation", "to"), claims), key=lambda pair: -len(pair.terms("item")))
    return [
        Group(Shown(_title(pair)), f"pair-{number}", tuple(pair.within("item"))) for number, pair in enumerate(pairs)
    ]


def draw(groups: list[Group], claims: Claims) -> Network:
    """Draw the picture of groups."""
    sides: tuple[Counter[Term | None], Counter[Term | None]] = Counter(), Counter()
    for group in groups:
        for side, term in zip(sides, _ends(group), strict=True):
            side[term] += len(group.entries)
    heights: list[dict[Term | None, int]] = [
        {term: TOP + STEP * i for i, (term, _) in enumerate(side.most_common(MOST))} for side in sides
    ]
    most = max((len(group.entries) for group in groups), default=1)
    edges = []
    for group in groups:
        here, there = (side.get(term) for side, term in zip(heights, _ends(group), strict=True))
        if here is None or there is None:
            continue
        middle = (LEFT + RIGHT) // 2
        edges.append(
            Edge(
                f"M{LEFT} {here}C{middle} {here} {middle} {there} {RIGHT} {there}",
                round(1 + (_THICKEST - 1) * len(group.entries) / most, 1),
                f"{group.title.text}: {len(group.entries)}",
                group.anchor,
            )
        )
    left, right = (
        tuple(Node(claims.reader(term) if term else NOBODY, y, side[term]) for term, y in places.items())
        for side, places in zip(sides, heights, strict=True)
    )
    return Network(left, right, tuple(edges), TOP + STEP * max(len(left), len(right)), max(map(len, sides)) <= MOST)


def _ends(group: Group) -> tuple[Term | None, Term | None]:
    row = group.entries[0].rows[0]
    return row["from"], row["to"]


def _title(pair: Entry) -> str:
    return " ".join(shown.text for column in ("from", "relation", "to") for shown in (pair[column] or NOBODY,))
