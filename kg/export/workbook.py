"""XLSX (ECMA-376), one workbook with a sheet for each table that has rows, written by XlsxWriter.

Text is text: nothing becomes a formula, a link or a number. Integers, decimals and dates are typed where Excel holds them
exactly (15 digits, from March 1900), else they are text to the letter. What no cell can hold is refused, never cut.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from kg.export import tables
from kg.export.properties import Key, Property, Type, Value
from kg.export.tables import Table
from kg.fault import Fault
from kg.graph import Graph

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
_LONGEST, _ROWS, _DIGITS, _NAME = 32_767, 1_048_576, 15, 31
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel counts a day that there was not
_MADE = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook names the time when it was made; ours are the same for the same facts
_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def write(graph: Graph) -> Iterator[bytes]:
    """Write the workbook.

    Raises:
        Fault: XlsxWriter is not installed, or a text or a table is too long for Excel.
        OntologyFault: see `propertygraph.make`.

    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise Fault("this needs the package XlsxWriter: pip install 'kg-facts[tables]'") from None
    stream = io.BytesIO()
    book = Workbook(stream, _TEXT)
    book.set_properties({"created": _MADE})
    day, head = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
    for table in tables.make(graph):
        if table.rows:
            _sheet(book, table, head, day)
    book.close()
    yield stream.getvalue()


def _sheet(book: Workbook, table: Table, head: Format, day: Format) -> None:
    if len(table.rows) >= _ROWS:
        raise Fault(f"{table.name} has {len(table.rows)} rows, a sheet of Excel {_ROWS}: take csv or parquet")
    sheet = book.add_worksheet(table.name[:_NAME])
    sheet.write_row(0, 0, [key.name for key in table.keys], head)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(table.rows), len(table.keys) - 1)
    for line, row in enumerate(table.rows, 1):
        for column, key in enumerate(table.keys):
            if (value := row.get(key.name)) is not None:
                _put(sheet, (line, column), _cell(value, key), day)


def _put(sheet: Worksheet, place: tuple[int, int], value: Value | float, day: Format) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, str):
        sheet.write_string(*place, value)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*place, value, day)
    else:
        sheet.write_number(*place, value)


def _cell(value: Property, key: Key) -> Value | float:
    """Return what a cell holds of a value.

    Raises:
        Fault: it is too long.

    """
    if isinstance(value, bool) or (isinstance(value, dt.date) and value >= _FIRST_DAY):
        return value
    text = tables.cell(value)
    if key.type in (Type.INTEGER, Type.DECIMAL) and not key.multiple and _exact(text):
        return float(text)
    if len(text.encode("utf-16-le")) // 2 > _LONGEST:
        raise Fault(
            f"'{key.name}' has a text of {len(text)} characters, a cell of Excel {_LONGEST}: take csv or parquet"
        )
    return text


def _exact(number: str) -> bool:
    exact = Decimal(number)
    return len(exact.as_tuple().digits) <= _DIGITS and Decimal(repr(float(exact))) == exact
