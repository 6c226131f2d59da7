"""The program among full disks, sudden deaths, strange terminals and other programs. The number is the row of bad inputs."""

from __future__ import annotations

import itertools
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import faults
import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg import cli, turtle
from kg.cli import ENVIRONMENT

CHANGED = ("kg.ttl", "ontology.ttl")  # by an edit of facts and ontology
# Runs `kg` and kills it at the n-th call that touches the disk: python -c DYING number arguments
DYING = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(faults.__file__).parent)!r})
import faults
from kg.cli import main
number, sys.argv = int(sys.argv[1]), ["kg", *sys.argv[2:]]
with faults.at(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
    main()
"""


def heads(out: str) -> list[str]:
    """The findings of a report, without the excerpts below them."""
    return [line for line in out.splitlines() if not line.startswith(" ")]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}


def entries(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def edit(project: Path) -> None:
    """Change what a build gives: facts and ontology."""
    for file, old, new in (
        (project / "facts" / "actors.yaml", '"Kim Jong Un"}', '"Kim Jong-un"}'),
        (project / "ontology" / "ontology.ttl", '"actor"@en', '"player"@en'),
    ):
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def built(run, small: Path, own_ontology: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """A project that was built and then edited, its old output and the new one that the next build will give."""
    assert own_ontology.is_dir()
    assert run("--project", small, "build").code == 0
    old = contents(small / "build")
    edit(small)
    assert run("--project", small, "build", "--out", small / "elsewhere").code == 0
    new = contents(small / "elsewhere")
    assert set(old) == set(new) > set(CHANGED)
    assert all(old[name] != new[name] for name in CHANGED)
    return small, old, new


def interrupt() -> None:
    """Do what the handler of SIGINT does."""
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("effect", "code"),
    [pytest.param(faults.full, 3, id="43 the disk is full"), pytest.param(interrupt, 130, id="40 SIGINT")],
)
def test_stopped_at_any_call(
    built: tuple[Path, dict[str, bytes], dict[str, bytes]],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    effect: Callable[[], None],
    code: int,
) -> None:
    """All files are as they were, not one of them new; or all new, where only the old ones were left to be removed."""
    project, old, new = built
    monkeypatch.setattr(sys, "argv", ["kg", "--project", str(project), "build"])
    stopped = set()
    for number in itertools.count(1):
        for name, data in old.items():
            (project / "build" / name).write_bytes(data)
        with faults.at(number, effect) as calls, pytest.raises(SystemExit) as ended:
            cli.main()
        if ended.value.code == 0:  # it was of no account, or it was never made
            assert contents(project / "build") == new
        else:
            assert ended.value.code == code
            assert contents(project / "build") in ((old,) if code == ENVIRONMENT else (old, new)), calls
            stopped.add(calls[number - 1])
        assert "Traceback" not in capfd.readouterr().err
        if len(calls) < number:
            break
    assert {"mkdir", "open", "fsync", "chmod"} <= stopped


@pytest.mark.parametrize("limit", [0, 5_000, 60_000])
def test_43_a_file_may_not_grow_further(program: Path, run, small: Path, limit: int) -> None:
    """A real refusal of the system in the middle of writing: of a file; the others may have been small enough."""
    out = small / "build"
    assert run("--project", small, "build").code == 0
    for file in out.glob("kg.*"):
        file.write_bytes(b"# old\n")
    old = contents(out)
    ended = subprocess.run(
        [program, "--project", small, "build"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=120,
        check=False,
        text=True,
    )
    assert ended.returncode == 3, ended.stderr
    assert "Traceback" not in ended.stderr
    assert contents(out) == old


def killed(number: int, project: Path) -> bool:
    """Build in a process that is killed at the n-th call that touches the disk; tell whether it came to that."""
    ended = subprocess.run(
        [sys.executable, "-c", DYING, str(number), "--project", project, "build"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode in (0, -signal.SIGKILL)
    return ended.returncode != 0


def test_44_killed_at_any_call(built: tuple[Path, dict[str, bytes], dict[str, bytes]]) -> None:
    """What lies there is the old build or the new one, never a mixture."""
    project, old, new = built
    number = 1
    while killed(number, project):
        assert contents(project / "build") in (old, new)
        number += 1
    assert number > 10
    assert contents(project / "build") == new


def test_44_the_build_after_killed_ones_clears_up(run, built: tuple[Path, dict[str, bytes], dict[str, bytes]]) -> None:
    project, _, new = built
    names = entries(project)
    number = next(n for n in itertools.count(1) if not killed(n, project) or entries(project) != names)
    assert len(entries(project) - names) == 1
    assert killed(number, project)
    assert len(entries(project) - names) == 1, "each clears up after the one before"
    assert run("--project", project, "build").code == 0
    assert contents(project / "build") == new
    assert entries(project) == names


def test_45_two_builds_at_once(program: Path, run, small: Path, own_ontology: Path, tmp_path: Path) -> None:
    assert own_ontology.is_dir()
    other = shutil.copytree(small, tmp_path / "other")
    edit(other)
    wanted = []
    for project in (small, other):
        assert run("--project", project, "build").code == 0
        wanted.append(contents(project / "build"))
    assert wanted[0] != wanted[1]
    for _ in range(3):
        both = [
            subprocess.Popen(
                [program, "--project", p, "build", "--out", tmp_path / "out"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            for p in (small, other)
        ]
        errors = [build.communicate(timeout=60)[1] for build in both]
        assert [build.returncode for build in both] == [0, 0], errors
        assert contents(tmp_path / "out") in wanted


@pytest.mark.parametrize(
    "kind", ["link", "broken link", "file", "foreign file", "foreign folder", "link in it", "folder in it"]
)
def test_46_output_that_is_refused(run, small: Path, tmp_path: Path, kind: str) -> None:
    out, other = tmp_path / "out", tmp_path / "other"
    other.mkdir()
    (other / "thesis.ttl").write_bytes(b"mine")
    if kind in ("link", "broken link", "file"):
        {
            "link": lambda: out.symlink_to("other"),
            "broken link": lambda: out.symlink_to("nothing"),
            "file": lambda: out.write_bytes(b"mine"),
        }[kind]()
    else:
        out.mkdir()
        {
            "foreign file": lambda: (out / "thesis.docx").write_bytes(b"mine"),
            "foreign folder": (out / "thesis").mkdir,
            "link in it": lambda: (out / "kg.ttl").symlink_to("../other/thesis.ttl"),
            "folder in it": (out / "kg.ttl").mkdir,
        }[kind]()
    before = sorted(
        (str(path), path.is_symlink(), path.is_file() and path.read_bytes()) for path in tmp_path.rglob("*")
    )
    ended = run("--project", small, "build", "--out", out)
    assert ended.code == 2
    assert (
        sorted((str(path), path.is_symlink(), path.is_file() and path.read_bytes()) for path in tmp_path.rglob("*"))
        == before
    )


def test_46_an_export_over_a_link_is_refused(run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.ttl").write_bytes(b"mine")
    (tmp_path / "out.ttl").symlink_to("thesis.ttl")
    assert run("--project", small, "export", "turtle", "--out", tmp_path / "out.ttl").code == 2
    assert (tmp_path / "thesis.ttl").read_bytes() == b"mine"


def test_47_links_in_the_input_that_point_outside(run, small: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("top: secret", encoding="utf-8")
    (small / "facts" / "link.yaml").symlink_to(tmp_path / "secret")
    ended = run("--project", small, "build")
    assert ended.code == 1
    assert "facts/link.yaml:1:1: error[link-outside]" in ended.err
    assert "top" not in ended.err


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": "C", "LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii:strict", "TERM": "dumb", "COLUMNS": "20"},
        {"TERM": "", "COLUMNS": "0", "NO_COLOR": "1"},
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["validate"], 1), (["validate", "--format", "json"], 1)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_41_terminals_that_cannot_show_a_letter(
    run, small: Path, env: dict[str, str], arguments: list[str], code: int
) -> None:
    (small / "facts" / "한국.yaml").write_text('- {id: "한국 “x”", type: Person}\n', encoding="utf-8")
    ended = run("--project", small, *arguments, env=env)
    assert ended.code == code
    assert "bad-id" in ended.out


@pytest.mark.parametrize(
    "env", [{"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}], ids=" ".join
)
@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["query", "-"], ""),
        (["query", "-", "--format", "json"], "“says so”"),
        (["query", "-", "--format", "csv"], ""),
        (["find", "Kim"], ""),
        (["why", "kim-says-so"], ""),
        (["audit"], ""),
        (["build"], ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_41_answers_in_letters_that_cannot_be_shown(
    run, small: Path, env: dict[str, str], arguments: list[str], wanted: str
) -> None:
    ended = run(
        "--project", small, *arguments, env=env, stdin="SELECT ?o { ?s <https://w3id.org/kg-facts/ontology#exact> ?o }"
    )
    assert ended.code == 0
    assert wanted in ended.out


def test_41_a_project_with_a_name_in_other_letters(run, small: Path, tmp_path: Path) -> None:
    project = small.rename(tmp_path / "北 한국")
    ended = run("--project", project, "build", env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert ended.code == 0
    assert set(contents(project / "build")) > set(CHANGED)


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1, 2]], ids=str)
@pytest.mark.parametrize("command", [["validate"], ["build"], ["--help"]], ids=" ".join)
def test_41_without_the_usual_streams(program: Path, small: Path, command: list[str], closed: list[int]) -> None:
    shell = f'exec "$0" "$@" {" ".join(f"{number}>&-" for number in closed)}'
    ended = subprocess.run(
        ["sh", "-c", shell, program, *command], cwd=small, capture_output=True, timeout=60, check=False, text=True
    )
    assert ended.returncode in (0, 3)
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


@pytest.mark.parametrize(
    "command",
    ["query -", "query - --format tsv", "export turtle", "audit"],
)
def test_40_a_reader_that_has_seen_enough(program: Path, shipped: Path, command: str) -> None:
    """More is written than a pipe holds."""
    line = f'"$0" {command} | head -c 10 >&2; echo "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", line, program],
        cwd=shipped,
        input="SELECT * { ?s ?p ?o } LIMIT 2000",
        capture_output=True,
        timeout=120,
        check=False,
        text=True,
    )
    assert ended.stdout == "0\n"
    for sign in ("Traceback", "Exception ignored", "Broken pipe", "BrokenPipeError"):
        assert sign not in ended.stderr


@pytest.mark.parametrize("format_", ["text", "json", "sarif", "github"])
def test_40_a_reader_that_has_seen_enough_hides_no_error(program: Path, small: Path, format_: str) -> None:
    """The code of `kg validate` is its verdict, however much of the report was read."""
    records = "".join(f"- {{id: r-{number}, type: Plce}}\n" for number in range(3000))
    (small / "facts" / "many.yaml").write_text(records, encoding="utf-8")
    line = f'"$0" validate --format {format_} | head -c 10 >&2; echo "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", line, program], cwd=small, capture_output=True, timeout=120, check=False, text=True
    )
    assert ended.stdout == "1\n"
    for sign in ("Traceback", "Exception ignored", "Broken pipe", "BrokenPipeError"):
        assert sign not in ended.stderr


ENVIRONMENTS = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/Los_Angeles", "LC_ALL": "tr_TR.UTF-8"},
]


def test_51_the_same_bytes_in_every_environment(run, project: Path, tmp_path: Path) -> None:
    found = []
    for number, env in enumerate(ENVIRONMENTS):
        assert run("--project", project, "build", "--unchecked", "--out", tmp_path / str(number), env=env).code == 0
        found.append(contents(tmp_path / str(number)))
    assert found[0] == found[1]


def test_51_the_same_bytes_whatever_the_files_are_called(run, project: Path, tmp_path: Path) -> None:
    """Every file gets another name, and the files of a folder the opposite order; the project lies elsewhere."""
    assert run("--project", project, "build", "--unchecked", "--out", tmp_path / "one").code == 0
    files = sorted(file for file in (project / "facts").rglob("*.yaml") if file.name != "dataset.yaml")
    assert len(files) > 30
    for number, file in enumerate(reversed(files)):
        file.rename(project / "facts" / f"{number:03}.yml")
    moved = project.rename(tmp_path / "moved")
    assert run("--project", moved, "build", "--unchecked", "--out", tmp_path / "other").code == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_51_the_same_bytes_every_time(run, small: Path) -> None:
    assert run("--project", small, "build").code == 0
    one = contents(small / "build")
    assert run("--project", small, "build").code == 0
    assert contents(small / "build") == one


def blocks(project: Path) -> dict[str, list[str]]:
    """The blocks of kg.ttl by the record that they are of; the prefixes under the empty name."""
    text = b"".join(turtle.write(kg.build(project, checked=False).graph)).decode()
    found: dict[str, list[str]] = {}
    for block in filter(None, (part.strip("\n") for part in text.split("\n\n"))):
        subject = "" if block.startswith("@prefix") else block.split()[0].removeprefix("id:").split(".")[0]
        found.setdefault(subject, []).append(block)
    return found


@pytest.mark.parametrize(
    ("path", "edit", "record"),
    [
        ("facts/actors/persons.yaml", ('"Kim Jong Un"}\n', '"Kim Jong Un (North Korea)"}\n'), "kim-jong-un"),
        ("facts/events/congress.yaml", ("  kind: parade\n", "  kind: display\n"), "congress-parade"),
        ("facts/places/places.yaml", ("- id: borneo\n", "- id: borneo\n  notStated: [kind]\n"), "borneo"),
    ],
    ids=["a label", "a code", "a new field"],
)
def test_an_edit_of_one_record_changes_the_lines_of_that_record(
    project: Path, path: str, edit: tuple[str, str], record: str
) -> None:
    before = blocks(project)
    text = (project / path).read_text(encoding="utf-8")
    assert text.count(edit[0]) == 1
    (project / path).write_text(text.replace(*edit), encoding="utf-8")
    after = blocks(project)
    assert list(before) == list(after)
    assert [subject for subject in after if before[subject] != after[subject]] == [record]


def test_a_new_record_only_adds_lines(run, small: Path) -> None:
    assert run("--project", small, "build").code == 0
    before = (small / "build" / "kg.ttl").read_text(encoding="utf-8").splitlines()
    record = '- id: lee\n  type: Person\n  label: {en: "Lee"}\n  childOf: kim-jong-un\n  evidence:\n    - {document: first-article, exact: "Lee"}\n'
    (small / "facts" / "aaa.yaml").write_text(record, encoding="utf-8")
    assert run("--project", small, "build").code == 0
    after = iter((small / "build" / "kg.ttl").read_text(encoding="utf-8").splitlines())
    assert all(line in after for line in before)


AWKWARD = [
    'say "x"',
    'say """x"""',
    "ends in \\",
    "two\nlines",
    "tab\there",
    "\u2028 and \u2029",
    "<b>&amp;",
    "😀",
    "'",
    "\\u0041",
    "e\u0301 é",
    " spaced  ",
    "a ; b . c",
    "#",
]


def test_50_text_comes_back_to_the_letter(run, small: Path) -> None:
    escapes = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\t"): "\\t", 0x2028: "\\L", 0x2029: "\\P"}
    evidence = "evidence: [{document: first-article, exact: x}]"
    records = "".join(
        f'- {{id: r-{n}, type: Person, {evidence}, label: {{en: "{text.translate(escapes)}"}}}}\n'
        for n, text in enumerate(AWKWARD)
    )
    (small / "facts" / "awkward.yaml").write_text(records, encoding="utf-8")
    assert run("--project", small, "build").code == 0
    data = (small / "build" / "kg.ttl").read_bytes()
    label = "http://www.w3.org/2004/02/skos/core#prefLabel"
    strict = {
        (q.subject.value, q.object.value)
        for q in ox.parse(data, format=ox.RdfFormat.TURTLE)
        if q.predicate.value == label
    }
    other = {
        (str(s), str(o))
        for s, o in rdflib.Graph().parse(data=data, format="turtle").subject_objects(rdflib.URIRef(label))
    }
    wanted = {(f"https://example.org/small/r-{n}", text) for n, text in enumerate(AWKWARD)}
    assert wanted <= strict
    assert strict == other


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/>x",
        "https://example.org/\\n<x>",
        "https://example.org/\\0",
        "javascript:alert(1)",
        "https://example.org/ x",
    ],
)
def test_49_addresses_that_break_out(run, small: Path, url: str) -> None:
    facts = small / "facts" / "documents.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text.replace("  language: en\n", f'  language: en\n  url: "{url}"\n'), encoding="utf-8")
    ended = run("--project", small, "validate")
    assert ended.code == 1
    assert ended.out.startswith("facts/documents.yaml:6:8: error[")
    assert len(heads(ended.out)) == 1


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files that have brought down programs of this kind."""
    yield "empty", b""
    yield "random bytes", bytes(range(256)) * 40
    yield "brackets", b"[" * 30_000
    yield "questions", b"? " * 30_000
    yield "half a file", b'- id: x\n  type: Person\n  label: {en: "Ki'
    yield "a python object", b"!!python/object/apply:os.system ['touch /tmp/kg-was-here']"
    yield "an alias bomb", b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(50))
    yield "a number of dates", b"- {id: x, type: Event, when: {date: Y1E4000000, basis: explicit}}"
    yield "a type that is a list", b"- {id: x, type: [Person, State]}"
    yield "keys of every kind", b"- {id: x, type: Person, '': a, ' ': b, '@type': c, $ref: d, id : e}"
    yield "a record in itself", b"- {id: x, type: Person, childOf: x}"
    yield "a long id", b"- {id: " + b"x" * 5000 + b", type: Person}"
    yield "a long line", b"- {id: x, type: Person, label: {en: '" + b"x" * 3_000_000 + b"'}}"
    yield "a null byte", b"id: x\0\n"
    yield "a terminal's orders", b'id: "\\e]0;x\\a"\ntype: "\\e[2J"\n'


@pytest.mark.parametrize(("name", "data"), [pytest.param(*pair, id=pair[0]) for pair in hostile()])
def test_no_file_brings_it_down(run, small: Path, name: str, data: bytes) -> None:
    (small / "facts" / f"{name}.yaml").write_bytes(data)
    ended = run("--project", small, "validate", patience=30)
    assert ended.code == 1
    assert all(line.startswith(f"facts/{name}.yaml:") for line in heads(ended.out))
    assert ended.out.replace("\n", "").isprintable()


def test_a_signal_number_is_what_a_shell_expects() -> None:
    assert cli.INTERRUPTED == 128 + signal.SIGINT
