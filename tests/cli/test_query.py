"""`kg query`: answers in every format, each read by a program that is not ours; values that are bound; what is refused."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import pty
import re
import shutil
import struct
import subprocess
import termios
import unicodedata
import xml.etree.ElementTree as ET
from pathlib import Path

import harbour
import pyoxigraph as ox
import pytest
import rdflib
from generation import AWKWARD, STYLES
from inside import Done, kg
from listener import HARMLESS, listening, services, sources
from markdown_it import MarkdownIt
from program import PATIENCE, PROGRAM
from rdflib.query import Result

import kg as library

ONTOLOGY = Path(__file__).parents[2] / "ontology"
PEOPLE = "SELECT ?who WHERE { ?who a kg:Person }"
NOBODY = "SELECT ?who WHERE { ?who a kg:Person ; kg:childOf ?who }"
REASONS = "SELECT ?record ?reason WHERE { ?record a kg:Retired ; kg:reason ?reason }"

# Texts that break formats: quotes, line ends, separators, formulas, markup.
TEXTS = [
    *AWKWARD,
    '"""',
    "\\",
    '\\"',
    "'",
    "a\\nb",
    "tab\tinside",
    "\tbegins with a tab",
    "\rbegins with a carriage return",
    "\r\n",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    '=HYPERLINK("http://127.0.0.1:9/")',
    "]]>",
    "&amp; & < >",
    "</result>",
    "| pipe | pipe |",
    "\\|",
    "`code` **bold** __bold__ *em* _em_ ~~gone~~",
    "[link](http://127.0.0.1:9/)",
    "![picture](http://127.0.0.1:9/)",
    "<img src=x onerror=alert(1)>",
    "# heading",
    "- item",
    "https://example.org/a_b_c",
    "\u2028",
    "\u0301combining first",
    "x" * 300,
]
BY_ID = {f"old-{number}": text for number, text in enumerate(TEXTS)}
QUESTION = """\
# Question: Who is it?
# Parameter: ?who the person
# Parameter: ?status how it is presented
# Example: who=mira-voss
PREFIX kg: <https://w3id.org/kg-facts/ontology#>
SELECT ?who ?said ?status WHERE { ?said kg:speaker/kg:by ?who ; kg:status ?status }
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    old = [{"id": i, "type": "Retired", "label": {"en": i}, "reason": {"en": text}} for i, text in BY_ID.items()]
    root = harbour.write(tmp_path_factory.mktemp("harbour"))
    (root / "facts" / "old.yaml").write_text(STYLES["escaped"](old), encoding="utf-8")
    build = library.build(root)
    assert build.valid, build.diagnostics
    return root


def query(project: Path, *arguments: str | Path, stdin: str | bytes = "") -> Done:
    return kg("--project", project, "query", *arguments, stdin=stdin)


def process(
    project: Path, *arguments: str | Path, stdin: str | bytes = "", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run `kg query` as a process of its own."""
    return subprocess.run(
        [PROGRAM, "--project", project, "query", *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env={**os.environ, **(env or {})},
    )


def answered(project: Path, *arguments: str | Path, stdin: str | bytes = "") -> bytes:
    done = query(project, *arguments, stdin=stdin)
    assert done.code == 0, done.err
    return done.stdout


def refused(project: Path, *arguments: str | Path, stdin: str | bytes = "") -> str:
    """What is said of a query that is wrong: exit 2, nothing on standard output."""
    done = query(project, *arguments, stdin=stdin)
    assert (done.code, done.stdout) == (2, b""), done.err
    return done.err


def ids(rows: object) -> dict[str, str]:
    return {str(record).removeprefix(harbour.BASE): str(text) for record, text in rows}


# ----------------------------------------------------------------------------- formats


@pytest.fixture(scope="module")
def reasons(project: Path) -> dict[str, bytes]:
    return {
        format_: answered(project, "-", "--format", format_, stdin=REASONS)
        for format_ in ("csv", "tsv", "json", "xml", "markdown", "table")
    }


def test_csv(reasons: dict[str, bytes]) -> None:
    header, *rows = csv.reader(io.StringIO(reasons["csv"].decode(), newline=""))
    assert header == ["record", "reason"]
    found = ids(rows)
    assert {i: found[i].removeprefix("'") if BY_ID[i][:1] != "'" else found[i] for i in BY_ID} == BY_ID


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take a cell for a formula; a plain number is none."""
    return cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not re.fullmatch(r"[+-]?\d+(\.\d+)?", cell)


def test_csv_holds_no_formula(reasons: dict[str, bytes]) -> None:
    _, *rows = csv.reader(io.StringIO(reasons["csv"].decode(), newline=""))
    assert [cell for row in rows for cell in row if is_formula(cell)] == []
    formulas = [i for i, text in BY_ID.items() if is_formula(text)]
    assert len(formulas) > 8
    found = ids(rows)
    assert all(found[i] == "'" + BY_ID[i] for i in formulas)


def test_csv_keeps_numbers(project: Path) -> None:
    numbers = "SELECT ?a ?b ?c WHERE { VALUES (?a ?b ?c) { (-5 -0.5 '-5+1') } }"
    _, row = csv.reader(io.StringIO(answered(project, "-", "--format", "csv", stdin=numbers).decode()))
    assert row == ["-5", "-0.5", "'-5+1"]


def test_csv_is_not_fooled_by_a_datatype(project: Path) -> None:
    text = 'SELECT (STRDT("=1+1", <http://127.0.0.1:9/#integer>) AS ?a) (STRDT("@x", xsd:decimal) AS ?b) {}'
    _, row = csv.reader(io.StringIO(answered(project, "-", "--format", "csv", stdin=text).decode()))
    assert [cell[0] for cell in row] == ["'", "'"]


def test_csv_is_of_the_w3c(project: Path) -> None:
    made = answered(project, "-", "--format", "csv", stdin="SELECT ?x ?y { VALUES (?x ?y) { (<http://e/a> UNDEF) } }")
    assert made == b"x,y\r\nhttp://e/a,\r\n"


def test_tsv(reasons: dict[str, bytes]) -> None:
    lines = reasons["tsv"].decode().split("\n")
    assert lines[0] == "?record\t?reason"
    rows = [line.split("\t") for line in lines[1:] if line]
    assert all(len(row) == 2 for row in rows), "tabs and line ends are escaped"
    turtle = "\n".join(f"{record} <x:reason> {reason} ." for record, reason in rows)
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    assert ids(graph.subject_objects()) == BY_ID


def test_json(reasons: dict[str, bytes]) -> None:
    made = json.loads(reasons["json"])
    assert made["head"]["vars"] == ["record", "reason"]
    rows = made["results"]["bindings"]
    assert ids((row["record"]["value"], row["reason"]["value"]) for row in rows) == BY_ID
    assert {(row["record"]["type"], row["reason"]["type"], row["reason"]["xml:lang"]) for row in rows} == {
        ("uri", "literal", "en")
    }
    assert ids(Result.parse(io.BytesIO(reasons["json"]), format="json")) == BY_ID


def test_xml(reasons: dict[str, bytes]) -> None:
    names = {"r": "http://www.w3.org/2005/sparql-results#"}
    root = ET.fromstring(reasons["xml"])  # noqa: S314 - it is ours
    assert [v.get("name") for v in root.findall("r:head/r:variable", names)] == ["record", "reason"]
    found = [
        (result.findtext("r:binding/r:uri", "", names), result.findtext("r:binding/r:literal", "", names))
        for result in root.findall("r:results/r:result", names)
    ]
    assert ids(found) == BY_ID
    assert ids(Result.parse(io.BytesIO(reasons["xml"]), format="xml")) == BY_ID


def test_markdown(reasons: dict[str, bytes]) -> None:
    """A reader sees the words to the letter, in two columns, whatever they mean to Markdown."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(reasons["markdown"].decode())
    cells: list[str] = []
    for position, token in enumerate(tokens):
        if token.type in ("td_open", "th_open"):
            inner = tokens[position + 1].children or []
            assert {child.type for child in inner} <= {"text", "text_special"}, inner
            cells.append("".join(child.content for child in inner))
    assert not {token.type for token in tokens} & {"html_block", "heading_open", "bullet_list_open", "fence"}
    rows = list(zip(cells[::2], cells[1::2], strict=True))
    assert rows[0] == ("record", "reason")

    def visible(text: str) -> str:
        return " ".join(text.split())

    shown = {record: visible(reason) for record, reason in rows[1:]}
    assert shown == {i: visible(text) for i, text in BY_ID.items()}


def test_table(reasons: dict[str, bytes]) -> None:
    lines = reasons["table"].decode().split("\n")
    assert lines[0].split() == ["record", "reason"]
    shown = "\n".join(lines)
    assert "x" * 60 in shown
    assert shown.count("x") >= 300, "long words are wrapped, not cut"
    assert "\x1b" not in shown, "no colours in a pipe"
    for identifier in BY_ID:
        assert re.search(rf"^{identifier}\b", shown, re.MULTILINE)


def width(line: str) -> int:
    """Columns that a line takes in a terminal."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in line)
    return len(line) + wide - sum(unicodedata.combining(character) > 0 for character in line)


def test_table_wraps(reasons: dict[str, bytes]) -> None:
    assert max(width(line) for line in reasons["table"].decode().split("\n")) <= 120


def terminal(project: Path, columns: int, text: str) -> str:
    """What a terminal of so many columns shows."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")} | {"TERM": "xterm"}
    with subprocess.Popen(
        [PROGRAM, "--project", project, "query", "-"],
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=env,
    ) as running:
        os.close(theirs)
        running.stdin.write(text.encode())
        running.stdin.close()
        pieces = []
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not piece:
                break
            pieces.append(piece)
        assert running.wait(PATIENCE) == 0
    os.close(ours)
    return b"".join(pieces).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [40, 100])
