"""Exit codes and streams are a contract: 0 fine, 1 findings, 2 wrong usage, 3 the environment, 130 interrupted.

Results go to stdout, all else to stderr. The number is the row of bad inputs.
"""

from __future__ import annotations

import json
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import PATIENCE, interruptible

from kg.cli import COMMANDS

BAD = "- id: X\n  type: Person\n"


@pytest.fixture
def bad(small: Path) -> Path:
    """The small project with a finding."""
    (small / "facts" / "bad.yaml").write_text(BAD, encoding="utf-8")
    return small


@pytest.fixture
def odd(small: Path) -> Path:
    """The small project with a warning."""
    (small / "facts" / "x.yaml~").write_text(BAD, encoding="utf-8")
    return small


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["--version"], *([command, "--help"] for command in COMMANDS)]
)
def test_0_help(run, arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.code == 0
    assert ended.out
    assert ended.err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["validate"],
        ["validate", "--engine", "pyshacl"],
        ["build"],
        ["build", "--unchecked"],
        ["query", "--list"],
        ["find", "Kim"],
        ["find", "no such words"],
        ["why", "kim-says-so"],
        ["why", "Kim Jong Un"],
        ["audit"],
        ["export", "turtle"],
        ["export", "ntriples"],
        ["export", "nquads"],
        ["explain", "unknown-field"],
    ],
)
def test_0_fine(run, small: Path, arguments: list[str]) -> None:
    assert run("--project", small, *arguments).code == 0


@pytest.mark.parametrize(
    ("query", "out"),
    [
        ("ASK { ?s ?p ?o }", "yes\n"),
        ("ASK { <x:nobody> ?p ?o }", "no evidence\n"),
        ("SELECT * { <x:nobody> ?p ?o }", ""),
    ],
)
def test_0_an_answer_whatever_it_is(run, small: Path, query: str, out: str) -> None:
    ended = run("--project", small, "query", "-", stdin=query)
    assert (ended.code, ended.out) == (0, out)
    assert "5 records" in ended.err


def test_0_the_shipped_schema_is_what_the_ontology_says(run) -> None:
    ended = run("schema", "--check", cwd=Path(__file__).parents[2])
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_0_a_new_project(run, tmp_path: Path) -> None:
    assert run("init", "new").code == 0
    assert run("--project", "new", "validate").code == 0
    assert (tmp_path / "new" / "facts" / "dataset.yaml").is_file()


@pytest.mark.parametrize(
    "command",
    [
        ["validate"],
        ["build"],
        ["export", "turtle"],
        ["query", "--list"],
        ["find", "Kim"],
        ["why", "kim-jong-un"],
        ["audit"],
    ],
)
def test_1_a_finding(run, bad: Path, command: list[str]) -> None:
    ended = run("--project", bad, *command)
    assert ended.code == 1
    assert "facts/bad.yaml:1:7: error[bad-id]" in (ended.out if command == ["validate"] else ended.err)
    assert not (bad / "build").exists()
    if command != ["validate"]:
        assert ended.out == ""


@pytest.mark.parametrize("command", [["validate"], ["build"], ["export", "turtle"], ["query", "--list"], ["schema"]])
def test_1_a_fault_of_the_ontology(run, small: Path, own_ontology: Path, command: list[str]) -> None:
    (own_ontology / "more.ttl").write_text("<a", encoding="utf-8")
    ended = run("--project", small, *command)
    assert ended.code == 1
    assert "ontology/more.ttl:1:1: error[ontology-syntax]" in ended.out + ended.err
    assert not (small / "build").exists()


def test_1_a_schema_that_drifted(run, small: Path, own_ontology: Path) -> None:
    (own_ontology / "context.jsonld").write_text("{}", encoding="utf-8")
    ended = run("--project", small, "schema", "--check")
    assert (ended.code, ended.out) == (1, "")
    assert "schema-drift" in ended.err


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on(run, odd: Path, level: str, code: int) -> None:
    ended = run("--project", odd, "validate", "--fail-on", level)
    assert ended.code == code
    assert "facts/x.yaml~:1:1: warning[ignored-file]" in ended.out


