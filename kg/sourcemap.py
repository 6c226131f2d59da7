"""The way back: from a triple, a part or a record to the line and column that says it.

No location is kept for a triple. The one file is read again when somebody asks.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg import factfile
from kg.diagnostic import Location
from kg.expansion import Expander
from kg.factfile import FactFile, Mapping, Node, Scalar, Sequence
from kg.fault import Failure
from kg.parts import Expansion, record_of
from kg.records import Entry
from kg.suggestion import nearest
from kg.vocabulary import Class, Vocabulary

_REMEMBERED = 16  # records, and files, whose lines are asked for again and again


class Changed(Failure):
    """A file has changed since it was read, so that nothing can be placed in it.

    Attributes:
        path: the file, as diagnostics call it.

    """

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} has changed since it was read; run again")
        self.path = path


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record stands: its file and its place among the records of that file."""

    path: str
    number: int
    type: str
    location: Location

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle at once, as `Location` does."""
        return Source, (self.path, self.number, self.type, self.location)


@dataclass(frozen=True)
class SourceMap:
    """The sources of every record, by id."""

    root: Path
    base: str
    vocabulary: Vocabulary
    records: MappingOf[str, Source]
    _files: dict[str, FactFile] = field(default_factory=dict, init=False, repr=False, compare=False)
    _recent: dict[str, tuple[FactFile, Expansion]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def locate(self, subject: str, path: str = "", value: str = "") -> Location | None:
        """Find where something is said of a record or part.

        Args:
            subject: IRI of the record or part.
            path: IRI of a property of it.
            value: its object in N-Triples syntax.

        Returns:
            The place of the value; of the first value of the property where the value is not found; of the subject
            where the property is not; None where the subject comes from no fact file.

        """
        record = record_of(subject)
        source = self.records.get(record.removeprefix(self.base))
        if source is None:
            return None
        file, expansion = self._expand(record.removeprefix(self.base), source)
        of_path = [(o, node) for s, p, o, node in expansion.said if s == f"<{subject}>" and p == f"<{path}>"]
        exact = [node for object_, node in of_path if object_ == value]
        holders = [node for _, _, o, node in expansion.said if o == f"<{subject}>" and subject != record]
        for found in (exact, [node for _, node in of_path[1:2] or of_path], holders):
            if found:
                return file.at(found[0])
        return source.location

    def refused(self, subject: str, path: str, locations: Container[Location]) -> bool:
        """Tell whether something was written for a property but refused, at one of the locations.

        Args:
            subject: IRI of the record or part.
            path: IRI of the property; empty for any.
            locations: where something was refused.

        """
        record = record_of(subject)
        source = self.records.get(record.removeprefix(self.base))
        if source is None:
            return False
        file, expansion = self._expand(record.removeprefix(self.base), source)
        holders = (node for _, _, o, node in expansion.said if o == f"<{subject}>")
        holder = next(holders, file.records[source.number])
        fields = (f for cls in self.vocabulary.classes.values() for f in cls.fields.values() if f.path == path)
        names = {field.name for field in fields}
        for key, value in holder.entries if isinstance(holder, Mapping) else ():
            meant = not path or key.value in names
            if meant and any(file.at(node) in locations for node in _nodes(value)):
                return True
            if file.at(key) in locations and (meant or nearest(key.value, names)):
                return True
        return False

    def class_of(self, subject: str) -> Class | None:
        """Return the class of a record or part; None where it comes from no fact file."""
        identifier = record_of(subject).removeprefix(self.base)
        source = self.records.get(identifier)
        if source is None or record_of(subject) == subject:
            return self.vocabulary.classes[source.type] if source is not None else None
        return self._expand(identifier, source)[1].classes.get(f"<{subject}>")

    @cached_property
    def _expander(self) -> Expander:
        return Expander(self.vocabulary, self.base)

    def _expand(self, identifier: str, source: Source) -> tuple[FactFile, Expansion]:
        if identifier not in self._recent:
            while len(self._recent) >= _REMEMBERED:
                self._recent.pop(next(iter(self._recent)))
            try:
                file = self._read(source.path)
                record = file.records[source.number]
            except (OSError, IndexError):
                raise Changed(source.path) from None
            written = record.get("id")
            if not isinstance(written, Scalar) or written.value != identifier:
                raise Changed(source.path)
            entry = Entry(identifier, self.vocabulary.classes[source.type], file, record)
            self._recent[identifier] = file, self._expander.expand(entry, self.records)
        return self._recent[identifier]

    def _read(self, path: str) -> FactFile:
        if path not in self._files:
            while len(self._files) >= _REMEMBERED:
                self._files.pop(next(iter(self._files)))
            self._files[path], _ = factfile.read(self.root / path, path)
        return self._files[path]


def _nodes(node: Node) -> Iterator[Node]:
    """Walk a node and all below it."""
    yield node
    inner = [x for pair in node.entries for x in pair] if isinstance(node, Mapping) else []
    for child in node.items if isinstance(node, Sequence) else inner:
        yield from _nodes(child)