def test_table_fits_the_terminal(columns: int, project: Path) -> None:
    text = "SELECT ?said ?proposition WHERE { ?said kg:proposition ?proposition }"
    shown = re.sub(r"\x1b\[[0-9;]*m", "", terminal(project, columns, text))
    assert max(width(line) for line in shown.split("\n")) <= columns
    assert "never" in shown


def test_table_shows_labels_and_no_long_iris(project: Path) -> None:
    text = "SELECT DISTINCT ?p ?o WHERE { kg:Person a ?x . ?s ?p ?o . FILTER(ISIRI(?o)) ?s a kg:Statement }"
    shown = answered(project, "-", stdin=text).decode()
    assert "Mira Voss" not in shown
    assert "Arland" in shown
    assert "own voice" in shown
    assert "://" not in shown


def test_table_shows_no_control_characters(project: Path) -> None:
    text = 'SELECT ?a ?b { BIND("\\u001b[31mred\\u0007" AS ?a) BIND("left\\u202eright" AS ?b) }'
    shown = answered(project, "-", stdin=text).decode()
    assert not {c for c in shown if not c.isprintable()} - {"\n"}
    assert "red" in shown
    assert "left" in shown


def test_construct_is_turtle(project: Path) -> None:
    text = "CONSTRUCT { ?s kg:reason ?o } WHERE { ?s a kg:Retired ; kg:reason ?o }"
    made = answered(project, "-", stdin=text)
    assert made == answered(project, "-", "--format", "turtle", stdin=text)
    graph = rdflib.Graph().parse(data=made.decode(), format="turtle")
    assert ids(graph.subject_objects()) == BY_ID
    assert len(list(ox.parse(made, format=ox.RdfFormat.TURTLE))) == len(BY_ID)