def test_a_warning_stops_no_build(run, odd: Path) -> None:
    ended = run("--project", odd, "build")
    assert (ended.code, ended.out) == (0, f"{odd / 'build' / 'kg.ttl'}\n")
    assert "warning[ignored-file]" in ended.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--frobnicate"], id="38 unknown flag"),
        pytest.param(["validate", "--frobnicate"], id="38 unknown flag of a command"),
        pytest.param(["frobnicate"], id="38 unknown command"),
        pytest.param([], id="38 no command"),
        pytest.param(["validate", "--format", "xml"], id="38 unknown format"),
        pytest.param(["validate", "--engine", "none"], id="38 unknown engine"),
        pytest.param(["validate", "--fail-on", "never"], id="38 unknown level"),
        pytest.param(["validate", "facts"], id="38 an argument too many"),
        pytest.param(["build", "--out"], id="38 a flag without its value"),
        pytest.param(["build", "--without", "nothing-like-it"], id="38 no such document"),
        pytest.param(["query"], id="38 no question"),
        pytest.param(["query", "no-such-question"], id="38 no such question"),
        pytest.param(["query", "missing.rq"], id="38 no such file"),
        pytest.param(["query", "--list", "x"], id="38 a question and a list"),
        pytest.param(["query", "names-of-record", "--set", "record"], id="38 a setting without a value"),
        pytest.param(
            ["query", "names-of-record", "--set", "record=Nobody At All"], id="38 a setting that is no record"
        ),
        pytest.param(
            ["query", "names-of-record", "--set", "nothing=kim-jong-un"],
            id="38 a setting that the question does not have",
        ),
        pytest.param(["query", "names-of-record", "--format", "pdf"], id="38 an unknown format of answers"),
        pytest.param(["query", ""], id="38 an empty question"),
        pytest.param(["find"], id="38 nothing to find"),
        pytest.param(["why"], id="38 why what"),
        pytest.param(["why", "nobody-at-all"], id="38 why nobody"),
        pytest.param(["why", "kim-jong-un", "nofield"], id="38 why no field"),
        pytest.param(["explain", "no-such-code"], id="38 no such code"),
        pytest.param(["export"], id="38 no format"),
        pytest.param(["export", "rdfxml-in-crayon"], id="38 no such format"),
        pytest.param(["new", "Nothing", "x"], id="38 no such type"),
        pytest.param(["new", "Person", "Not An Id"], id="38 no id"),
        pytest.param(["new", "Person", "kim-jong-un"], id="38 an id that is taken"),
        pytest.param(["audit", "--texts", "missing"], id="38 no such folder of texts"),
        pytest.param(["audit", "--texts", ""], id="38 an empty folder of texts"),
        pytest.param(["audit", "--write-offsets"], id="38 offsets without texts"),
        pytest.param(["build", "--out", ""], id="38 empty output"),
        pytest.param(["export", "turtle", "--out", ""], id="38 empty output of an export"),
        pytest.param(["build", "--out", "facts"], id="39 output is the input"),
        pytest.param(["build", "--out", "facts/new"], id="39 output in the input"),
        pytest.param(["build", "--out", "."], id="39 output around the input"),
        pytest.param(["build", "--out", "/"], id="39 output is the root"),
        pytest.param(["export", "turtle", "--out", "facts/actors.yaml"], id="39 an export over the input"),
        pytest.param(["export", "turtle", "--out", "facts"], id="39 an export over the folder of the input"),
        pytest.param(["export", "turtle", "--out", "/"], id="39 an export over the root"),
    ],
)
def test_2_wrong_usage(run, small: Path, arguments: list[str]) -> None:
    before = {file: file.read_bytes() for file in small.rglob("*") if file.is_file()}
    ended = run(*arguments, cwd=small)
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err
    assert {file: file.read_bytes() for file in small.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize("command", [["validate"], ["build"], ["query", "--list"], ["schema"]])
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("missing", id="38 missing path"),
        pytest.param("", id="38 empty path"),
        pytest.param("file", id="38 a file"),
    ],
)
def test_2_no_project_there(run, small: Path, path: str, command: list[str]) -> None:
    (small / "file").touch()
    assert run("--project", path, *command, cwd=small).code == 2


@pytest.mark.parametrize("command", [["validate"], ["build"], ["query", "--list"]])
def test_2_no_project_here(run, command: list[str]) -> None:
    ended = run(*command, cwd=Path("/"))
    assert ended.code == 2
    assert "no folder 'facts'" in ended.err


def test_39_home_is_no_output(run, small: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    ended = run("--project", small, "build", "--out", home, env={"HOME": str(home)})
    assert ended.code == 2
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s ?p",
        "",
        "DROP ALL",
        "INSERT DATA { <x:s> <x:p> <x:o> }",
        "SELECT * { SERVICE <http://127.0.0.1:9/> {} }",
        "\x00",
    ],
)
def test_2_a_query_that_is_none(run, small: Path, query: str) -> None:
    ended = run("--project", small, "query", "-", stdin=query)
    assert (ended.code, ended.out) == (2, "")


def test_2_a_query_file_that_is_no_text(run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "q.rq").write_bytes(b"ASK { ?s ?p 'caf\xe9' }")
    assert run("--project", small, "query", "q.rq").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["build", "--out", "/proc/kg"], id="42 build into a folder that cannot be written"),
        pytest.param(
            ["export", "turtle", "--out", "/proc/kg.ttl"], id="42 export into a folder that cannot be written"
        ),
        pytest.param(["init", "/proc/kg"], id="42 a new project in a folder that cannot be written"),
    ],
)
def test_3_the_environment(run, small: Path, arguments: list[str]) -> None:
    ended = run("--project", small, *arguments)
    assert (ended.code, ended.out) == (3, "")
    assert "/proc/" in ended.err


