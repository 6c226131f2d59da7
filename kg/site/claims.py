"""What stands beside a record wherever it is named: how it is told, and the words on which it rests."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.diagnostic import Location
from kg.ontology import Term
from kg.pipeline import Build
from kg.questions import view
from kg.site.shown import Reader, Shown, page

TOLD, QUOTES = "views/site/shared/claims.rq", "views/why/2-words.rq"
SENTENCES = "views/site/shared/sentences.rq"
COLUMNS = {
    "views/site/shared/claims.rq": ("record", "text", "badge"),
    "views/why/2-words.rq": ("record", "words", "quotation", "wording", "document", "start", "end", "path", "node"),
}
Row = dict[str, Term | None]
OMITTED = " […] "  # as editors mark what they leave out


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a document.

    Attributes:
        pieces: the words, cut where a quotation begins and ends; True for those that are somebody's own.
        document: where they stand.
        place: the first and the last character, if known.
        wording: how they stand to the words that were spoken.
        fields: what of the record they carry; empty for all of it.
        address: of the words on the web; empty where the document has none.
        node: what holds them.

    """

    pieces: tuple[tuple[str, bool], ...]
    document: Shown
    place: tuple[str, str] | None
    wording: Shown | None
    fields: tuple[str, ...]
    address: str
    node: Term | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A record in a line or two.

    Attributes:
        id: of the record.
        link: its page.
        label: its name.
        cls: the name of its class.
        text: the sentence that it is told in.
        badges: how its source presents it.
        quotes: all words on which it rests.
        quote: those that stand beside it, with a sign where some between them are left out.
        location: in the fact file.

    """

    id: str
    link: str
    label: str
    cls: str
    text: Shown
    badges: tuple[Shown, ...]
    quotes: tuple[Quote, ...]
    quote: Quote | None
    location: Location


class Claims:
    """The claims of a build, by id."""

    def __init__(self, build: Build, reader: Reader) -> None:
        self.build = build
        self.reader = reader
        self._texts: dict[str, Shown] = {}
        self._badges: dict[str, list[Shown]] = {}
        for row in view(build.graph, TOLD, COLUMNS[TOLD]):
            self._read(row)
        self._quotes = grouped(view(build.graph, QUOTES, COLUMNS[QUOTES]), reader)
        self._sentences = {row["node"]: row["sentence"] for row in view(build.graph, SENTENCES, ("node", "sentence"))}
        self._known: dict[str, Claim] = {}

    def _read(self, row: Row) -> None:
        identifier, text, badge = self.reader.identifier(row["record"]), row["text"], row["badge"]
        if text is not None:
            self._texts.setdefault(identifier, self.reader(text))
        if badge is not None:
            self._badges.setdefault(identifier, []).append(self.reader(badge))

    def __getitem__(self, identifier: str) -> Claim:
        """Return the claim of a record."""
        if identifier not in self._known:
            source = self.build.sources.records[identifier]
            label = self.build.names.labels.get(identifier, identifier)
            held = quotes(self._quotes.get(identifier, ()), self.reader)
            self._known[identifier] = Claim(
                identifier,
                page(identifier),
                label,
                self.build.vocabulary.classes[source.type].label,
                self._texts.get(identifier, Shown(label)),
                tuple(self._badges.get(identifier, ())),
                held,
                self._joined(held),
                source.location,
            )
        return self._known[identifier]

    def _joined(self, quotes: tuple[Quote, ...]) -> Quote | None:
        """Return the first quote that carries a record as a whole, with those from the same sentence behind it."""
        first = next((quote for quote in quotes if not quote.fields), next(iter(quotes), None))
        sentence = self._sentences.get(first.node) if first else None
        if first is None or sentence is None:
            return first
        told = [
            q
            for q in quotes
            if q.fields == first.fields and q.document == first.document and self._sentences.get(q.node) == sentence
        ]
        texts = ["".join(text for text, _ in quote.pieces) for quote in told]
        pieces: list[tuple[str, bool]] = []
        for quote, text in zip(told, texts, strict=True):
            if not any(text in other and text != other for other in texts):  # else these words stand in another
                pieces += [*([(OMITTED, False)] if pieces else []), *quote.pieces]
        return replace(first, pieces=tuple(pieces))

    def of(self, term: Term | None) -> Claim | None:
        """Return the claim of a record or of what holds a part; None where the term is neither."""
        identifier = self.reader.identifier(term)
        return self[identifier] if identifier else None


def grouped(rows: Iterable[Row], reader: Reader) -> dict[str, list[Row]]:
    """Sort the rows of a view by the id of their record."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(reader.identifier(row["record"]), []).append(row)
    return found


def quotes(rows: Iterable[Row], reader: Reader) -> tuple[Quote, ...]:
    """Make quotes of rows; one that carries several fields, or holds several quotations, stands once."""
    held: dict[Term | None, list[Row]] = {}
    for row in rows:
        held.setdefault(row["node"], []).append(row)
    made = []
    for same in held.values():
        first = same[0]
        fields = dict.fromkeys(reader(row["path"]).text for row in same if row["path"] is not None)
        wording, source, begin, end = first["wording"], first["document"], first["start"], first["end"]
        made.append(
            Quote(
                cut(_value(first["words"]), {_value(row["quotation"]) for row in same}),
                reader(source) if source is not None else Shown(""),
                (_value(begin), _value(end)) if begin is not None and end is not None else None,
                reader(wording) if wording is not None else None,
                tuple(fields),
                reader.passage(_value(source), _value(first["words"])),
                first["node"],
            )
        )
    return tuple(made)


def cut(words: str, quotations: Iterable[str]) -> tuple[tuple[str, bool], ...]:
    """Cut words where quotations in them begin and end.

    Returns:
        The pieces in order, each with whether it is of a quotation; put together they are the words.

    """
    inside = bytearray(len(words))
    for quotation in quotations:
        at = words.find(quotation) if quotation else -1
        if at >= 0:
            inside[at : at + len(quotation)] = b"\x01" * len(quotation)
    bounds = [0, *(i for i in range(1, len(words)) if inside[i] != inside[i - 1]), len(words)]
    return tuple((words[a:b], bool(inside[a])) for a, b in itertools.pairwise(bounds) if a < b)


def _value(term: Term | None) -> str:
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else ""
