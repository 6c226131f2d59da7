"""Terms as a reader of the site sees them: words, where they lead, in which language, and how sure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pyoxigraph as ox

from kg.names import show
from kg.ontology import XSD, Term
from kg.parts import record_of
from kg.pipeline import Build
from kg.questions import view
from kg.vocabulary import Code, local_name

TONES = "views/site/shared/tones.rq"
ADDRESSES = "views/site/shared/addresses.rq"
FIRM = "firm"  # the tone of what is told as being so
# https://www.rfc-editor.org/rfc/rfc3986#section-2: what no address holds unescaped, and what hides where one leads
_NO_ADDRESS = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}]")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown for a term.

    Attributes:
        text: the words.
        link: where they lead, from the top of the site, or an address on the web; may be empty.
        language: BCP 47 tag of the words, if they are in a language.
        hint: what the term means.
        tone: a class of the style sheet; not empty for codes alone.

    """

    text: str
    link: str = ""
    language: str = ""
    hint: str = ""
    tone: str = ""

    @property
    def outside(self) -> bool:
        """True where the link leads away from the site."""
        return self.link.startswith(("http:", "https:"))


NOBODY = Shown("not stated")


@dataclass(frozen=True, slots=True)
class Tone:
    """A way to set codes apart, and what it tells."""

    name: str
    meaning: str
    codes: tuple[Shown, ...]


class Reader:
    """Shows the terms of a build."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.codes: dict[str, Code] = {
            code.iri: code for codes in build.vocabulary.lists.values() for code in codes.codes.values()
        }
        rows = view(build.graph, TONES, ("code", "tone", "meaning"))
        self._tones = {_text(row["code"]): _text(row["tone"]) for row in rows}
        self._meanings = {_text(row["tone"]): _text(row["meaning"]) for row in rows}
        addresses = view(build.graph, ADDRESSES, ("document", "address"))
        self._addresses = {_text(row["document"]): address(_text(row["address"])) for row in addresses}
        self._known: dict[Term, Shown] = {}

    def __call__(self, term: Term) -> Shown:
        """Show a term."""
        if isinstance(term, ox.Literal):
            plain = term.datatype.value == XSD + "anyURI"
            return Shown(term.value, address(term.value) if plain else "", term.language or "")
        if term not in self._known:
            self._known[term] = self._show(term)
        return self._known[term]

    def _show(self, term: Term) -> Shown:
        text = show(term, self.build.names, self.build.vocabulary, self.build.dataset.base)
        iri = _text(term)
        record = self.identifier(term)
        if record:
            return Shown(text, page(record))
        if iri in self.codes:
            code = self.codes[iri]
            return Shown(
                code.label or code.name, f"ontology.html#{self.anchor(iri)}", "", code.definition, self.tone(iri)
            )
        if iri in self.build.vocabulary.labels:
            return Shown(text, f"ontology.html#{self.anchor(iri)}")
        name = self.build.vocabulary.field_name(iri)
        return Shown(words(name), f"ontology.html#{self.anchor(iri)}") if name else Shown(self.short(iri))

    def identifier(self, term: Term | None) -> str:
        """Return the id of the record that a term is, or is a part of; nothing where there is none."""
        if not isinstance(term, ox.NamedNode):
            return ""
        identifier = record_of(term.value).removeprefix(self.build.dataset.base)
        return identifier if identifier in self.build.sources.records else ""

    def short(self, iri: str) -> str:
        """Abbreviate an IRI by the prefixes of the build."""
        found = [(space, name) for name, space in self.build.graph.prefixes.items() if iri.startswith(space)]
        if not found:
            return iri
        space, name = max(found, key=lambda pair: len(pair[0]))
        return f"{name}:{iri[len(space) :]}"

    def anchor(self, iri: str) -> str:
        """Return the name of a term on the page of the ontology."""
        return re.sub(r"[^A-Za-z0-9_-]+", "-", self.short(iri)).strip("-") or local_name(iri)

    def passage(self, document: str, words: str) -> str:
        """Return the address on the web of words of a document, which browsers scroll to; nothing where it has none."""
        found = self._addresses.get(document)
        if not found:
            return ""
        # https://wicg.github.io/scroll-to-text-fragment/#syntax: a hyphen would set words before the place
        return f"{found}{'' if '#' in found else '#'}:~:text={quote(words, safe='').replace('-', '%2D')}"

    def tone(self, iri: str) -> str:
        """Return how a code is set apart."""
        return self._tones.get(iri, "plain")

    def legend(self) -> list[Tone]:
        """Return every tone with the codes that have it."""
        codes: dict[str, dict[str, Shown]] = {}  # lists share words
        for code, tone in self._tones.items():
            shown = self(ox.NamedNode(code))
            codes.setdefault(tone, {}).setdefault(shown.text, shown)
        return [Tone(tone, meaning, tuple(codes[tone].values())) for tone, meaning in self._meanings.items()]


def page(identifier: str) -> str:
    """Return the page of a record, from the top of the site."""
    return f"record/{identifier}.html"


def address(text: str) -> str:
    """Return an address on the web as it is; nothing where a browser could take it for something else."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    usual = parts.scheme in ("http", "https") and parts.hostname and not _NO_ADDRESS.search(text)
    return text if usual else ""


def words(name: str) -> str:
    """Return the name of a column or field as a reader wants it: `confirmedBy` becomes `confirmed by`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ").strip()


def period(date: str) -> str:
    """Return an EDTF interval in words (https://www.loc.gov/standards/datetime/), any other date as it is."""
    first, slash, last = date.partition("/")
    if not slash:
        return date
    if first in ("", ".."):
        return f"{last} or earlier"
    return f"{first} or later" if last in ("", "..") else f"{first} to {last}"


def _text(term: Term | None) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term or "")
