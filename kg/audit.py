"""The audit: every quote proved against its text, what no quote touches, what rests on little, what is still open.

What is audited is said by the ontology: `views/audit/*.rq` (quotes, texts, covered stretches, acknowledged warnings; their
column names are the contract), `views/audit/lists/*.rq` (tables to print) and `lints/*.rq` (warnings that a record can
acknowledge). Texts are matched to documents by SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import checks, quotes, texts
from kg.diagnostic import Diagnostic, Location, Severity
from kg.fault import OntologyFault
from kg.ontology import Term
from kg.pipeline import Build
from kg.questions import QueryError, Table, ask, header, read, view
from kg.quotes import Grade, Proof

_VIEWS = "views/audit"
_COLUMNS = {
    "quotes.rq": (
        "node",
        "exact",
        "start",
        "end",
        "startPath",
        "endPath",
        "quotation",
        "source",
        "sha256",
        "length",
        "url",
    ),
    "covered.rq": ("source", "start", "end"),
    "texts.rq": ("source", "sha256", "length"),
    "acknowledged.rq": ("record", "lint"),
}
MAX_SHARE = 0.40  # of the length of a document; less than that may be quoted


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote: the part that holds it, what it quotes, and whether that is proved."""

    node: str  # IRI of the part
    source: str  # id of the document
    exact: str
    start: int | None
    end: int | None
    fields: tuple[str, str]  # names of those that hold the offsets
    quotations: tuple[str, ...]
    url: str
    proof: Proof | None  # None where there is no text to prove it by

    @property
    def place(self) -> tuple[int, int] | None:
        """Where the words stand: by their offsets, or, without, where they stand once."""
        if self.start is not None and self.end is not None:
            return self.start, self.end
        places = self.proof.places if self.proof else ()
        return (places[0], places[0] + len(self.exact)) if len(places) == 1 else None


