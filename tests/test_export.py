"""Exports: the same graph to every parser, the same bytes for the same facts, and small diffs."""

from __future__ import annotations

import difflib
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from generation import AWKWARD, ROOT, STYLES
from parsers import PARSERS, parse, quads

import kg
from kg.export import FORMATS
from kg.graph import Graph
from kg.ontology import RDF, SKOS
from kg.parts import record_of
from kg.project import CONFIGURATION

GOLDEN = Path(__file__).parent / "golden"
SUFFIXES = (".yaml", ".yml")


def made(project: Path) -> Graph:
    return kg.build(project, checked=False).graph


def written(graph: Graph, format_: str = "turtle") -> bytes:
    return b"".join(FORMATS[format_].write(graph))


def records(project: Path) -> list[dict[str, Any]]:
    """The records of a project, by a loader that knows nothing of kg."""
    found: list[dict[str, Any]] = []
    for file in sorted((project / "facts").rglob("*")):
        if file.suffix in SUFFIXES and file != project / "facts" / CONFIGURATION:
            data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - all text
            found += data if isinstance(data, list) else [data]
    return found


def project(folder: Path, files: dict[str, Any], like: Path = ROOT) -> Path:
    """Write a project of fact files with the configuration of another."""
    (folder / "facts").mkdir(parents=True)
    shutil.copy(like / "facts" / CONFIGURATION, folder / "facts" / CONFIGURATION)
    for name, data in files.items():
        file = folder / "facts" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(STYLES["double"](data), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def shipped() -> Graph:
    return made(ROOT)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory) -> Graph:
    """Texts that are hard to write, as notes and as exact words."""
    evidence = [{"document": "doc", "exact": text} for text in AWKWARD]
    doc = {"id": "doc", "type": "Document", "label": {"en": "Doc"}, "kind": "article", "evidence": evidence}
    others = [
        {
            "id": f"place-{n}",
            "type": "Place",
            "label": {"en": text, "ko": text},
            "note": {"en": text},
            "evidence": evidence[0],
        }
        for n, text in enumerate(AWKWARD)
    ]
    return made(project(tmp_path_factory.mktemp("awkward"), {"a.yaml": [doc, *others]}, GOLDEN / "small"))


def file_of(graph: Graph, format_: str, folder: Path) -> Path:
    file = folder / f"kg{FORMATS[format_].suffix}"
    file.write_bytes(written(graph, format_))
    return file


@pytest.mark.parametrize("parser", sorted(PARSERS))
@pytest.mark.parametrize("format_", ["turtle", "ntriples"])
@pytest.mark.parametrize("which", ["shipped", "awkward"])
def test_every_parser_reads_the_same_graph(which, format_, parser, request, tmp_path) -> None:
    graph = request.getfixturevalue(which)
    found = parse(parser, file_of(graph, format_, tmp_path), format_)
    assert found == quads(graph)
    assert len(found) == len(graph) > 100


@pytest.mark.parametrize("parser", sorted(PARSERS))
@pytest.mark.parametrize("which", ["shipped", "awkward"])
def test_every_parser_reads_the_same_quads(which, parser, request, tmp_path) -> None:
    """Blank nodes, in the lists of the ontology alone, may be called differently."""
    graph = request.getfixturevalue(which)
    file = file_of(graph, "nquads", tmp_path)
    found, ours = (ox.Dataset(parse(name, file, "nquads")) for name in (parser, "pyoxigraph"))
    for dataset in (found, ours):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert found == ours
    facts = {ox.Triple(q.subject, q.predicate, q.object) for q in found if "graph." in str(q.graph_name)}
    assert facts == set(graph)


def test_quads_lie_in_the_graphs_that_the_design_names(shipped) -> None:
    found = {quad.graph_name.value for quad in ox.parse(written(shipped, "nquads"), format=ox.RdfFormat.N_QUADS)}
    own = {name.removeprefix(shipped.base) for name in found if name.startswith(shipped.base)}
    documents = {
        t.subject.value for t in shipped if t.object.value.endswith("#Document") and t.predicate.value == RDF + "type"
    }
    assert {"graph.entities", "graph.derived", "graph.kim-rejects-seoul", "graph.talks-2026"} <= own
    assert {
        shipped.base + name.removeprefix("graph.") for name in own - {"graph.entities", "graph.derived"}
    } <= documents
    assert len(found - {shipped.base + name for name in own}) == 1  # that of the ontology


