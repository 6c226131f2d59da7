"""Fact files for measuring: realistic records of the shipped ontology, of any number, always the same for a seed.

    python benchmarks/generate.py FOLDER RECORDS [--violations 0.01] [--seed 0]

All records are valid and refer to each other: documents, actors and places are few, statements most. On request a share
of them breaks a shape, each in one way, so that what validators find can be compared.
"""

from __future__ import annotations

import argparse
import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path

A_FILE = 50  # records in each
_BASE = "https://example.org/id/"
_SUBJECTS = [
    "talks",
    "sanctions",
    "inspections",
    "shipments",
    "exercises",
    "launches",
    "reactors",
    "patrols",
    "pledges",
    "borders",
]
_VERBS = [
    "would resume soon",
    "had been expanded",
    "could end next year",
    "were never agreed",
    "remain under review",
    "will be answered",
]
_SAID = (("declaration", "asserted"), ("report", "asserted"), ("threat", "could"), ("report", "could"))


class _Corpus:
    """Writes records one after the other, referring only to ids that there will be."""

    def __init__(self, records: int, seed: int, violations: float) -> None:
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.violations = violations
        self.documents = max(1, records // 100)
        self.persons = max(1, records // 40)
        self.states = max(2, records // 200)
        self.places = max(1, records // 200)
        self.events = max(1, records * 15 // 100)
        self.weapons = max(1, records // 50)
        taken = self.documents + self.persons + self.states + self.places + self.events + self.weapons
        self.statements = max(1, records - taken)

    def pick(self, kind: str, number: int) -> str:
        return f"{kind}-{self.random.randrange(number)}"

    def document(self, n: int) -> str:
        words = f"Article {n} on {self.random.choice(_SUBJECTS)}"
        return (
            f'- id: document-{n}\n  type: Document\n  label: {{en: "{words}"}}\n  kind: article\n'
            f"  publisher: {self.pick('state', self.states)}\n  published: {{date: {self.day()}, basis: explicit}}\n"
            f"  url: https://example.org/articles/{n}\n  language: en\n  sha256: '{n:064x}'\n  length: 100000\n"
            f'  evidence:\n    - {{document: document-{n}, exact: "{words}", start: 0, end: {len(words)}}}\n'
        )

    def person(self, n: int) -> str:
        name = f"Person {n}"
        return (
            f'- id: person-{n}\n  type: Person\n  label: {{en: "{name}", ko: "사람 {n}"}}\n'
            f'  name:\n    - {{text: {{en: "Official {n}"}}, in: {self.pick("document", self.documents)}}}\n'
            f"  belongsTo: {self.pick('state', self.states)}\n  evidence:\n{self.evidence(name)}"
        )

    def state(self, n: int) -> str:
        name = f"State {n}"
        return f'- id: state-{n}\n  type: State\n  label: {{en: "{name}"}}\n  evidence:\n{self.evidence(name)}'

    def place(self, n: int) -> str:
        name = f"Place {n}"
        return f'- id: place-{n}\n  type: Place\n  label: {{en: "{name}"}}\n  kind: city\n  evidence:\n{self.evidence(name)}'

    def event(self, n: int) -> str:
        name = f"meeting {n} on {self.random.choice(_SUBJECTS)}"
        return (
            f'- id: event-{n}\n  type: Event\n  label: {{en: "{name}"}}\n  kind: meeting\n  eventStatus: reported\n'
            f'  when: {{date: {self.day()}, basis: year-inferred, rule: "“on that day”, in an article of that year"}}\n'
            f"  participant: [{self.pick('person', self.persons)}, state-{n % self.states}]\n"
            f"  place: {self.pick('place', self.places)}\n  according: {self.pick('statement', self.statements)}\n"
            f"  evidence:\n{self.evidence(name)}"
        )

    def weapon(self, n: int) -> str:
        name = f"submarine {n}"
        # rests on a statement that is about it: every statement is about the weapon of its number
        return (
            f'- id: weapon-{n}\n  type: Weapon\n  label: {{en: "{name}"}}\n  kind: submarine\n  owner: {self.pick("state", self.states)}\n'
            f"  stage:\n    - value: shown\n      when: {{date: {self.day()}, basis: explicit}}\n"
            f"      by: {self.pick('person', self.persons)}\n      role: inspected\n      according: statement-{n % self.statements}\n"
            f"  evidence:\n{self.evidence(name)}"
        )

    def statement(self, n: int) -> str:
        document, speaker = self.pick("document", self.documents), self.pick("person", self.persons)
        kind, modality = self.random.choice(_SAID)
        what = f"{self.random.choice(_SUBJECTS)} of number {n} {self.random.choice(_VERBS)}"
        words = f"said that “{what}”, according to the agency"
        start = self.random.randrange(90000)
        about = [f"weapon-{n}"] if n < self.weapons else []
        about += dict.fromkeys([self.pick("state", self.states), self.pick("event", self.events)])
        restates = f"  restates: statement-{self.random.randrange(n)}\n" if n and self.random.random() < 0.1 else ""  # noqa: PLR2004 - a tenth
        return (
            f'- id: statement-{n}\n  type: Statement\n  label: {{en: "statement {n} on {what}"}}\n  speaker: {{by: {speaker}}}\n'
            f"  chain:\n    - {{position: 1, by: {self.pick('state', self.states)}}}\n    - {{position: 2, in: {document}}}\n"
            f"  kind: {kind}\n  modality: {modality}\n  status: attributed\n"
            f'  proposition: {{en: "The {what}."}}\n  about: [{", ".join(about)}]\n{restates}'
            f"  said: {{date: {self.day()}, basis: explicit}}\n  evidence:\n"
            f'    - document: {document}\n      exact: "{words}"\n      start: {start}\n      end: {start + len(words)}\n'
            f'      span: {{start: {start}, end: {start + len(words) + 20}}}\n      quotation: "{what}"\n      wording: fragment\n'
        )

    def day(self) -> str:
        return f"20{self.random.randrange(10, 27)}-{self.random.randrange(1, 13):02}-{self.random.randrange(1, 29):02}"

    def evidence(self, words: str) -> str:
        start = self.random.randrange(90000)
        document = self.pick("document", self.documents)
        return f'    - {{document: {document}, exact: "{words}", start: {start}, end: {start + len(words)}}}\n'

    def records(self) -> Iterator[str]:
        """All records, kind by kind."""
        kinds: tuple[tuple[Callable[[int], str], int], ...] = (
            (self.document, self.documents),
            (self.person, self.persons),
            (self.state, self.states),
            (self.place, self.places),
            (self.event, self.events),
            (self.weapon, self.weapons),
            (self.statement, self.statements),
        )
        for write, number in kinds:
            for n in range(number):
                text = write(n)
                yield self.spoilt(text) if self.random.random() < self.violations else text

    def spoilt(self, text: str) -> str:
        """Break one shape, where a record of this kind has what can be broken."""
        mistakes = [
            ("  kind: ", "  notes: "),  # an unknown field, and one that is missing
            ("  status: attributed\n", ""),
            ("  status: attributed\n", "  status: [attributed, alleged]\n"),
            ("speaker: {by: person", "speaker: {by: state"),
            ("speaker: {by: ", "speaker: {in: document-0, by: "),
            ("  place: place-", "  place: person-"),
            ("{position: 1, by: ", "{position: 1, known: not-stated, by: "),
            ("    wording: fragment\n", "    wording: [fragment, paraphrase]\n"),
            ("  evidence:\n", "  acknowledge:\n"),
            ("  owner: state-", "  owner: document-"),
            ("  language: en\n", "  language: English\n"),
            ("  eventStatus: reported\n", ""),
            ("belongsTo: state-", "belongsTo: document-"),
        ]
        fitting = [(old, new) for old, new in mistakes if old in text]
        old, new = self.random.choice(fitting)
        return text.replace(old, new, 1)


def write(folder: Path, records: int, *, violations: float = 0.0, seed: int = 0) -> int:
    """Write a project with fact files of 50 records each; return how many bytes."""
    facts = folder / "facts"
    facts.mkdir(parents=True, exist_ok=True)
    (facts / "dataset.yaml").write_text(
        f"format: 1\nbase: {_BASE}\ntitle: Made for measuring\nlicence: https://creativecommons.org/publicdomain/zero/1.0/\n"
        "creators: [nobody]\nlanguage: en\n",
        encoding="utf-8",
    )
    made = _Corpus(records, seed, violations).records()
    size = number = 0
    while data := "\n".join(itertools.islice(made, A_FILE)).encode():
        place = facts / f"{number // 100:04}" / f"{number % 100:02}.yaml"
        place.parent.mkdir(exist_ok=True)
        size += place.write_bytes(data)
        number += 1
    return size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("records", type=int)
    parser.add_argument("--violations", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    written = write(options.folder, options.records, violations=options.violations, seed=options.seed)
    print(f"{options.records} records, {written} bytes")