@dataclass(frozen=True, slots=True)
class Text:
    """One document that was read, and how much of it is quoted and touched."""

    source: str
    length: int
    quoted: float  # share of the text, by the union of the quotes
    gaps: tuple[tuple[int, int], ...]  # stretches that no evidence touches and nothing excludes
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of the audit."""

    name: str
    title: str
    table: Table


@dataclass(frozen=True, slots=True)
class Audit:
    """All that was found; `diagnostics` holds what is wrong and the warnings that nobody has answered."""

    quotes: tuple[Quote, ...]
    texts: tuple[Text, ...]
    listings: tuple[Listing, ...]
    acknowledged: int
    diagnostics: tuple[Diagnostic, ...]


def audit(build: Build, found: Mapping[str, str]) -> Audit:
    """Audit a build.

    Args:
        build: one without errors.
        found: texts by SHA-256, as `texts.read` returns them.

    """
    made = _quotes(build, found)
    read_texts, missing = _texts(build, found, made)
    lints, acknowledged = _lints(build)
    diagnostics = [*missing, *_proofs(build, made, found), *_shares(build, read_texts), *lints]
    listings = tuple(_listing(build, file) for file in build.graph.ontology.queries(f"{_VIEWS}/lists"))
    return Audit(
        tuple(made),
        tuple(read_texts),
        listings,
        acknowledged,
        tuple(sorted(dict.fromkeys(diagnostics), key=lambda found: (found.location, found.code))),
    )


def _listing(build: Build, file: Path) -> Listing:
    question = read(file)
    try:
        table = ask(build.graph, question)
    except QueryError as error:
        raise OntologyFault(f"ontology/{_VIEWS}/lists/{file.name}: {error}") from None
    if not isinstance(table, Table):
        raise OntologyFault(f"ontology/{_VIEWS}/lists/{file.name}: a SELECT is needed")
    return Listing(file.stem.partition("-")[2] or file.stem, header(question.query).get("Title", file.stem), table)


def text_of(build: Build, identifier: str, found: Mapping[str, str]) -> str | None:
    """Return the text of a document, where it is among those found."""
    source = ox.NamedNode(build.dataset.base + identifier)
    return next((found.get(_text(row["sha256"])) for row in _rows(build, "texts.rq") if row["source"] == source), None)


def files(build: Build, identifier: str) -> frozenset[str]:
    """Return the fact files that quote a document."""
    source = ox.NamedNode(build.dataset.base + identifier)
    nodes = [_text(row["node"]) for row in _rows(build, "quotes.rq") if row["source"] == source]
    return frozenset(_at(build, node).path for node in nodes)


def _rows(build: Build, name: str) -> list[dict[str, Term | None]]:
    return view(build.graph, f"{_VIEWS}/{name}", _COLUMNS[name])


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.Literal | ox.NamedNode) else ""


def _number(term: Term | None) -> int | None:
    return int(term.value) if isinstance(term, ox.Literal) else None


def _quotes(build: Build, found: Mapping[str, str]) -> list[Quote]:
    name = build.vocabulary.field_name
    by_node: dict[str, list[dict[str, Term | None]]] = {}
    for row in _rows(build, "quotes.rq"):
        by_node.setdefault(_text(row["node"]), []).append(row)
    made = []
    for node, rows in by_node.items():
        row = rows[0]
        exact, start, end = _text(row["exact"]), _number(row["start"]), _number(row["end"])
        text = found.get(_text(row["sha256"]))
        made.append(
            Quote(
                node=node,
                source=_text(row["source"]).removeprefix(build.dataset.base),
                exact=exact,
                start=start,
                end=end,
                fields=(name(_text(row["startPath"])), name(_text(row["endPath"]))),
                quotations=tuple(sorted(_text(r["quotation"]) for r in rows if r["quotation"] is not None)),
                url=quotes.link(_text(row["url"]), exact) if row["url"] is not None else "",
                proof=quotes.grade(text, exact, start, end) if text is not None else None,
            )
        )
    return made


def _texts(build: Build, found: Mapping[str, str], made: list[Quote]) -> tuple[list[Text], list[Diagnostic]]:
    covered: dict[str, list[tuple[int, int]]] = {}
    for row in _rows(build, "covered.rq"):
        start, end = _number(row["start"]), _number(row["end"])
        if start is not None and end is not None:
            covered.setdefault(_text(row["source"]), []).append((start, end))
    read_texts: list[Text] = []
    diagnostics: list[Diagnostic] = []
    for row in _rows(build, "texts.rq"):
        source = _text(row["source"])
        identifier = source.removeprefix(build.dataset.base)
        text = found.get(_text(row["sha256"]))
        if text is None:
            message = f"no text with the SHA-256 of '{identifier}'"
            hint = "its quotes are not proved; give its folder with --texts"
            diagnostics.append(Diagnostic(_at(build, source), "audit/text-missing", message, hint, Severity.WARNING))
            continue
        if _number(row["length"]) not in (None, len(text)):
            message = f"the text of '{identifier}' has {len(text)} characters, not {_text(row['length'])}"
            diagnostics.append(Diagnostic(_at(build, source), "audit/length", message, f"it should be {len(text)}"))
        stretches = [quote.place for quote in made if quote.source == identifier and quote.place is not None]
        quoted = sum(end - start for start, end in texts.union(stretches)) / max(len(text), 1)
        read_texts.append(Text(identifier, len(text), quoted, tuple(texts.gaps(text, covered.get(source, []))), text))
    read = {_text(row["source"]) for row in _rows(build, "texts.rq")}
    for source in sorted({build.dataset.base + quote.source for quote in made} - read):
        message = f"'{source.removeprefix(build.dataset.base)}' is quoted, but it has not been read"
        hint = "quote the document through which it is known, or give the SHA-256 of its text"
        diagnostics.append(Diagnostic(_at(build, source), "audit/text-missing", message, hint, Severity.WARNING))
    return read_texts, diagnostics


def _proofs(build: Build, made: list[Quote], found: Mapping[str, str]) -> list[Diagnostic]:
    diagnostics = []
    bodies = {
        _text(row["source"]).removeprefix(build.dataset.base): found.get(_text(row["sha256"]))
        for row in _rows(build, "texts.rq")
    }
    for quote in made:
        if quote.proof is None:
            continue
        place = _at(build, quote.node)
        if quote.proof.grade is not Grade.EXACT:
            severity = Severity.ERROR if quote.proof.grade is Grade.FAILED else Severity.WARNING
            words = f"“{quote.exact}”"
            message = f"{words}: {quote.proof.grade} in '{quote.source}'"
            diagnostics.append(
                Diagnostic(place, f"audit/quote-{quote.proof.grade}", message, _elsewhere(quote, bodies), severity)
            )
        text = bodies.get(quote.source)
        for words in quote.quotations if text is not None and quote.place is not None else ():
            if not quotes.spoken(text or "", words, *(quote.place or (0, 0))):
                message = f"“{words}” does not stand within quotation marks in '{quote.source}'"
                hint = "it holds what the document puts in quotation marks, without the marks"
                diagnostics.append(Diagnostic(place, "audit/quotation-not-marked", message, hint))
    return diagnostics


def _elsewhere(quote: Quote, bodies: Mapping[str, str | None]) -> str:
    """Tell where the words do stand."""
    if quote.proof and quote.proof.places:
        offsets = ", ".join(str(place) for place in quote.proof.places)
        return f"they start at {offsets}" + (f"; give `{'` and `'.join(quote.fields)}`" if quote.start is None else "")
    others = [source for source, text in bodies.items() if text and quote.exact in text]
    return f"they stand in '{others[0]}'" if others else "copy the words from the text, to the letter"


def _shares(build: Build, read_texts: list[Text]) -> list[Diagnostic]:
    diagnostics = []
    for text in read_texts:
        place = _at(build, build.dataset.base + text.source)
        if text.quoted >= MAX_SHARE:
            message = f"{text.quoted:.1%} of '{text.source}' is quoted; it has to stay under {MAX_SHARE:.0%}"
            diagnostics.append(
                Diagnostic(place, "audit/quoted-too-much", message, "shorten the quotes to what carries the fact")
            )
        for start, end in text.gaps:
            message = f"no evidence touches characters {start} to {end} of '{text.source}': “{text.text[start:end]}”"
            hint = "curate what it says, or exclude it with a reason"
            diagnostics.append(Diagnostic(place, "audit/uncovered", message, hint, Severity.WARNING))
    return diagnostics


def _lints(build: Build) -> tuple[list[Diagnostic], int]:
    """Run the lints; leave out those that a record has acknowledged, and tell acknowledgements of nothing."""
    findings = checks.run("lints", "lint", build.graph, build.sources, build.names)
    answered = {(_text(row["record"]), _text(row["lint"])) for row in _rows(build, "acknowledged.rq")}
    open_ = [f.diagnostic for f in findings if (f.record, f.diagnostic.code.removeprefix("lint/")) not in answered]
    given = {(f.record, f.diagnostic.code.removeprefix("lint/")) for f in findings}
    for record, lint in sorted(answered - given):
        message = f"'{record.removeprefix(build.dataset.base)}' acknowledges '{lint}', which nothing warns of"
        open_.append(
            Diagnostic(_at(build, record), "audit/needless-acknowledgement", message, "remove it", Severity.WARNING)
        )
    return open_, len(answered & given)


def _at(build: Build, node: str) -> Location:
    return build.sources.locate(node) or Location("facts/")
