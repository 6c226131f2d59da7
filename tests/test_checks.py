"""Every check of the ontology: a record that breaks it, at its place, and one beside it that does not.

Also what a check may be: a SELECT with a header, its rows turned into findings.
"""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import harbour
import pytest
from harbour import REPORT, own_voice, quote, statement

import kg
from kg.diagnostic import Diagnostic, Severity

ROOT = Path(__file__).parents[1]
CHECKS = sorted(file.stem for file in (ROOT / "ontology" / "checks").glob("*.rq"))

Record = dict[str, Any]
_FORTY = " ".join(REPORT[REPORT.index("What the two") :].split()[:40])
_FORTY_ONE = " ".join(REPORT[REPORT.index("What the two") :].split()[:41])


def event(**changes: Any) -> Record:
    made = {
        "id": "talks",
        "type": "Event",
        "label": {"en": "talks"},
        "kind": "meeting",
        "eventStatus": "planned",
        "when": [{"basis": "not-stated"}],
        "evidence": [quote("report", "Talks [with Borland] may resume")],
    }
    return {**made, **changes}


def discrepancy(**changes: Any) -> Record:
    made = {
        "id": "harbour-or-battery",
        "type": "Discrepancy",
        "label": {"en": "harbour or battery"},
        "kind": "logic",
        "between": ["voss-on-harbour", "battery-ordered"],
        "note": {"en": "They differ."},
        "resolution": "open",
    }
    return {**made, **changes}


def agreement(**changes: Any) -> Record:
    made = {
        "id": "harbour-pact",
        "type": "Agreement",
        "label": {"en": "pact on the harbour"},
        "party": ["arland", "borland"],
        "stage": [{"value": "requested", "according": "talks-may-resume"}],
        "evidence": [quote("note", "A pact on the harbour")],
    }
    return {**made, **changes}


def document(**changes: Any) -> Record:
    return {**copy.deepcopy(harbour.RECORDS[0]), **changes}


def retired(**changes: Any) -> Record:
    return {"id": "old-lenz", "type": "Retired", "label": {"en": "old"}, "reason": {"en": "old"}, **changes}


_TALKS = own_voice("talks-may-resume", "Talks [with Borland] may resume", about=["harbour-pact"])
_UNREAD = {"id": "unread", "type": "Document", "label": {"en": "unread"}, "kind": "plan", "seenIn": "report"}
_TERM = [{"text": {"en": "a ferry"}}]
_LAST = len(REPORT)

