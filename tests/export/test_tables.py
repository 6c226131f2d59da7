"""Tables for spreadsheets: what they show, that every reader gets the same cells, that no cell is run."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import subprocess
import sys
from typing import Any

import nasty
import pytest
from generation import ROOT

import kg
from kg.export import FOLDERS, FORMATS, csvtables, tables
from kg.export.properties import Key, Type
from kg.export.tables import Table
from kg.fault import Fault
from kg.graph import Graph

GOLDEN = ROOT / "tests" / "golden" / "small"
# What spreadsheets take for the beginning of a formula: https://owasp.org/www-community/attacks/CSV_Injection
DANGER = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def golden() -> dict[str, Table]:
    return {table.name: table for table in tables.make(kg.build(GOLDEN, checked=False).graph)}


@pytest.fixture(scope="module")
def made_tables(builds) -> dict[str, list[Table]]:
    return {name: tables.make(build.graph) for name, build in builds.items()}


@pytest.fixture
def ours(builds, build, made_tables) -> list[Table]:
    """The tables of `build`."""
    return next(made_tables[name] for name, found in builds.items() if found is build)


def texts(table: Table) -> list[dict[str, str]]:
    """What the cells of a table say."""
    return [{key.name: tables.cell(row.get(key.name)) for key in table.keys} for row in table.rows]


# ---------------------------------------------------------------------------------------------------------- what they show


def test_a_row_of_a_record(golden) -> None:
    (row,) = texts(golden["Statement"])
    assert {name: text for name, text in row.items() if text} == {
        "id": "kim-could-destroy",
        "label": "Kim says North Korea could destroy South Korea",
        "speaker": "by: kim-jong-un",
        "chain": "by: kcna, position: 1; in: kim-rejects-seoul, position: 2",
        "kind": "threat",
        "modality": "could",
        "status": "attributed",
        "proposition": "North Korea could completely destroy South Korea if its security was threatened.",
        "about": "kim-jong-un; south-korea",
        "said": "date: 2026-02-26/.., basis: relative, rule: from 26 February 2026",
        "value": "8700.50",
        "evidence": "document: kim-rejects-seoul, exact: At the Workers’ Party congress on 26 February 2026, start: 733, end: 783, "
        "supports: said; document: kim-rejects-seoul, exact: stated North Korea could “completely destroy” South Korea, "
        "start: 797, end: 854, wording: fragment, quotation: completely destroy",
        "minimumOrigins": "1",
        "maximumOrigins": "1",
    }


def test_a_row_of_evidence_leads_to_its_record(golden) -> None:
    row = next(row for row in texts(golden["Evidence"]) if row["start"] == "797")
    assert row["record"] == row["holder"] == "kim-could-destroy"
    assert row["field"] == "evidence"
    assert row["exact"] == "stated North Korea could “completely destroy” South Korea"
    assert row["document"] == "kim-rejects-seoul"


def test_a_part_of_a_part_has_both_holders(made_tables) -> None:
    found = {table.name: table for table in made_tables["shipped"]}
    row = next(row for row in found["Date"].rows if row["field"] == "when" and ".stage." in str(row["holder"]))
    assert str(row["holder"]).startswith(f"{row['record']}.stage.")
    assert row["record"] in {other["id"] for table in found.values() for other in table.rows}


def test_columns_are_the_fields_in_the_order_of_the_ontology(golden, builds) -> None:
    classes = builds["shipped"].vocabulary.classes
    for name, table in golden.items():
        columns = [key.name for key in table.keys]
        assert columns[0] == "id"
        assert [column for column in columns if column in classes[name].fields] == list(classes[name].fields)
        assert len({column.lower() for column in columns}) == len(columns)


def test_records_come_first_and_every_class_has_a_table(ours, build) -> None:
    classes = build.vocabulary.classes
    assert {table.name for table in ours} == {name for name, cls in classes.items() if not cls.abstract}
    assert [classes[table.name].part for table in ours] == sorted(classes[table.name].part for table in ours)
    nodes = sum(len(table.rows) for table in ours)
    assert nodes == len({row["id"] for table in ours for row in table.rows}) > 100


def test_what_a_part_says_is_cut_where_its_own_table_has_it_whole(made_tables) -> None:
    found = {table.name: table for table in made_tables["nasty"]}
    document = next(row for row in found["Document"].rows if row["id"] == "doc")
    assert max(len(text) for text in document["evidence"]) == 1000
    assert nasty.TEXTS[-1] in {row["exact"] for row in found["Evidence"].rows}


# -------------------------------------------------------------------------------------------------------------------- CSV


def written(graph: Graph, format_: str) -> dict[str, bytes]:
    return {name: b"".join(pieces) for name, pieces in FOLDERS[format_].files(graph).items()}


def harmful(text: str) -> bool:
    return text.startswith(DANGER) or text.lstrip().startswith(DANGER)


def test_csv_is_read_to_the_same_cells(build, ours) -> None:
    """By Python's reader, after an apostrophe is taken off where one was put."""
    files = written(build.graph, "csv")
    assert set(files) == {f"{table.name}.csv" for table in ours}
    for table in ours:
        text = files[f"{table.name}.csv"].decode("utf-8-sig")
        found = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        assert [{name: _bare(cell, table, name) for name, cell in row.items()} for row in found] == texts(table)


