"""Parquet (https://parquet.apache.org/docs/file-format/), columns with types, written by pyarrow: a file a table."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from kg.export import tables
from kg.export.properties import Key, Property, Type
from kg.export.tables import Table
from kg.fault import Fault
from kg.graph import Graph

if TYPE_CHECKING:
    import pyarrow as pa


def files(graph: Graph) -> Mapping[str, Iterator[bytes]]:
    """Return a file for each table by name; which there are depends on the ontology alone.

    Raises:
        Fault: pyarrow is not installed.
        OntologyFault: see `propertygraph.make`.

    """
    require()
    return {f"{table.name}.parquet": _file(table) for table in tables.make(graph)}


def require() -> None:
    """Refuse before anything is written, where pyarrow is missing.

    Raises:
        Fault: it is not installed; the message says how to get it.

    """
    if importlib.util.find_spec("pyarrow") is None:
        raise Fault("this needs the package pyarrow: pip install 'kg-facts[tables]'")


def _file(table: Table) -> Iterator[bytes]:
    yield written(table.keys, table.rows)


def written(keys: Sequence[Key], rows: Iterable[Mapping[str, Property]]) -> bytes:
    """Write rows as one file; what a row lacks is null."""
    import pyarrow as pa  # noqa: PLC0415 - 100 ms, an extra
    from pyarrow import parquet  # noqa: PLC0415 - as above

    table = list(rows)
    columns = [pa.array([_listed(row.get(key.name)) for row in table], _type(key)) for key in keys]
    stream = io.BytesIO()
    parquet.write_table(pa.Table.from_arrays(columns, [key.name for key in keys]), stream)
    return stream.getvalue()


def _listed(value: Property | None) -> object:
    return list(value) if isinstance(value, tuple) else value


def _type(key: Key) -> pa.DataType:
    import pyarrow as pa  # noqa: PLC0415 - as above

    types = {Type.INTEGER: pa.int64(), Type.BOOLEAN: pa.bool_(), Type.DATE: pa.date32()}
    kind = types.get(key.type, pa.string())
    return pa.list_(kind) if key.multiple else kind