# For each check: records that break it and records that do not. The first record is the one that it tells of.
EXAMPLES: dict[str, tuple[list[Record], list[Record]]] = {
    "absence-without-scope": (
        [own_voice("no-date", "no date has been set", kind="absence")],
        [
            own_voice("no-date", "no date has been set", kind="absence", scope="report"),
            own_voice("no-talks", "Talks [with Borland]", kind="absence", scopeNote={"en": "so far"}),
        ],
    ),
    "allegation-as-fact": (
        [statement("alleged", kind="allegation", status="attributed")],
        [statement("alleged", kind="allegation", status="alleged"), statement("other", status="attributed")],
    ),
    "attributed-to-itself": (
        [own_voice("itself", "no date has been set", status="attributed")],
        [
            own_voice("itself", "no date has been set", status="predicted"),
            statement("two", speaker=[{"in": "report"}, {"by": "mira-voss"}], status="attributed"),
        ],
    ),
    "basis-without-date": (
        [statement("undated", said={"basis": "explicit"})],
        [
            statement("undated", said={"basis": "not-stated"}),
            statement("dated", said={"basis": "explicit", "date": "2031"}),
        ],
    ),
    "chain-ends-elsewhere": (
        [statement("cut", chain=[{"position": 1, "by": "daily-signal"}])],
        [statement("whole", chain=[{"position": 1, "known": "not-stated"}, {"position": 2, "in": "report"}])],
    ),
    "chain-not-in-order": (
        [statement("gap", chain=[{"position": 1, "by": "daily-signal"}, {"position": 3, "in": "report"}])],
        [statement("alone", chain=[{"position": 1, "in": "report"}])],
    ),
    "date-without-rule": (
        [statement("inferred", said={"date": "2031-03-03", "basis": "year-inferred"})],
        [
            statement(
                "inferred", said={"date": "2031-03-03", "basis": "year-inferred", "rule": "as the next sentence"}
            ),
            statement("plain", said={"date": "2031-03-03", "basis": "explicit"}),
        ],
    ),
    "discrepancy-of-one": (
        [discrepancy(between=["battery-ordered"], reading=[{"text": {"en": "one way"}}])],
        [discrepancy(between=["battery-ordered"], reading=[{"text": {"en": "one way"}}, {"text": {"en": "another"}}])],
    ),
    "expected-terms-of-signed": (
        [agreement(expectedTerm=_TERM, stage=[{"value": "signed", "according": "talks-may-resume"}]), _TALKS],
        [agreement(expectedTerm=_TERM), _TALKS],
    ),
    "label-not-in-english": (
        [statement("korean", label={"ko": "한국어"})],
        [statement("both", label={"ko": "한국어", "en-GB": "both"}), statement("plain")],
    ),
    "long-quote": (
        [own_voice("long", _FORTY_ONE)],
        [
            own_voice("long", _FORTY),
            own_voice("whole", _FORTY_ONE, evidence=[quote("report", _FORTY_ONE, wording="full-quote")]),
        ],
    ),
    "offset-beyond-text": (
        [
            own_voice(
                "beyond",
                "no date",
                evidence=[{"document": "report", "exact": "no date", "start": _LAST - 6, "end": _LAST + 1}],
            )
        ],
        [
            own_voice(
                "within",
                "no date",
                evidence=[{"document": "report", "exact": "no date", "start": _LAST - 7, "end": _LAST}],
            )
        ],
    ),
    "offsets-do-not-fit": (
        [
            own_voice(
                "short",
                "no date",
                evidence=[{**quote("report", "no date"), "end": quote("report", "no date")["end"] - 1}],
            )
        ],
        [
            own_voice("fit", "no date"),
            own_voice("none", "no date", evidence=[{"document": "report", "exact": "no date"}]),
        ],
    ),
    "own-voice-of-another": (
        [statement("voiced", status="own-voice")],
        [own_voice("voiced", "no date has been set")],
    ),
    "quotation-outside-words": (
        [statement("misquoted", evidence=[quote("report", "“will never again” give up", quotation="will always")])],
        [
            statement(
                "quoted", evidence=[quote("report", "“will never again” give up", quotation=["will never", "again"])]
            )
        ],
    ),
    "quote-of-unread-document": (
        [{**_UNREAD, "evidence": [{"document": "unread", "exact": "unread"}]}],
        [{**_UNREAD, "evidence": [quote("report", "Evening Post")]}],
    ),
    "refers-to-itself": (
        [statement("circular", restates="circular")],
        [statement("round", restates="voss-on-harbour")],
    ),
    "refers-to-retired": (
        [statement("stale", about=["old-lenz"]), retired()],
        [
            statement("fresh", about=["lenz"]),
            retired(replacedBy="older-lenz"),
            retired(id="older-lenz", label={"en": "older"}),
        ],
    ),
    "reported-without-statement": (
        [event(eventStatus="reported")],
        [event(eventStatus="reported", according="voss-on-harbour"), event(id="planned", label={"en": "planned"})],
    ),
    "same-label": (
        [statement("voss-twin", label={"en": "Statement voss-on-harbour"})],
        [
            statement("voss-lone", label={"en": "Statement voss-on-harbor"}),
            event(label={"en": "Lenz"}),
        ],
    ),
    "settled-by-nothing": (
        [discrepancy(resolution="settled")],
        [discrepancy(resolution="settled", settledBy="battery-ordered")],
    ),
    "span-misses-words": (
        [
            own_voice(
                "spanned",
                "no date",
                evidence=[
                    {
                        **quote("report", "no date"),
                        "span": {"start": quote("report", "no date")["start"] + 1, "end": 900},
                    }
                ],
            )
        ],
        [
            own_voice(
                "spanned",
                "no date",
                evidence=[
                    {**quote("report", "no date"), "span": {k: quote("report", "no date")[k] for k in ("start", "end")}}
                ],
            )
        ],
    ),
    "stage-beyond-statement": (
        [agreement(stage=[{"value": "requested", "according": "battery-ordered"}])],
        [agreement(), _TALKS],
    ),
    "statement-of-several-documents": (
        [
            statement(
                "both",
                chain=[{"position": 1, "in": "report"}],
                evidence=[quote("report", "no date"), quote("note", "A pact")],
            )
        ],
        [
            statement("one", evidence=[quote("report", "no date"), quote("report", "ships wait")]),
            event(evidence=[quote("report", "no date"), quote("note", "A pact")]),
        ],
    ),
    "triple-incomplete": (
        [statement("half", subject="arland", predicate="opposes")],
        [statement("full", subject="arland", predicate="opposes", object="borland")],
    ),
    "undated-statement": (
        [statement("undated", said=None)],
        [statement("dated", said={"basis": "not-stated"}), own_voice("own", "no date has been set", said=None)],
    ),
    "undetermined-of-one": (
        [statement("either", speaker={"known": "undetermined", "by": ["mira-voss"]})],
        [statement("either", speaker={"known": "undetermined", "by": ["mira-voss", "borland"]})],
    ),
    "unit-without-number": (
        [own_voice("range", "1,200 metres", unit="metre")],
        [
            own_voice("range", "1,200 metres", unit="metre", value="1200", measure={"en": "range"}),
            own_voice("bare", "15 ships", value="15"),
        ],
    ),
}
# Checks that cannot but go along: the chain of a statement ends in one document only.
ALONG = {"statement-of-several-documents": {"check/chain-ends-elsewhere"}}