def _bare(cell: str, table: Table, name: str) -> str:
    key = next(key for key in table.keys if key.name == name)
    numeric = key.type is not Type.TEXT and not key.multiple
    return cell[1:] if not numeric and cell.startswith("'") and harmful(cell.lstrip("'")) else cell


def test_arrow_reads_csv_to_the_same_cells(build, ours, judge) -> None:
    arrow = judge("pyarrow.csv", "pyarrow")
    files = written(build.graph, "csv")
    for table in ours:
        found = arrow.read_csv(
            io.BytesIO(files[f"{table.name}.csv"]),
            parse_options=arrow.ParseOptions(newlines_in_values=True),
            convert_options=arrow.ConvertOptions(column_types={key.name: "string" for key in table.keys}),
            read_options=arrow.ReadOptions(block_size=1 << 26),
        )
        rows = [{name: _bare(cell, table, name) for name, cell in row.items()} for row in found.to_pylist()]
        assert rows == texts(table), table.name


def test_no_cell_of_csv_is_run(build, ours) -> None:
    files = written(build.graph, "csv")
    seen = 0
    for table in ours:
        numeric = {key.name for key in table.keys if key.type is not Type.TEXT and not key.multiple}
        text = files[f"{table.name}.csv"].decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            for name, cell in row.items():
                if name in numeric:
                    assert re.fullmatch(r"[+-]?[0-9.]*|true|false|[0-9-]{10}", cell)
                else:
                    assert not harmful(cell)
                    seen += harmful(cell.lstrip("'"))
    assert seen or build.graph.base != "https://example.org/nasty/"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("\t=1+1", "'\t=1+1"),
        (" =1+1", "' =1+1"),
        ("'=1+1", "''=1+1"),
        ("＝1+1", "'＝1+1"),
        ("'Evening Post'", "'Evening Post'"),
        ("1+1", "1+1"),
        ("a@b", "a@b"),
    ],
)
def test_a_formula_gets_an_apostrophe(text, cell) -> None:
    assert csvtables._cell(text, Key("note", Type.TEXT, multiple=False)) == cell  # noqa: SLF001 - the rule itself


def test_numbers_are_left_alone() -> None:
    assert csvtables._cell("-0.5", Key("value", Type.DECIMAL, multiple=False)) == "-0.5"  # noqa: SLF001
    assert csvtables._cell(-7, Key("start", Type.INTEGER, multiple=False)) == "-7"  # noqa: SLF001


def test_csv_has_a_mark_and_the_line_ends_of_the_rfc(build) -> None:
    for content in written(build.graph, "csv").values():
        assert content.startswith(b"\xef\xbb\xbfid,")
        assert content.endswith(b"\r\n")


