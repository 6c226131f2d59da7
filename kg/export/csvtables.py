"""CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180), a file a table, that a spreadsheet opens without harm.

UTF-8 with a byte order mark, without which Excel takes it for something else. Text that a spreadsheet would run as a formula
gets an apostrophe in front (https://owasp.org/www-community/attacks/CSV_Injection); so does text that begins with
apostrophes and such a sign, so that taking one off gives back what the facts say. Numbers are left alone.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping

from kg.export import tables
from kg.export.properties import Key, Property, Type
from kg.export.tables import Table
from kg.graph import Graph

_FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")


def files(graph: Graph) -> Mapping[str, Iterator[bytes]]:
    """Return the files by name; which there are depends on the ontology alone.

    Raises:
        OntologyFault: see `propertygraph.make`.

    """
    return {f"{table.name}.csv": _lines(table) for table in tables.make(graph)}


def _lines(table: Table) -> Iterator[bytes]:
    yield codecs.BOM_UTF8
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(key.name for key in table.keys)
    for row in table.rows:
        writer.writerow(_cell(row.get(key.name), key) for key in table.keys)
    yield stream.getvalue().encode()


def _cell(value: Property | None, key: Key) -> str:
    text = tables.cell(value)
    harmless = key.type is not Type.TEXT and not key.multiple
    return f"'{text}" if not harmless and _FORMULA.match(text) else text