def findings(root: Path, *records: Record) -> list[Diagnostic]:
    return list(kg.build(harbour.write(root, *records)).diagnostics)


def test_every_check_has_an_example() -> None:
    assert sorted(EXAMPLES) == CHECKS


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_fires(check: str, tmp_path: Path) -> None:
    firing, _ = EXAMPLES[check]
    found = findings(tmp_path, *firing)
    assert {d.code for d in found} - ALONG.get(check, set()) == {f"check/{check}"}
    told = [d for d in found if d.code == f"check/{check}"]
    assert len(told) == 1, "one finding for one mistake"
    assert f"'{firing[0]['id']}'" in told[0].message
    assert told[0].location.path == f"facts/{firing[0]['id']}.yaml"
    assert told[0].hint
    assert "{" not in told[0].message, "every placeholder is filled"
    warns = "# Severity: warning" in (ROOT / "ontology" / "checks" / f"{check}.rq").read_text(encoding="utf-8")
    assert told[0].severity == (Severity.WARNING if warns else Severity.ERROR)


@pytest.mark.parametrize("check", CHECKS)
def test_a_check_is_silent(check: str, tmp_path: Path) -> None:
    _, silent = EXAMPLES[check]
    assert findings(tmp_path, *silent) == []


# Further ways to break one.
MORE: dict[str, list[tuple[str, Record]]] = {
    "chain-not-in-order": [
        ("from 2", statement("c", chain=[{"position": 2, "in": "report"}])),
        (
            "a number twice",
            statement("c", chain=[{"position": 1, "by": "daily-signal"}, {"position": 1, "in": "report"}]),
        ),
        ("no number", statement("c", chain=[{"position": 1, "by": "daily-signal"}, {"in": "report"}])),
    ],
    "offset-beyond-text": [
        (
            "of a span",
            own_voice(
                "o", "no date", evidence=[{**quote("report", "no date"), "span": {"start": 0, "end": _LAST + 1}}]
            ),
        ),
        ("of an exclusion", document(exclusion=[{"start": 700, "end": _LAST + 1, "reason": {"en": "x"}}])),
    ],
    "undated-statement": [("nobody known", statement("u", speaker={"known": "not-stated"}, said=None))],
    "refers-to-itself": [
        ("about itself", statement("r", about=["r", "lenz"])),
        ("part of itself", event(partOf="talks")),
    ],
    "triple-incomplete": [("object only", statement("t", object="arland"))],
    "unit-without-number": [("a measure", statement("m", measure={"en": "length"}))],
    "date-without-rule": [("of a relative date", statement("d", when=[{"basis": "relative"}]))],
    "quotation-outside-words": [
        (
            "in other case",
            statement("q", evidence=[quote("report", "“will never again”", quotation="Will never again")]),
        ),
        (
            "the second of two",
            statement("q", evidence=[quote("report", "“will never again”", quotation=["never", "not"])]),
        ),
    ],
}


