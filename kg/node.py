"""Nodes of a YAML file, each with its place: what `kg.factfile` reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from kg.positions import Lines


# Nodes are made by the hundred thousand: plain slots, and offsets, of which line and column are told when somebody asks.
class _Placed:
    """What begins somewhere in a text."""

    __slots__ = ("_begin", "_lines")
    _begin: int
    _lines: Lines

    @property
    def line(self) -> int:
        """The line where it begins, from 0."""
        return self._lines.place(self._begin)[0]

    @property
    def column(self) -> int:
        """The column where it begins, from 0."""
        return self._lines.place(self._begin)[1]


class Scalar(_Placed):
    """Text, as the file means it once quoting and folding are undone.

    Attributes:
        value: the text.
        plain: whether it is not quoted.

    """

    __slots__ = ("_behind", "plain", "value")

    def __init__(self, value: str, plain: bool, lines: Lines, begin: int, end: int) -> None:  # noqa: FBT001 - as above
        self.value = value
        self.plain = plain
        self._lines = lines
        self._begin = begin
        self._behind = end

    @property
    def end(self) -> int:
        """The offset in the file at which it ends."""
        return self._behind


class Sequence(_Placed):
    """A list."""

    __slots__ = ("items",)

    def __init__(self, items: list[Node], lines: Lines, begin: int) -> None:
        self.items = items
        self._lines = lines
        self._begin = begin


class Mapping(_Placed):
    """A mapping with unique keys, in the order of the file.

    Attributes:
        fields: the value of each key, by its text.
        flow: whether it stands in braces.

    """

    __slots__ = ("_entries", "_keys", "fields", "flow")

    def __init__(
        self, fields: dict[str, Node], keys: Collection[Scalar | int], lines: Lines, begin: int, *, flow: bool
    ) -> None:
        self.fields = fields
        self._keys = keys  # where each begins is enough of one plain word
        self._entries: list[tuple[Scalar, Node]] = []
        self.flow = flow
        self._lines = lines
        self._begin = begin

    @property
    def entries(self) -> list[tuple[Scalar, Node]]:
        """Each key and its value; `fields` is quicker where no key's place is asked for."""
        if not self._entries:
            pairs = zip(self._keys, self.fields.items(), strict=True)
            self._entries = [(self._key(name, key), value) for key, (name, value) in pairs]
        return self._entries

    def get(self, name: str) -> Node | None:
        """Return the value of a key, None where there is no such key."""
        return self.fields.get(name)

    def key(self, name: str) -> Scalar:
        """Return a key that there is."""
        return next(key for key, _ in self.entries if key.value == name)

    def _key(self, name: str, key: Scalar | int) -> Scalar:
        return Scalar(name, True, self._lines, key, key + len(name)) if isinstance(key, int) else key  # noqa: FBT003 - as above


Node: TypeAlias = Scalar | Sequence | Mapping