def test_ask_is_answered(project: Path) -> None:
    yes, no = "ASK { ?who a kg:Person }", "ASK { ?who a kg:Person ; kg:childOf ?who }"
    assert answered(project, "-", stdin=yes) == b"yes\n"
    assert answered(project, "-", stdin=no) == b"no evidence\n"
    assert json.loads(answered(project, "-", "--format", "json", stdin=yes))["boolean"] is True
    assert (
        Result.parse(io.BytesIO(answered(project, "-", "--format", "xml", stdin=no)), format="xml").askAnswer is False
    )


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        ("turtle", PEOPLE),
        ("turtle", "ASK {}"),
        ("table", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
        ("csv", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
        ("json", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"),
    ],
)
def test_a_format_that_does_not_fit(format_: str, text: str, project: Path) -> None:
    assert "turtle" in refused(project, "-", "--format", format_, stdin=text)


def test_an_unknown_format(project: Path) -> None:
    assert "table" in refused(project, "-", "--format", "yaml", stdin=PEOPLE)


# ----------------------------------------------------------------------------- streams, and what is not there

_FORMATS = ["table", "csv", "tsv", "json", "xml", "markdown"]


@pytest.mark.parametrize("format_", _FORMATS)
def test_an_empty_answer_is_no_evidence(format_: str, project: Path) -> None:
    done = query(project, "-", "--format", format_, stdin=NOBODY)
    said = done.err
    assert done.code == 0
    assert "no evidence" in said
    assert "not a no" in said
    assert f"{len(harbour.RECORDS) + len(BY_ID)} records" in said
    assert "evidence" not in done.out, "standard output is for results"
    assert done.out == "" if format_ == "table" else "who" in done.out


def test_an_empty_graph_is_no_evidence(project: Path) -> None:
    done = query(project, "-", stdin="CONSTRUCT { ?s a kg:Person } WHERE { ?s a kg:Person ; kg:childOf ?s }")
    assert done.code == 0
    assert "no evidence" in done.err
    assert not list(ox.parse(done.stdout, format=ox.RdfFormat.TURTLE))


@pytest.mark.parametrize("format_", _FORMATS)
def test_every_answer_says_how_small_the_corpus_is(format_: str, project: Path) -> None:
    done = query(project, "-", "--format", format_, stdin=PEOPLE)
    assert f"{len(harbour.RECORDS) + len(BY_ID)} records" in done.err
    assert "records" not in done.out
    assert "Voss" in done.out or "mira-voss" in done.out


# ----------------------------------------------------------------------------- where a query comes from


def test_from_a_file(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.rq"
    file.write_text(PEOPLE, encoding="utf-8")
    assert answered(project, file) == answered(project, "-", stdin=PEOPLE)


def test_from_a_file_of_windows(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.rq"
    file.write_bytes(b"\xef\xbb\xbf# Question: Who?\r\n" + PEOPLE.replace(" WHERE", "\r\nWHERE").encode())
    assert b"Mira Voss" in answered(project, file)


def test_a_named_question(tmp_path: Path) -> None:
    root = harbour.write(tmp_path)
    folder = shutil.copytree(ONTOLOGY, root / "ontology", ignore=shutil.ignore_patterns("questions"))
    (folder / "questions").mkdir()
    (folder / "questions" / "who-said-it.rq").write_text(QUESTION, encoding="utf-8")
    shown = answered(root, "who-said-it").decode()
    assert "Who is it?" in shown
    assert "Mira Voss" in shown
    assert (
        "attributed"
        in answered(root, "who-said-it", "--set", "who=Mira Voss", "--set", "status=status/attributed").decode()
    )
    assert answered(root, "who-said-it", "--set", "who=arland") == b""
    listed = answered(root, "--list").decode()
    for part in ("who-said-it", "Who is it?", "--set who", "--set status"):
        assert part in listed
    assert "did you mean 'who-said-it'" in refused(root, "who-sad-it")
    assert "it takes who, status" in refused(root, "who-said-it", "--set", "whom=arland")


def test_shipped_questions_are_listed(project: Path) -> None:
    listed = answered(project, "--list").decode()
    names = sorted(file.stem for file in (ONTOLOGY / "questions").glob("*.rq"))
    assert names
    for name in names:
        assert re.search(rf"^{name}\b", listed, re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    ["", " ", "SELECT", "SELECT ?x WHERE {", "\x00", "{" * 90, "ü", "SELECT ?x WHERE { ?x a nope:y }", "a" * 100_000],
)
def test_what_is_no_query(text: str, project: Path) -> None:
    assert refused(project, "-", stdin=text).startswith("Error: ")


@pytest.mark.parametrize(
    "text", ["INSERT DATA { <x:a> <x:b> <x:c> }", "DELETE WHERE { ?s ?p ?o }", "DROP ALL", "LOAD <http://127.0.0.1:9/>"]
)
def test_an_update(text: str, project: Path) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    refused(project, "-", stdin=text)
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


def test_bytes_that_are_no_text(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.rq"
    file.write_bytes(b"SELECT \xff")
    assert "UTF-8" in refused(project, file)


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_bytes_that_are_no_text_on_standard_input(locale: str, project: Path) -> None:
    ended = process(project, "-", stdin=b"SELECT ?x { ?x ?y '\xff' }", env={"LC_ALL": locale})
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"UTF-8" in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["--list", "-"], ["missing.rq"], [""], ["."], ["facts"], ["-", "extra"], ["-", "--nope"]]
)
def test_wrong_usage(arguments: list[str], project: Path) -> None:
    refused(project, *arguments, stdin=PEOPLE)


# ----------------------------------------------------------------------------- values that are bound

_BOUND = "SELECT ?who ?said WHERE { ?said kg:speaker/kg:by ?who }"


@pytest.mark.parametrize(
    "value", ["mira-voss", "Mira Voss", "MIRA  VOSS", "Arland’s president", f"<{harbour.BASE}mira-voss>"]
)
def test_a_value_is_an_id_a_name_or_a_term(value: str, project: Path) -> None:
    assert "voss-on-harbour" in answered(project, "-", "--set", f"who={value}", stdin=_BOUND).decode()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("Lenz", "'Lenz' can mean arland, lenz; give the id"),
        ("mira-vos", "did you mean 'mira-voss'?"),
        ("nobody", "no record is called 'nobody'"),
        ("", "no record is called ''"),
        ("<https://example.org/a\nb>", "no term"),
        ('"x" . ?s ?p "y"', "no term"),
    ],
)
def test_a_value_that_is_none(value: str, message: str, project: Path) -> None:
    assert message in refused(project, "-", "--set", f"who={value}", stdin=_BOUND)