@pytest.mark.parametrize(
    "command",
    [
        ["validate", "--format", "sarif"],
        ["query", "-", "--format", "json"],
        ["query", "-", "--format", "turtle"],
        ["export", "ntriples"],
        ["build"],
        ["query", "--list"],
        ["--help"],
    ],
)
def test_3_standard_output_is_full(program: Path, small: Path, command: list[str]) -> None:
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }" if "turtle" in command else "SELECT * { ?s ?p ?o }"
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [program, *command],
            cwd=small,
            input=text,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 3
    assert "No space left" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.fixture
def watching(program: Path, small: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program as it waits for the facts to change."""
    process = subprocess.Popen(
        [program, "validate", "--watch"],
        cwd=small,
        bufsize=0,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        preexec_fn=interruptible,
    )
    yield process
    process.kill()
    process.communicate(timeout=60)


def line(process: subprocess.Popen[bytes]) -> str:
    """Read a line that the process has yet to write; not for ever."""
    assert process.stderr is not None
    ready, _, _ = select.select([process.stderr], [], [], PATIENCE)
    assert ready, "nothing said"
    return process.stderr.readline().decode()


def test_130_interrupted_while_it_waits_for_a_change(watching: subprocess.Popen[bytes]) -> None:
    assert line(watching) == "5 records: no errors\n"
    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=60)
    assert watching.returncode == 130
    assert b"Traceback" not in err


def test_watch_validates_again_after_every_change(watching: subprocess.Popen[bytes], small: Path) -> None:
    """Also after one that comes as soon as the findings are told."""
    for _ in range(3):
        assert line(watching) == "5 records: no errors\n"
        (small / "facts" / "bad.yaml").write_text(BAD, encoding="utf-8")
        assert line(watching).startswith("5 records: 1 error;")
        (small / "facts" / "bad.yaml").write_text(BAD + BAD, encoding="utf-8")
        assert line(watching).startswith("5 records: 2 errors;")
        (small / "facts" / "bad.yaml").unlink()


def test_findings_for_programs(run, bad: Path) -> None:
    (found,) = json.loads(run("--project", bad, "validate", "--format", "json").out)
    assert {key: found[key] for key in ("path", "line", "column", "severity", "code")} == {
        "path": "facts/bad.yaml",
        "line": 1,
        "column": 7,
        "severity": "error",
        "code": "bad-id",
    }
    (sarif,) = json.loads(run("--project", bad, "validate", "--format", "sarif").out)["runs"]
    (result,) = sarif["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1, "startColumn": 7}
    github = run("--project", bad, "validate", "--format", "github").out
    assert github.startswith("::error file=facts/bad.yaml,line=1,col=7,title=bad-id::")


@pytest.mark.parametrize(("format_", "empty"), [("json", "[]"), ("text", ""), ("github", "")])
def test_no_findings_for_programs(run, small: Path, format_: str, empty: str) -> None:
    assert run("--project", small, "validate", "--format", format_).out.strip() == empty


def test_23_many_findings_are_counted(run, small: Path) -> None:
    (small / "facts" / "bad.yaml").write_text(
        "".join(f"- {{id: X{n}, type: Person}}\n" for n in range(200)), encoding="utf-8"
    )
    one, other = (run("--project", small, "validate") for _ in range(2))
    assert one == other
    heads = [line for line in one.out.splitlines() if not line.startswith(" ")]
    assert heads == sorted(heads, key=lambda line: int(line.split(":")[1]))
    assert len(heads) == 200
    assert len(one.out.splitlines()) == 220, "the line itself is shown for the first ten"
    assert "200 errors" in one.err
    assert one.err.splitlines()[-1].split() == ["200", "bad-id"]


def test_an_unchecked_build_says_so(run, small: Path) -> None:
    ended = run("--project", small, "build", "--unchecked")
    assert "unchecked" in ended.err
    assert (small / "build" / "kg.ttl").read_text(encoding="utf-8").startswith("# Unchecked")
    assert run("--project", small, "build").code == 0
    assert "nchecked" not in (small / "build" / "kg.ttl").read_text(encoding="utf-8")


def test_a_build_with_findings_leaves_the_old_one(run, small: Path) -> None:
    assert run("--project", small, "build").code == 0
    old = {file.name: file.read_bytes() for file in (small / "build").iterdir()}
    (small / "facts" / "bad.yaml").write_text(BAD, encoding="utf-8")
    ended = run("--project", small, "build")
    assert (ended.code, ended.out) == (1, "")
    assert "nothing written" in ended.err
    assert {file.name: file.read_bytes() for file in (small / "build").iterdir()} == old


def test_the_program_is_found_on_the_path(program: Path) -> None:
    assert shutil.which("kg", path=str(program.parent)) == str(program)
