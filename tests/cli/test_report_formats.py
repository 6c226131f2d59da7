"""`kg validate --format`: the same findings as text, JSON, SARIF and workflow commands, each read by its own rules."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import harbour
import jsonschema
import pytest
from conftest import PROGRAM
from harbour import statement
from inside import kg

# A file a name, with ^ before each place where something is wrong. The names and the values are made to break formats.
FILES = {
    "plain.yaml": "- id: one\n  type: Person\n  ^labl: x\n",
    "wide.yaml": '- id: two\n  type: Person\n  label: {en: "🚢한"}\n  note: {en: "🚢한", ^no_lang: "x"}\n',
    "crlf.yaml": "- id: three\r\n  type: Person\r\n  label: {en: x}\r\n  ^childof: one\r\n",
    "warned.yaml": '- id: six\n  type: Retired\n  label: {en: ^"in\\u200Bvisible"}\n  reason: {en: "x"}\n',
    "with space#1 %41 ,:;.yaml": '- id: ^"Bad Id, 100%: \\r\\n::error::x"\n  type: Retired\n',
    "öffentlich.yaml": '- id: ^"left\\u202Eright"\n  type: Retired\n',
    "control.yaml": '- id: four\n  type: Retired\n  label: {en: ^"bell\\a"}\n  reason: {en: "x"}\n',
    "broken.yaml": "- id: five\n  type: Retired\n  label: {en: x^: y}\n",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = harbour.write(tmp_path_factory.mktemp("harbour"))
    for name, text in FILES.items():
        (root / "facts" / name).write_bytes(text.replace("^", "", 1).encode())
    (root / "facts" / "es\x1bcape.yaml").write_text("", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def outputs(project: Path) -> dict[str, str]:
    made = {}
    for format_ in ("text", "json", "sarif", "github"):
        done = kg("--project", project, "validate", "--format", format_)
        assert done.code == 1, done.err
        assert "errors" in done.err
        made[format_] = done.out
    return made


Finding = tuple[str, int, int, str, str]  # path, line, column, severity, code


def heads(out: str) -> list[str]:
    """The lines of a text report without the excerpts, which are indented."""
    return [line for line in out.splitlines() if not line.startswith(" ")]


def text(out: str) -> dict[Finding, str]:
    """Read `file:line:column: severity[code] message`."""
    found = {}
    for line in heads(out):
        match = re.fullmatch(r"(.+?):(\d+):(\d+): (error|warning|info)\[([a-z0-9/-]+)\] (.+)", line)
        assert match, line
        path, row, column, severity, code, message = match.groups()
        found[path, int(row), int(column), severity, code] = message
    return found


def json_(out: str) -> dict[Finding, str]:
    """Read the list of objects."""
    made = json.loads(out)
    for one in made:
        assert set(one) == {"path", "line", "column", "severity", "code", "message", "hint"}
    return {
        (one["path"], one["line"], one["column"], one["severity"], one["code"]): "; ".join(
            filter(None, (one["message"], one["hint"]))
        )
        for one in made
    }


def sarif(out: str) -> dict[Finding, str]:
    """Read SARIF 2.1.0: 3.13 file, 3.14 run, 3.27 result, 3.29 physical location, 3.30 region, 3.4 artifact location."""
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    levels = {"error": "error", "warning": "warning", "note": "info"}
    found = {}
    for result in run["results"]:
        (location,) = result["locations"]
        place = location["physicalLocation"]
        parts = urlsplit(place["artifactLocation"]["uri"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
        assert re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]+", parts.path), f"no URI (RFC 3986): {parts.path!r}"
        region = place["region"]
        assert result["ruleId"] in rules
        key = (
            unquote(parts.path),
            region["startLine"],
            region["startColumn"],
            levels[result["level"]],
            result["ruleId"],
        )
        found[key] = result["message"]["text"]
    return found


def github(out: str) -> dict[Finding, str]:
    """Read workflow commands, with the escapes of actions/toolkit: % CR LF everywhere, : and , in properties."""

    def undo(value: str, escapes: dict[str, str]) -> str:
        return re.sub("|".join(escapes), lambda match: escapes[match[0]], value)

    data = {"%25": "%", "%0D": "\r", "%0A": "\n"}
    found = {}
    for line in out.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        level, properties, message = match.groups()
        made = dict(pair.split("=", 1) for pair in properties.split(","))
        assert set(made) == {"file", "line", "col", "title"}
        made = {name: undo(value, {**data, "%3A": ":", "%2C": ","}) for name, value in made.items()}
        severity = {"notice": "info"}.get(level, level)
        found[made["file"], int(made["line"]), int(made["col"]), severity, made["title"]] = undo(message, data)
    return found


READERS: dict[str, Callable[[str], dict[Finding, str]]] = {
    "text": text,
    "json": json_,
    "sarif": sarif,
    "github": github,
}


def marked(name: str) -> tuple[int, int]:
    """The place that ^ marks, counted from 1."""
    before = FILES[name].partition("^")[0]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize("format_", READERS)
def test_every_finding_is_told_at_its_place(format_: str, outputs: dict[str, str]) -> None:
    found = READERS[format_](outputs[format_])
    places = {(path, line, column) for path, line, column, _, _ in found}
    for name in FILES:
        assert (f"facts/{name}", *marked(name)) in places, name


def test_every_format_tells_the_same(outputs: dict[str, str]) -> None:
    """In JSON and SARIF to the letter; in text and workflow commands with what a terminal cannot show as an escape."""
    truth = json_(outputs["json"])
    assert {path for path, *_ in truth} == {f"facts/{name}" for name in (*FILES, "es\x1bcape.yaml")}
    assert sarif(outputs["sarif"]) == truth

    def visible(value: str) -> str:
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in value)

    shown = {(visible(path), *rest): visible(message) for (path, *rest), message in truth.items()}
    assert text(outputs["text"]) == shown
    assert {(visible(path), *rest): visible(m) for (path, *rest), m in github(outputs["github"]).items()} == shown


def test_findings_stand_in_the_order_of_files_and_lines(outputs: dict[str, str]) -> None:
    places = [(one["path"], one["line"], one["column"]) for one in json.loads(outputs["json"])]
    assert places == sorted(places)
    assert len(places) == len(heads(outputs["text"])) == len(outputs["github"].splitlines())


def test_severities_and_codes(outputs: dict[str, str]) -> None:
    found = {(path, severity, code) for path, _, _, severity, code in json_(outputs["json"])}
    assert ("facts/plain.yaml", "error", "unknown-field") in found
    assert ("facts/crlf.yaml", "error", "unknown-field") in found
    assert ("facts/control.yaml", "error", "control-character") in found
    assert ("facts/broken.yaml", "error", "yaml-syntax") in found
    assert ("facts/warned.yaml", "warning", "invisible-character") in found
    assert ("facts/es\x1bcape.yaml", "error", "empty-file") in found


@pytest.mark.parametrize("format_", READERS)
def test_no_control_character_reaches_the_terminal(format_: str, outputs: dict[str, str]) -> None:
    assert {c for c in outputs[format_] if not c.isprintable()} <= {"\n"}


def test_a_text_cannot_make_a_workflow_command(outputs: dict[str, str]) -> None:
    lines = outputs["github"].splitlines()
    assert len(lines) == len(json_(outputs["json"]))
    assert all(line.startswith(("::error file=", "::warning file=")) for line in lines)


@pytest.mark.parametrize("format_", READERS)
def test_a_valid_project(format_: str, tmp_path: Path) -> None:
    done = kg("--project", harbour.write(tmp_path), "validate", "--format", format_)
    assert done.code == 0
    assert READERS[format_](done.out) == {}
    assert done.err == "10 records: no errors\n"


def test_levels_of_failure(tmp_path: Path) -> None:
    root = harbour.write(tmp_path, statement("twin", label={"en": "Statement voss-on-harbour"}))
    codes = {
        level: kg("--project", root, "validate", "--fail-on", level).code for level in ("error", "warning", "info")
    }
    assert codes == {"error": 0, "warning": 1, "info": 1}
    assert kg("--project", root, "validate").code == 0


def test_both_engines_tell_the_same(tmp_path: Path) -> None:
    root = harbour.write(tmp_path, statement("bad", kind=None, about=None, speaker={"by": "mira-voss", "in": "report"}))
    outs = {
        kg("--project", root, "validate", "--engine", engine, "--format", "json").out for engine in ("shacl", "pyshacl")
    }
    assert len(outs) == 1
    assert "shape/min-count" in outs.pop()


def test_json_is_as_its_schema_says(outputs: dict[str, str]) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs/diagnostics.schema.json").read_text(encoding="utf-8"))
    judge = jsonschema.Draft202012Validator(schema)
    judge.check_schema(schema)
    findings = json.loads(outputs["json"])
    judge.validate(findings)
    assert {finding["severity"] for finding in findings} >= {"error", "warning"}
    for name in schema["items"]["properties"]:
        without = {key: value for key, value in findings[0].items() if key != name}
        assert not judge.is_valid([without]), f"{name} is required"
    assert not judge.is_valid([findings[0] | {"line": 0}])


# That of version 2.1.0 as @microsoft/jest-sarif 1.0.0-beta.0 carries it (MIT): a judge that looks up nothing.
SARIF_SCHEMA = json.loads((Path(__file__).parents[1] / "schemas" / "sarif-2.1.0.json").read_bytes())


def test_sarif_is_valid(outputs: dict[str, str], tmp_path: Path) -> None:
    judge = jsonschema.Draft4Validator(SARIF_SCHEMA)
    empty = kg("--project", harbour.write(tmp_path), "validate", "--format", "sarif").out
    for text in (outputs["sarif"], empty):
        assert [error.message for error in judge.iter_errors(json.loads(text))] == []
    spoilt = json.loads(outputs["sarif"])
    spoilt["runs"][0]["results"][0]["level"] = "fatal"
    assert not judge.is_valid(spoilt)


def test_every_rule_of_sarif_carries_its_page(outputs: dict[str, str]) -> None:
    (run,) = json.loads(outputs["sarif"])["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert rule["help"]["text"] in kg("explain", rule["id"]).out
        assert 10 < len(rule["shortDescription"]["text"]) < 300


def test_the_line_is_shown_with_a_mark_at_the_place(outputs: dict[str, str]) -> None:
    """In cells of a terminal: a letter of East Asia and a picture take two."""
    lines = outputs["text"].splitlines()
    assert max(map(len, [line for line in lines if line.startswith(" ")])) <= 80
    for name, shown, word in (
        ("plain.yaml", "  labl: x", "labl"),
        ("wide.yaml", '  note: {en: "🚢한", no_lang: "x"}', "no_lang"),
    ):
        row, column = marked(name)
        head = next(i for i, line in enumerate(lines) if line.startswith(f"facts/{name}:{row}:{column}:"))
        before = shown[: shown.index(word)]
        cells = len(before) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in before)
        assert lines[head + 1] == f"{row:5} | {shown}"
        assert lines[head + 2] == f"      | {' ' * cells}{'^' * len(word)}"


def _on_a_terminal(project: Path, **env: str) -> str:
    """What `kg validate` writes on a terminal of 60 columns."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [PROGRAM, "--project", project, "validate"],
        stdout=slave,
        stderr=subprocess.DEVNULL,
        env={**environment, "TERM": "xterm", **env},
    )
    os.close(slave)
    pieces = []
    with contextlib.suppress(OSError):  # Linux tells the end so
        while piece := os.read(master, 65536):
            pieces.append(piece)
    process.wait(60)
    os.close(master)
    return b"".join(pieces).decode().replace("\r\n", "\n")


def test_colours_and_wrapped_hints_on_a_terminal_only(project: Path, outputs: dict[str, str]) -> None:
    coloured = _on_a_terminal(project)
    plain = _on_a_terminal(project, NO_COLOR="1")
    assert "\x1b[31m" in coloured
    assert "\x1b" not in plain + outputs["text"]
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain
    hints = [line for line in plain.splitlines() if line.startswith("    ") and " | " not in line]
    assert hints
    assert max(map(len, hints)) <= 60