@pytest.mark.parametrize(
    "pair",
    ["who", "nope=mira-voss", "=mira-voss", "who said=mira-voss", "who }=mira-voss", "?who=mira-voss", "Who=mira-voss"],
)
def test_a_name_that_is_no_variable(pair: str, project: Path) -> None:
    refused(project, "-", "--set", pair, stdin=_BOUND)


def test_a_variable_in_a_comment_only(project: Path) -> None:
    refused(project, "-", "--set", "other=mira-voss", stdin=f"# ?other\n{_BOUND}")


INJECTIONS = [
    '"} UNION { ?s ?p ?who"',
    '"\\" . ?s ?p ?o . \\""',
    '"} SERVICE <http://127.0.0.1:9/> { ?s ?p ?o"',
    "<x:a\\u003e\\u0020?p\\u0020?who>",
]


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_value_injects_nothing(value: str, project: Path) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    done = query(project, "-", "--set", f"who={value}", "--format", "csv", stdin=_BOUND)
    assert done.code in (0, 2)
    assert done.stdout in (b"who,said\r\n", b""), "no row but those of that value"
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


# ----------------------------------------------------------------------------- what no query may do


@pytest.mark.parametrize(
    "spelling",
    [
        "plain",
        "mixed case",
        "silent without a space",
        "a prefixed name",
        "an escape",
        "in a filter",
        "after an escaped number sign",
    ],
)
def test_service_is_refused_and_nothing_is_sent(spelling: str, project: Path) -> None:
    with listening() as listener:
        text = services(listener)[spelling]
        refused(project, "-", stdin=text)
        assert listener.connections == []


