"""Every lint of the ontology: words that it warns of, and words beside them that it does not."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import harbour
import pytest
from harbour import own_voice, quote, statement

import kg
from kg import audit
from kg.diagnostic import Diagnostic, Severity

ROOT = Path(__file__).parents[1]
LINTS = sorted(file.stem for file in (ROOT / "ontology" / "lints").glob("*.rq"))

Record = dict[str, Any]


def said(identifier: str, words: str, proposition: str, **changes: Any) -> Record:
    """A statement of the report whose words need not stand in it; no text is read here."""
    evidence = [{"document": "report", "exact": words}]
    return own_voice(identifier, "no date", proposition={"en": proposition}, **{"evidence": evidence, **changes})


def dated(identifier: str, date: str, words: str, **changes: Any) -> Record:
    evidence = [{"document": "report", "exact": words}]
    return statement(identifier, said={"date": date, "basis": "explicit"}, evidence=evidence, **changes)


def _said(words: str, proposition: str, identifier: str) -> Record:
    return said(identifier, words, proposition)


def _counted(value: str, words: str, identifier: str) -> Record:
    return said(identifier, words, "Arland has them.", value=value, unit="one")


EXAMPLES: dict[str, tuple[list[Record], list[Record]]] = {
    "date-not-in-quote": (
        [dated("d", "2031-03-03", "Arland “will never again” give up the harbour")],
        [
            dated("d", "2031-03-03", "Voss of Arland said so on 3 March 2031"),
            statement("computed", said={"date": "2031-03-03", "basis": "computed", "rule": "the day before"}),
        ],
    ),
    "hedge-lost": (
        [said("h", "Arland could reopen the ferry", "Arland reopens the ferry.")],
        [
            said("h", "Arland could reopen the ferry", "Arland could reopen the ferry.", modality="could"),
            said("flat", "Arland reopens the ferry", "Arland reopens the ferry."),
            statement("attributed", evidence=[quote("report", "Arland “will never again”")]),
        ],
    ),
    "negation-lost": (
        [said("n", "Arland does not rule out talks", "Arland rules on talks.")],
        [
            said("n", "Arland does not rule out talks", "Arland does not rule out talks."),
            said("plain", "Arland wants talks", "Arland wants talks."),
        ],
    ),
    "number-not-in-quote": (
        [said("c", "Arland has many ships", "Arland has 15 ships.", value="15", unit="ship")],
        [
            said("c", "Arland has 15 ships", "Arland has 15 ships.", value="15", unit="ship"),
            said("comma", "Arland is 1,200 metres away", "Arland is 1,200 metres away.", value="1200", unit="metre"),
            said("point", "Arland is 0.75 miles away", "Arland is 0.75 miles away.", value="0.75", unit="mile"),
            said("round", "Arland has 3 ferries", "Arland has 3 ferries.", value="3.0", unit="ferry"),
        ],
    ),
    "one-quote-many-records": (
        [said(f"o-{number}", "Arland waits", "Arland waits.") for number in range(3)],
        [
            *(said(f"o-{number}", "Arland waits", "Arland waits.") for number in range(2)),
            said(
                "other-document",
                "Arland waits",
                "Arland waits.",
                speaker={"in": "note"},
                chain=[{"position": 1, "in": "note"}],
                evidence=[{"document": "note", "exact": "Arland waits"}],
            ),
            said(
                "supporting",
                "Arland stays",
                "Arland stays.",
                evidence=[
                    {"document": "report", "exact": "Arland stays"},
                    {"document": "report", "exact": "Arland waits", "supports": ["about"]},
                ],
            ),
        ],
    ),
    "quote-without-subject": (
        [said("q", "will give up the harbour", "Arland will give up the harbour.", about=["arland"])],
        [
            said("q", "Arland will give up the harbour", "Arland will give up the harbour.", about=["arland"]),
            said("alternative", "at Lenz they will", "Arland will.", about=["arland"]),
            said("lower", "ARLAND WILL", "Arland will.", about=["arland"]),
            statement(
                "speaker",
                about=["borland"],
                evidence=[quote("report", "Mira Voss does")],
                proposition={"en": "She does."},
            ),
            said(
                "spanned",
                "she will",
                "Arland will.",
                about=["arland"],
                evidence=[
                    {"document": "report", "exact": "she will", "start": 5, "end": 13, "span": {"start": 0, "end": 20}}
                ],
            ),
        ],
    ),
}


def warnings(root: Path, *records: Record) -> list[Diagnostic]:
    build = kg.build(harbour.write(root, *records))
    assert build.valid, build.diagnostics
    return [d for d in audit.audit(build, {}).diagnostics if d.code.startswith("lint/")]


def test_every_lint_has_an_example() -> None:
    assert sorted(EXAMPLES) == LINTS


@pytest.mark.parametrize("lint", LINTS)
def test_a_lint_warns(lint: str, tmp_path: Path) -> None:
    firing, _ = EXAMPLES[lint]
    found = warnings(tmp_path, *firing)
    assert {d.code for d in found} == {f"lint/{lint}"}
    assert {d.location.path for d in found} == {f"facts/{record['id']}.yaml" for record in firing}
    for told in found:
        assert told.severity == Severity.WARNING
        assert told.hint
        assert "{" not in told.message
    assert len(found) == len(firing)


@pytest.mark.parametrize("lint", LINTS)
def test_a_lint_is_silent(lint: str, tmp_path: Path) -> None:
    _, silent = EXAMPLES[lint]
    assert warnings(tmp_path, *silent) == []


def test_lints_are_no_errors_of_the_data(tmp_path: Path) -> None:
    firing = [record for examples, _ in EXAMPLES.values() for record in examples]
    assert kg.build(harbour.write(tmp_path, *firing)).diagnostics == ()


@pytest.mark.parametrize("lint", LINTS)
def test_a_lint_can_be_answered(lint: str, tmp_path: Path) -> None:
    firing, _ = EXAMPLES[lint]
    answer = [{"lint": lint, "reason": {"en": "It is right as it is."}}]
    assert warnings(tmp_path, *({**record, "acknowledge": answer} for record in firing)) == []


# A negation of the words that is missing in the proposition, however it is put; and propositions that do have it.
LOST = [
    ("Arland does not want talks", "Arland wants talks."),
    ("Arland never wanted talks", "Arland wanted talks."),
    ("Arland wants no talks", "Arland wants talks."),
    ("Arland rejects talks", "Arland wants talks."),
    ("Arland wants neither talks nor peace", "Arland wants talks and peace."),
    ("Arland goes without talks", "Arland goes with talks."),
    ("Arland cannot hold talks", "Arland can hold talks."),
    ("Arland doesn’t want talks", "Arland wants talks."),
    ("Arland won't hold talks", "Arland will hold talks."),
    ("Arland will not attack the United States", "Arland will attack the United States."),
]
KEPT = [
    ("Arland does not want talks", "Arland does not want talks."),
    ("Arland rejects talks", "Arland rejected talks."),
    ("Arland will not hold talks", "Arland refuses to hold talks."),
    ("Arland cannot hold talks", "Arland cannot hold talks."),
    ("talks with Arland go on unless it leaves", "Talks go on unless Arland leaves."),
    ("Arland notes what nobles know", "Arland notes it."),
]


HEDGES = ("may", "might", "could", "would", "possibly", "allegedly", "reportedly", "appears to")
OTHER_NUMBERS = [("5", "Arland has 15 ships"), ("20", "Arland had ships in 2031"), ("1.5", "Arland has 11.5 ships")]
SAME_NUMBERS = [
    ("15", "the ships of Arland are 15."),
    ("1.5", "it is 1.5 miles to Arland"),
    ("2000000", "2,000,000 in Arland"),
]

# Each case is a record of one project; the code that it is to get, if any.
CASES: dict[str, tuple[Record, list[str]]] = {
    f"case-{number}": (record(f"case-{number}"), [f"lint/{code}"] if code else [])
    for number, (record, code) in enumerate(
        [
            *((partial(_said, words, proposition), "negation-lost") for words, proposition in LOST),
            *((partial(_said, words, proposition), "") for words, proposition in KEPT),
            *((partial(_said, f"Arland {hedge} wait", "Arland waits."), "hedge-lost") for hedge in HEDGES),
            *((partial(_counted, value, words), "number-not-in-quote") for value, words in OTHER_NUMBERS),
            *((partial(_counted, value, words), "") for value, words in SAME_NUMBERS),
        ]
    )
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Diagnostic]:
    return warnings(tmp_path_factory.mktemp("harbour"), *(record for record, _ in CASES.values()))


@pytest.mark.parametrize(
    "case", [pytest.param(i, id=record["evidence"][0]["exact"]) for i, (record, _) in CASES.items()]
)
def test_what_is_lost_and_what_is_kept(case: str, told: list[Diagnostic]) -> None:
    _, wanted = CASES[case]
    assert [d.code for d in told if d.location.path == f"facts/{case}.yaml"] == wanted
