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
LONGEST = 42  # letters of a name; it is cut there
_LETTER, _NUMBER, _BETWEEN = 7.2, 50, 240  # width of a letter, of the number at a name, and between the two columns
STEP, TOP = 26, 30  # between two names, and above the first
_THICKEST = 9


@dataclass(frozen=True, slots=True)
class Node:
    """A name in a column, with the height of its middle and the number of records that join it."""

    shown: Shown
    y: int
    number: int

    @property
    def name(self) -> str:
        """Its words, cut where they are too long."""
        text = self.shown.text
        return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Edge:
    """A curve from a name on the left to one on the right."""

    path: str  # https://www.w3.org/TR/SVG2/paths.html#PathData
    thickness: float
    kind: int  # which of the relations
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Network:
    """The picture.

    Attributes:
        columns: the names on the left and on the right.
        ends: where the curves begin and end.
        edges: the curves.
        relations: what joins the names.
        width: of the picture.
        height: of the picture.
        whole: False where names with the fewest records are left out.

    """

    columns: tuple[tuple[Node, ...], tuple[Node, ...]]
    ends: tuple[int, int]
    edges: tuple[Edge, ...]
    relations: tuple[str, ...]
    width: int
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
    left, right = (
        tuple(Node(claims.reader(term) if term else NOBODY, y, side[term]) for term, y in places.items())
        for side, places in zip(sides, heights, strict=True)
    )
    start = _width(left)
    end = start + _BETWEEN
    middle = (start + end) // 2
    relations = list(dict.fromkeys(_relation(group) for group in groups))
    most = max((len(group.entries) for group in groups), default=1)
    edges = []
    for group in groups:
        here, there = (side.get(term) for side, term in zip(heights, _ends(group), strict=True))
        if here is None or there is None:
            continue
        edges.append(
            Edge(
                f"M{start} {here}C{middle} {here} {middle} {there} {end} {there}",
                round(1 + (_THICKEST - 1) * len(group.entries) / most, 1),
                relations.index(_relation(group)),
                f"{group.title.text}: {len(group.entries)}",
                group.anchor,
            )
        )
    return Network(
        (left, right),
        (start, end),
        tuple(edges),
        tuple(relations),
        end + _width(right),
        TOP + STEP * max(len(left), len(right)),
        max(map(len, sides)) <= MOST,
    )


def _width(column: tuple[Node, ...]) -> int:
    return round(max((len(node.name) for node in column), default=0) * _LETTER) + _NUMBER


def _relation(group: Group) -> str:
    relation = group.entries[0]["relation"]
    return relation.text if relation else ""


def _ends(group: Group) -> tuple[Term | None, Term | None]:
    row = group.entries[0].rows[0]
    return row["from"], row["to"]


def _title(pair: Entry) -> str:
    return " ".join(shown.text for column in ("from", "relation", "to") for shown in (pair[column] or NOBODY,))