def test_service_is_refused_to_a_process_too(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "service.rq"
    with listening() as listener:
        file.write_text(services(listener)["plain"], encoding="utf-8")
        ended = process(project, file, "--format", "json")
        assert (ended.returncode, ended.stdout) == (2, b"")
        assert listener.connections == []


@pytest.mark.parametrize("name", ["FROM", "FROM NAMED", "BASE"])
def test_data_of_others_is_not_fetched(name: str, project: Path) -> None:
    with listening() as listener:
        done = query(project, "-", stdin=sources(listener)[name])
        assert done.code in (0, 2)
        assert done.out == ""
        assert listener.connections == []


@pytest.mark.parametrize("name", HARMLESS)
def test_the_word_does_no_harm_elsewhere(name: str, project: Path) -> None:
    assert len(answered(project, "-", "--format", "csv", stdin=HARMLESS[name]).splitlines()) == 2


# Small queries that crash the engine's process when it is given them: 60 of the bad inputs, and its relatives.
CRASHES = {
    "braces": "SELECT * " + "{" * 3000 + "}" * 3000,
    "negations": "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
    "alternatives": "SELECT * { FILTER(" + "||".join(["true"] * 20_000) + ") }",
    "a path": "SELECT * { ?s " + "/".join(["<x:p>"] * 20_000) + " ?o }",
}


@pytest.mark.parametrize("name", CRASHES)
def test_no_query_crashes_the_program(name: str, project: Path) -> None:
    ended = process(project, "-", stdin=CRASHES[name])
    assert ended.returncode in (0, 2, 3), "killed" if ended.returncode < 0 else ended.stderr.decode()
    assert b"Traceback" not in ended.stderr


# ----------------------------------------------------------------------------- the same bytes


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * WHERE { ?s a kg:Statement ; ?p ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s a kg:Actor ; ?p ?o }",
    ],
)
def test_the_same_bytes_wherever_it_is_asked(text: str, project: Path) -> None:
    environments = [
        {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Seoul"},
    ]
    outs = {process(project, "-", stdin=text, env=env).stdout for env in environments}
    assert len(outs) == 1
    assert b"arland" in outs.pop().lower()


_CURLY = "SELECT ?text WHERE { ?x kg:exact ?text FILTER(CONTAINS(?text, '“')) }"


def test_a_terminal_that_knows_ascii_only(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "curly.rq"
    file.write_text(_CURLY, encoding="utf-8")
    ended = process(project, file, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"will never again" in ended.stdout


def test_standard_input_is_utf_8_whatever_the_terminal(project: Path) -> None:
    ended = process(project, "-", stdin=_CURLY, env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert ended.returncode == 0, ended.stderr.decode()
    assert b"will never again" in ended.stdout
