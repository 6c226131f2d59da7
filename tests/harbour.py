"""A project with texts of its own: two short articles about a harbour, and records that rest on them.

Records are plain dictionaries, written as JSON, which is YAML; tests that look at lines and columns write their own text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

BASE = "https://example.org/harbour/"
DATASET = f"""\
format: 1
base: {BASE}
title: The harbour of Lenz
licence: https://creativecommons.org/licenses/by/4.0/
creators: [somebody]
language: en
"""

REPORT = """\
Voss Keeps the Door Ajar

President Mira Voss does not rule out talks with Borland, the Daily Signal reported on 3 March 2031. She said that \
Arland “will never again” give up the harbour of Lenz – but “could reopen” the ferry. “Arland’s navy is ready,” an aide \
told the ‘Evening Post’. Voss is unable to attend.

The coastal battery at Lenz has been ordered, not deployed. Its range is 1,200 metres (about 0.75 miles). The cafe\u0301 \
on the pier — unlike the harbour — is  closed. Talks [with Borland] may resume; no date has been set.
Borland calls the harbour “an open wound” and 15 ships wait outside 🚢. The ferry sails when
the harbour opens.

What the two governments want from each other was never written down, and the files that could tell have been closed for \
a generation, so that readers have to make do with what ministers chose to say in public, with what crews saw from the \
quay, and with the minutes of a port authority that counted every crate but asked no questions. Nothing here changes \
that. The rest of this page is filling, which no record quotes. It goes on about the weather over the bay, the price of \
herring, the bells of the old town and the patience of those who sell tickets for a boat that does not sail.
"""
NOTE = (
    "\ufeffNote on the Harbour\r\n"
    "\r\n"
    "Borland's ministry says the harbour of Lenz is open. Officials did not say since when.\r\n"
    "A pact on the harbour was signed in 2030, the ministry adds; Arland's president calls it a draft.\r\n"
    "\r\n"
    "The rest of this note repeats the notices of past years: where the pilots board, which lights burn at night, how\r\n"
    "deep the fairway is after the dredging, what the customs house charges for a pallet, when the crane is free, whom\r\n"
    "to call when fog comes in, and why nobody may fish from the mole.\r\n"
)
TEXTS = {"report": REPORT, "note": NOTE}
# Where that begins in each text which carries no fact and is excluded.
_FILLING = {"report": "What the two governments", "note": "The rest of this note"}


def place(document: str, words: str) -> dict[str, int]:
    """Where words stand in a text: they must stand there once."""
    text = TEXTS[document]
    assert text.count(words) == 1, f"{words!r} stands {text.count(words)} times in {document}"
    return {"start": text.index(words), "end": text.index(words) + len(words)}


def quote(document: str, words: str, **more: Any) -> dict[str, Any]:
    """Evidence with its offsets."""
    return {"document": document, "exact": words, **place(document, words), **more}


def flow(document: str, words: str, more: str = "") -> str:
    """Evidence with its offsets, as a line of YAML."""
    at = place(document, words)
    exact = json.dumps(words, ensure_ascii=False)
    return f"{{document: {document}, exact: {exact}, start: {at['start']}, end: {at['end']}{more}}}"


def _document(name: str, title: str) -> dict[str, Any]:
    text = TEXTS[name]
    first = text.index(_FILLING[name])
    return {
        "id": name,
        "type": "Document",
        "label": {"en": title},
        "kind": "article",
        "url": f"https://example.org/{name}?a=b",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "length": len(text),
        "exclusion": [{"start": first, "end": len(text), "reason": {"en": "Filling."}}],
        "evidence": [quote(name, title)],
    }


def statement(identifier: str = "voss-on-harbour", **changes: Any) -> dict[str, Any]:
    """A valid statement, or one with other fields; a field that becomes None is left out."""
    made: dict[str, Any] = {
        "id": identifier,
        "type": "Statement",
        "label": {"en": f"Statement {identifier}"},
        "speaker": {"by": "mira-voss"},
        "chain": [{"position": 1, "by": "daily-signal"}, {"position": 2, "in": "report"}],
        "kind": "declaration",
        "modality": "will",
        "status": "attributed",
        "proposition": {"en": "Arland will never again give up the harbour of Lenz."},
        "about": ["lenz", "arland"],
        "said": {"date": "2031-03", "basis": "computed", "rule": "the report is of 3 March"},
        "evidence": [
            quote(
                "report",
                "Arland “will never again” give up the harbour of Lenz",
                quotation="will never again",
                wording="fragment",
            )
        ],
    }
    made |= changes
    return {name: value for name, value in made.items() if value is not None}


def own_voice(identifier: str, words: str, **changes: Any) -> dict[str, Any]:
    """A statement of the report itself."""
    fields = {
        "speaker": {"in": "report"},
        "chain": [{"position": 1, "in": "report"}],
        "kind": "report",
        "modality": "asserted",
        "status": "own-voice",
        "proposition": {"en": words},
        "said": None,
        "evidence": [quote("report", words)],
    }
    return statement(identifier, **{**fields, **changes})


def _actor(identifier: str, kind: str, label: str, words: str, **more: Any) -> dict[str, Any]:
    evidence = [quote("report", words)]
    return {"id": identifier, "type": kind, "label": {"en": label}, **more, "evidence": evidence}


RECORDS: tuple[dict[str, Any], ...] = (
    _document("report", "Voss Keeps the Door Ajar"),
    _document("note", "Note on the Harbour"),
    _actor(
        "arland",
        "State",
        "Arland",
        "Arland’s navy",
        name=[
            {"text": {"en": "Arland"}, "in": "report"},
            {
                "text": {"en": "Lenz"},
                "in": "note",
                "kind": "metonym",
                "evidence": [quote("note", "the harbour of Lenz")],
            },
        ],
    ),
    _actor("borland", "State", "Borland", "talks with Borland"),
    _actor("lenz", "Place", "Lenz", "at Lenz"),
    _actor(
        "mira-voss",
        "Person",
        "Mira Voss",
        "President Mira Voss",
        description={"en": "President"},
        name=[
            {
                "text": {"en": "Arland's president"},
                "in": "note",
                "kind": "office",
                "evidence": [quote("note", "Arland's president")],
            }
        ],
    ),
    _actor("daily-signal", "MediaOutlet", "Daily Signal", "the Daily Signal"),
    own_voice(
        "battery-ordered", "The coastal battery at Lenz has been ordered, not deployed", about=["coastal-battery"]
    ),
    {
        "id": "coastal-battery",
        "type": "Weapon",
        "label": {"en": "coastal battery"},
        "kind": "hardware",
        "owner": "arland",
        "stage": [{"value": "ordered", "according": "battery-ordered"}],
        "evidence": [quote("report", "The coastal battery")],
    },
    statement(),
)


def write(root: Path, *more: Mapping[str, Any], records: Iterable[Mapping[str, Any]] = RECORDS) -> Path:
    """Write the project: each record into a file of its own, with further ones that may take the place of one."""
    facts = root / "facts"
    facts.mkdir(parents=True, exist_ok=True)
    (facts / "dataset.yaml").write_text(DATASET, encoding="utf-8")
    for record in (*records, *more):
        add(root, record)
    return root


def add(root: Path, record: Mapping[str, Any]) -> Path:
    """Write a record into the project, a field a line."""
    file = root / "facts" / f"{record['id']}.yaml"
    fields = ",\n".join(f' "{name}": {json.dumps(value, ensure_ascii=False)}' for name, value in record.items())
    file.write_text(f"{{\n{fields}\n}}\n", encoding="utf-8")
    return file


def write_texts(directory: Path) -> Path:
    """Write the texts, under names that say nothing."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(TEXTS.values()):
        (directory / f"{number}.txt").write_bytes(text.encode())
    return directory