@pytest.mark.parametrize("style", sorted(STYLES))
def test_awkward_texts_come_through_to_the_letter(style, tmp_path, awkward) -> None:
    """From YAML in every style of writing to the graph. What follows, the parsers above show."""
    data = {
        "id": "place",
        "type": "Place",
        "label": {"en": "Place"},
        "evidence": [{"document": "doc", "exact": t} for t in AWKWARD],
    }
    folder = project(tmp_path / "project", {}, GOLDEN / "small")
    (folder / "facts" / "a.yaml").write_text(STYLES[style](data), encoding="utf-8")
    exact = {t.object.value for t in made(folder) if t.predicate.value.endswith("ontology#exact")}
    assert exact == set(AWKWARD)
    assert {t.object.value for t in awkward if t.predicate.value == SKOS + "note"} == set(AWKWARD)


@pytest.mark.parametrize("format_", ["turtle", "ntriples"])
@pytest.mark.parametrize("which", ["shipped", "awkward"])
def test_no_blank_node(which, format_, request, tmp_path) -> None:
    graph = request.getfixturevalue(which)
    for quad in parse("pyoxigraph", file_of(graph, format_, tmp_path), format_):
        assert isinstance(quad.subject, ox.NamedNode)
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)


def blocks(text: str) -> list[list[str]]:
    """The blocks of a Turtle file; the first holds the prefixes."""
    return [block.splitlines() for block in re.split(r"\n\n+", text.strip("\n"))]


def subjects(text: str) -> list[str]:
    return [block[0].split(" ")[0] for block in blocks(text)[1:]]


@pytest.mark.parametrize("which", ["shipped", "awkward"])
def test_turtle_is_grouped_by_subject_and_parts_stand_beside_their_record(which, request) -> None:
    graph = request.getfixturevalue(which)
    found = [name.replace("id:", graph.base) for name in subjects(written(graph).decode())]
    assert len(found) == len(set(found)) == len({t.subject for t in graph})
    owners = [record_of(subject) for subject in found]
    assert owners == sorted(owners)
    for owner in set(owners):
        assert found[owners.index(owner)] == owner  # the record itself comes first


def test_turtle_has_a_value_a_line(shipped) -> None:
    """So that a diff shows what changed and nothing else; only the classes of a node share a line."""
    for block in blocks(written(shipped).decode())[1:]:
        lines = [re.sub(r'"(?:[^"\\]|\\.)*"', '""', line) for line in block]
        assert sum(line.count(" ;") + line.count(" .") for line in lines) == sum(
            line.endswith((" ;", " .")) for line in lines
        )
        assert all("," not in line.rstrip(",") for line in lines[1:])


def test_turtle_declares_the_prefixes_that_it_uses_and_escapes_no_name(shipped) -> None:
    text = written(shipped).decode()
    head, *rest = blocks(text)
    declared = {line.split()[1].rstrip(":") for line in head}
    assert all(re.fullmatch(r"@prefix [a-z-]*: <[^>]+> \.", line) for line in head)
    assert head == sorted(head)
    plain = [re.sub(r'"(?:[^"\\]|\\.)*"', '""', line) for block in rest for line in block]
    used = set(re.findall(r"(?<![\w<:/#.-])([a-z][a-z0-9-]*):", re.sub(r"<[^>]*>", "", "\n".join(plain))))
    assert used == declared
    assert not [line for line in plain if "\\" in line]
    # Nothing that a prefix could shorten is written out.
    namespaces = [line.split("<")[1].split(">")[0] for line in head]
    full = [iri for line in plain for iri in re.findall(r"<([^>]*)>", line)]
    assert not [
        iri for iri in full for space in namespaces if re.fullmatch(r"\w[\w-]*", iri.removeprefix(space), re.ASCII)
    ]


def test_golden_file() -> None:
    """The export of `golden/small`, which was read against its YAML triple by triple.

    After a change that is meant to show here, run

        kg --project tests/golden/small export turtle --out tests/golden/small.ttl

    and read the difference (`git diff tests/golden`): every new line must follow from the YAML or from a rule of the
    ontology, and the names of parts must stay unless their content changed.
    """
    expected = (GOLDEN / "small.ttl").read_bytes()
    assert written(made(GOLDEN / "small")) == expected
    lines = expected.decode().splitlines()
    # A few lines, so that a golden file that was made anew without being read is noticed.
    assert '    skos:prefLabel "KCNA"@en ;' in lines
    assert '    kg:quantity "8700.50"^^xsd:decimal ;' in lines
    assert '    kg:date "2026-02-26/.."^^edtf:EDTF ;' in lines
    assert "    kg:supports kg:said ." in lines
    assert len([line for line in lines if line.startswith("id:kim-could-destroy ")]) == 1


