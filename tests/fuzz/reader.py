"""A coverage-guided fuzz of the reader: bytes become a fact file, or diagnostics that point into it, and never anything else.

Run by hand: `python tests/fuzz/reader.py -max_total_time=600 FOLDER tests/fuzz/corpus`; FOLDER keeps what is found. The options are those
of libFuzzer (https://llvm.org/docs/LibFuzzer.html#options). What breaks goes into the corpus once it is mended.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import atheris

with atheris.instrument_imports(include=["kg"]):
    from kg import (
        addresses,
        dates,
        decoding,
        expansion,
        factfile,
        libyaml,
        literals,
        node,
        ordinary,
        positions,
        records,
        shard,
    )
from kg import pipeline
from kg.node import Mapping, Node, Scalar, Sequence
from kg.project import Project, shipped_ontology
from kg.vocabulary import Kind

PATH = "facts/x.yaml"
_LINE_END = re.compile(r"\r\n|\r|\n")
ONTOLOGY, VOCABULARY, _FAULTS = pipeline.prepare(Project(Path(), shipped_ontology()))
CONTEXT = shard.Context("https://example.org/id/", ONTOLOGY, VOCABULARY, checked=True)
INSTRUMENTED = (addresses, dates, decoding, expansion, libyaml, literals, node, ordinary, positions, records, Kind)


def nodes(one: Node) -> Iterator[Node]:
    """Walk a node and what is in it."""
    yield one
    inner = [x for pair in one.entries for x in pair] if isinstance(one, Mapping) else []
    for child in one.items if isinstance(one, Sequence) else inner:
        yield from nodes(child)


def said(one: Node) -> tuple[object, ...]:
    """Tell all that a node says and where."""
    if isinstance(one, Scalar):
        return one.line, one.column, one.value, one.plain, one.end
    if isinstance(one, Sequence):
        return one.line, one.column, *map(said, one.items)
    return one.line, one.column, one.flow, *((said(key), said(value)) for key, value in one.entries)


def judge(data: bytes) -> None:
    """Read a file, and hold what comes out of it to what it must be."""
    file, diagnostics = factfile.parse(data, PATH)
    with mock.patch.object(ordinary, "read", return_value=None):
        slowly, told = factfile.parse(data, PATH)
    assert ([*map(said, file.records)], diagnostics) == ([*map(said, slowly.records)], told), (
        "libyaml reads it otherwise"
    )
    lines = _LINE_END.split(data.decode("utf-8", "replace").removeprefix("\ufeff"))
    made = shard.make(CONTEXT, data, PATH)
    for found in (*diagnostics, *made.diagnostics, *(d for record in made.records for d in record.diagnostics)):
        place = found.location
        assert place.path == PATH
        assert 0 <= place.line < len(lines), f"{found} lies behind line {len(lines)}"
        assert 0 <= place.column <= len(lines[place.line]), f"{found} lies behind the end of its line"
        assert str(found).isprintable()
        assert found.hint
    assert file.records or diagnostics, "neither a record nor a reason"
    for record in file.records:
        for one in nodes(record):
            assert one.line < len(lines), f"a node lies behind line {len(lines)}"
            if isinstance(one, Scalar) and one.plain and one.value and "\n" not in one.value:
                rest = lines[one.line][one.column :]
                first = one.value.split(" ")[0]  # lines are folded with spaces
                assert rest.startswith(first), f"{one.value!r} is not what stands at {one.line}:{one.column}"


if __name__ == "__main__":
    atheris.Setup(sys.argv, judge)
    atheris.Fuzz()
