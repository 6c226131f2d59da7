"""The front page with its search, and the plain list of all records for those who have no JavaScript.

What is searched is what `kg find` searches (`ontology/views/find.rq`). The index is a script, not data to fetch: a page from
a folder may load the one and not the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from kg import search
from kg.ontology import Term
from kg.questions import view
from kg.site.claims import Claims
from kg.site.entries import Entry, Group, batches
from kg.site.frame import Frame, Page
from kg.site.shown import Shown
from kg.site.views import SIZE

INDEX = "assets/search-index.js"


def pages(frame: Frame, claims: Claims, records: Page) -> Iterator[tuple[str, bytes]]:
    """Render the front page, the list of records, and the index of the search."""
    yield frame.render("index.html", "index.html", legend=claims.reader.legend(), index=INDEX)
    yield INDEX, index(frame, claims)
    yield from _list(frame, claims, records)


def index(frame: Frame, claims: Claims) -> bytes:
    """Write the index: for each record its id, class, sentence, badges, texts in which words are looked for, and document."""
    names: dict[Term, int] = {}
    texts: dict[str, list[tuple[int, str]]] = {}
    for row in view(frame.build.graph, search.VIEW, ("record", "in", "text")):
        identifier, where, text = claims.reader.identifier(row["record"]), row["in"], row["text"]
        if identifier and where is not None and text is not None:
            texts.setdefault(identifier, []).append((names.setdefault(where, len(names)), claims.reader(text).text))
    sources = dict.fromkeys(_source(claims, identifier) for identifier in texts)
    documents = {source: number for number, source in enumerate(filter(None, sources))}
    found = {
        "fields": [claims.reader(term).text for term in names],
        "documents": list(documents),
        "records": [
            [
                identifier,
                claims[identifier].cls,
                claims[identifier].text.text,
                [[badge.text, badge.tone] for badge in claims[identifier].badges],
                held,
                documents.get(_source(claims, identifier), -1),
            ]
            for identifier, held in texts.items()
        ],
    }
    written = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    # JSON in a script: nothing in it may end the script, and old engines take two of its characters for line ends.
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return f"kgSearchIndex({written});\n".encode()


def _source(claims: Claims, identifier: str) -> str:
    quote = claims[identifier].quote
    return quote.document.text if quote else ""


def _list(frame: Frame, claims: Claims, records: Page) -> Iterator[tuple[str, bytes]]:
    by_class: dict[str, list[str]] = {}
    for identifier in sorted(frame.build.sources.records, key=lambda i: (claims[i].label.casefold(), i)):
        by_class.setdefault(claims[identifier].cls, []).append(identifier)
    lists = [
        Group(Shown(cls), f"class-{number}", tuple(Entry([{"item": frame.node(i)}], claims) for i in ids))
        for number, (cls, ids) in enumerate(sorted(by_class.items()))
    ]
    cut = list(batches(lists, 2 * SIZE, 2 * SIZE))
    paths = [records.path if n == 1 else records.path.replace(".html", f"-{n}.html") for n in range(1, len(cut) + 1)]
    for path, groups in zip(paths, cut, strict=True):
        yield frame.render("records.html", path, page=records, groups=groups, paths=paths)