def test_golden_facts_are_valid() -> None:
    build = kg.build(GOLDEN / "small")
    assert build.diagnostics == ()
    assert build.checked


@pytest.mark.parametrize("seed", [1, 2])
def test_names_of_files_and_the_order_of_records_change_no_byte(seed, shipped, tmp_path) -> None:
    shuffle = random.Random(seed)  # noqa: S311 - no secret
    found = records(ROOT)
    shuffle.shuffle(found)
    files: dict[str, list[Any]] = {}
    for record in found:
        shuffled = list(record.items())
        shuffle.shuffle(shuffled)
        files.setdefault(f"{shuffle.choice('abc')}/{shuffle.choice('xyz')}-{seed}.yaml", []).append(dict(shuffled))
    other = made(project(tmp_path / "project", files))
    for format_ in FORMATS:
        assert written(other, format_) == written(shipped, format_)


EDITS = {
    "a text": lambda record: record.update(note={"en": "Another note."}),
    "a reference": lambda record: record["about"].append("kim-could-destroy"),
    "a part that is new": lambda record: record["evidence"].append(
        {"document": "kim-rejects-seoul", "exact": "new words"}
    ),
    "a part that changes": lambda record: record["evidence"][0].update(start="1"),
    "a field less": lambda record: record.pop("value"),
}


@pytest.mark.parametrize("edit", sorted(EDITS))
def test_an_edit_of_one_record_changes_its_own_lines_alone(edit, tmp_path) -> None:
    found = records(GOLDEN / "small")
    before = written(made(GOLDEN / "small")).decode()
    EDITS[edit](next(record for record in found if record["id"] == "kim-could-destroy"))
    after = written(made(project(tmp_path / "project", {"all.yaml": found}, GOLDEN / "small"))).decode()
    assert after != before
    # Every line of the others stands as it did, in the order in which it stood.
    rest = [[b for b in blocks(text)[1:] if not b[0].startswith("id:kim-could-destroy")] for text in (before, after)]
    assert rest[0] == rest[1]


def test_a_new_record_changes_no_line_of_another(tmp_path) -> None:
    found = records(GOLDEN / "small")
    new = {"id": "lee-jae-myung", "type": "Person", "label": {"en": "Lee Jae-myung"}, "evidence": found[0]["evidence"]}
    after = written(made(project(tmp_path / "project", {"all.yaml": [new, *found]}, GOLDEN / "small"))).decode()
    before = written(made(GOLDEN / "small")).decode()
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    assert not [line for line in lines if line.startswith("-")]
    assert [block for block in blocks(after) if not block[0].startswith("id:lee-jae-myung")] == blocks(before)


def test_golden_names_of_parts_do_not_move(tmp_path) -> None:
    """A part's name is made of its record, its field and its content: a contract, for people link to it."""
    evidence = {"document": "kim-rejects-seoul", "exact": "according to KCNA"}
    record = {
        "id": "kcna",
        "type": "MediaOutlet",
        "label": {"en": "Other"},
        "evidence": [{"document": "kcna", "exact": "x"}, evidence],
    }
    graph = made(project(tmp_path / "project", {"a.yaml": [record]}, GOLDEN / "small"))
    name = "https://example.org/id/kcna.evidence.2bf99401bde9dbf1"
    assert "id:kcna.evidence.2bf99401bde9dbf1 a " in (GOLDEN / "small.ttl").read_text(encoding="utf-8")
    # The document does not exist here, so its name differs: the words alone are not the content.
    assert ox.NamedNode(name) not in {t.subject for t in graph}
    document = {
        "id": "kim-rejects-seoul",
        "type": "Document",
        "label": {"en": "D"},
        "kind": "article",
        "evidence": evidence,
    }
    graph = made(project(tmp_path / "other", {"a.yaml": [record, document]}, GOLDEN / "small"))
    assert ox.NamedNode(name) in {t.subject for t in graph}