# ---------------------------------------------------------------------------------------------------------------- Parquet


def test_parquet_is_read_to_the_same_values(build, ours, judge) -> None:
    parquet = judge("pyarrow.parquet", "pyarrow")
    files = written(build.graph, "parquet")
    assert set(files) == {f"{table.name}.parquet" for table in ours}
    for table in ours:
        found = parquet.read_table(io.BytesIO(files[f"{table.name}.parquet"]))
        assert found.column_names == [key.name for key in table.keys]
        rows = [{name: _tuple(value) for name, value in row.items() if value is not None} for row in found.to_pylist()]
        assert rows == [dict(row) for row in table.rows]
        types = {Type.INTEGER: "int64", Type.BOOLEAN: "bool", Type.DATE: "date32[day]"}
        for key in table.keys:
            kind = types.get(key.type, "string")
            assert str(found.schema.field(key.name).type) in (kind, f"list<element: {kind}>", f"list<item: {kind}>")


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


# ------------------------------------------------------------------------------------------------------------------- XLSX


def workbook(graph: Graph) -> io.BytesIO:
    return io.BytesIO(b"".join(FORMATS["xlsx"].write(graph)))


def test_a_workbook_is_read_to_the_same_cells(build, ours, judge) -> None:
    calamine = judge("python_calamine", "python-calamine")
    book = calamine.load_workbook(workbook(build.graph))
    filled = [table for table in ours if table.rows]
    assert book.sheet_names == [table.name for table in filled]
    for table in filled:
        head, *rows = book.get_sheet_by_name(table.name).to_python()
        assert head == [key.name for key in table.keys]
        assert rows == [[_shown(row.get(key.name), key) for key in table.keys] for row in table.rows]


def _shown(value: Any, key: Key) -> Any:
    """What a cell holds: a number where it is exact, a day from March 1900, else text."""
    if isinstance(value, bool) or (isinstance(value, dt.date) and value >= dt.date(1900, 3, 1)):
        return value
    text = tables.cell(value)
    digits = len(re.sub(r"[^0-9]", "", text))
    numeric = key.type in (Type.INTEGER, Type.DECIMAL) and not key.multiple
    return float(text) if numeric and 0 < digits <= 15 else text


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(build, judge) -> None:
    openpyxl = judge("openpyxl", "openpyxl")
    for sheet in openpyxl.load_workbook(workbook(build.graph)):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "snbd"
                assert cell.hyperlink is None


def test_a_text_that_no_cell_can_hold_is_refused(small) -> None:
    """Excel would cut it."""
    text = "x" * 32_768
    (small / "facts" / "place.yaml").write_text(
        f"id: place\ntype: Place\nlabel: {{en: Place}}\nnote: {{en: {text}}}\n"
        "evidence: {document: first-article, exact: here}\n",
        encoding="utf-8",
    )
    graph = kg.build(small, checked=False).graph
    with pytest.raises(Fault, match=r"'note' has a text of 32768 characters, a cell of Excel 32767"):
        b"".join(FORMATS["xlsx"].write(graph))
    assert text in written(graph, "csv")["Place.csv"].decode()


# ------------------------------------------------------------------------------------------------------------------ extras


@pytest.mark.parametrize("format_", ["parquet", "ladybug", "xlsx"])
def test_a_missing_extra_is_said_before_anything_is_written(format_, small, tmp_path) -> None:
    """In a process that cannot find the packages."""
    program = f"""
import importlib.util, sys
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name == "pyarrow" else found(name, *more)
sys.modules["xlsxwriter"] = None
from kg.cli import main
sys.argv = ["kg", "--project", {str(small)!r}, "export", {format_!r}, "--out", {str(tmp_path / "out")!r}]
main()
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert "pip install 'kg-facts[tables]'" in ended.stderr
    assert not (tmp_path / "out").exists()


def test_no_name_of_a_sheet_is_cut(builds) -> None:
    assert max(len(name) for name in builds["shipped"].vocabulary.classes) <= 31
