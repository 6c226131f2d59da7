"""CSV for neo4j-admin: headers as its manual has them, and the same nodes and edges to every reader.

neo4j-admin itself is not to be had here. Its rules of reading are written out below, as its manual has them, and three
readers that know nothing of kg take the same cells: those of Ladybug, of ArcadeDB (LOAD CSV, over Bolt) and of Arrow.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

from kg.export import FOLDERS, neo4jcsv
from kg.export.propertygraph import Edge, Node
from kg.fault import Fault

# https://neo4j.com/docs/operations-manual/current/import/, "CSV header format"
_TYPES = (
    "int|long|float|double|boolean|byte|short|char|string|point|date|localtime|time|localdatetime|datetime|duration"
)
_HEADER = re.compile(
    rf"(?P<name>[^:]*):(?P<type>(?:ID|START_ID|END_ID)\(\w+\)|LABEL|TYPE|(?:{_TYPES})(?:\[\])?)", re.DOTALL
)
_READ = {
    "string": str,
    "long": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
}
_UNQUOTED = re.compile(r"[,\n]")


def rows(file: Path) -> Iterator[list[str | None]]:
    """Read CSV as neo4j-admin does: quotes doubled, a backslash is a backslash, an unquoted empty cell is no value."""
    text = file.read_bytes().decode()
    row: list[str | None] = []
    place = 0
    while place < len(text):
        if text[place] == '"':
            end = place + 1
            while text[end] != '"' or text[end + 1] == '"':
                end += 2 if text[end] == '"' else 1
            row.append(text[place + 1 : end].replace('""', '"'))
            place = end + 1
        else:
            end = _UNQUOTED.search(text, place).start()
            row.append(text[place:end] or None)
            place = end
        assert text[place] in ",\n", f"data after a quote: {text[place : place + 20]!r}"
        if text[place] == "\n":
            yield row
            row = []
        place += 1
    assert not row


@pytest.fixture(scope="module")
def folders(builds, tmp_path_factory) -> dict[str, Path]:
    made = {}
    for name, build in builds.items():
        made[name] = tmp_path_factory.mktemp(name)
        for file, pieces in FOLDERS["neo4j-csv"].files(build.graph).items():
            (made[name] / file).write_bytes(b"".join(pieces))
    return made


@pytest.fixture
def folder(builds, build, folders) -> Path:
    """Where `build` is written."""
    return next(folders[name] for name, found in builds.items() if found is build)


def headers(file: Path) -> list[tuple[str, str]]:
    matches = [_HEADER.fullmatch(str(cell)) for cell in next(rows(file))]
    assert None not in matches, file.name
    return [(match["name"], match["type"]) for match in matches if match]


def typed(text: str, type_: str) -> object:
    items = tuple(map(_READ[type_.removesuffix("[]")], text.split(neo4jcsv.DELIMITER)))
    return items if type_.endswith("[]") else items[0]


def test_nodes_and_edges_can_be_had_back(folder, made) -> None:
    """By the types of the headers alone."""
    nodes, edges = set(), set()
    for file in folder.glob("*.csv"):
        head = headers(file)
        for row in list(rows(file))[1:]:
            cells = dict(zip(head, row, strict=True))
            special = {type_: text for (_, type_), text in cells.items() if type_.isupper() or "(" in type_}
            properties = {
                name: typed(text, type_) for (name, type_), text in cells.items() if text and type_ not in special
            }
            if "ID(Resource)" in special:
                *labels, last = special["LABEL"].split(neo4jcsv.DELIMITER)
                assert last == "Resource"
                identifier = properties.pop("id")
                nodes.add(
                    repr(Node(special["ID(Resource)"], identifier, tuple(labels), dict(sorted(properties.items()))))
                )
            else:
                ends = special["START_ID(Resource)"], special["END_ID(Resource)"]
                edges.add(repr(Edge(special["TYPE"], *ends, properties)))
    assert nodes == {repr(node) for node in made.nodes}
    assert edges == {repr(edge) for edge in made.edges}


def test_headers_are_those_of_the_manual(folder) -> None:
    for file in folder.glob("nodes.*.csv"):
        head = headers(file)
        assert head[:2] == [("uri", "ID(Resource)"), ("id", "string")]
        assert head[-1] == ("", "LABEL")
        assert len({name for name, _ in head}) == len(head)
    for file in folder.glob("relationships.*.csv"):
        assert [type_ for _, type_ in headers(file)][:3] == ["START_ID(Resource)", "END_ID(Resource)", "TYPE"]


def test_a_file_a_class_and_a_type(folder, made) -> None:
    files = {file.name for file in folder.iterdir()}
    nodes, edges = {f"nodes.{name}.csv" for name in made.keys}, {f"relationships.{name}.csv" for name in made.types}
    assert files == nodes | edges | {"import.args"}


def test_the_arguments_name_every_file_that_has_rows(folder) -> None:
    arguments = (folder / "import.args").read_text(encoding="utf-8").splitlines()
    files = [
        argument.partition("=")[2] for argument in arguments if argument.startswith(("--nodes=", "--relationships="))
    ]
    assert set(files) == {file.name for file in folder.glob("*.csv") if len(list(rows(file))) > 1}
    assert len(files) == len(set(files))
    assert "--array-delimiter=U+001F" in arguments
    assert "--multiline-fields=true" in arguments
    assert all(re.fullmatch(r"--[a-z-]+=\S+", argument) for argument in arguments)


def cells(folder: Path) -> dict[str, list[list[str]]]:
    return {file.name: [[cell or "" for cell in row] for row in rows(file)] for file in sorted(folder.glob("*.csv"))}


def test_arrow_reads_the_same_cells(folder, judge) -> None:
    csv = judge("pyarrow.csv", "pyarrow")
    for name, expected in cells(folder).items():
        found = csv.read_csv(
            folder / name,
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(expected[0], "string")),
            read_options=csv.ReadOptions(block_size=1 << 26),
        )
        assert found.column_names == expected[0]
        assert [list(row.values()) for row in found.to_pylist()] == expected[1:], name


def test_ladybug_reads_the_same_cells(folder, tmp_path, judge) -> None:
    ladybug = judge("ladybug", "ladybug")
    connection = ladybug.Connection(ladybug.Database(str(tmp_path / "db")))
    for name, (head, *expected) in cells(folder).items():
        columns = ", ".join(f"c{place} STRING" for place in range(len(head)))
        options = "HEADER=true, PARALLEL=false, DELIM=',', QUOTE='\"', ESCAPE='\"'"
        found = connection.execute(
            f"LOAD WITH HEADERS ({columns}) FROM '{folder / name}' ({options}) RETURN *"
        ).get_all()
        assert [[cell or "" for cell in row] for row in found] == expected, name


def test_arcadedb_reads_the_same_cells(folders, tmp_path, judge) -> None:
    """The shipped facts: its LOAD CSV is of the old sort that reads CR as a line end and a backslash as an escape."""
    judge("arcadedb_embedded", "arcadedb-embedded")
    neo4j = judge("neo4j", "neo4j")
    with (
        servers.arcadedb(tmp_path, ("kg",)) as url,
        neo4j.GraphDatabase.driver(url, auth=("root", servers.PASSWORD)) as driver,
        driver.session(database="kg") as session,
    ):
        for name, (head, *expected) in cells(folders["shipped"]).items():
            file = (folders["shipped"] / name).as_uri()
            found = session.run("LOAD CSV WITH HEADERS FROM $file AS row RETURN row", {"file": file})
            assert [[row["row"][column] or "" for column in head] for row in found] == expected, name


def test_what_holds_the_delimiter_is_refused() -> None:
    """No fact can: it is a control character. A base or an ontology of somebody else may."""
    with pytest.raises(Fault, match="delimiter of arrays"):
        neo4jcsv._line(["a\x1fb"])  # noqa: SLF001 - no project can be made to have it
