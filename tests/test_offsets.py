"""Offsets written into fact files: the right ones, beside the words, and nothing else of the file touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import harbour
import pytest
import yaml
from harbour import REPORT, place

import kg
from kg import audit, offsets, texts

WORDS = "will never again"
AT = place("report", WORDS)
HEAD = """\
# What Voss said.
- id: voss-again
  type: Statement
  label: {en: "Voss again"}    # a label
  speaker: {by: mira-voss}
  chain: [{position: 1, in: report}]
  kind: declaration
  modality: will
  status: attributed
  proposition: {en: "Arland will never again."}
  about: [arland]
  said: {basis: not-stated}
"""
TAIL = """\

# What follows stays as it is.
- {id: old-id, type: Retired, label: {en: "old"}, reason: {en: "“typographic” – it isn't used"}}
"""

_RIGHT = '  evidence:\n    - {document: report, exact: "does not rule out", start: 46, end: 63}\n'

# The evidence before, and after; START and END stand for the offsets.
STYLES: dict[str, tuple[str, str]] = {
    "flow": (
        '  evidence: [{document: report, exact: "will never again"}]  # flow\n',
        '  evidence: [{document: report, exact: "will never again", start: START, end: END}]  # flow\n',
    ),
    "flow, words first": (
        '  evidence: [{exact: "will never again", document: report}]\n',
        '  evidence: [{exact: "will never again", start: START, end: END, document: report}]\n',
    ),
    "flow, over lines": (
        '  evidence:\n    - {document: report,   # one\n       exact: "will never again",\n       wording: fragment}\n',
        (
            '  evidence:\n    - {document: report,   # one\n       exact: "will never again", start: START, end: END,\n'
            "       wording: fragment}\n"
        ),
    ),
    "flow, a comma at the end": (
        '  evidence: [{document: report, exact: "will never again",}]\n',
        '  evidence: [{document: report, exact: "will never again", start: START, end: END,}]\n',
    ),
    "flow, unquoted": (
        "  evidence: [{document: report, exact: will never again}]\n",
        "  evidence: [{document: report, exact: will never again, start: START, end: END}]\n",
    ),
    "JSON": (
        '  evidence: [{"document": "report", "exact": "will never again"}]\n',
        '  evidence: [{"document": "report", "exact": "will never again", start: START, end: END}]\n',
    ),
    "block": (
        '  evidence:\n    - document: report\n      exact: "will never again"\n      wording: fragment\n',
        (
            '  evidence:\n    - document: report\n      exact: "will never again"\n      start: START\n      end: END\n'
            "      wording: fragment\n"
        ),
    ),
    "block, single quotes, last": (
        "  evidence:\n    - document: report\n      exact: 'will never again'\n",
        "  evidence:\n    - document: report\n      exact: 'will never again'\n      start: START\n      end: END\n",
    ),
    "block, not indented": (
        '  evidence:\n  - exact: "will never again"\n    document: report\n',
        '  evidence:\n  - exact: "will never again"\n    start: START\n    end: END\n    document: report\n',
    ),
    "block, one part": (
        '  evidence:\n    document: report\n    exact: "will never again"\n',
        '  evidence:\n    document: report\n    exact: "will never again"\n    start: START\n    end: END\n',
    ),
    "block, quoted over lines": (
        '  evidence:\n    - document: report\n      exact: "will never\n        again"\n',
        '  evidence:\n    - document: report\n      exact: "will never\n        again"\n      start: START\n      end: END\n',
    ),
    "block, escapes": (
        '  evidence:\n    - document: report\n      exact: "\\x77ill never\\x20again"\n',
        '  evidence:\n    - document: report\n      exact: "\\x77ill never\\x20again"\n      start: START\n      end: END\n',
    ),
    "block, folded": (
        "  evidence:\n    - document: report\n      exact: >-\n        will never\n        again\n      wording: fragment\n",
        (
            "  evidence:\n    - document: report\n      exact: >-\n        will never\n        again\n"
            "      start: START\n      end: END\n      wording: fragment\n"
        ),
    ),
    "block, literal, last": (
        "  evidence:\n    - document: report\n      exact: |-\n        will never again\n",
        "  evidence:\n    - document: report\n      exact: |-\n        will never again\n      start: START\n      end: END\n",
    ),
    "a comment beside the words": (
        (
            '  evidence:\n    - document: report\n      exact: "will never again"   # her words\n      # and how\n'
            "      wording: fragment\n"
        ),
        (
            '  evidence:\n    - document: report\n      exact: "will never again"   # her words\n      start: START\n'
            "      end: END\n      # and how\n      wording: fragment\n"
        ),
    ),
    "only the start": (
        '  evidence:\n    - start: 7   # wrong\n      document: report\n      exact: "will never again"\n',
        '  evidence:\n    - start: START   # wrong\n      document: report\n      exact: "will never again"\n      end: END\n',
    ),
    "only the end": (
        '  evidence: [{end: 7, document: report, exact: "will never again"}]\n',
        '  evidence: [{end: END, document: report, exact: "will never again", start: START}]\n',
    ),
    "wrong": (
        '  evidence:\n    - document: report\n      exact: "will never again"\n      start: 7   # wrong\n      end: 23\n',
        '  evidence:\n    - document: report\n      exact: "will never again"\n      start: START   # wrong\n      end: END\n',
    ),
    "wrong, in quotes": (
        '  evidence: [{document: report, exact: "will never again", start: \'7\', end: "23"}]\n',
        '  evidence: [{document: report, exact: "will never again", start: START, end: END}]\n',
    ),
    "beyond the basic plane before it": (
        '  note: {en: "🚢🚢"}\n  evidence: [{document: report, exact: "will never again", start: 7, end: 23}]   # 🚢\n',
        '  note: {en: "🚢🚢"}\n  evidence: [{document: report, exact: "will never again", start: START, end: END}]   # 🚢\n',
    ),
    "a line separator before it": (
        '  note: {en: "one\\Ltwo"}\n  evidence: [{document: report, exact: "will never again", start: 7, end: 23}]\n',
        '  note: {en: "one\\Ltwo"}\n  evidence: [{document: report, exact: "will never again", start: START, end: END}]\n',
    ),
    "two quotes, one right": (
        f'{_RIGHT}    - {{document: report, exact: "will never again"}}\n',
        f'{_RIGHT}    - {{document: report, exact: "will never again", start: START, end: END}}\n',
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return harbour.write(tmp_path / "project")


@pytest.fixture
def found(tmp_path: Path) -> dict[str, str]:
    return dict(texts.read(harbour.write_texts(tmp_path / "texts")))


def write(project: Path, found: dict[str, str]) -> list[str]:
    """Write offsets as the command does; return the files that changed."""
    build = kg.build(project, checked=False)
    assert build.valid, build.diagnostics
    made = offsets.edits(build, audit.audit(build, found))
    for file, text in made.items():
        file.write_bytes(text.encode())
    return [file.name for file in made]


def grades(project: Path, found: dict[str, str], record: str = "voss-again") -> list[str]:
    build = kg.build(project, checked=False)
    assert build.valid, build.diagnostics
    quotes = audit.audit(build, found).quotes
    return [str(made.proof.grade) for made in quotes if made.node.startswith(f"{harbour.BASE}{record}.")]


@dataclass(frozen=True, slots=True)
class Written:
    """A project with a file in every style, its offsets written twice."""

    project: Path
    first: list[str]
    second: list[str]
    grades: dict[str, set[str]]  # by record


def named(style: str) -> tuple[str, str]:
    """The name of a style as an id; and the file."""
    identifier = re.sub("[^a-z]+", "-", style.lower()).strip("-")
    return identifier, f"{identifier}.yaml"


def styled(style: str, evidence: str) -> str:
    identifier, _ = named(style)
    text = HEAD.replace("voss-again", identifier) + evidence + TAIL.replace("old-id", f"old-{identifier}")
    return text.replace("START", str(AT["start"])).replace("END", str(AT["end"]))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    project = harbour.write(tmp_path_factory.mktemp("project"))
    found = dict(texts.read(harbour.write_texts(tmp_path_factory.mktemp("texts"))))
    for style, (before, _) in STYLES.items():
        (project / "facts" / named(style)[1]).write_bytes(styled(style, before).encode())
    first = write(project, found)
    build = kg.build(project, checked=False)
    proved: dict[str, set[str]] = {}
    for quote in audit.audit(build, found).quotes:
        record = quote.node.removeprefix(harbour.BASE).partition(".")[0]
        proved.setdefault(record, set()).add(str(quote.proof.grade))
    return Written(project, first, write(project, found) if build.valid else ["not valid"], proved)


@pytest.mark.parametrize("style", STYLES)
def test_written_beside_the_words(style: str, written: Written) -> None:
    identifier, name = named(style)
    assert name in written.first
    assert (written.project / "facts" / name).read_bytes().decode() == styled(style, STYLES[style][1])
    assert written.grades[identifier] == {"exact"}


def test_a_second_time_changes_nothing(written: Written) -> None:
    assert len(written.first) == len(STYLES)
    assert written.second == []


def test_an_odd_layout_is_not_broken(project: Path, found: dict[str, str]) -> None:
    evidence = '  evidence:\n    - ? document\n      : report\n      ? exact\n      : "will never again"\n'
    file = project / "facts" / "more.yaml"
    file.write_text(HEAD + evidence + TAIL, encoding="utf-8")
    before = yaml.safe_load(file.read_bytes())
    write(project, found)
    after = yaml.safe_load(file.read_bytes())
    after[0]["evidence"][0] = {k: v for k, v in after[0]["evidence"][0].items() if k not in ("start", "end")}
    assert after == before


def test_offsets_in_a_file_that_does_not_end_in_a_newline(project: Path, found: dict[str, str]) -> None:
    file = project / "facts" / "more.yaml"
    text = HEAD + '  evidence:\n    - document: report\n      exact: "will never again"'
    file.write_text(text, encoding="utf-8")
    assert write(project, found) == ["more.yaml"]
    assert file.read_text(encoding="utf-8") == text + f"\n      start: {AT['start']}\n      end: {AT['end']}"


def test_line_ends_stay_what_they_are(project: Path, found: dict[str, str]) -> None:
    before, after = STYLES["block"]
    file = project / "facts" / "more.yaml"
    file.write_bytes((HEAD + before + TAIL).replace("\n", "\r\n").encode())
    write(project, found)
    wanted = HEAD + after.replace("START", str(AT["start"])).replace("END", str(AT["end"])) + TAIL
    assert file.read_bytes().decode() == wanted.replace("\n", "\r\n")


def test_a_byte_order_mark_stays(project: Path, found: dict[str, str]) -> None:
    before, after = STYLES["block"]
    file = project / "facts" / "more.yaml"
    file.write_bytes(("\ufeff" + HEAD + before + TAIL).encode())
    write(project, found)
    wanted = HEAD + after.replace("START", str(AT["start"])).replace("END", str(AT["end"])) + TAIL
    assert file.read_bytes().decode() == "\ufeff" + wanted


def test_parts_of_parts_and_several_files(project: Path, found: dict[str, str]) -> None:
    evidence = STYLES["flow"][0] + '  when: [{basis: not-stated, evidence: [{document: report, exact: "no date"}]}]\n'
    (project / "facts" / "more.yaml").write_text(HEAD + evidence, encoding="utf-8")
    other = (HEAD + STYLES["block"][0]).replace("voss-again", "voss-once-more")
    (project / "facts" / "other.yaml").write_text(other, encoding="utf-8")
    assert write(project, found) == ["more.yaml", "other.yaml"]
    assert grades(project, found) == ["exact", "exact"]
    assert grades(project, found, "voss-once-more") == ["exact"]
    said = place("report", "no date")
    text = (project / "facts" / "more.yaml").read_text(encoding="utf-8")
    assert f'exact: "no date", start: {said["start"]}, end: {said["end"]}}}' in text
    assert write(project, found) == []


def test_the_same_words_in_several_records_of_a_file(project: Path, found: dict[str, str]) -> None:
    one = HEAD + STYLES["flow"][0]
    (project / "facts" / "more.yaml").write_text(one + one.replace("voss-again", "voss-once-more"), encoding="utf-8")
    write(project, found)
    assert grades(project, found) == grades(project, found, "voss-once-more") == ["exact"]


AMBIGUOUS = [
    '  evidence: [{document: report, exact: "the harbour"}]\n',
    '  evidence: [{document: report, exact: "the harbour", start: 1, end: 12}]\n',
    '  evidence: [{document: report, exact: "the harbour", start: 1}]\n',
]


@pytest.mark.parametrize("evidence", AMBIGUOUS)
def test_words_that_stand_several_times_are_left_alone(evidence: str, project: Path, found: dict[str, str]) -> None:
    assert len(re.findall("the harbour", REPORT)) > 1
    (project / "facts" / "more.yaml").write_text(HEAD + evidence, encoding="utf-8")
    assert write(project, found) == []
    assert grades(project, found) == ["failed"]


_FIRST = REPORT.index("harbour")
LEFT_ALONE = {
    "right": f'{{document: report, exact: "{WORDS}", start: {AT["start"]}, end: {AT["end"]}}}',
    "one of several places, rightly": f'{{document: report, exact: "harbour", start: {_FIRST}, end: {_FIRST + 7}}}',
    "not to the letter": '{document: report, exact: "Will never again"}',
    "not of this document": '{document: report, exact: "Officials did not say"}',
    "another space": f'{{document: report, exact: "will  never again", start: {AT["start"]}, end: {AT["end"]}}}',
}


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_is_right_or_cannot_be_told_is_left_alone(case: str, project: Path, found: dict[str, str]) -> None:
    (project / "facts" / "more.yaml").write_text(f"{HEAD}  evidence: [{LEFT_ALONE[case]}]\n", encoding="utf-8")
    assert write(project, found) == []


def test_without_the_text_nothing_is_written(project: Path) -> None:
    (project / "facts" / "more.yaml").write_text(HEAD + STYLES["flow"][0], encoding="utf-8")
    assert write(project, {}) == []


def test_a_whole_data_set_without_offsets_gets_back_its_own(project: Path, found: dict[str, str]) -> None:
    originals = {file: file.read_text(encoding="utf-8") for file in (project / "facts").glob("*.yaml")}
    for record in harbour.RECORDS:
        file = project / "facts" / f"{record['id']}.yaml"
        if record["type"] != "Document":  # an exclusion needs its offsets
            file.write_text(re.sub(r', "(?:start|end)": \d+', "", originals[file]), encoding="utf-8")
    assert len(write(project, found)) == len(harbour.RECORDS) - 2
    for file, text in originals.items():
        assert yaml.safe_load(file.read_text(encoding="utf-8")) == yaml.safe_load(text)
    assert kg.build(project).diagnostics == ()
