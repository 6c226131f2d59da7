"""Fact files: YAML read with a location for every node and every scalar as text.

Most are ordinary, and `kg.ordinary` reads those at once; all others go to `kg.libyaml`. Either gives the same nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg import ordinary
from kg.decoding import decode
from kg.diagnostic import Diagnostic, Location
from kg.node import Mapping, Node, Scalar, Sequence

__all__ = ["FactFile", "Mapping", "Node", "Scalar", "Sequence", "parse", "read"]


@dataclass(frozen=True, slots=True)
class FactFile:
    """One file: its path as diagnostics show it, its text, and its records in order."""

    path: str
    text: str
    records: tuple[Mapping, ...]

    def at(self, node: Node) -> Location:
        """Return where a node of this file stands."""
        return Location(self.path, node.line, node.column)


def read(file: Path, path: str) -> tuple[FactFile, list[Diagnostic]]:
    """Read one fact file.

    Args:
        file: where it is.
        path: how diagnostics call it.

    Returns:
        The file with as many records as could be read, and what is wrong with it.

    Raises:
        OSError: the file cannot be opened.

    """
    return parse(file.read_bytes(), path)


def parse(data: bytes, path: str) -> tuple[FactFile, list[Diagnostic]]:
    """Read the bytes of one fact file; see `read`."""
    text, diagnostics = decode(data, path)
    if diagnostics:
        return FactFile(path, text, ()), diagnostics
    root: Node | None = ordinary.read(text)
    if root is None:
        from kg import libyaml  # noqa: PLC0415 - a tenth of the start, and few files need it

        root = libyaml.read(text, path, diagnostics)
    records = tuple(_records(root, path, diagnostics)) if root is not None else ()
    return FactFile(path, text, records), diagnostics


def _records(root: Node, path: str, diagnostics: list[Diagnostic]) -> Iterator[Mapping]:
    if isinstance(root, Sequence) and not root.items:
        message, hint = "the file holds no record", "add a record or delete the file"
        diagnostics.append(Diagnostic(Location(path, root.line, root.column), "empty-file", message, hint))
    for node in root.items if isinstance(root, Sequence) else (root,):
        if isinstance(node, Mapping):
            yield node
        else:
            message = f"{'text' if isinstance(node, Scalar) else 'a list'} where a record belongs"
            hint = "a record is a mapping with id and type"
            diagnostics.append(Diagnostic(Location(path, node.line, node.column), "not-a-record", message, hint))