@pytest.mark.parametrize(
    ("check", "record"),
    [pytest.param(check, record, id=f"{check}, {how}") for check, ways in MORE.items() for how, record in ways],
)
def test_a_check_fires_in_other_ways_too(check: str, record: Record, tmp_path: Path) -> None:
    assert {d.code for d in findings(tmp_path, record) if d.code.startswith("check/")} >= {f"check/{check}"}


def test_a_finding_points_at_the_value(tmp_path: Path) -> None:
    text = (
        'id: alleged\ntype: Statement\nlabel: {en: "alleged"}\nspeaker: {by: mira-voss}\n'
        "chain: [{position: 1, in: report}]\nkind: allegation\nmodality: will\nstatus: attributed   # here\n"
        'proposition: {en: "x"}\nabout: [lenz]\nsaid: {basis: not-stated}\nevidence:\n  - '
        + harbour.flow("report", "no date has been set")
        + "\n"
    )
    root = harbour.write(tmp_path)
    (root / "facts" / "alleged.yaml").write_text(text, encoding="utf-8")
    (found,) = kg.build(root).diagnostics
    line = text.splitlines()[found.location.line]
    assert line[found.location.column :].startswith("attributed")
    assert "'alleged'" in found.message
    assert "attributed" in found.message


# ----------------------------------------------------------------------------- what a check may be


def own(root: Path, query: str) -> list[Diagnostic]:
    """What is found with one check of our own and no other."""
    project = harbour.write(root)
    shutil.copytree(ROOT / "ontology", project / "ontology")
    for file in (project / "ontology" / "checks").glob("*.rq"):
        file.unlink()
    (project / "ontology" / "checks" / "mine.rq").write_text(query, encoding="utf-8")
    return list(kg.build(project).diagnostics)


_HEADER = "# Problem: {focus} has {count} things and {value}\n# Solution: mend {focus}\n"
_SELECT = """
PREFIX kg: <https://w3id.org/kg-facts/ontology#>
SELECT ?focus ?path ?value ?count WHERE { ?focus a kg:Weapon ; kg:kind ?value . BIND(kg:kind AS ?path) BIND(2 AS ?count) }
"""


def test_a_row_is_a_finding(tmp_path: Path) -> None:
    (found,) = own(tmp_path, _HEADER + _SELECT)
    assert found.code == "check/mine"
    assert found.message == "'coastal-battery' has 2 things and hardware"
    assert found.hint == "mend 'coastal-battery'"
    assert found.severity == Severity.ERROR
    assert found.location.path == "facts/coastal-battery.yaml"


def test_the_severity_is_that_of_the_header(tmp_path: Path) -> None:
    (found,) = own(tmp_path, f"{_HEADER}# Severity: info\n{_SELECT}")
    assert found.severity == Severity.INFO


def test_a_check_without_columns_but_focus(tmp_path: Path) -> None:
    query = "PREFIX kg: <https://w3id.org/kg-facts/ontology#> SELECT ?focus WHERE { ?focus a kg:Weapon }"
    (found,) = own(tmp_path, f"# Problem: {{focus}} is a weapon\n# Solution: none\n{query}")
    assert (found.location.path, found.location.line) == ("facts/coastal-battery.yaml", 0)


BAD = {
    "no header": _SELECT,
    "no solution": f"# Problem: x\n{_SELECT}",
    "no focus": "# Problem: x\n# Solution: y\nSELECT ?other WHERE { ?other ?p ?o }",
    "no SELECT": "# Problem: x\n# Solution: y\nASK { ?focus ?p ?o }",
    "syntax": "# Problem: x\n# Solution: y\nSELECT ?focus WHERE {",
    "SERVICE": "# Problem: x\n# Solution: y\nSELECT ?focus WHERE { SERVICE <http://127.0.0.1:9/> { ?focus ?p ?o } }",
    "a placeholder without column": _HEADER + _SELECT.replace("?count", "?number"),
    "an unknown severity": f"{_HEADER}# Severity: fatal\n{_SELECT}",
}


@pytest.mark.parametrize("case", BAD)
def test_a_check_that_is_none(case: str, tmp_path: Path) -> None:
    (found,) = own(tmp_path, BAD[case])
    assert (found.code, found.severity, found.location.path) == ("bad-query", Severity.ERROR, "ontology/checks/mine.rq")
